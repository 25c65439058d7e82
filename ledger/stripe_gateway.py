"""
The one port to Stripe. What comes back are plain facts in our words and units; what went wrong is
either a definite refusal or unclear, and never anything between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import stripe
from django.conf import settings

from ledger import stripe_words as words
from ledger.stripe_words import (
    Account,
    Announced,
    BankPayout,
    Movement,
    Refused,
    TopUp,
    Transfer,
    Unclear,
    in_our_units,
    in_stripes_units,
)
from marketplace.money import Money
from marketplace.refusals import Refusal

Shape = TypeVar("Shape")
TIMEOUT_SECONDS = 20
PAGE = 100
SIGNED_WITHIN_SECONDS = 300


class NoStripe(Refusal):
    """No key is set: vendors are paid by hand."""

    code = "no_stripe"


class NotFromStripe(Refusal):
    """The message is not signed by Stripe, or not now."""

    code = "not_from_stripe"


class StripeSilent(Refusal):
    """Stripe gives no clear answer now."""

    code = "stripe_silent"


class StripeRefused(Refusal):
    """Stripe says no."""

    code = "stripe_refused"


@contextmanager
def answering_a_person() -> Iterator[None]:
    """Tell whoever waits for a page what Stripe said, as a refusal."""
    try:
        yield
    except Unclear as unclear:
        raise StripeSilent(
            "Stripe gives no clear answer now. Nothing was noted; try again in a few minutes."
        ) from unclear
    except Refused as no:
        raise StripeRefused(f"Stripe says no: {no}") from no


def is_connected() -> bool:
    """Whether a key is set."""
    return bool(settings.STRIPE_API_KEY)


def is_live() -> bool:
    """Whether the key moves real money."""
    return "_live_" in settings.STRIPE_API_KEY


class Gateway:
    """Stripe as this company uses it."""

    def __init__(self, key: str, base: str) -> None:
        elsewhere: dict[str, Any] = {"base_addresses": {"api": base}} if base else {}
        self.client = stripe.StripeClient(
            key,
            # An attempt is repeated by whoever knows what it was for, never by the library.
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            **elsewhere,
        )

    def open_account(self, *, provider_id: UUID, email: str, country: str) -> Account:
        """Open a recipient's account for a vendor; asked again, it is the same one."""
        with _told():
            made = self.client.v1.accounts.create(
                {
                    "type": "express",
                    "country": country,
                    "email": email,
                    "capabilities": {"transfers": {"requested": True}},
                    "metadata": {"provider": str(provider_id)},
                },
                {"idempotency_key": f"account-{provider_id}"},
            )
        return _read(words.account_said, made)

    def account(self, id: str) -> Account:
        """Read an account."""
        with _told():
            return _read(words.account_said, self.client.v1.accounts.retrieve(id))

    def onboarding_link(self, account_id: str, *, back: str, again: str) -> str:
        """Return an address at Stripe where the vendor gives what is asked. Single use."""
        with _told():
            link = self.client.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": back,
                    "refresh_url": again,
                }
            )
        return str(link.url)

    def transfer(
        self, *, amount: Money, destination: str, payout_id: UUID, attempt: int
    ) -> Transfer:
        """Move money to a vendor's account, once for each attempt."""
        with _told():
            made = self.client.v1.transfers.create(
                {
                    "amount": in_stripes_units(amount),
                    "currency": amount.currency.lower(),
                    "destination": destination,
                    "transfer_group": str(payout_id),
                    "metadata": {"payout": str(payout_id), "attempt": str(attempt)},
                },
                {"idempotency_key": f"payout-{payout_id}-{attempt}"},
            )
        return _read(words.transfer_said, made)

    def transfer_read(self, id: str) -> Transfer:
        """Read a transfer."""
        with _told():
            return _read(words.transfer_said, self.client.v1.transfers.retrieve(id))

    def transfers_of(self, payout_id: UUID) -> list[Transfer]:
        """Return the transfers that were made for a payout, whatever we were told of them."""
        with _told():
            found = self.client.v1.transfers.list({"transfer_group": str(payout_id), "limit": PAGE})
            return [_read(words.transfer_said, each) for each in found.auto_paging_iter()]

    def reverse(self, transfer_id: str, *, key: str) -> str:
        """Take a transfer back, wholly, and return the reversal's name."""
        with _told():
            made = self.client.v1.transfers.reversals.create(
                transfer_id, {}, {"idempotency_key": key}
            )
        return str(made.id)

    def reverse_part(self, transfer_id: str, *, amount: Money, wanted_id: UUID) -> None:
        """Take a part of a transfer back, once for each wish."""
        with _told():
            self.client.v1.transfers.reversals.create(
                transfer_id,
                {"amount": in_stripes_units(amount), "metadata": {"part": str(wanted_id)}},
                {"idempotency_key": f"part-{wanted_id}"},
            )

    def bank_payout(self, account_id: str, id: str) -> BankPayout:
        """Read a payout from a vendor's account to its bank."""
        with _told():
            return _read(
                words.bank_payout_said,
                self.client.v1.payouts.retrieve(id, None, {"stripe_account": account_id}),
            )

    def bank_payouts(self, account_id: str) -> list[BankPayout]:
        """Return the latest payouts from a vendor's account to its bank."""
        with _told():
            found = self.client.v1.payouts.list({"limit": PAGE}, {"stripe_account": account_id})
            return [_read(words.bank_payout_said, each) for each in found.data]

    def paid_in(self, account_id: str, bank_payout_id: str) -> frozenset[str]:
        """
        Return the names of the payments that a payout to the bank brought there. One that the bank
        gave back is in the next payout as a whole, so its payments are looked for in it.
        """
        found: set[str] = set()
        waiting, seen = [bank_payout_id], {bank_payout_id}
        while waiting:
            with _told():
                listed = self.client.v1.balance_transactions.list(
                    {"payout": waiting.pop(), "limit": PAGE}, {"stripe_account": account_id}
                )
                sources = {str(each.source) for each in listed.auto_paging_iter()}
            earlier = {each for each in sources if each.startswith("po_")} - seen
            waiting += sorted(earlier)
            seen |= earlier
            found |= sources - seen
        return frozenset(found)

    def top_up(self, *, amount: Money, top_up_id: UUID) -> TopUp:
        """Have money brought from the company's bank to its balance, once for each name."""
        with _told():
            made = self.client.v1.topups.create(
                {
                    "amount": in_stripes_units(amount),
                    "currency": amount.currency.lower(),
                    "description": "Funding of payouts",
                    "metadata": {"top_up": str(top_up_id)},
                },
                {"idempotency_key": f"top-up-{top_up_id}"},
            )
        return _read(words.top_up_said, made)

    def top_ups(self, *, since: datetime) -> list[TopUp]:
        """Return the latest top-ups."""
        with _told():
            found = self.client.v1.topups.list(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            )
            return [_read(words.top_up_said, each) for each in found.auto_paging_iter()]

    def top_up_read(self, id: str) -> TopUp:
        """Read a top-up."""
        with _told():
            return _read(words.top_up_said, self.client.v1.topups.retrieve(id))

    def available(self) -> list[Money]:
        """Return what can be transferred, by currency."""
        with _told():
            balance = self.client.v1.balance.retrieve()
        return [in_our_units(each.amount, each.currency) for each in balance.available]

    def movements(self, *, since: datetime) -> Iterator[Movement]:
        """Return every line of the company's balance from a moment on, the latest first."""
        with _told():
            found = self.client.v1.balance_transactions.list(
                {
                    "created": {"gte": int(since.timestamp())},
                    "limit": PAGE,
                    "expand": ["data.source"],
                }
            )
            for each in found.auto_paging_iter():
                yield _read(words.movement_said, each)


@cache
def _gateway(key: str, base: str) -> Gateway:
    return Gateway(key, base)


def gateway() -> Gateway:
    """Return the port. :raises NoStripe: no key is set."""
    if not is_connected():
        raise NoStripe("No key of Stripe is set. Vendors are paid by hand.")
    return _gateway(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)


def announced(body: bytes, signature: str, *, at: datetime) -> Announced:
    """
    Return what a webhook announced, if one of our secrets signed these very bytes within five
    minutes. Two secrets may be valid while one replaces the other.

    :raises NotFromStripe: none did.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        if abs(at.timestamp() - _signed_at(signature)) <= SIGNED_WITHIN_SECONDS:
            return _announced(body)
    raise NotFromStripe("This is not signed by Stripe, or was signed too long ago.")


def _signed_at(signature: str) -> int:
    parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    stamp = parts.get("t", "0").strip()
    return int(stamp) if stamp.isdecimal() else 0


def _announced(body: bytes) -> Announced:
    try:
        event = json.loads(body)
        return Announced(
            id=str(event["id"]),
            kind=str(event["type"]),
            account=str(event.get("account") or ""),
            object_id=str(event["data"]["object"].get("id") or ""),
            created_at=datetime.fromtimestamp(int(event["created"]), UTC),
            is_live=bool(event["livemode"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        raise NotFromStripe("This is no event of Stripe.") from reason


DEFINITE = (
    stripe.InvalidRequestError,
    stripe.CardError,
    stripe.PermissionError,
)


@contextmanager
def _told() -> Iterator[None]:
    """Sort what went wrong: a definite no, or nobody knows."""
    try:
        yield
    except stripe.RateLimitError as error:  # a kind of refusal to others; here: ask again later
        raise Unclear("Stripe is busy.") from error
    except stripe.IdempotencyError as error:
        raise Unclear("The attempt was named before, for something else.") from error
    except DEFINITE as error:
        if error.http_status in (409, 429):
            raise Unclear(str(error)) from error
        raise Refused(error.code or "refused", error.user_message or "Stripe refused.") from error
    except (stripe.StripeError, OSError) as error:
        raise Unclear(f"{type(error).__name__}: no clear answer.") from error


def _read(shape: Callable[[dict[str, Any]], Shape], told: stripe.StripeObject) -> Shape:
    return shape(told.to_dict())
