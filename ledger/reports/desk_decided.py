"""Done lately, for bidders: what they sealed, and what became of the jobs they bid for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.reports.choosing import to_decide
from ledger.reports.open_items import DoneItem
from ledger.reports.reading import Reader
from ledger.reports.wording import done
from marketplace.models.jobs import Job

TEXTS = {
    "chosen": "Your bid was chosen",
    "not_chosen": "Another bid was chosen",
    "not_awarded": "It ended without a choice",
}


def decided_items(reader: Reader, *, most: int) -> list[DoneItem]:
    """Return the jobs decided last for which a provider of the reader had bid."""
    if not reader.providers:
        return []
    bid_for = Bid.objects.filter(provider__in=reader.providers, withdrawn_at=None).values("job")
    jobs = Job.objects.filter(pk__in=bid_for, opened_at__isnull=False).exclude(to_decide())
    found = list(jobs.order_by("-decided_at", "pk").only("title", "decided_at")[:most])
    # Asked of these few alone: as a column of the jobs, every award of the company is gone through.
    awards = Award.objects.standing().filter(job__in=found).values_list("job", "provider")
    chosen: dict[UUID, set[UUID]] = {}
    for job_id, provider_id in awards:
        chosen.setdefault(job_id, set()).add(provider_id)
    return [
        DoneItem(kind=kind, text=TEXTS[kind], job_id=one.pk, job_title=one.title, at=_moment(one))
        for one in found
        for kind in [_kind(chosen.get(one.pk, set()), reader)]
    ]


def sealed_items(reader: Reader, *, most: int) -> list[DoneItem]:
    """Return the sealed bids that the reader submitted: the record has them from the opening on."""
    if not reader.providers:
        return []
    sealed = Bid.objects.standing().filter(
        provider__in=reader.providers,
        submitted_by=reader.user,
        job__opened_at=None,
        job__cancelled_at=None,
    )
    found = sealed.select_related("job").only("submitted_at", "job__title")
    return [
        DoneItem(
            kind="bid.submitted",
            text=done("bid.submitted"),
            job_id=bid.job_id,
            job_title=bid.job.title,
            at=bid.submitted_at,
        )
        for bid in found.order_by("-submitted_at")[:most]
    ]


def _kind(chosen: set[UUID], reader: Reader) -> str:
    if chosen & reader.providers:
        return "chosen"
    return "not_chosen" if chosen else "not_awarded"


def _moment(job: Job) -> datetime:
    assert job.decided_at is not None  # the query says so
    return job.decided_at
