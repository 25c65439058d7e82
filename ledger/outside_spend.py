"""
Payments made outside the marketplace, and money that came back of one. They were made already:
recording them charges the department's budget and shows how much goes past the marketplace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.models.years import OutsideSpend
from ledger.outside_entries import (
    AlreadyRecorded,
    DocumentMissing,
    Known,
    NoBudgetYet,
    NotAPayment,
    PaidTooEarly,
    Payment,
    TakenBack,
)
from ledger.outside_groups import Told, book
from ledger.showback import hold_mode
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.permissions import may_manage_money
from marketplace.refusals import Refusal, require

__all__ = [
    "AlreadyRecorded",
    "DocumentMissing",
    "NoBudgetYet",
    "NotAPayment",
    "Outcome",
    "PaidTooEarly",
    "Payment",
    "TakenBack",
    "record_outside_spend",
    "record_outside_spends",
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many payments: it was recorded, or refused."""

    payment: Payment
    refusal: Refusal | None = None

    @property
    def is_recorded(self) -> bool:
        return self.refusal is None

    @property
    def code(self) -> str:
        return self.refusal.code if self.refusal else ""

    @property
    def detail(self) -> str:
        return self.refusal.text if self.refusal else ""


@transaction.atomic(savepoint=False)
def record_outside_spend(*, actor: User, payment: Payment, at: datetime) -> OutsideSpend:
    """
    Charge a department for a payment made outside the marketplace (entry 24 of the chart), in the
    month in which it was made. A negative amount came back, and is a kind of its own. Told again
    as it was, it is recorded once.

    :raises Unknown: there is no such department, kind of work or provider.
    :raises Forbidden: only finance records payments.
    :raises NotAPayment, PaidTooEarly, DocumentMissing, AlreadyRecorded, TakenBack: the rules say
        no.
    :raises NoBudgetYet, InsufficientFunds, PeriodClosed, BookedDifferently: it cannot be booked.
    """
    require(may_manage_money(actor), "Only finance records payments made outside.")
    hold_mode()
    told = Told(payment)
    book([told], known=Known(actor), at=at)
    if told.refusal is not None:
        raise told.refusal
    _record(actor, [told], at=at)
    return OutsideSpend.objects.get(pk=payment.id)


@transaction.atomic(savepoint=False)
def record_outside_spends(
    *, actor: User, payments: Sequence[Payment], at: datetime
) -> list[Outcome]:
    """
    Record many payments in one go, and say of each what became of it: the good ones are kept.
    They are booked together, and come out as if they had come one after the other.

    :raises Forbidden: only finance records payments.
    """
    require(may_manage_money(actor), "Only finance records payments made outside.")
    hold_mode()
    told = [Told(payment) for payment in payments]
    book(told, known=Known(actor), at=at)
    _record(actor, told, at=at)
    return [Outcome(one.payment, one.refusal) for one in told]


def _record(actor: User, told: Sequence[Told], *, at: datetime) -> None:
    """Write one event for all that was new at once, about the first of it."""
    spent = [one.payment for one in told if one.entry and one.refusal is None]
    if not spent:
        return
    facts: dict[str, Fact] = {"count": len(spent)}
    for currency in sorted({one.net.currency for one in spent}):
        net = sum(one.net.minor for one in spent if one.net.currency == currency)
        facts[f"net_minor_{currency}"] = net
    record(actor, "outside_spend.recorded", spent[0], at=at, audience=Audience.COMPANY, facts=facts)
