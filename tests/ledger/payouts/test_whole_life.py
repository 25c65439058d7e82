"""
The whole life of payouts under faults, from seeds: each run ends with the books equal to Stripe's,
nobody paid twice and nobody forgotten. A failure names its seed: SEED=17 runs that one alone, and
SEEDS=250:500 (of the lives) or ORDERS=250:500 (of the orders of events) a part of the long proof.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import connection, transaction

from ledger.books import check_books
from ledger.models.awards import Award
from ledger.models.payouts import Payout
from ledger.models.stripe import BalanceMovement
from ledger.owing import receivable_from
from ledger.paying import TooEarly, declare_not_sent
from ledger.posting import EntryKind, Line, post_entry
from ledger.reports.payouts import payout as payout_paper
from ledger.reports.stripe_books import booked_balance
from ledger.sending_back import want_back, want_part_back
from ledger.settling import ask_payout, try_again
from ledger.stripe_gateway import StripeSilent
from ledger.topping_up import ask_top_up
from marketplace.models.events import Notice
from marketplace.money import Money
from marketplace.refusals import Refusal
from tests.builders import DAY, HOUR, MINUTE, eur, refused
from tests.ledger import builders
from tests.stripe_twin.books import Books, No
from tests.stripe_twin.playing import Play, one_signature
from tests.stripe_twin.server import Fault

pytestmark = pytest.mark.django_db

FAULTS = ("busy", "broken before", "broken after", "cut before", "cut after")


@pytest.fixture
def award(play: Play) -> Award:
    """Vera & Co works for Marketing; what it is owed is booked by each run."""
    one_signature(play.cast)
    return builders.choose(play.cast, builders.contest(play.cast).vendor_bid)


def owe(play: Play, award: Award, minor: int) -> None:
    """The company owes the vendor this much more."""
    about = {"job": award.job_id, "award": award.pk, "provider": award.provider_id}
    amount = Money(minor, "EUR")
    post_entry(
        actor=play.cast.fin,
        kind=EntryKind.CHARGED,
        source=uuid4(),
        at=play.now,
        lines=[Line.debit("5200", amount, **about), Line.credit("2100", amount, **about)],
    )


@contextmanager
def taken_back(play: Play) -> Iterator[None]:
    """What happens in here leaves nothing behind, here and at Stripe."""
    before: tuple[Books, datetime] = deepcopy(play.twin.books), play.now
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    play.twin.books, play.now = before


class Run:
    """One life of payouts, as a seed has it."""

    def __init__(self, play: Play, award: Award, seed: int) -> None:
        self.play, self.award, self.random = play, award, Random(seed)
        twin = play.twin
        if not twin.books.of("account"):
            play.onboard()
        twin.faults, twin.answers = [], {}
        self.owed = 0
        self.credited = 0
        (self.account,) = play.accounts()

    def whole(self) -> None:
        acts: list[Callable[[], object]] = [
            *[self.owe] * 3,
            *[self.ask] * 4,
            *[self.top_up] * 2,
            *[self.work] * 6,
            *[self.hear] * 4,
            *[self.fault] * 5,
            *[self.bank] * 3,
            *[self.credit, self.part_back, self.part_taken] * 2,
            *[self.give_back, self.restrict, self.again, self.back, self.wait, self.declare],
        ]
        self.owe()
        self.top_up()
        for _ in range(24):
            try:
                with transaction.atomic():
                    self.random.choice(acts)()
            except Refusal:
                continue
        self.end()
        self.compare()

    def owe(self) -> None:
        minor = self.random.randint(1, 900_00)
        owe(self.play, self.award, minor)
        self.owed += minor

    def ask(self) -> None:
        ask_payout(
            actor=self.play.cast.fin,
            payout_id=uuid4(),
            provider_id=self.award.provider_id,
            currency="EUR",
            at=self.play.pass_(MINUTE),
        )

    def top_up(self) -> None:
        amount = eur(str(self.random.choice([100, 1000])))
        words = {"actor": self.play.cast.fin, "amount": amount, "at": self.play.pass_(MINUTE)}
        ask_top_up(top_up_id=uuid4(), **words)

    def work(self) -> None:
        self.play.work(timedelta(minutes=self.random.randint(1, 20)))

    def hear(self) -> None:
        """Some webhooks come: late, doubled, shuffled."""
        events = self.play.twin.books.events
        some = self.random.choices(events, k=min(6, len(events))) if events else []
        self.play.deliver(some)

    def fault(self) -> None:
        path = self.random.choice(["POST /v1/transfers", "GET /v1", "POST /v1", "POST /v1/topups"])
        self.play.twin.faults.append(Fault(path, self.random.choice(FAULTS)))

    def bank(self) -> None:
        books = self.play.twin.books
        for top_up in books.of("topup"):
            if top_up["status"] == "pending":
                books.arrive(top_up["id"], fee=self.random.choice([0, 25]))
        self.play.bank(self.random.choice(["paid", "paid", "failed"]))

    def give_back(self) -> None:
        paid = [one for one in self.play.twin.books.of("payout") if one["status"] == "paid"]
        if paid:
            self.play.twin.books.settle(self.random.choice(paid)["id"], "failed")

    def restrict(self) -> None:
        self.play.twin.books.restrict(self.account)

    def again(self) -> None:
        self.play.twin.books.finish_onboarding(self.account)
        for payout in Payout.objects.order_by("asked_at"):
            if self.play.word(payout) == "refused":
                at = self.play.pass_(MINUTE)
                try_again(actor=self.play.cast.fin, payout_id=payout.pk, at=at)

    def back(self) -> None:
        for payout in Payout.objects.order_by("-asked_at")[:1]:
            words = {"actor": self.play.cast.fin, "payout_id": payout.pk}
            want_back(reason="It was the wrong sum.", at=self.play.pass_(MINUTE), **words)

    def credit(self) -> None:
        """Finance credits work that was paid for: the vendor owes it back."""
        minor = self.random.randint(1, 60_00)
        about = {"job": self.award.job_id, "provider": self.award.provider_id}
        amount = Money(minor, "EUR")
        post_entry(
            actor=self.play.cast.fin,
            kind=EntryKind.CREDITED,
            source=uuid4(),
            at=self.play.now,
            lines=[Line.debit("1300", amount, **about), Line.credit("5200", amount, **about)],
        )
        self.credited += minor

    def part_back(self) -> None:
        for payout in Payout.objects.order_by("-asked_at")[:1]:
            back = receivable_from(self.award.provider_id, "EUR")
            words = {"actor": self.play.cast.fin, "payout_id": payout.pk, "part_id": uuid4()}
            words |= {"reason": "A credit came late.", "at": self.play.pass_(MINUTE)}
            want_part_back(amount=Money(self.random.randint(1, max(back, 1)), "EUR"), **words)

    def part_taken(self) -> None:
        """Somebody takes a part of a transfer back in Stripe's own pages."""
        books = self.play.twin.books
        for transfer in books.of("transfer")[:1]:
            with suppress(No):
                books.reverse(transfer, {"amount": self.random.randint(1, 20_00)})

    def wait(self) -> None:
        self.play.pass_(self.random.choice([HOUR, 21 * HOUR, 25 * HOUR]))

    def declare(self) -> None:
        for payout in Payout.objects.order_by("asked_at"):
            if self.play.word(payout) in ("unknown", "sending"):
                words = {"actor": self.play.cast.fin, "payout_id": payout.pk}
                declare_not_sent(at=self.play.now, **words)

    def end(self) -> None:
        """The faults are over; webhooks come twice and in no order, or never; days go by."""
        play, books = self.play, self.play.twin.books
        play.twin.faults.clear()
        books.finish_onboarding(self.account)
        for _ in range(3):
            play.work()
            self.play.pass_(21 * HOUR)
            self.declare()
            for top_up in books.of("topup"):
                if top_up["status"] == "pending":
                    books.arrive(top_up["id"])
            play.bank("paid")
        if self.random.random() < 0.7:  # in the other lives the line for webhooks is dead
            events = books.events * 2
            self.random.shuffle(events)
            play.deliver(events)
        for _ in range(3):
            play.work()
        play.poll()

    def compare(self) -> None:
        play, books = self.play, self.play.twin.books
        words = {payout.pk: play.word(payout) for payout in Payout.objects.all()}
        assert not set(words.values()) & {"approved", "sending", "unknown"}, words
        standing = [one for one in books.of("transfer") if not one["reversed"]]
        groups = [one["transfer_group"] for one in standing]
        assert len(groups) == len(set(groups)), "somebody was paid twice"
        paid = {str(id) for id, word in words.items() if word in ("sent", "paid", "failed")}
        assert set(groups) == paid | {str(i) for i, word in words.items() if word == "returned"}
        sent = sum(one["amount"] - one["amount_reversed"] for one in standing)
        owes = builders.stands("2100").minor - builders.stands("1300").minor
        assert owes + sent == self.owed - self.credited, "somebody was forgotten"
        at_stripe = books.balances[""]["eur"]
        assert sum(sum_.minor for sum_ in booked_balance()) == at_stripe
        in_account = books.balances[self.account]["eur"]
        assert builders.stands("1160").minor == in_account
        assert builders.stands("2120").minor == in_account
        assert not BalanceMovement.objects.filter(match=None).exists()
        connection.check_constraints()


def part_of(name: str) -> range:
    """Return the thousand seeds of a long proof, or the part that is asked for."""
    first, last = os.environ.get(name, "0:1000").split(":")
    return range(int(first), int(last))


def lives(play: Play, award: Award, seeds: range) -> None:
    play.onboard()
    for seed in [int(os.environ["SEED"])] if "SEED" in os.environ else seeds:
        try:
            with taken_back(play):
                Run(play, award, seed).whole()
                assert seed % 10 or check_books().wrong == ()
        except BaseException as reason:
            raise AssertionError(f"SEED={seed}: {reason!r}") from reason


def test_payouts_under_faults_end_as_stripe_has_them(play: Play, award: Award) -> None:
    lives(play, award, range(8))


@pytest.mark.proof
def test_a_thousand_lives_of_payouts(play: Play, award: Award) -> None:
    lives(play, award, part_of("SEEDS"))


def shuffles(play: Play, award: Award, seeds: range) -> None:
    """A recorded set of events, five times, in that many orders."""
    run = Run(play, award, 1)
    run.owe()
    play.fund()
    run.ask()
    play.work()
    play.bank("paid")
    run.owe()
    run.ask()
    play.work()
    run.credit()
    run.part_taken()
    run.part_taken()
    play.bank("failed")
    run.give_back()
    play.bank("paid")
    recorded = play.twin.books.events
    seen = set()
    for seed in seeds:
        events = recorded * 5
        Random(seed).shuffle(events)
        with taken_back(play):
            for start in range(0, len(events), 9):
                play.deliver(events[start : start + 9])
                play.work(MINUTE)
            seen.add((str(builders.books_stand()), *sorted(map(play.word, Payout.objects.all()))))
    assert len(seen) == 1, seen


def test_events_in_any_order_make_the_same_books(play: Play, award: Award) -> None:
    shuffles(play, award, range(4))


@pytest.mark.proof
def test_events_in_a_thousand_orders_make_the_same_books(play: Play, award: Award) -> None:
    shuffles(play, award, part_of("ORDERS"))


@pytest.mark.parametrize("cut", ["cut before", "cut after"])
def test_a_line_that_is_cut_while_sending_leaves_one_transfer(play, award, cut):
    run = Run(play, award, 1)
    run.owe()
    play.fund()
    run.ask()
    (payout,) = Payout.objects.all()
    play.twin.faults.append(Fault("POST /v1/transfers", cut))
    play.work()
    assert play.word(payout) == "unknown"

    for _ in range(3):
        play.work()

    assert play.word(payout) == "sent"
    assert len(play.twin.books.of("transfer")) == 1
    assert builders.stands("1160").minor == payout.amount_minor


def test_what_nobody_heard_of_is_never_sent_again_by_itself_after_twenty_hours(play, award):
    run = Run(play, award, 1)
    run.owe()
    play.fund()
    run.ask()
    (payout,) = Payout.objects.all()
    named = {"payout_id": payout.pk}
    play.twin.faults += [Fault("POST /v1/transfers", "cut before")]
    play.work()
    words = {"actor": play.cast.fin, "payout_id": payout.pk}
    with refused(TooEarly):
        declare_not_sent(at=play.now, **words)
    play.pass_(20 * HOUR)

    asked = len(play.twin.asked)
    play.work()
    play.work()
    play.twin.faults.append(Fault("GET /v1/transfers", "broken before"))
    with refused(StripeSilent):
        declare_not_sent(at=play.now, **words)

    assert "POST /v1/transfers" not in play.twin.asked[asked:]
    assert play.word(payout) == "unknown"
    told = Notice.objects.filter(kind="payout.unknown", subject_id=payout.pk)
    assert {one.recipient for one in told} == {play.cast.fin, play.fay}
    assert told.count() == 2  # once, however often the clock comes round
    assert "says whether it was sent" in payout_paper(actor=play.fay, at=play.now, **named).then
    assert declare_not_sent(at=play.pass_(DAY), **words)
    assert play.word(payout) == "refused"
    assert builders.stands("2100").minor == payout.amount_minor


@pytest.mark.parametrize(
    ("currency", "owed", "paid", "asked"),
    [("JPY", 1234, 1234, 1234), ("KWD", 1_234_567, 1_234_560, 1_234_560), ("UGX", 7, 7, 700)],
)
def test_currencies_with_no_decimals_and_with_three(play, award, currency, owed, paid, asked):
    run = Run(play, award, 1)
    one_signature(play.cast, currency=currency)
    about = {"job": award.job_id, "award": award.pk, "provider": award.provider_id}
    amount = Money(owed, currency)
    lines = [Line.debit("5200", amount, **about), Line.credit("2100", amount, **about)]
    words = {"actor": play.cast.fin, "source": uuid4(), "at": play.now}
    post_entry(kind=EntryKind.CHARGED, lines=lines, **words)
    play.fund(10_000_000, currency.lower())

    payout = play.ask(currency=currency)
    play.work()
    play.poll()

    assert payout.amount_minor == paid
    (made,) = play.twin.books.of("transfer")
    assert made["amount"] == asked
    assert play.word(payout) == "sent"
    assert not BalanceMovement.objects.filter(match=None).exists()
    assert run.owed == 0
