"""What an auditor asks first: who sits on both sides, few bids, splits, flags, and a sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from uuid import UUID

from bids.flags import SPLIT_WITHIN, FlaggedBid, flags, split_under_limit
from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.reports.bid_columns import is_above_ceiling
from ledger.reports.columns import Column, columns
from ledger.reports.record_room import SingleBid, single_bids
from ledger.reports.terms import is_valid, price_of
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, User
from marketplace.money import Money
from marketplace.permissions import may_audit
from marketplace.refusals import require

SAMPLE = 10
SAMPLE_MAX = 200
FLAGGED = 200  # of the jobs opened last


@dataclass(frozen=True, slots=True)
class BothSides:
    """A person who belongs to a department that buys and to a provider that bids."""

    user_id: UUID
    name: str
    departments: tuple[str, ...]
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobFlag:
    """A job that was opened, and something about it to look at."""

    job_id: UUID
    title: str
    department_name: str
    opened_at: datetime
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SampledChoice:
    """A choice that the draw fell on."""

    award_id: UUID
    job_id: UUID
    reference: str
    title: str
    department_name: str
    provider_name: str
    chosen_by: str
    chosen_at: datetime
    price: Money
    lot: str  # the digest by which it was drawn, in hex


@dataclass(frozen=True, slots=True)
class AuditQuestions:
    """What is worth asking about."""

    both_sides: tuple[BothSides, ...]
    single_bids: tuple[SingleBid, ...]
    splits: tuple[JobFlag, ...]
    flags: tuple[JobFlag, ...]


SAMPLE_COLUMNS: tuple[Column[SampledChoice], ...] = columns(
    *("reference", "title", "department_name", "provider_name", "chosen_by", "chosen_at", "price"),
    *("award_id", "job_id", "lot"),
    currency=lambda row: row.price.currency,
)


def audit_questions(*, actor: User) -> AuditQuestions:
    """Return what is worth asking about. :raises Forbidden: the room is for auditors."""
    require(may_audit(actor), "These questions are an auditor's.")
    jobs = (
        Job.objects.filter(opened_at__isnull=False)
        .select_related("department", "policy")
        .defer("need")
        .order_by("-opened_at", "pk")[:FLAGGED]
    )
    return AuditQuestions(
        both_sides=tuple(_both_sides()),
        single_bids=single_bids(),
        splits=tuple(_splits(jobs)),
        flags=tuple(_flags(jobs)),
    )


def sampled_choices(*, actor: User, seed: str, size: int = SAMPLE) -> tuple[SampledChoice, ...]:
    """
    Return so many choices, drawn by lot: those whose SHA-256 of seed and id is lowest. The same
    seed draws the same choices, so that the draw can be shown to have been fair.

    :raises Forbidden: only auditors draw.
    """
    require(may_audit(actor), "Auditors draw samples.")
    lots = sorted(
        (sha256(f"{seed}\n{pk}".encode()).hexdigest(), pk)
        for pk in Award.objects.values_list("pk", flat=True)
    )[: min(size, SAMPLE_MAX)]
    awards = (
        Award.objects.select_related("job", "department", "provider", "chosen_by")
        .defer("comparison", "job__need")
        .in_bulk([pk for _lot, pk in lots])
    )
    return tuple(_sampled(awards[pk], lot) for lot, pk in lots)


def _sampled(award: Award, lot: str) -> SampledChoice:
    return SampledChoice(
        award_id=award.pk,
        job_id=award.job_id,
        reference=award.job.reference or "",
        title=award.job.title,
        department_name=award.department.name,
        provider_name=award.provider.name,
        chosen_by=award.chosen_by.name,
        chosen_at=award.chosen_at,
        price=award.price,
        lot=lot,
    )


def _both_sides() -> Iterator[BothSides]:
    seats = Membership.objects.current().select_related("user", "department", "provider")
    by_person = groupby(seats.order_by("user__name", "user", "pk"), key=lambda seat: seat.user)
    for user, group in by_person:
        held = list(group)
        departments = tuple(seat.department.name for seat in held if seat.department)
        providers = tuple(seat.provider.name for seat in held if seat.provider)
        if departments and providers:
            yield BothSides(user.pk, user.name, departments, providers)


def _splits(jobs: Iterable[Job]) -> Iterator[JobFlag]:
    """Jobs of one department and kind that stay under its limit one by one, but not together."""
    by_kind: dict[tuple[object, ...], list[tuple[Job, Money]]] = defaultdict(list)
    for job in jobs:
        if job.ceiling is not None and job.published_at is not None:
            key = (job.department_id, job.category_id, job.currency)
            by_kind[key].append((job, job.ceiling))
    for group in by_kind.values():
        for job, amount in group:
            limit = job.policy.formal_above_minor
            assert job.published_at is not None
            since = job.published_at - SPLIT_WITHIN
            earlier = [
                other_amount
                for other, other_amount in group
                if other.published_at is not None and since <= other.published_at < job.published_at
            ]
            if limit is None:
                continue
            found = split_under_limit(
                limit=Money(limit, job.currency), this=amount, earlier=earlier
            )
            yield from (_flagged(job, flag.code, flag.text) for flag in found)


def _flags(jobs: Iterable[Job]) -> Iterator[JobFlag]:
    bids: dict[UUID, list[Bid]] = defaultdict(list)
    standing = (
        Bid.objects.standing()
        .filter(job__in=[job.pk for job in jobs], job__opened_at__isnull=False)
        .defer("quality_envelope", "price_envelope", "quality_key", "price_key", "receipt")
        .select_related("provider", "opened", "price", "disqualified", "final")
    )
    for bid in standing.order_by("submitted_at", "pk"):
        bids[bid.job_id].append(bid)
    for job in jobs:
        opened = [_as_flagged(bid, job) for bid in bids[job.pk]]
        for flag in flags(opened, published_at=job.published_at, closes_at=job.closes_at):
            yield _flagged(job, flag.code, flag.text)


def _as_flagged(bid: Bid, job: Job) -> FlaggedBid:
    price = price_of(bid)
    return FlaggedBid(
        bid_id=bid.pk,
        name=bid.provider.name,
        quoted=price.quoted if price and price.currency == job.currency else None,
        is_valid=is_valid(bid, job.currency),
        is_above_ceiling=is_above_ceiling(bid, job),
    )


def _flagged(job: Job, code: str, text: str) -> JobFlag:
    assert job.opened_at is not None
    return JobFlag(job.pk, job.title, job.department.name, job.opened_at, code, text)
