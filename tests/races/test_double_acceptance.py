"""Many people accept one delivery at once, and the clock with them: one charge."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ledger.acceptance import AlreadyAccepted, AlreadyReturned, accept_delivery
from ledger.books import check_books
from ledger.delivering import return_delivery
from ledger.models.awards import Acceptance, Completion, Return
from ledger.models.journal import JournalEntry
from marketplace.system import the_clock
from tests.builders import DAY, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, stands
from tests.races.starting import at_once

pytestmark = pytest.mark.races
AT_ONCE = 16
HANDED_OVER = CHOICE + DAY
SILENT = HANDED_OVER + 15 * DAY


@pytest.fixture
def company(founded: Cast) -> Cast:
    """History is written as the role that may; what follows is done as the web does it."""
    return founded


def test_one_delivery_is_charged_once(company: Cast, as_role: Any):
    builders.grant(company)
    award = builders.choose(company, builders.contest(company).team_bid)
    delivery = builders.deliver(company, builders.milestones(award)[0], at=HANDED_OVER)
    as_role("web")
    clock = the_clock()

    def accept(**words: Any) -> Acceptance:
        return accept_delivery(delivery_id=delivery.pk, at=SILENT, **words)

    outcomes = at_once(
        AT_ONCE,
        [
            lambda: accept(actor=company.rolf),
            lambda: accept(actor=company.maya),
            lambda: accept(actor=clock, by_silence=True),
        ]
        * 10,
    )

    assert Counter(type(outcome) for outcome in outcomes) == {Acceptance: 1, AlreadyAccepted: 29}
    assert JournalEntry.objects.filter(kind="charged").count() == 1
    assert stands("5100") == eur("15000")
    assert check_books().wrong == ()


def test_a_delivery_is_accepted_or_returned_and_never_both(company: Cast, as_role: Any):
    builders.grant(company)
    award = builders.choose(company, builders.contest(company).team_bid)
    delivery = builders.deliver(company, builders.milestones(award)[0], at=HANDED_OVER)
    as_role("web")

    def accept() -> Acceptance:
        return accept_delivery(actor=company.rolf, delivery_id=delivery.pk, at=SILENT)

    def send_back() -> Return:
        return return_delivery(
            actor=company.maya, delivery_id=delivery.pk, missing="The plan.", at=SILENT
        )

    outcomes = at_once(AT_ONCE, [accept, send_back] * 8)

    refusals = [each for each in outcomes if isinstance(each, AlreadyAccepted | AlreadyReturned)]
    assert len(refusals) == 15
    assert Acceptance.objects.count() + Return.objects.count() == 1
    charges = JournalEntry.objects.filter(kind="charged").count()
    assert charges == Acceptance.objects.count()


def test_the_last_milestones_accepted_at_once_complete_the_work_once(company: Cast, as_role: Any):
    line = builders.grant(company)
    # 2 % of 8.75 is 17.5 cents. Whoever did not see the others' acceptances would take 0.18 each
    # time: 0.72 for the four of them, where the fee on the whole is 0.70.
    parts = ["8.75"] * 4
    award = builders.choose(company, builders.contest(company, team=parts, vendor=parts).vendor_bid)
    deliveries = [
        builders.deliver(company, part, at=HANDED_OVER) for part in builders.milestones(award)
    ]
    as_role("web")

    at_once(
        AT_ONCE,
        [
            lambda id=delivery.pk: accept_delivery(actor=company.rolf, delivery_id=id, at=SILENT)
            for delivery in deliveries
        ],
    )

    assert Completion.objects.count() == 1
    line.refresh_from_db()
    assert stands("5300") == eur("0.70")
    assert (line.committed_minor, line.charged_minor) == (0, 35_70)
    assert check_books().wrong == ()
