"""One job's release: everything that its reader may know of it, as it stands now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from ledger.exchange.ocds.export.chosen import chosen
from ledger.exchange.ocds.export.gathering import JobFile
from ledger.exchange.ocds.export.offered import offered
from ledger.exchange.ocds.export.parties import Parties
from ledger.exchange.ocds.export.plain import Plain, as_json, moment, tidy
from ledger.exchange.ocds.export.sight import Sight
from ledger.exchange.ocds.export.wanted import planning, wanted
from ledger.exchange.ocds.export.work import work
from marketplace.models.jobs import Job

OCID = re.compile(r"ocds-[a-z0-9]{6}-.+")


def ocid_of(job: Job) -> str:
    """
    Return what the procedure is known by for ever. One that was taken over from another
    publisher keeps the ocid it came with.
    """
    if job.source_key and OCID.fullmatch(job.source_key):
        return job.source_key
    return f"{settings.OCDS_PREFIX}-{job.reference}"


def release(file: JobFile, sight: Sight) -> Plain:
    """
    Return the release. Its id is a digest of what it says: the same words, the same release;
    and another one as soon as anything is added.
    """
    parties = Parties()
    buyer = parties.department(file.job.department, "buyer")
    told: Plain = tidy(
        {
            "planning": planning(file, sight),
            "tender": wanted(file, parties, sight),
            "bids": offered(file, parties, sight),
            "awards": chosen(file, parties, sight),
            "contracts": work(file, parties),
        }
    )
    ocid = ocid_of(file.job)
    head = {
        "ocid": ocid,
        "date": moment(changed_at(file)),
        "tag": _tags(told),
        "initiationType": "tender",
        "language": "en",
        "buyer": buyer,
        "parties": tidy(parties.listed()),
    }
    said = as_json(head | told)
    digest = sha256(said.encode()).hexdigest()[:16]
    return {"id": f"{ocid}-{digest}", **head, **told}


def record(told: Plain) -> Plain:
    """Return a record: the release, and what it compiles to."""
    compiled = told | {"tag": ["compiled"]}
    return {"ocid": told["ocid"], "releases": [told], "compiledRelease": compiled}


def changed_at(file: JobFile) -> datetime:
    """Return the last moment at which something happened that the release tells of."""
    return max(moment for moment in _moments(file) if moment is not None)


def _tags(told: Plain) -> list[str]:
    tags = ["planning"] if "planning" in told else []
    tags.append("tender")
    if "awards" in told:
        tags.append("award")
    if "contracts" in told:
        tags.append("contract")
        implemented = told["contracts"][0].get("implementation", {})
        if any(one.get("dateMet") for one in implemented.get("milestones", [])):
            tags.append("implementation")
    return tags


def _moments(file: JobFile) -> Iterator[datetime | None]:
    job = file.job
    yield from (job.published_at, job.closed_at, job.opened_at, job.decided_at, job.cancelled_at)
    yield from job.extended_at
    yield from (addendum.added_at for addendum in job.addenda.all())
    yield from (question.answered_at for question in job.questions.all())
    yield from _ends(file)
    yield from (change.agreed_at for change in file.changes)
    yield from (charge.posted_at for charge in file.charges)
    for dispute in file.disputes:
        yield dispute.raised_at
        yield dispute.resolution.resolved_at if hasattr(dispute, "resolution") else None
    for milestone in file.milestones:
        kept = getattr(milestone, "retention", None)
        yield kept.release.released_at if kept and hasattr(kept, "release") else None
        for delivery in milestone.deliveries.all():
            yield delivery.delivered_at
            yield delivery.returned.returned_at if hasattr(delivery, "returned") else None


def _ends(file: JobFile) -> Iterator[datetime | None]:
    for earlier in file.earlier:
        yield earlier.chosen_at
        yield earlier.withdrawal.withdrawn_at if hasattr(earlier, "withdrawal") else None
    for one in file.objections:
        yield one.raised_at
        yield one.ruling.decided_at if hasattr(one, "ruling") else None
    award = file.award
    if award is None:
        return
    yield award.chosen_at
    yield award.completion.completed_at if hasattr(award, "completion") else None
    yield award.cancellation.agreed_at if hasattr(award, "cancellation") else None
    yield award.reveal.revealed_at if hasattr(award, "reveal") else None
