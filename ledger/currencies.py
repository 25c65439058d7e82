"""Awards in another currency: at which rate they are booked, and what paying them really cost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from ledger import chart
from ledger.bearing import is_converted, rate_of
from ledger.budgeting import Booking
from ledger.carrying import paying_line
from ledger.charging import about
from ledger.models.awards import Award
from ledger.models.rates import BookingRate, CurrencySettlement, RateReason
from ledger.permissions import may_settle_currency, may_state_rates
from ledger.posting import About, BudgetMove, EntryKind, Line
from ledger.promising import post
from marketplace.admission import refuse_no_currency
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.money import Money, exponent_of
from marketplace.refusals import Refusal, require
from marketplace.words import keep


class NotARate(Refusal):
    """A rate is a number above zero, between two currencies."""

    code = "not_a_rate"
    field = "rate"


class RateStated(Refusal):
    """The rate of a day is stated once."""

    code = "rate_stated"
    field = "in_force_on"


class RateInThePast(Refusal):
    """What was booked was booked at the rate that stood then."""

    code = "rate_in_the_past"
    field = "in_force_on"


class ReasonMissing(Refusal):
    """Whoever reads a rate later must know where it was taken from."""

    code = "reason_missing"
    field = "reason"


class OneCurrency(Refusal):
    """There is no difference where there is one currency."""

    code = "one_currency"
    field = "paid"


class NotASettlement(Refusal):
    """Something is paid in the award's currency, and costs something in the budget's."""

    code = "not_a_settlement"
    field = "paid"


@transaction.atomic(savepoint=False)
def state_rate(
    *,
    actor: User,
    currency: str,
    into: str,
    rate: str | Decimal,
    in_force_on: date,
    reason: str,
    at: datetime,
) -> BookingRate:
    """
    State what one unit of `currency` is booked as in `into`, from a day on. The decimals are kept
    exactly, as a fraction between minor units: 1 EUR = 160.25 JPY is 641 yen for 400 cents.

    :param reason: where the rate was taken from.
    :raises Forbidden: only finance states rates.
    :raises NotACurrency, NotARate, RateInThePast, RateStated, ReasonMissing: the rules say no.
    """
    require(may_state_rates(actor))
    for code in (currency, into):
        refuse_no_currency(code)
    given = _read(rate)
    if given <= 0 or currency == into or given.denominator > 10**9 or given.numerator > 10**12:
        raise NotARate("State a rate above zero between two currencies, with up to nine decimals.")
    if in_force_on < at.date() and not actor.is_system:
        raise RateInThePast("A rate is in force from today at the earliest.")
    if not reason.strip():
        raise ReasonMissing("Say where the rate was taken from.")
    if BookingRate.objects.filter(currency=currency, into=into, in_force_on=in_force_on).exists():
        raise RateStated(f"The rate of {in_force_on:%d %B %Y} is stated; choose a later day.")

    exact = given * Fraction(10) ** (exponent_of(into) - exponent_of(currency))
    stated = BookingRate.objects.create(
        currency=currency,
        into=into,
        in_force_on=in_force_on,
        numerator=exact.numerator,
        denominator=exact.denominator,
        stated_by=actor,
        stated_at=at,
    )
    words = keep(reason.strip(), at=at)
    RateReason.objects.create(rate=stated, words=words)
    record(
        actor,
        "rate.stated",
        stated,
        at=at,
        audience=Audience.COMPANY,
        facts={
            "currency": currency,
            "into": into,
            "in_force_on": in_force_on.isoformat(),
            "numerator": exact.numerator,
            "denominator": exact.denominator,
            "reason_digest": bytes(words.digest).hex(),
        },
    )
    return stated


def _read(rate: str | Decimal) -> Fraction:
    """:raises NotARate: it is no number."""
    try:
        return Fraction(Decimal(rate))
    except (InvalidOperation, ValueError, OverflowError):
        raise NotARate(f"“{rate}” is not a rate; write it like 1.0853.") from None


@transaction.atomic(savepoint=False)
def settle_currency(
    *, actor: User, award_id: UUID, payment_id: UUID, paid: Money, cost: Money, at: datetime
) -> CurrencySettlement:
    """
    Book what paying a part of an award cost more, or less, than it was booked at (entry 20 of the
    chart): the difference is charged to the department that ordered.

    :param payment_id: names the payment; the same one again is not settled twice.
    :param cost: what was really paid, in the budget's currency.
    :raises Unknown: the actor cannot see the award.
    :raises Forbidden: only finance settles.
    :raises OneCurrency, NotASettlement: the rules say no.
    :raises InsufficientFunds: the budget cannot cover the difference.
    """
    award = Award.objects.visible_to(actor).lock(award_id)
    require(may_settle_currency(actor))
    before = CurrencySettlement.objects.filter(pk=payment_id, award=award).first()
    if before is not None:
        return before
    if not is_converted(award):
        raise OneCurrency(f"“{award.job.title}” is paid and booked in {award.currency}.")
    right = paid.currency == award.currency and cost.currency == award.budget_line.currency
    if not right or paid.minor <= 0 or cost.minor < 0:
        raise NotASettlement(
            f"Say what was paid in {award.currency}, and what it cost in"
            f" {award.budget_line.currency}."
        )
    earlier = _paid_minor(award)
    rate = rate_of(award)
    booked = rate.of(earlier + paid.minor) - rate.of(earlier)  # of running totals: no unit is lost
    settlement = CurrencySettlement.objects.create(
        id=payment_id,
        award=award,
        paid_minor=paid.minor,
        cost_minor=cost.minor,
        settled_by=actor,
        settled_at=at,
    )
    _book(settlement, award=award, difference=cost - booked, actor=actor, at=at)
    _record(settlement, award=award, actor=actor, at=at)
    return settlement


def _record(settlement: CurrencySettlement, *, award: Award, actor: User, at: datetime) -> None:
    facts: dict[str, Fact] = {
        "payment": str(settlement.pk),
        "paid_minor": settlement.paid_minor,
        "currency": award.currency,
        "cost_minor": settlement.cost_minor,
        "into": award.budget_line.currency,
    }
    record(
        actor,
        "award.currency_settled",
        award,
        at=at,
        audience=Audience.BUYER,
        job=award.job,
        facts=facts,
    )


def _paid_minor(award: Award) -> int:
    sums = CurrencySettlement.objects.filter(award=award).aggregate(paid=Sum("paid_minor"))
    return sums["paid"] or 0


def _book(
    settlement: CurrencySettlement,
    *,
    award: Award,
    difference: Money,
    actor: User,
    at: datetime,
) -> None:
    line = paying_line(award, at).pk
    company = about(award, None)
    cost: About = {**company, "department": award.department_id, "budget_line": line}
    post(
        award=award,
        actor=actor,
        kind=EntryKind.CURRENCY_SETTLED,
        source=settlement.pk,
        at=at,
        bookings=[Booking(budget_moves=(BudgetMove(line, charged=difference.minor),))],
        lines=[
            Line.debit(chart.CURRENCY_DIFFERENCES, difference, **cost),
            Line.credit(chart.CURRENCY_CLEARING, difference, **company),
        ],
    )
