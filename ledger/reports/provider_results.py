"""What teams recovered for which services against what they cost, and how their rates held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from bids.models.bids import LineKind
from ledger import chart
from ledger.models.awards import Award
from ledger.models.journal import EntryKind, Posting
from ledger.models.pricing import TeamPricing
from ledger.models.years import RecoverySettled
from ledger.rates import part_of
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import reader_of
from ledger.reports.statement_lines import accounts
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import require

FOR_WHOM = "What teams recover is for those who lead them, finance and auditors."
# What became of a year's difference is no part of what the team recovered in it; what it brought
# into the next year is.
SETTLED = Q(entry__kind__in=[EntryKind.YEAR_CLOSED, EntryKind.RECOVERY_REBATED]) | Q(
    entry__kind=EntryKind.RECOVERY_CARRIED, entry__occurrence="out"
)
REVIEW_DAYS = 731  # rates are looked at every two years at least


@dataclass(frozen=True, slots=True)
class ResultRow:
    """
    A team's year in one kind of work. What it cost is stated for the whole team, and stands in the
    row of all kinds; what it recovered is parted as the chosen bids reckoned their prices:
    `recovered` is `direct_cost` and `overhead` together.
    """

    provider_id: UUID
    provider_name: str
    fiscal_year: int
    category_code: str  # empty: all kinds of work together
    currency: str
    recovered: Money
    direct_cost: Money  # of it, for all that the bids reckoned beside overhead
    overhead: Money  # of it, for what they reckoned as overhead
    subsidy: Money  # the part of it that the company bore
    cost: Money | None  # as finance settled the year, overhead included
    surplus: Money | None  # negative: a deficit
    is_total: bool = False  # of all kinds of work of a team's year


COLUMNS: tuple[Column[ResultRow], ...] = columns(
    *("fiscal_year", "provider_name", "category_code", "currency", "recovered"),
    *("direct_cost", "overhead", "subsidy", "cost", "surplus", "provider_id", "is_total"),
)


@dataclass(frozen=True, slots=True)
class RateRow:
    """
    A team's rule of prices, and how it recovered its cost in the last year that was settled. A
    team has no price by the hour: its unit is the milestone that was accepted and charged.
    """

    provider_id: UUID
    provider_name: str
    rule: str
    rate: Decimal  # per cent: of cost, or of the bid
    in_force_on: date
    reviewed_on: date
    due_on: date
    is_due: bool
    fiscal_year: int | None
    units: int | None  # milestones charged in that year
    cost_per_unit: Money | None  # the full cost of one of them; None without any
    recovered: Money | None
    cost: Money | None
    over: Money | None  # negative: too little
    proposed_rate: Decimal | None  # at which the cost would have been recovered


RATE_COLUMNS: tuple[Column[RateRow], ...] = (
    *columns("provider_name", "rule", "rate", "in_force_on", "reviewed_on", "due_on", "is_due"),
    *columns("fiscal_year", "units"),
    # The cost of one is no part of a sum.
    Column("cost_per_unit", lambda row: row.cost_per_unit, is_summed=False),
    *columns("recovered", "cost", "over", "proposed_rate", "provider_id"),
    # An amount of nothing is an amount, in a currency.
    Column("currency", lambda row: "" if row.recovered is None else row.recovered.currency),
)


def provider_results(
    *, actor: User, since_period: int, until_period: int, known: Known = NOW
) -> tuple[ResultRow, ...]:
    """
    Return what each team recovered, by year and kind of work, with the settled cost, before the
    difference was carried or given back. Of what it recovered by an award, that part is overhead
    which was overhead in the chosen bid's price.
    """
    reader = reader_of(actor)
    postings = Posting.objects.filter(
        known.of("entry__"),
        period__gte=since_period,
        period__lte=until_period,
        provider__department__isnull=False,
        account__in=accounts([chart.PROVIDER_RECOVERY, chart.CENTRAL_SUBSIDY]),
    ).exclude(SETTLED)
    if not reader.reads_all_books:
        postings = postings.filter(provider__in=reader.leads)
    groups = _by_award(postings)
    reckoned = _reckoned([group[5] for group in groups if group[5]])
    sums: dict[_OfKind, list[int]] = {}
    for provider, name, year, currency, code, award, credit, debit, borne, returned in groups:
        recovered = int(credit) - int(debit)
        overhead = part_of(recovered, *reckoned.get(award, (0, 1)))
        figures = (recovered, overhead, int(borne) - int(returned))
        known_so_far = sums.setdefault((provider, name, year, code or "", currency), [0, 0, 0])
        known_so_far[:] = [one + more for one, more in zip(known_so_far, figures, strict=True)]
    rows = [_result(of_kind, _Sums(*figures), None) for of_kind, figures in sums.items()]
    return tuple(_with_totals(rows, _costs()))


def _by_award(postings: QuerySet[Posting]) -> list[tuple[Any, ...]]:
    """Return both sides of recovery and subsidy, by team, year, currency, kind of work, award."""
    recovery = Q(account__code=chart.PROVIDER_RECOVERY)
    return list(
        postings.values(
            *("provider", "provider__name", "period__fiscal_year", "currency", "category__code"),
            "award",
        )
        .annotate(
            credit=Sum("credit_minor", filter=recovery, default=0),
            debit=Sum("debit_minor", filter=recovery, default=0),
            borne=Sum("debit_minor", filter=~recovery, default=0),
            returned=Sum("credit_minor", filter=~recovery, default=0),
        )
        .values_list(
            *("provider", "provider__name", "period__fiscal_year", "currency", "category__code"),
            *("award", "credit", "debit", "borne", "returned"),
        )
        .order_by("period__fiscal_year", "provider__name", "provider", "currency", "category__code")
    )


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
    units = _units_of(list(settled.values()))
    return tuple(_rate(one, settled.get(one.team_id), units, today) for one in latest.values())


def _units_of(settled: list[RecoverySettled]) -> dict[tuple[UUID, int], int]:
    """Return how many milestones were charged of each team in its year."""
    years = {one.fiscal_year for one in settled}
    charged = Posting.objects.filter(
        account__in=accounts([chart.PROVIDER_RECOVERY]),
        provider__in=[one.team_id for one in settled],
        period__fiscal_year__in=years,
        entry__kind=EntryKind.CHARGED,
    )
    counted = charged.values_list("provider", "period__fiscal_year").order_by("provider")
    return {
        (team, year): count for team, year, count in counted.annotate(Count("entry", distinct=True))
    }


def _costs() -> dict[tuple[UUID, int, str], int]:
    return {
        (one.team_id, one.fiscal_year, one.currency): one.cost_minor
        for one in RecoverySettled.objects.all()
    }


def _reckoned(award_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return how much of the prices of these awards' bids is overhead, and of how much."""
    is_overhead = Q(bid__price__lines__kind=LineKind.OVERHEAD)
    reckoned = (
        Award.record.filter(pk__among=award_ids)
        .order_by("pk")
        .values_list("pk")
        .annotate(
            overhead=Sum("bid__price__lines__amount_minor", filter=is_overhead, default=0),
            all=Sum("bid__price__lines__amount_minor", default=0),
        )
    )
    return {award: (int(part), int(whole)) for award, part, whole in reckoned if whole > 0}


_OfKind = tuple[UUID, str, int, str, str]  # provider, its name, year, category's code, currency


@dataclass(frozen=True, slots=True)
class _Sums:
    """In minor units."""

    recovered: int
    overhead: int
    subsidy: int


def _result(of_kind: _OfKind, sums: _Sums, cost: int | None) -> ResultRow:
    provider, name, year, code, currency = of_kind
    known = cost is not None
    return ResultRow(
        provider_id=provider,
        provider_name=name,
        fiscal_year=year,
        category_code=code,
        currency=currency,
        recovered=Money(sums.recovered, currency),
        direct_cost=Money(sums.recovered - sums.overhead, currency),
        overhead=Money(sums.overhead, currency),
        subsidy=Money(sums.subsidy, currency),
        cost=Money(cost or 0, currency) if known else None,
        surplus=Money(sums.recovered - (cost or 0), currency) if known else None,
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
        sums = _Sums(
            recovered=sum(one.recovered.minor for one in same),
            overhead=sum(one.overhead.minor for one in same),
            subsidy=sum(one.subsidy.minor for one in same),
        )
        of_all = (row.provider_id, row.provider_name, row.fiscal_year, "", row.currency)
        whole.append(replace(_result(of_all, sums, costs.get(key)), is_total=True))
    return whole


def _rate(
    one: TeamPricing,
    year: RecoverySettled | None,
    units: dict[tuple[UUID, int], int],
    today: date,
) -> RateRow:
    rate = Decimal(one.basis_points) / 100
    reviewed = one.stated_at.date()
    due = date.fromordinal(reviewed.toordinal() + REVIEW_DAYS)
    recovered = Money(year.recovered_minor, year.currency) if year else None
    cost = Money(year.cost_minor, year.currency) if year else None
    count = units.get((one.team_id, year.fiscal_year), 0) if year else None
    each = part_of(year.cost_minor, 1, count) if year and count else None
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
        units=count,
        cost_per_unit=Money(each, year.currency) if year and each is not None else None,
        recovered=recovered,
        cost=cost,
        over=None if recovered is None or cost is None else recovered - cost,
        proposed_rate=proposed,
    )
