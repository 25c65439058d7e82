"""What the pages of months and corrections refuse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from ledger.models.awards import Award
from ledger.models.corrections import Correction
from ledger.models.journal import JournalEntry
from tests.builders import DAY, NOON
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.frontend.test_period_pages import MARCH, post, read
from tests.ledger import builders
from tests.ledger.builders import CHOICE, after


@pytest.fixture(autouse=True)
def early_in_april() -> Iterator[None]:
    with it_is(after(MARCH)):
        yield


@pytest.fixture
def cast(company: Cast) -> Cast:
    """A refusal ends a transaction: these tests stand in real ones."""
    return company


@pytest.fixture
def award(cast: Cast) -> Award:
    """Vera & Co's first part was charged in March."""
    builders.grant(cast, at=NOON)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    return award


@pytest.fixture
def fin(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.fin)


@pytest.fixture
def ada(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.ada)


def test_nobody_signs_their_own_correction(award, fin):
    grant = JournalEntry.objects.get(kind="budget_granted").public_id
    post(fin, "correction-ask", grant, reason="Granted twice.")

    alone = post(fin, "correction-sign", Correction.objects.get().pk)

    assert alone.status_code == 409
    assert "Another person of finance signs." in alone.content.decode()
    assert not JournalEntry.objects.filter(kind="reversed").exists()


def test_what_stands_against_closing_is_said_on_the_page(award, fin):
    answer = post(fin, "period-close", MARCH)

    assert answer.status_code == 409
    assert "The books of March 2026 are open. Begin to close them first." in answer.content.decode()


def test_an_auditor_closes_nothing(award, ada):
    assert post(ada, "period-begin", MARCH).status_code == 403


def test_an_entry_with_its_own_way_back_offers_no_reversal(award, fin):
    charge = JournalEntry.objects.get(kind="charged").public_id

    assert "Ask to reverse it…" not in read(fin, "entry", charge)
    answer = post(fin, "correction-ask", charge, reason="Too much.")
    assert answer.status_code == 409
    assert "The head disputes the charge, and finance credits it." in answer.content.decode()
