"""What a department was charged, and what a provider earned, line by line, in a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from ledger import chart
from ledger.models.charges import ProviderTurnover
from ledger.models.journal import Posting
from ledger.models.periods import Period
from ledger.periods import fiscal_year_of, period_of, periods_between
from ledger.reports.known import NOW, Known
from ledger.reports.periods import is_final
from ledger.reports.reading import department_to_read, income_to_read, reader_of
from ledger.reports.statement_lines import (
    SPENT_OR_SHOWN,
    StatementLine,
    accounts,
    all_year,
    between,
    charged_before,
    charged_to,
    currencies_of,
    lines_of,
    net_of,
    promised_by,
)
from marketplace.models.people import User
from marketplace.money import Money, total

# What a provider has coming: a team's recovery; what a vendor is owed, held back or in dispute.
EARNED = (chart.PROVIDER_RECOVERY, chart.VENDOR_PAYABLE, "2110", chart.DISPUTE_HOLD)


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """What an award still holds of the budget."""

    award_id: UUID
    job_id: UUID
    job_reference: str
    job_title: str
    provider_name: str
    chosen_on: date
    open: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """Opening, lines, closing; all in one currency."""

    of_id: UUID
    name: str
    cost_centre: str  # empty for a provider
    currency: str
    currencies: tuple[str, ...]  # in which there is anything to state
    since_on: date
    until_on: date  # that day included
    is_final: bool  # each period in it is closed
    opening: Money  # since the fiscal year began
    lines: tuple[StatementLine, ...]
    charges: Money  # with the fees on them
    credits: Money  # with the fees on them; negative or zero
    fees: Money  # of charges and credits, what is the marketplace's fee
    corrections: Money  # of both, what corrects a month before these days
    closing: Money
    shown: tuple[StatementLine, ...]  # used, and charged to nobody
    shown_total: Money
    promises: tuple[OpenPromise, ...]
    promised: Money

    @property
    def amounts(self) -> tuple[Money, Money]:
        """Charges and credits without the fees: what the amounts of the lines come to."""
        return _both_ways((line.amount for line in self.lines), self.currency)


def statement(
    *,
    actor: User,
    department_id: UUID,
    since_on: date,
    until_on: date,
    currency: str = "",  # the department's own when empty
    known: Known = NOW,
) -> Statement:
    """
    Return what a department was charged from one day to another, both included.

    :raises Unknown: the actor cannot see the department.
    :raises Forbidden: the books of this department are not the actor's to read.
    """
    department = department_to_read(reader_of(actor), department_id)
    currency = currency or department.currency
    whose = (department.pk, currency)
    promises = tuple(
        OpenPromise(
            award_id=held.award_id,
            job_id=held.award.job_id,
            job_reference=held.award.job.reference,
            job_title=held.award.job.title,
            provider_name=held.award.provider.name,
            chosen_on=held.award.chosen_at.date(),
            open=Money(held.open_minor, currency),
        )
        # They are as they stand now: of a month that is closed they would be no part.
        for held in (
            () if is_final(*periods_between(since_on, until_on)) else promised_by.all(*whose)
        )
    )
    days, spent = (since_on, until_on), accounts(chart.SPEND)
    if known.is_now:
        lines = charged_to(*whose, *days)
        opening = charged_before(*whose, since_on)
    else:
        then = _all_year(known).filter(department=department, currency=currency)
        lines = lines_of(then.filter(account__in=accounts(SPENT_OR_SHOWN)), *days, sign=1)
        opening = net_of(then.filter(_earlier(since_on), account__in=spent))
    currencies = tuple(currencies_of.all(department.pk))
    return _paper(
        lines,
        period=days,
        of=_Of(department.pk, department.name, department.cost_centre, currency, currencies),
        opening=opening,
        promises=promises,
    )


def provider_statement(
    *,
    actor: User,
    provider_id: UUID,
    since_on: date,
    until_on: date,
    currency: str = "",
    known: Known = NOW,
) -> Statement:
    """
    Return what a team recovered, or a vendor is owed, from one day to another. `amount` is what
    came in; a credit to the department is negative.

    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: the income of this provider is not the actor's to read.
    """
    provider = income_to_read(reader_of(actor), provider_id)
    everything = _all_year(known).filter(provider=provider)
    shown = [chart.SHOWN[chart.PROVIDER_RECOVERY]]
    of_it = everything.filter(account__in=accounts(EARNED))
    told = everything.filter(account__in=accounts((*EARNED, *shown)))
    sums = ProviderTurnover.objects.filter(provider=provider, period__closed_at__isnull=False)
    currencies = _currencies(sums, everything, accounts((*EARNED, *shown)))
    home = provider.department.currency if provider.department else ""
    currency = currency or home or (currencies[0] if currencies else "EUR")
    mine = of_it.filter(currency=currency)
    summed = sums.filter(account__in=accounts(EARNED), currency=currency)
    return _paper(
        lines_of(told.filter(currency=currency), since_on, until_on, sign=-1),
        period=(since_on, until_on),
        of=_Of(provider.pk, provider.name, "", currency, currencies),
        opening=-(
            _earned_before(summed, mine, since_on)
            if known.is_now
            else net_of(mine.filter(_earlier(since_on)))
        ),
        promises=(),
    )


def _currencies(
    sums: QuerySet[ProviderTurnover], postings: QuerySet[Posting], accounts: list[int]
) -> tuple[str, ...]:
    """Return in which currencies a provider has anything: from sums, and from open months."""
    open_months = Period.objects.filter(closed_at=None).values("pk")
    closed = sums.filter(account__in=accounts).values_list("currency").order_by()
    recent = postings.filter(period__in=open_months, account__in=accounts).values_list("currency")
    return tuple(sorted(currency for (currency,) in closed.union(recent.order_by())))


def _earned_before(
    sums: QuerySet[ProviderTurnover], postings: QuerySet[Posting], since_on: date
) -> int:
    """Return what came since the fiscal year began: closed months by their sums, then the rest."""
    first = fiscal_year_of(since_on) * 100 + 1
    months = {"period__gte": first, "period__lt": period_of(since_on)}
    whole = sums.filter(**months).aggregate(net=Sum(F("debit_minor") - F("credit_minor")))
    months_open = Period.objects.filter(closed_at=None, pk__gte=first, pk__lt=period_of(since_on))
    earlier = Q(period__in=months_open.values("pk"))
    if since_on.day > 1:
        earlier |= between(since_on.replace(day=1), since_on - timedelta(days=1))
    return int(whole["net"] or 0) + net_of(postings.filter(earlier))


def _earlier(day: date) -> Q:
    """Return what finds the postings of the same fiscal year before a day."""
    return between(date(fiscal_year_of(day), 1, 1), day - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _Of:
    """Whose statement it is."""

    id: UUID
    name: str
    cost_centre: str
    currency: str
    currencies: tuple[str, ...]


def _all_year(known: Known) -> QuerySet[Posting]:
    return all_year().filter(known.of("entry__"))


def _paper(
    every: tuple[StatementLine, ...],
    *,
    period: tuple[date, date],
    of: _Of,
    opening: int,
    promises: tuple[OpenPromise, ...],
) -> Statement:
    lines = tuple(line for line in every if not line.is_shown)
    only_shown = tuple(line for line in every if line.is_shown)
    fees = [line.fee for line in lines if line.fee is not None]
    charges, credits = _both_ways([*(line.amount for line in lines), *fees], of.currency)
    first = period_of(period[0])
    corrected = (line.moves for line in lines if (line.corrects_period or first) < first)
    start = Money(opening, of.currency)
    return Statement(
        of_id=of.id,
        name=of.name,
        cost_centre=of.cost_centre,
        currency=of.currency,
        currencies=of.currencies,
        since_on=period[0],
        until_on=period[1],
        is_final=is_final(*periods_between(*period)),
        opening=start,
        lines=lines,
        charges=charges,
        credits=credits,
        fees=total(fees, of.currency),
        corrections=total(corrected, of.currency),
        closing=start + charges + credits,
        shown=only_shown,
        shown_total=total((line.amount for line in only_shown), of.currency),
        promises=promises,
        promised=total((promise.open for promise in promises), of.currency),
    )


def _both_ways(amounts: Iterable[Money], currency: str) -> tuple[Money, Money]:
    """Return what the positive ones come to, and the negative ones."""
    told = list(amounts)
    zero = Money(0, currency)
    came = total((one for one in told if one > zero), currency)
    return came, total((one for one in told if one < zero), currency)
