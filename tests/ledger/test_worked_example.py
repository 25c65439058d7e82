"""The worked example of the ledger's README, to the last unit, with every balance stated."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection

from ledger import chart
from ledger.balances import balance
from ledger.books import check_books
from ledger.changing import agree_change, propose_change, sign_change
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.models.awards import Award, Completion, Dispute
from ledger.models.budgets import BudgetLine
from tests.builders import DAY, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, stands
from tests.ledger.figures import standing

pytestmark = pytest.mark.django_db


@dataclass
class Figures:
    """A budget line, in euros."""

    precommitted: int = 0
    committed: int = 0
    charged: int = 0
    available: int = 100_000


def figures(line: BudgetLine) -> Figures:
    line.refresh_from_db()
    minor = (
        line.precommitted_minor,
        line.committed_minor,
        line.charged_minor,
        line.available_minor,
    )
    assert all(amount % 100 == 0 for amount in minor)
    return Figures(*(amount // 100 for amount in minor))


def figures_of_books() -> dict[str, int]:
    """
    What stands on each account that anything stands on, in euros, on its normal side. A control
    account mirrors what it controls, and is left out once that is so.
    """
    found = standing()
    for account, control in (("B100", "B900"), ("E100", "E910"), ("E110", "E900")):
        assert found.pop(control, 0) == found.get(account, 0)
    assert all(amount == int(amount) for amount in found.values())
    return {code: int(amount) for code, amount in found.items()}


def assert_books_hold() -> None:
    connection.check_constraints()
    assert check_books().wrong == ()


def test_the_worked_example_comes_out_to_the_last_unit(cast: Cast):
    line = builders.grant(cast)
    assert figures(line) == Figures(available=100_000)
    assert figures_of_books() == {"B100": 100_000}

    contest = builders.contest(cast, estimate="42000")
    assert figures(line) == Figures(precommitted=42_000, available=58_000)
    assert figures_of_books() == {"B100": 100_000, "E100": 42_000}

    award = builders.choose(cast, contest.vendor_bid)
    assert award.price == eur("40000")
    assert figures(line) == Figures(committed=40_800, available=59_200)
    assert figures_of_books() == {"B100": 100_000, "E110": 40_800}

    first, second, third = builders.milestones(award)
    change = propose_change(
        actor=cast.maya,
        milestone_id=third.pk,
        difference=eur("5000"),
        reason="Two more days on the fair.",
        at=CHOICE + DAY,
    )
    assert figures(line) == Figures(committed=40_800, available=59_200)
    sign_change(actor=cast.gerd, change_id=change.pk, at=CHOICE + DAY)  # 12.5 % more
    agree_change(actor=cast.vera, change_id=change.pk, at=CHOICE + 2 * DAY)
    assert figures(line) == Figures(committed=45_900, available=54_100)
    assert figures_of_books() == {"B100": 100_000, "E110": 45_900}

    builders.accept(cast, first, at=CHOICE + 10 * DAY)
    assert figures(line) == Figures(committed=30_600, charged=15_300, available=54_100)
    assert figures_of_books() == {
        "B100": 100_000,
        "E110": 30_600,
        "5200": 15_000,
        "2100": 15_000,
        "5300": 300,
        "4200": 300,
    }

    builders.accept(cast, second, at=CHOICE + 20 * DAY)
    assert figures(line) == Figures(committed=10_200, charged=35_700, available=54_100)
    assert figures_of_books() == {
        "B100": 100_000,
        "E110": 10_200,
        "5200": 35_000,
        "2100": 35_000,
        "5300": 700,
        "4200": 700,
    }

    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=second.pk,
        amount=eur("6000"),
        reason="A third of the lights never came.",
        at=CHOICE + 25 * DAY,
    )
    assert figures(line) == Figures(committed=10_200, charged=35_700, available=54_100)
    assert figures_of_books() == {
        "B100": 100_000,
        "E110": 10_200,
        "5200": 35_000,
        "2100": 29_000,
        "2150": 6_000,
        "5300": 700,
        "4200": 700,
    }

    settle(cast, dispute)
    assert figures(line) == Figures(committed=10_200, charged=31_620, available=58_180)
    assert figures_of_books() == {
        "B100": 100_000,
        "E110": 10_200,
        "5200": 31_000,
        "2100": 31_000,
        "5300": 620,
        "4200": 620,
    }
    assert not Completion.objects.exists()

    builders.accept(cast, third, amount="8000", at=CHOICE + 40 * DAY)
    assert figures(line) == Figures(committed=0, charged=39_780, available=60_220)
    assert figures_of_books() == {
        "B100": 100_000,
        "5200": 39_000,
        "2100": 39_000,
        "5300": 780,
        "4200": 780,
    }
    assert Completion.objects.get().award == award
    assert_commitment(award)
    assert_books_hold()


def settle(cast: Cast, dispute: Dispute) -> None:
    resolve_dispute(
        actor=cast.fin,
        dispute_id=dispute.pk,
        credit=eur("4000"),
        reason="Vera's own list shows that eight of twelve lamps came.",
        at=CHOICE + 28 * DAY,
    )


def assert_commitment(award: Award) -> None:
    """40,800 promised, 5,100 added, 43,860 charged against it, 2,040 given back."""
    commitment = award.commitments.get()
    assert commitment.original_minor == 40_800_00
    assert commitment.adjusted_minor == 5_100_00
    assert commitment.liquidated_minor == 43_860_00
    assert commitment.released_minor == 2_040_00
    assert commitment.open_minor == 0


def test_in_house_the_team_recovers_what_a_vendor_would_be_owed(cast: Cast):
    line = builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)

    builders.finish(cast, award)

    assert figures(line) == Figures(charged=40_800, available=59_200)
    assert figures_of_books() == {
        "B100": 100_000,
        "5100": 40_000,
        "4100": 40_000,
        "5300": 800,
        "4200": 800,
    }
    services = cast.services.pk
    assert balance(chart.PROVIDER_RECOVERY, "EUR", department=services) == eur("-40000")
    assert_books_hold()


def test_fees_of_the_parts_are_the_fee_of_the_whole(cast: Cast):
    line = builders.grant(cast)
    # 2 % of 8.75 is 17.5 cents: rounded part by part, four of them would be a fee of 0.72.
    parts = ["8.75", "8.75", "8.75", "8.75"]
    award = builders.choose(cast, builders.contest(cast, team=parts, vendor=parts).vendor_bid)
    line.refresh_from_db()
    assert line.committed_minor == 35_70

    builders.finish(cast, award)

    line.refresh_from_db()
    assert (line.committed_minor, line.charged_minor) == (0, 35_70)
    assert stands(chart.MARKETPLACE_FEE) == eur("0.70")
    assert award.commitments.get().released_minor == 0
    assert_books_hold()


def test_recoverable_tax_is_owed_to_the_vendor_and_charged_to_nobody(cast: Cast):
    line = builders.grant(cast)
    parts = ["100.00", "100.00", "100.00"]
    contest = builders.contest(cast, team=parts, vendor=parts, vendor_tax="57.01")
    award = builders.choose(cast, contest.vendor_bid)

    builders.finish(cast, award)

    assert stands(chart.VENDOR_PAYABLE) == eur("357.01")
    assert stands(chart.RECOVERABLE_TAX) == eur("57.01")
    line.refresh_from_db()
    assert line.charged_minor == 306_00
    assert_books_hold()
