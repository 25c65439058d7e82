"""A budget line with every entry that moved it, and what was left after each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ledger import chart
from ledger.models.budgets import BudgetLine, Commitment, Precommitment
from ledger.models.journal import BudgetMovement, EntryKind, Posting
from ledger.models.moves import Grant, MoveWanted
from ledger.reports.budget_status import BudgetRow, budget_rows
from ledger.reports.columns import Column, columns
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry, and what it did to the line."""

    entry_id: UUID
    kind: str
    kind_label: str
    effective_on: date
    posted_at: datetime
    actor_name: str
    job_id: UUID | None
    job_title: str
    memo: str
    budget: Money  # granted, moved, carried in or lapsed
    precommitted: Money
    committed: Money
    charged: Money
    available: Money  # after it


@dataclass(frozen=True, slots=True)
class LineHistory:
    """A line as it stands, and how it came to that, the last entry first."""

    line: BudgetRow
    rows: tuple[HistoryRow, ...]


COLUMNS: tuple[Column[HistoryRow], ...] = columns(
    "effective_on",
    "kind",
    "job_title",
    "memo",
    "budget",
    "precommitted",
    "committed",
    "charged",
    "available",
    "actor_name",
    "posted_at",
    "entry_id",
    currency=lambda row: row.available.currency,
)
MOVED_BY = {
    chart.BUDGET: "budget",
    chart.PRECOMMITMENT: "precommitted",
    chart.COMMITMENT: "committed",
}


def line_history(*, actor: User, line_id: UUID) -> LineHistory:
    """Return a budget line's history. :raises Unknown: the actor cannot see the line."""
    lines = BudgetLine.objects.visible_to(actor).select_related("department", "category")
    line = lines.one(line_id)
    postings = (
        Posting.objects.filter(_moving(line), currency=line.currency)
        .select_related("entry__actor", "account", "job")
        .defer("job__need")
        .order_by("entry_id", "line")
    )
    available = Money(0, line.currency)
    rows = []
    for _entry, group in groupby(postings, key=lambda posting: posting.entry_id):
        row = _row(list(group), available)
        available = row.available
        rows.append(row)
    (state,) = budget_rows([line])
    return LineHistory(state, tuple(reversed(rows)))


def _moving(line: BudgetLine) -> Q:
    """Return which postings moved the line: charges name it, the others are found by their fact."""
    commitments = Commitment.objects.filter(budget_line=line)
    at_home = Q(department=line.department_id)
    budget = at_home & Q(account__code=chart.BUDGET, category=line.category_id)
    promised = at_home & Q(
        account__code=chart.COMMITMENT,
        award__in=commitments.values("award"),
        entry__period__fiscal_year=line.fiscal_year,
    )
    moved_here = BudgetMovement.objects.filter(entry=OuterRef("entry"), budget_line=line)
    estimated = at_home & Q(
        Exists(moved_here), account__code=chart.PRECOMMITMENT, job__in=_estimates(line)
    )
    return Q(budget_line=line) | promised | estimated | (budget & _budget_facts(line, commitments))


def _budget_facts(line: BudgetLine, commitments: QuerySet[Commitment]) -> Q:
    grants = Grant.objects.filter(budget_line=line).values("pk")
    moves = MoveWanted.objects.filter(Q(from_line=line) | Q(answer__to_line=line)).values("pk")
    earlier = BudgetLine.objects.filter(
        fiscal_year=line.fiscal_year - 1,
        department=line.department_id,
        category=line.category_id,
        currency=line.currency,
    )
    passed = [f"{line.pk.hex}:out", *(f"{one.pk.hex}:in" for one in earlier)]
    facts = (
        Q(entry__kind=EntryKind.BUDGET_GRANTED, entry__source__in=grants)
        | Q(entry__kind=EntryKind.BUDGET_MOVED, entry__source__in=moves)
        | Q(
            entry__kind__in=[EntryKind.BUDGET_CARRIED, EntryKind.BUDGET_LAPSED],
            entry__occurrence__in=passed,
        )
        | Q(
            entry__kind=EntryKind.ESTIMATE_CARRIED,
            entry__source__in=_estimates(line),
            entry__occurrence__startswith=f"{line.fiscal_year}:",
        )
        | Q(entry__kind=EntryKind.PROMISE_CARRIED, entry__source__in=commitments.values("pk"))
    )
    return facts | Q(entry__reverses__source__in=grants) | Q(entry__reverses__source__in=moves)


def _estimates(line: BudgetLine) -> QuerySet[Precommitment, UUID]:
    """Return for which jobs this line reserved something, at first or later."""
    here = Q(budget_line=line) | Q(carried__budget_line=line)
    return Precommitment.objects.filter(here).values_list("job", flat=True)


def _row(postings: list[Posting], before: Money) -> HistoryRow:
    entry = postings[0].entry
    job = next((posting.job for posting in postings if posting.job), None)
    moved = _moved(postings, before.currency)
    used = moved["precommitted"] + moved["committed"] + moved["charged"]
    return HistoryRow(
        entry_id=entry.public_id,
        kind=entry.kind,
        kind_label=entry.get_kind_display(),
        effective_on=entry.effective_on,
        posted_at=entry.posted_at,
        actor_name=entry.actor.name,
        job_id=job.pk if job else None,
        job_title=job.title if job else "",
        memo=entry.memo,
        budget=moved["budget"],
        precommitted=moved["precommitted"],
        committed=moved["committed"],
        charged=moved["charged"],
        available=before + moved["budget"] - used,
    )


def _moved(postings: Iterable[Posting], currency: str) -> dict[str, Money]:
    moved: dict[str, Money] = defaultdict(lambda: Money(0, currency))
    for posting in postings:
        figure = MOVED_BY.get(posting.account.code, "charged")
        moved[figure] += Money(posting.debit_minor - posting.credit_minor, currency)
    return moved
