"""A vendor on its way to its money, with the twin for Stripe and the cast for everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from ledger import paying_duties
from ledger.models.awards import Award
from ledger.models.payees import Payee
from ledger.models.payouts import Payout
from ledger.payees import confirm_payee, open_stripe_account, read_account, state_payout_limit
from ledger.payout_states import Standing, standing, steps_of
from ledger.settling import ask_payout
from ledger.stripe_events import take_event
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from tests.builders import DAY, MINUTE, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.stripe_twin.books import Thing, signed
from tests.stripe_twin.server import Twin

SECRET = "whsec_of_the_tests"
START = builders.CHOICE + 20 * DAY  # what is accepted is payable then


@dataclass
class Play:
    """The company and Stripe at one moment, which goes on."""

    cast: Cast
    twin: Twin
    fay: User
    now: datetime = START
    turns: Iterator[int] = field(default_factory=count)  # of reading all again

    def pass_(self, span: timedelta) -> datetime:
        self.now += span
        self.twin.books.now = int(self.now.timestamp())
        return self.now

    def onboard(self, vendor: Provider | None = None, lead: User | None = None) -> Payee:
        """The vendor opens its account at Stripe and gives what is asked; Fay confirms it."""
        self.pass_(MINUTE)
        vendor = vendor or self.cast.vera_co
        payee = open_stripe_account(
            actor=lead or self.cast.vera, provider_id=vendor.pk, at=self.now
        )
        self.twin.books.finish_onboarding(payee.reference)
        read_account(payee_id=payee.pk, at=self.pass_(MINUTE))
        confirm_payee(actor=self.fay, payee_id=payee.pk, at=self.now)
        return payee

    def fund(self, amount: int = 100_000_00, currency: str = "eur") -> None:
        """The company's balance at Stripe holds this from before, and its books know."""
        self.twin.books.balances[""][currency] += amount

    def ask(self, vendor: Provider | None = None, **words: Any) -> Payout:
        usual = {
            "actor": self.cast.fin,
            "payout_id": uuid4(),
            "provider_id": (vendor or self.cast.vera_co).pk,
            "currency": "EUR",
            "at": self.pass_(MINUTE),
        }
        return ask_payout(**(usual | words))

    def work(self, span: timedelta = 3 * MINUTE) -> None:
        """The clock comes round."""
        paying_duties.run(at=self.pass_(span))

    def poll(self) -> None:
        paying_duties.poll(at=self.pass_(MINUTE), turn=next(self.turns))

    def deliver(self, events: Sequence[Thing]) -> None:
        """Stripe's webhooks come in, signed now."""
        for event in events:
            body, signature = signed(event, SECRET, int(self.now.timestamp()))
            take_event(body=body, signature=signature, at=self.now)

    def bank(self, status: str = "paid", vendor_account: str | None = None) -> None:
        """Stripe pays out to the vendor's bank, which takes it or does not."""
        accounts = [vendor_account] if vendor_account else self.accounts()
        for account in accounts:
            for payout_id in self.twin.books.pay_out(account):
                self.twin.books.settle(payout_id, status)

    def accounts(self) -> list[str]:
        return [one["id"] for one in self.twin.books.of("account")]

    def stands(self, payout_id: UUID) -> Standing:
        payout = Payout.objects.select_related("answer").get(pk=payout_id)
        return standing(payout, steps_of(payout_id))

    def word(self, payout: Payout) -> str:
        return self.stands(payout.pk).word


def one_signature(cast: Cast, limit: str = "1000000", currency: str = "EUR") -> None:
    """Adam lets one person approve this much."""
    state_payout_limit(
        actor=cast.adam,
        kind="signature",
        limit=Money.of(limit, currency),
        reason="One person answers for this much.",
        at=START - DAY,
    )


def owed(cast: Cast, *amounts: str, **words: Any) -> Award:
    """Marketing owes Vera & Co for work that it accepted."""
    award = builders.choose(cast, builders.contest(cast, vendor=amounts, **words).vendor_bid)
    builders.finish(cast, award, at=builders.CHOICE + 5 * DAY)
    return award


def connect(twin: Twin, settings_: Any = settings) -> None:
    settings_.STRIPE_API_KEY = "sk_test_twin"
    settings_.STRIPE_API_BASE = twin.address
    settings_.STRIPE_WEBHOOK_SECRETS = [SECRET]


__all__ = ["SECRET", "START", "Play", "connect", "eur", "one_signature", "owed"]
