"""Each payout beside the line of the balance at Stripe that shows it: fee, net, arrival, match."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from ledger.models.payouts import PartBack
from ledger.models.stripe import BalanceMovement
from ledger.reports.columns import Column, columns
from ledger.reports.payouts import PayoutRow, payouts
from ledger.reports.stripe_books import state_of
from ledger.reports.years_paid import arrivals
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One payout, as the books and as Stripe's balance know it."""

    payout_id: UUID
    provider_id: UUID
    provider_name: str
    asked_at: datetime
    state: str
    transfer: str
    balance_transaction: str  # empty where Stripe's balance shows none
    amount: Money
    came_back: Money  # of the amount: a part of it, or all
    fee: Money
    net: Money  # of the amount, less what came back and the fee
    arrived_at: datetime | None  # at the vendor's bank, and still there
    match: str  # matched, explained, open; by_hand, unseen
    why: str  # it is open, or how it was explained


COLUMNS: tuple[Column[PayoutLine], ...] = columns(
    *("payout_id", "provider_id", "provider_name", "asked_at", "state", "transfer"),
    *("balance_transaction", "amount", "came_back", "fee", "net", "arrived_at", "match", "why"),
    currency=lambda row: row.amount.currency,
)


def payout_lines(
    *,
    actor: User,
    at: datetime,
    since_on: date,
    until_on: date,
    provider_id: UUID | None = None,
    currency: str = "",
) -> list[PayoutLine]:
    """Return the payouts of some days that a person may see: finance all, a vendor its own."""
    rows = payouts(
        actor=actor,
        at=at,
        provider_id=provider_id,
        currency=currency,
        since_on=since_on,
        until_on=until_on,
    )
    shown = _shown({row.transfer for row in rows if row.transfer})
    asked = [row.payout_id for row in rows]
    parts, arrived = _parts_back(asked), arrivals(asked)
    return [
        _line(
            row,
            shown.get(row.transfer),
            back=row.amount.minor if row.state == "reversed" else parts.get(row.payout_id, 0),
            at=arrived.get(row.payout_id),
        )
        for row in rows
    ]


def _parts_back(payouts: Collection[UUID]) -> dict[UUID, int]:
    parts = PartBack.objects.filter(payout__in=payouts).order_by().values_list("payout")
    return {payout: int(minor) for payout, minor in parts.annotate(sum=Sum("amount_minor"))}


def _shown(transfers: Collection[str]) -> dict[str, BalanceMovement]:
    found = BalanceMovement.objects.filter(source__in=transfers, amount_minor__lt=0)
    named = found.select_related("match__reason", "exception")
    return {one.source: one for one in named.order_by("happened_at", "pk")}


def _line(
    row: PayoutRow, movement: BalanceMovement | None, *, back: int, at: datetime | None
) -> PayoutLine:
    fee = Money(movement.fee_minor if movement else 0, row.amount.currency)
    came_back = Money(back, row.amount.currency)
    match, why = state_of(movement) if movement else ("by_hand" if row.is_by_hand else "unseen", "")
    return PayoutLine(
        payout_id=row.payout_id,
        provider_id=row.provider_id,
        provider_name=row.provider_name,
        asked_at=row.asked_at,
        state=row.state,
        transfer=row.transfer,
        balance_transaction=movement.pk if movement else "",
        amount=row.amount,
        came_back=came_back,
        fee=fee,
        net=row.amount - came_back - fee,
        arrived_at=at,
        match=match,
        why=why,
    )
