"""Disputes and credits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from ledger.crediting import (
    AlreadyResolved,
    CreditAboveDispute,
    resolve_dispute,
)
from ledger.disputing import (
    AmountAboveCharge,
    DisputeClosed,
    NothingCharged,
    raise_dispute,
)
from ledger.models.awards import Award, Dispute
from ledger.models.budgets import BudgetLine
from ledger.models.journal import EntryKind, JournalEntry
from ledger.posting import Line, post_entry
from marketplace.models.events import Notice
from marketplace.money import CurrencyMismatch, Money
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, stands
from tests.ledger.figures import figures, standing

pytestmark = pytest.mark.django_db
HANDED_OVER = CHOICE + 10 * DAY
ACCEPTED = HANDED_OVER + DAY


@pytest.fixture
def award(cast: Cast) -> Award:
    """Vera & Co's work; its first part, 15,000, is accepted and charged."""
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    builders.accept(cast, builders.milestones(award)[0], at=HANDED_OVER)
    return award


@pytest.fixture
def team_award(cast: Cast) -> Award:
    """The team's work, likewise."""
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast, title="Winter party").team_bid)
    builders.accept(cast, builders.milestones(award)[0], at=HANDED_OVER)
    return award


def contest_it(cast: Cast, award: Award, *, part: int = 0, **words: Any) -> Dispute:
    """Maya contests 6,000.00 of the first part, unless a test says otherwise."""
    usual = {
        "actor": cast.maya,
        "milestone_id": builders.milestones(award)[part].pk,
        "amount": eur("6000"),
        "reason": "The lights never came.",
        "at": ACCEPTED + DAY,
    }
    return raise_dispute(**(usual | words))


def settle(cast: Cast, dispute: Dispute, credit: str, **words: Any) -> None:
    usual = {
        "actor": cast.fin,
        "credit": eur(credit),
        "reason": "Half of them came.",
        "at": ACCEPTED + 5 * DAY,
    }
    resolve_dispute(dispute_id=dispute.pk, **(usual | words))


def charged(award: Award) -> Money:
    line = BudgetLine.objects.get(pk=award.budget_line_id)
    return Money(line.charged_minor, "EUR")


def test_what_a_vendor_is_owed_is_held_while_it_is_contested(cast: Cast, award: Award):
    contest_it(cast, award)

    assert (stands("2100"), stands("2150")) == (eur("9000"), eur("6000"))
    assert charged(award) == eur("15300")
    told = {notice.recipient for notice in Notice.objects.filter(kind="dispute.raised")}
    assert told == {cast.fin, cast.vera}


def test_a_teams_recovery_is_only_marked(cast: Cast, team_award: Award):
    contest_it(cast, team_award)

    assert stands("4100") == eur("15000")
    assert not JournalEntry.objects.filter(kind="disputed").exists()


def test_a_credit_takes_back_the_charge_and_its_fee(cast: Cast, award: Award):
    settle(cast, contest_it(cast, award), "4000")

    assert (stands("2100"), stands("2150")) == (eur("11000"), eur("0"))
    assert (stands("5200"), stands("5300"), stands("4200")) == (
        eur("11000"),
        eur("220"),
        eur("220"),
    )
    assert charged(award) == eur("11220")


def test_an_in_house_credit_takes_back_the_recovery(cast: Cast, team_award: Award):
    settle(cast, contest_it(cast, team_award), "4000")

    assert (stands("4100"), stands("5100")) == (eur("11000"), eur("11000"))
    assert charged(team_award) == eur("11220")


def test_without_a_credit_all_is_owed_again(cast: Cast, award: Award):
    settle(cast, contest_it(cast, award), "0")

    assert (stands("2100"), stands("2150")) == (eur("15000"), eur("0"))
    assert charged(award) == eur("15300")


def test_an_in_house_dispute_without_a_credit_moves_nothing(cast: Cast, team_award: Award):
    settle(cast, contest_it(cast, team_award), "0")

    assert not JournalEntry.objects.filter(kind__in=["disputed", "credited"]).exists()


def test_the_tax_on_what_is_credited_goes_back_too(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast, vendor=("100", "200"), vendor_tax="57")
    award = builders.choose(cast, contest.vendor_bid)
    builders.finish(cast, award, at=HANDED_OVER)

    settle(cast, contest_it(cast, award, amount=eur("50")), "50")

    assert stands("1400") == eur("47.50")
    assert stands("2100") == eur("297.50")
    assert stands("2150") == eur("0")


@pytest.mark.parametrize("actor", ["rolf", "vera", "fin"])
def test_only_a_head_contests(cast: Cast, award: Award, actor: str):
    with refused(Forbidden):
        contest_it(cast, award, actor=getattr(cast, actor))


def test_to_a_rival_the_charge_is_not_there(cast: Cast, award: Award):
    with refused(Unknown):
        contest_it(cast, award, actor=cast.pia)


def test_what_was_not_charged_is_not_contested(cast: Cast, award: Award):
    with refused(NothingCharged):
        contest_it(cast, award, part=1)


def test_a_charge_is_contested_within_thirty_days(cast: Cast, award: Award):
    with refused(DisputeClosed):
        contest_it(cast, award, at=ACCEPTED + 30 * DAY)

    assert contest_it(cast, award, at=ACCEPTED + 29 * DAY)


@pytest.mark.parametrize("amount", ["0", "-1", "15000.01"])
def test_no_more_is_contested_than_was_charged(cast: Cast, award: Award, amount: str):
    with refused(AmountAboveCharge):
        contest_it(cast, award, amount=eur(amount))


def test_what_is_contested_already_is_not_contested_again(cast: Cast, award: Award):
    contest_it(cast, award, amount=eur("10000"))

    with refused(AmountAboveCharge):
        contest_it(cast, award, amount=eur("5000.01"))
    assert contest_it(cast, award, amount=eur("5000"))


def test_what_was_credited_is_not_contested_again(cast: Cast, award: Award):
    settle(cast, contest_it(cast, award, amount=eur("10000")), "4000")

    with refused(AmountAboveCharge):
        contest_it(cast, award, amount=eur("11000.01"))


def test_another_currency_is_not_contested(cast: Cast, award: Award):
    with refused(CurrencyMismatch):
        contest_it(cast, award, amount=Money(100, "USD"))


def test_a_dispute_says_why(cast: Cast, award: Award):
    with refused(ReasonMissing):
        contest_it(cast, award, reason=" ")


@pytest.mark.parametrize("actor", ["maya", "vera", "ada"])
def test_only_finance_settles(cast: Cast, award: Award, actor: str):
    dispute = contest_it(cast, award)

    with refused(Forbidden):
        settle(cast, dispute, "4000", actor=getattr(cast, actor))


@pytest.mark.parametrize("credit", ["-0.01", "6000.01"])
def test_no_more_is_credited_than_was_contested(cast: Cast, award: Award, credit: str):
    dispute = contest_it(cast, award)

    with refused(CreditAboveDispute):
        settle(cast, dispute, credit)


def test_a_settlement_says_why(cast: Cast, award: Award):
    dispute = contest_it(cast, award)

    with refused(ReasonMissing):
        settle(cast, dispute, "4000", reason=" ")


def test_a_dispute_is_settled_once(cast: Cast, award: Award):
    dispute = contest_it(cast, award)
    settle(cast, dispute, "4000")

    with refused(AlreadyResolved):
        settle(cast, dispute, "2000")


def paid_out(cast: Cast, award: Award, amount: str) -> None:
    """What a payout does to the books: it names the milestone that it pays."""
    first = builders.milestones(award)[0]
    about = {"job": award.job_id, "award": award.pk, "milestone": first.pk}
    post_entry(
        actor=cast.fin,
        kind=EntryKind.REVERSED,
        source=uuid4(),
        at=HANDED_OVER + 2 * DAY,
        lines=[
            Line.debit("2100", eur(amount), provider=award.provider_id, **about),
            Line.credit("2120", eur(amount), provider=award.provider_id, **about),
        ],
    )


def test_what_was_paid_already_is_had_back_from_the_next_that_is_owed(cast: Cast, award: Award):
    paid_out(cast, award, "12000")  # of 15,000.00
    dispute = contest_it(cast, award)  # 6,000.00; 3,000.00 of it can still be held
    assert (stands("2100"), stands("2150")) == (eur("0"), eur("3000"))

    settle(cast, dispute, "4000")

    assert figures(award.budget_line) == (25_500, 11_220, 63_280)
    assert standing() == {
        "1300": 1_000,
        "2120": 12_000,
        "4200": 220,
        "5200": 11_000,
        "5300": 220,
        "B100": 100_000,
        "B900": 100_000,
        "E110": 25_500,
        "E900": 25_500,
    }

    builders.accept(cast, builders.milestones(award)[1], at=HANDED_OVER + 20 * DAY)
    assert stands("1300") == eur("0")
    assert stands("2100") == eur("19000")
    assert figures(award.budget_line) == (5_100, 31_620, 63_280)
    builders.assert_books_hold()


def test_it_is_had_back_from_another_job_of_the_same_vendor(cast: Cast, award: Award):
    paid_out(cast, award, "15000")
    settle(cast, contest_it(cast, award), "6000")
    assert (stands("1300"), stands("2150")) == (eur("6000"), eur("0"))

    other = builders.choose(cast, builders.contest(cast, team=["4000"], vendor=["4000"]).vendor_bid)
    builders.accept(cast, builders.milestones(other)[0], at=HANDED_OVER + 20 * DAY)

    assert (stands("1300"), stands("2100")) == (eur("2000"), eur("0"))
    builders.assert_books_hold()


def test_a_credit_of_a_closed_month_is_booked_in_the_open_one_and_names_it(cast, award):
    dispute = contest_it(cast, award)
    builders.close_month(cast, 202603)

    settle(cast, dispute, "4000", at=datetime(2026, 4, 14, 12, tzinfo=UTC))

    credit = JournalEntry.objects.get(kind=EntryKind.CREDITED)
    assert (credit.period_id, credit.corrects_period_id) == (202604, 202603)
    assert figures(award.budget_line) == (25_500, 11_220, 63_280)
    builders.assert_books_hold()
