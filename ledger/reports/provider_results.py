"""What teams recovered for which services against what they cost, and how their rates held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Q, Sum

from ledger import chart
from ledger.models.journal import EntryKind, Posting
from ledger.models.pricing import TeamPricing
from ledger.models.years import RecoverySettled
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import reader_of
from ledger.reports.statement_lines import accounts
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import require

FOR_WHOM = "What teams recover is for those who lead them, finance and auditors."
REVIEW_DAYS = 731  # rates are looked at every two years at least


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A team's year in one kind of work; its cost stands in the row of all kinds."""

    provider_id: UUID
    provider_name: str
    fiscal_year: int
    category_code: str  # empty: all kinds of work together
    currency: str
    recovered: Money
    subsidy: Money  # the part of it that the company bore
    cost: Money | None  # as finance settled the year
    surplus: Money | None  # negative: a deficit
    is_total: bool = False  # of all kinds of work of a team's year


COLUMNS: tuple[Column[ResultRow], ...] = columns(
    *("fiscal_year", "provider_name", "category_code", "currency", "recovered", "subsidy"),
    *("cost", "surplus", "provider_id", "is_total"),
)


@dataclass(frozen=True, slots=True)
class RateRow:
    """A team's rule of prices, and how it recovered its cost in the last year that was settled."""

    provider_id: UUID
    provider_name: str
    rule: str
    rate: Decimal  # per cent: of cost, or of the bid
    in_force_on: date
    reviewed_on: date
    due_on: date
    is_due: bool
    fiscal_year: int | None
    recovered: Money | None
    cost: Money | None
    over: Money | None  # negative: too little
    proposed_rate: Decimal | None  # at which the cost would have been recovered


RATE_COLUMNS: tuple[Column[RateRow], ...] = columns(
    *("provider_name", "rule", "rate", "in_force_on", "reviewed_on", "due_on", "is_due"),
    *("fiscal_year", "recovered", "cost", "over", "proposed_rate", "provider_id"),
    currency=lambda row: row.recovered.currency if row.recovered else "",
)


def provider_results(
    *, actor: User, since_period: int, until_period: int, known: Known = NOW
) -> tuple[ResultRow, ...]:
    """Return what each team recovered, by year and kind of work, with the settled cost."""
    reader = reader_of(actor)
    postings = Posting.objects.filter(
        known.of("entry__"),
        period__gte=since_period,
        period__lte=until_period,
        provider__department__isnull=False,
        account__in=accounts([chart.PROVIDER_RECOVERY, chart.CENTRAL_SUBSIDY]),
    ).exclude(entry__kind=EntryKind.YEAR_CLOSED)
    if not reader.reads_all_books:
        postings = postings.filter(provider__in=reader.leads)
    recovery = Q(account__code=chart.PROVIDER_RECOVERY)
    groups = (
        postings.values(
            "provider", "provider__name", "period__fiscal_year", "currency", "category__code"
        )
        .annotate(
            credit=Sum("credit_minor", filter=recovery, default=0),
            debit=Sum("debit_minor", filter=recovery, default=0),
            borne=Sum("debit_minor", filter=~recovery, default=0),
            returned=Sum("credit_minor", filter=~recovery, default=0),
        )
        .values_list(
            *("provider", "provider__name", "period__fiscal_year", "currency", "category__code"),
            *("credit", "debit", "borne", "returned"),
        )
        .order_by("period__fiscal_year", "provider__name", "provider", "currency", "category__code")
    )
    rows: list[ResultRow] = []
    costs = _costs()
    for provider, name, year, currency, code, credit, debit, borne, returned in groups:
        recovered, subsidy = int(credit) - int(debit), int(borne) - int(returned)
        of_kind = (provider, name, year, code or "", currency)
        rows.append(_result(of_kind, recovered, subsidy, None))
    return tuple(_with_totals(rows, costs))


def rate_review(*, actor: User, today: date) -> tuple[RateRow, ...]:
    """
    Return each team's rule in force, when it was stated, and what it recovered of the cost.

    :raises Forbidden: it is for finance and auditors.
    """
    require(reader_of(actor).reads_all_books, "Rates are reviewed by finance and auditors.")
    stated = TeamPricing.objects.filter(in_force_on__lte=today).select_related("team")
    latest: dict[UUID, TeamPricing] = {}
    for one in stated.order_by("team__name", "team", "in_force_on", "stated_at"):
        latest[one.team_id] = one
    settled: dict[UUID, RecoverySettled] = {}
    for year in RecoverySettled.objects.order_by("fiscal_year"):
        settled[year.team_id] = year
    return tuple(_rate(one, settled.get(one.team_id), today) for one in latest.values())


def _costs() -> dict[tuple[UUID, int, str], int]:
    return {
        (one.team_id, one.fiscal_year, one.currency): one.cost_minor
        for one in RecoverySettled.objects.all()
    }


def _result(
    of_kind: tuple[UUID, str, int, str, str], recovered: int, subsidy: int, cost: int | None
) -> ResultRow:
    provider, name, year, code, currency = of_kind
    known = cost is not None
    return ResultRow(
        provider_id=provider,
        provider_name=name,
        fiscal_year=year,
        category_code=code,
        currency=currency,
        recovered=Money(recovered, currency),
        subsidy=Money(subsidy, currency),
        cost=Money(cost or 0, currency) if known else None,
        surplus=Money(recovered - (cost or 0), currency) if known else None,
    )


def _with_totals(rows: list[ResultRow], costs: dict[tuple[UUID, int, str], int]) -> list[ResultRow]:
    """Return the rows, each team's year in a currency followed by what it comes to."""
    whole: list[ResultRow] = []
    for place, row in enumerate(rows):
        whole.append(row)
        key = (row.provider_id, row.fiscal_year, row.currency)
        following = rows[place + 1] if place + 1 < len(rows) else None
        if following and key == (following.provider_id, following.fiscal_year, following.currency):
            continue
        same = [one for one in rows if (one.provider_id, one.fiscal_year, one.currency) == key]
        recovered = sum(one.recovered.minor for one in same)
        subsidy = sum(one.subsidy.minor for one in same)
        of_all = (row.provider_id, row.provider_name, row.fiscal_year, "", row.currency)
        whole.append(replace(_result(of_all, recovered, subsidy, costs.get(key)), is_total=True))
    return whole


def _rate(one: TeamPricing, year: RecoverySettled | None, today: date) -> RateRow:
    rate = Decimal(one.basis_points) / 100
    reviewed = one.stated_at.date()
    due = date.fromordinal(reviewed.toordinal() + REVIEW_DAYS)
    recovered = Money(year.recovered_minor, year.currency) if year else None
    cost = Money(year.cost_minor, year.currency) if year else None
    proposed = None
    if year and year.recovered_minor > 0 and rate:
        exact = rate * year.cost_minor / year.recovered_minor
        proposed = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return RateRow(
        provider_id=one.team_id,
        provider_name=one.team.name,
        rule=one.rule,
        rate=rate,
        in_force_on=one.in_force_on,
        reviewed_on=reviewed,
        due_on=due,
        is_due=today >= due,
        fiscal_year=year.fiscal_year if year else None,
        recovered=recovered,
        cost=cost,
        over=recovered - cost if recovered and cost is not None else None,
        proposed_rate=proposed,
    )
