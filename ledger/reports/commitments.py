"""What awards have promised of budgets, and what is still open of it: now, or as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import ExtractYear

from ledger import chart
from ledger.models.awards import Milestone
from ledger.models.budgets import Commitment
from ledger.models.journal import EntryKind, Posting
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import departments_to_read, reader_of
from ledger.reports.statement_lines import accounts
from marketplace.calendar import end_of
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One award's part of a budget line."""

    award_id: UUID
    job_id: UUID
    job_reference: str
    job_title: str
    department_id: UUID
    department_name: str
    provider_id: UUID
    provider_name: str
    fiscal_year: int
    currency: str
    chosen_at: datetime
    original: Money
    change_orders: Money
    liquidated: Money
    released: Money
    open: Money
    age_days: int
    next_due_on: date | None  # the next milestone not yet accepted
    planned_on: tuple[date, ...]  # all of those


COLUMNS: tuple[Column[CommitmentRow], ...] = columns(
    "job_reference",
    "job_title",
    "department_name",
    "provider_name",
    "fiscal_year",
    "currency",
    "chosen_at",
    "original",
    "change_orders",
    "liquidated",
    "released",
    "open",
    "age_days",
    "next_due_on",
    planned_on=lambda row: ", ".join(day.isoformat() for day in row.planned_on),
    award_id=lambda row: row.award_id,
)
# Which figure an entry of a kind moves; what is in neither was used up.
ORIGINAL = {EntryKind.AWARDED, EntryKind.OVERRIDDEN, EntryKind.PROMISE_CARRIED}
RELEASED = ORIGINAL | {EntryKind.RELEASED, EntryKind.CANCELLED}
# A promise that is carried names the commitment it leaves, and the one it comes to.
CARRIED = Case(When(entry__kind=EntryKind.PROMISE_CARRIED, then=F("entry__source")))


def commitments(
    *,
    actor: User,
    at: datetime,
    fiscal_year: int | None = None,
    department_id: UUID | None = None,
    include_children: bool = False,
    only_open: bool = True,
    known: Known = NOW,
) -> tuple[CommitmentRow, ...]:
    """
    Return the commitments of the budgets the actor may read, oldest first; as they stand now, or
    as they stood then: one that nothing had moved yet was not there.

    :raises Unknown: `department_id` is no department whose budget the actor may read.
    """
    departments = departments_to_read(
        reader_of(actor), department_id=department_id, include_children=include_children
    )
    found = (
        Commitment.objects.filter(budget_line__department__in=departments)
        .select_related("award__job", "award__provider", "budget_line__department")
        .defer("award__comparison", "award__job__need")
        .order_by("award__chosen_at", "award", "budget_line__fiscal_year", "line")
    )
    if fiscal_year is not None:
        found = found.filter(budget_line__fiscal_year=fiscal_year)
    if known.is_now:
        shown = list(found.filter(open_minor__gt=0) if only_open else found)
    else:
        shown = [one for one in _then(found, known) if one.open_minor or not only_open]
        at = _moment_of(known, at)
    planned = _planned({one.award_id for one in shown}, at)
    return tuple(_row(one, at, planned[one.award_id]) for one in shown)


def _moment_of(known: Known, at: datetime) -> datetime:
    """Return at which moment the reader of then stands: the end of the day, if one is named."""
    day = known.as_of
    end = end_of(day) if day else at
    return min(end, known.known_at or end)


def _then(found: QuerySet[Commitment], known: Known) -> Iterator[Commitment]:
    """Yield commitments with the figures that the entries of then come to."""
    moved = (
        Posting.objects.filter(
            known.of("entry__"),
            account__in=accounts([chart.COMMITMENT]),
            award__in=found.order_by().values("award"),
        )
        .annotate(year=ExtractYear("entry__posted_at", tzinfo=UTC), carried=CARRIED)
        .values_list("award", "department", "year", "carried", "entry__kind")
        .annotate(promised=Sum("debit_minor"), given=Sum("credit_minor"))
    )
    moved_by = _moved_by(found)
    figures: dict[UUID | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for award, department, year, carried, kind, promised, given in moved.order_by():
        sums = figures[carried or moved_by(award, department, year)]
        if kind == EntryKind.CHANGED:
            sums["adjusted"] += int(promised - given)
        else:
            sums["original" if kind in ORIGINAL else "liquidated"] += int(
                promised if kind in ORIGINAL else -promised
            )
            sums["released" if kind in RELEASED else "liquidated"] += int(given)
    for one in found:
        if sums := figures.get(one.pk, {}):
            for name in ("original", "adjusted", "liquidated", "released"):
                setattr(one, f"{name}_minor", sums.get(name, 0))
            one.open_minor = (
                one.original_minor + one.adjusted_minor - one.liquidated_minor - one.released_minor
            )
            yield one


def _moved_by(found: QuerySet[Commitment]) -> Callable[[UUID, UUID, int], UUID | None]:
    """
    Return what names the commitment that an entry of a year moved: the one that stood then. In
    which period it was booked says nothing of that: a past year's last ones may be closed.
    """
    chains: dict[tuple[UUID, UUID], list[tuple[int, UUID]]] = defaultdict(list)
    every = Commitment.objects.filter(award__in=found.order_by().values("award"))
    for award, department, year, id in every.order_by("budget_line__fiscal_year").values_list(
        "award", "budget_line__department", "budget_line__fiscal_year", "pk"
    ):
        chains[award, department].append((year, id))

    def moved_by(award: UUID, department: UUID, year: int) -> UUID | None:
        chain = chains.get((award, department))
        if not chain:
            return None
        stood = [id for begun, id in chain if begun <= year]
        return stood[-1] if stood else chain[0][1]  # none: the budget is a coming year's

    return moved_by


def _planned(awards: Iterable[UUID], at: datetime) -> dict[UUID, list[date]]:
    """Return the days on which what is not accepted is due, of each award."""
    waits = Q(acceptance=None) | Q(acceptance__accepted_at__gt=at)
    due = Milestone.objects.filter(waits, award__in=awards, due_on__isnull=False)
    planned: dict[UUID, list[date]] = defaultdict(list)
    for award, day in due.order_by("due_on", "pk").values_list("award", "due_on"):
        if day is not None:
            planned[award].append(day)
    return planned


def _row(commitment: Commitment, at: datetime, planned: list[date]) -> CommitmentRow:
    award, line = commitment.award, commitment.budget_line

    def money(minor: int) -> Money:
        return Money(minor, line.currency)

    return CommitmentRow(
        award_id=award.pk,
        job_id=award.job_id,
        job_reference=award.job.reference,
        job_title=award.job.title,
        department_id=line.department_id,
        department_name=line.department.name,
        provider_id=award.provider_id,
        provider_name=award.provider.name,
        fiscal_year=line.fiscal_year,
        currency=line.currency,
        chosen_at=award.chosen_at,
        original=money(commitment.original_minor),
        change_orders=money(commitment.adjusted_minor),
        liquidated=money(commitment.liquidated_minor),
        released=money(commitment.released_minor),
        open=money(commitment.open_minor),
        age_days=(at - award.chosen_at).days,
        next_due_on=planned[0] if planned else None,
        planned_on=tuple(planned),
    )
