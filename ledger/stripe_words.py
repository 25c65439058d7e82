"""
What Stripe's words mean here: its objects as plain facts, its amounts in our units, and its two
ways of not saying yes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marketplace.money import Money, exponent_of

# Stripe counts these in hundredths although they have none.
WHOLE_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})


class Refused(Exception):
    """Stripe said no, and nothing moved."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Unclear(Exception):
    """Nobody knows whether it happened: it must be looked up before anything else."""


@dataclass(frozen=True, slots=True)
class Account:
    """A vendor's account at Stripe. Where it pays to is told by a digest alone."""

    id: str
    may_receive: bool
    pays_out: bool
    due: tuple[str, ...]  # what Stripe still asks of the vendor
    disabled_reason: str
    destination: bytes  # changes when the bank account behind it does; empty without one


@dataclass(frozen=True, slots=True)
class Back:
    """Of a transfer, what was taken back at once."""

    id: str
    minor: int
    wanted_id: UUID | None  # by which wish of ours


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money moved from the company's balance to a vendor's account."""

    id: str
    amount: Money
    destination: str
    payment: str  # its name in the vendor's account
    payout_id: UUID | None
    attempt: int
    reversed_minor: int
    reversals: tuple[Back, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class BankPayout:
    """Money on its way from a vendor's account to its bank."""

    id: str
    status: str  # pending, in_transit, paid, failed, canceled
    failure: str


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money on its way from the company's bank to its balance."""

    id: str
    amount: Money
    status: str  # pending, succeeded, failed, canceled, reversed
    top_up_id: UUID | None
    failure: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the company's balance at Stripe."""

    id: str
    kind: str
    amount: Money  # negative when money left
    fee: Money
    source: str
    created_at: datetime
    transfer: str = ""  # of a reversal: what it takes back


@dataclass(frozen=True, slots=True)
class Announced:
    """What a webhook announced: which object of which account to read again."""

    id: str
    kind: str
    account: str
    object_id: str
    created_at: datetime
    is_live: bool


def in_stripes_units(amount: Money) -> int:
    """Return an amount as Stripe counts it. :raises Refused: it cannot be said there."""
    if amount.currency in WHOLE_IN_HUNDREDTHS:
        return amount.minor * 100
    if exponent_of(amount.currency) == 3 and amount.minor % 10:
        raise Refused("amount_too_fine", f"{amount} does not end in zero, as Stripe wants it.")
    return amount.minor


def in_our_units(amount: int, currency: str) -> Money:
    """Return an amount of Stripe's as ours."""
    code = currency.upper()
    return Money(amount // 100 if code in WHOLE_IN_HUNDREDTHS else amount, code)


def finest(currency: str) -> int:
    """Return the smallest number of minor units that Stripe moves."""
    return 10 if exponent_of(currency) == 3 else 1


def account_said(said: dict[str, Any]) -> Account:
    """Return what Stripe\'s own words say."""
    asked = said.get("requirements") or {}
    accounts = (said.get("external_accounts") or {}).get("data") or []
    return Account(
        id=said["id"],
        may_receive=(said.get("capabilities") or {}).get("transfers") == "active",
        pays_out=bool(said["payouts_enabled"]),
        due=tuple(sorted({*(asked.get("currently_due") or ()), *(asked.get("past_due") or ())})),
        disabled_reason=str(asked.get("disabled_reason") or ""),
        destination=_digest([(each["id"], each.get("fingerprint") or "") for each in accounts]),
    )


def _digest(rows: Sequence[tuple[str, str]]) -> bytes:
    if not rows:
        return b""
    return hashlib.sha256("\n".join(map(" ".join, sorted(rows))).encode()).digest()


def transfer_said(said: dict[str, Any]) -> Transfer:
    """Return what Stripe\'s own words say."""
    about = said.get("metadata") or {}
    return Transfer(
        id=said["id"],
        amount=in_our_units(said["amount"], said["currency"]),
        destination=str(said["destination"] or ""),
        payment=str(said.get("destination_payment") or ""),
        payout_id=_id(about.get("payout")),
        attempt=int(about.get("attempt") or 0),
        reversed_minor=in_our_units(said["amount_reversed"], said["currency"]).minor,
        reversals=tuple(_back(each) for each in reversed(said["reversals"]["data"])),
    )


def _back(said: dict[str, Any]) -> Back:
    minor = in_our_units(said["amount"], said["currency"]).minor
    return Back(said["id"], minor, _id((said.get("metadata") or {}).get("part")))


def bank_payout_said(said: dict[str, Any]) -> BankPayout:
    """Return what Stripe\'s own words say."""
    return BankPayout(said["id"], str(said["status"]), str(said.get("failure_code") or ""))


def top_up_said(said: dict[str, Any]) -> TopUp:
    """Return what Stripe\'s own words say."""
    return TopUp(
        id=said["id"],
        amount=in_our_units(said["amount"], said["currency"]),
        status=str(said["status"]),
        top_up_id=_id((said.get("metadata") or {}).get("top_up")),
        failure=str(said.get("failure_code") or ""),
    )


def movement_said(said: dict[str, Any]) -> Movement:
    """Return what Stripe\'s own words say."""
    about = said.get("source") or ""
    known: dict[str, Any] = about if isinstance(about, dict) else {"id": about}
    is_reversal = known.get("object") == "transfer_reversal"
    return Movement(
        id=said["id"],
        kind=str(said["type"]),
        amount=in_our_units(said["amount"], said["currency"]),
        fee=in_our_units(said["fee"], said["currency"]),
        source=str(known["id"]),
        created_at=datetime.fromtimestamp(said["created"], UTC),
        transfer=str(known["transfer"]) if is_reversal else "",
    )


def _id(text: Any) -> UUID | None:
    # Whoever works in Stripe's own pages may write there what they like.
    convert: Callable[[str], UUID] = UUID
    try:
        return convert(str(text)) if text else None
    except ValueError:
        return None
