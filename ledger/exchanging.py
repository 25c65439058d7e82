"""
A payout in one currency that Stripe took from the balance in another: what it really cost is
settled (entry 20 of the chart), and the two balances at Stripe are set right.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from ledger import chart
from ledger.currencies import settle_currency
from ledger.models.awards import Award
from ledger.models.payouts import Payout, PayoutStep, StepKind
from ledger.models.stripe import BalanceMovement
from ledger.payout_states import amount_of
from ledger.posting import EntryKind, Line, post_entry
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal

# Under which name a part of a movement is settled: one for each award in the payout.
NAMES = UUID("0b5be9a8-55b2-4c0c-8a0e-6f1f8f5a3f0d")


class NotAnExchange(Refusal):
    """Only a payout for work that is booked in the other currency is settled so."""

    code = "not_an_exchange"
    field = "way"


def book_exchange(*, actor: User, movement: BalanceMovement, at: datetime) -> int:
    """
    Settle each award that a payout pays at what its part of a movement cost, and book the exchange
    (1150 / 1190 in the payout's currency, 1190 / 1150 in the balance's). Return the entry.

    :raises NotAnExchange: the movement is none, or an award is not booked in its currency.
    :raises InsufficientFunds: a budget cannot cover the difference.
    """
    payout = _paid_with(movement)
    paid, cost = amount_of(payout), Money(-movement.amount_minor, movement.currency)
    done = 0
    for award, minor in _by_award(payout):
        if award.currency != paid.currency or award.budget_line.currency != cost.currency:
            raise NotAnExchange(f"“{award.job.title}” is not booked in {cost.currency}.")
        # Of running totals, so that the parts are the whole to the last unit.
        before, done = done, done + minor
        part = cost.minor * done // paid.minor - cost.minor * before // paid.minor
        settle_currency(
            actor=actor,
            award_id=award.pk,
            payment_id=uuid5(NAMES, f"{movement.pk} {award.pk}"),
            paid=Money(minor, paid.currency),
            cost=Money(part, cost.currency),
            at=at,
        )
    return post_entry(
        actor=actor,
        kind=EntryKind.CURRENCY_EXCHANGED,
        source=uuid5(NAMES, movement.pk),
        at=at,
        lines=[
            Line.debit(chart.STRIPE_BALANCE, paid),
            Line.credit(chart.CURRENCY_CLEARING, paid),
            Line.debit(chart.CURRENCY_CLEARING, cost),
            Line.credit(chart.STRIPE_BALANCE, cost),
        ],
    )


def _paid_with(movement: BalanceMovement) -> Payout:
    """Return the payout whose transfer a movement is. :raises NotAnExchange: it is none."""
    sent = PayoutStep.objects.filter(kind=StepKind.SENT, reference=movement.source)
    step = sent.select_related("payout__provider").first() if movement.source else None
    same = step is not None and step.payout.currency == movement.currency
    if step is None or same or movement.amount_minor >= 0:
        raise NotAnExchange("This is no payout that was taken from another currency's balance.")
    return step.payout


def _by_award(payout: Payout) -> list[tuple[Award, int]]:
    """Return what of a payout is for which award, in the order of their jobs, as all are locked."""
    found: dict[UUID, int] = {}
    for part in payout.parts.all():
        found[part.award_id] = found.get(part.award_id, 0) + part.amount_minor
    awards = Award.objects.filter(pk__in=found).select_related("job", "budget_line")
    return [(award, found[award.pk]) for award in awards.order_by("job") if found[award.pk]]
