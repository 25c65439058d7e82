"""Whether a vendor can be paid now: how, confirmed by whom, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from ledger.models.payees import LimitKind, Payee, PayeeReading, PayMethod, PayoutLimit
from marketplace.compiled import Kept
from marketplace.money import Money

FROZEN_FOR = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class PayeeFacts:
    """How a vendor is paid, and whether it can be now."""

    payee: Payee
    is_confirmed: bool
    frozen_until: datetime | None  # the way or the bank account behind it was changed
    reading: PayeeReading | None

    @property
    def is_by_hand(self) -> bool:
        return self.payee.method == PayMethod.BY_HAND

    @property
    def may_receive(self) -> bool:
        """Whether Stripe lets it; by hand there is nobody to say no."""
        return self.is_by_hand or bool(self.reading and self.reading.may_receive)

    @property
    def due(self) -> tuple[str, ...]:
        """What Stripe still asks of the vendor."""
        return tuple(self.reading.due) if self.reading else ()

    def is_frozen(self, at: datetime) -> bool:
        return self.frozen_until is not None and at < self.frozen_until


def payee_facts(provider_id: UUID) -> PayeeFacts | None:
    """Return how a vendor is paid; None until somebody said."""
    said = _said_of.all(provider_id)
    return _facts(said, _readings_of.all(said[-1].pk)) if said else None


@Kept
def _said_of(provider: UUID) -> QuerySet[Payee]:
    return _said().filter(provider=provider)


@Kept
def _readings_of(payee: UUID) -> QuerySet[PayeeReading]:
    return PayeeReading.objects.filter(payee=payee).order_by("read_at", "pk")


def _said() -> QuerySet[Payee]:
    found = Payee.objects.select_related("confirmation", "set_by", "provider")
    return found.order_by("set_at", "pk")


def payees_facts(provider_ids: Iterable[UUID]) -> dict[UUID, PayeeFacts]:
    """Return how vendors are paid, without those that have not said."""
    said: dict[UUID, list[Payee]] = {}
    for payee in _said().filter(provider__in=set(provider_ids)):
        said.setdefault(payee.provider_id, []).append(payee)
    last = [each[-1].pk for each in said.values()]
    readings: dict[UUID, list[PayeeReading]] = {}
    for reading in PayeeReading.objects.filter(payee__in=last).order_by("read_at", "pk"):
        readings.setdefault(reading.payee_id, []).append(reading)
    return {
        provider: _facts(each, readings.get(each[-1].pk, [])) for provider, each in said.items()
    }


def _facts(payees: Sequence[Payee], own: Sequence[PayeeReading]) -> PayeeFacts:
    changes = [payee.set_at for payee in payees[1:]] + _moved(own)
    return PayeeFacts(
        payee=payees[-1],
        is_confirmed=getattr(payees[-1], "confirmation", None) is not None,
        frozen_until=max(changes) + FROZEN_FOR if changes else None,
        reading=own[-1] if own else None,
    )


def _moved(readings: Sequence[PayeeReading]) -> list[datetime]:
    """Return when the bank account behind an account at Stripe became another one."""
    moved, known = [], b""
    for reading in readings:
        found = bytes(reading.destination)
        if known and found and found != known:
            moved.append(reading.read_at)
        known = found or known
    return moved


def payout_limit(kind: LimitKind, currency: str) -> Money | None:
    """Return the limit in force; None until one is stated."""
    stated = (
        PayoutLimit.objects.filter(kind=kind, currency=currency)
        .order_by("-stated_at", "-pk")
        .first()
    )
    return Money(stated.limit_minor, currency) if stated else None
