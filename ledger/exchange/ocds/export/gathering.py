"""All rows that tell of some jobs, gathered in a fixed number of questions to the database."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from bids.models.bids import Bid, OpenedPriceLine
from ledger.exchange.ocds.export.contested import Contested, gather_contests
from ledger.exchange.ocds.export.sight import Sight
from ledger.models.awards import (
    Award,
    ChangeOrder,
    Delivery,
    Dispute,
    Milestone,
    NoAward,
)
from ledger.models.budgets import Precommitment
from ledger.models.objections import Objection
from ledger.models.ratings import Rating
from ledger.reports.award_charges import AwardCharge, award_charges
from marketplace.models.departments import Department
from marketplace.models.job_files import JobFile as Attached
from marketplace.models.jobs import Criterion, Invitation, Job
from marketplace.models.questions import Addendum, Question
from marketplace.together import together

SEALED = ("quality_envelope", "price_envelope", "quality_key", "price_key", "receipt")


@dataclass(slots=True)
class JobFile:
    """The rows that tell of one job, as far as its reader may know them."""

    job: Job
    bids: list[Bid] = field(default_factory=list)
    award: Award | None = None  # the choice that stands
    earlier: list[Award] = field(default_factory=list)  # overridden or withdrawn, by their dates
    objections: list[Objection] = field(default_factory=list)
    no_award: NoAward | None = None
    milestones: list[Milestone] = field(default_factory=list)
    changes: list[ChangeOrder] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)  # revealed ones
    charges: list[AwardCharge] = field(default_factory=list)
    reserved: Precommitment | None = None
    compared: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the bid's id, frozen
    payers: dict[UUID, Department] = field(default_factory=dict)
    contested: Contested = field(default_factory=Contested)

    @property
    def is_decided(self) -> bool:
        """Whether somebody was chosen, or nobody: until then prices help whoever bids on."""
        return self.award is not None or bool(self.earlier) or self.no_award is not None

    @property
    def overridden(self) -> Award | None:
        """The choice that the standing one overrode."""
        if self.award is None or not hasattr(self.award, "override"):
            return None
        return next((one for one in self.earlier if one.pk == self.award.replaces_id), None)

    @property
    def chosen(self) -> Bid | None:
        chosen_id = self.award.bid_id if self.award else None
        return next((bid for bid in self.bids if bid.pk == chosen_id), None)


def gather(jobs: Sequence[Job], sight: Sight) -> list[JobFile]:
    """Return the files of these jobs, which the reader may see, in the same order."""
    ids = [job.pk for job in jobs]
    files = {job.pk: JobFile(job) for job in jobs}
    sight.look_at(ids)
    known = [job.pk for job in jobs if sight.knows_bidders(job)]
    unawarded = NoAward.objects.filter(job__in=ids).select_related("reason")
    precommitted = Precommitment.objects.filter(job__in=ids).select_related("budget_line")
    bids, none_chosen, reservations, *_ = together(
        lambda: list(_bids(known)),
        lambda: list(unawarded),
        lambda: list(precommitted),
        lambda: _add_work(files, ids, sight),
        lambda: _add_contests(files, jobs, sight),
    )
    for bid in bids:
        files[bid.job_id].bids.append(bid)
    for one in none_chosen:
        files[one.job_id].no_award = one
    for reserved in reservations:
        files[reserved.job_id].reserved = reserved
    return list(files.values())


def _add_contests(files: dict[UUID, JobFile], jobs: Sequence[Job], sight: Sight) -> None:
    for job_id, contest in gather_contests(jobs, sight).items():
        files[job_id].contested = contest


def with_all_it_wants(jobs: Any) -> Any:
    """Return the queryset of jobs with what was published about each."""
    return jobs.select_related(
        "department", "category", "policy", "cancellation", "waiver", "opening", "agreement"
    ).prefetch_related(
        Prefetch("criteria", Criterion.objects.order_by("position")),
        Prefetch(
            "files", Attached.objects.select_related("addendum").order_by("attached_at", "name")
        ),
        Prefetch("addenda", Addendum.objects.order_by("number")),
        Prefetch("questions", Question.objects.order_by("asked_at", "pk")),
        Prefetch(
            "invitations",
            Invitation.objects.select_related("provider__department", "decline_reason").order_by(
                "provider__name", "pk"
            ),
        ),
    )


def _bids(job_ids: Iterable[UUID]) -> Iterable[Bid]:
    """The bids that stood at the opening."""
    return (
        Bid.objects.standing()
        .filter(job__in=job_ids, job__opened_at__isnull=False)
        .defer(*SEALED)
        .select_related("provider__department", "opened", "price", "disqualified__reason", "final")
        .prefetch_related(Prefetch("price__lines", OpenedPriceLine.objects.order_by("position")))
        .order_by("submitted_at", "reference")
    )


def _add_work(files: dict[UUID, JobFile], ids: Iterable[UUID], sight: Sight) -> None:
    of: dict[UUID, JobFile] = {}
    for award in _awards(ids):
        file = files[award.job_id]
        if hasattr(award, "replaced_by") or hasattr(award, "withdrawal"):
            file.earlier.append(award)
            continue
        of[award.pk] = file
        file.award = award
        compared = json.loads(award.comparison)
        file.compared = {row["bid"]: row for row in compared.get("bids", [])}
        for bid, criterion, quarters in compared.get("agreed", []):
            if bid in file.compared:
                file.compared[bid].setdefault("agreed", []).append((criterion, quarters))
        past = {provider: figures for provider, *figures in compared.get("past_ratings", [])}
        for row in file.compared.values():
            row["past_rating"] = past.get(row["provider"])
    together(
        lambda: _add_objections(files, sight),
        lambda: _add_milestones(of),
        lambda: _add_changes(of),
        lambda: _add_disputes(of),
        lambda: _add_ratings(of),
        lambda: _add_charges(of, sight),
    )


def _add_milestones(of: dict[UUID, JobFile]) -> None:
    for milestone in _milestones(of):
        of[milestone.award_id].milestones.append(milestone)


def _add_changes(of: dict[UUID, JobFile]) -> None:
    changes = ChangeOrder.objects.filter(award__in=of, agreed_at__isnull=False)
    for change in changes.select_related("reason").order_by("agreed_at", "pk"):
        of[change.award_id].changes.append(change)


def _add_disputes(of: dict[UUID, JobFile]) -> None:
    disputes = Dispute.objects.filter(milestone__award__in=of).order_by("raised_at", "pk")
    for dispute in disputes.select_related("milestone", "reason", "resolution__reason"):
        of[dispute.milestone.award_id].disputes.append(dispute)


def _add_ratings(of: dict[UUID, JobFile]) -> None:
    revealed = Rating.objects.filter(award__in=of, award__reveal__isnull=False)
    for rating in revealed.select_related("text").order_by("side"):
        of[rating.award_id].ratings.append(rating)


def _add_objections(files: dict[UUID, JobFile], sight: Sight) -> None:
    seen = [id for id, file in files.items() if sight.reads_objections(file.job)]
    objections = Objection.objects.filter(award__job__in=seen).select_related(
        "award", "provider__department", "reason", "ruling__reason"
    )
    for one in objections.defer("award__comparison").order_by("raised_at", "pk"):
        files[one.award.job_id].objections.append(one)


def _awards(job_ids: Iterable[UUID]) -> Iterable[Award]:
    """Every choice on these jobs, the overridden and withdrawn ones as well."""
    return (
        Award.record.filter(job__in=job_ids)
        .order_by("chosen_at", "pk")
        .select_related(
            *("provider__department", "department", "reason", "decisive_criterion", "budget_line"),
            *(
                "completion",
                "reveal",
                "override__department",
                "replaced_by",
                "cancellation__offer__reason",
                "withdrawal__reason",
                "standstill",
                "signature",
            ),
        )
    )


def _milestones(award_ids: Iterable[UUID]) -> Iterable[Milestone]:
    deliveries = Delivery.objects.select_related("acceptance", "returned__missing")
    return (
        Milestone.objects.filter(award__in=award_ids)
        .select_related("retention__release")
        .prefetch_related(Prefetch("deliveries", deliveries.order_by("delivered_at", "pk")))
        .order_by("award", "position")
    )


def _add_charges(of: dict[UUID, JobFile], sight: Sight) -> None:
    charges = award_charges(of.keys(), departments=sight.departments)
    wanted = {one.department_id for some in charges.values() for one in some if one.department_id}
    departments = Department.objects.in_bulk(list(wanted))
    payers: defaultdict[UUID, dict[UUID, Department]] = defaultdict(dict)
    for award_id, some in charges.items():
        of[award_id].charges = some
        for one in some:
            if one.department_id:
                payers[award_id][one.department_id] = departments[one.department_id]
    for award_id, found in payers.items():
        of[award_id].payers = found
