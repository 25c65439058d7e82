"""A vendor pays back by its bank what was credited after it had been paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from ledger.correcting import ask_correction, sign_correction
from ledger.models.journal import EntryKind, JournalEntry
from ledger.models.repayments import Repayment
from ledger.posting import Line, PeriodClosed, post_entry
from ledger.repaying import (
    ArrivesLater,
    DocumentMissing,
    MoreThanOwedBack,
    NotARepayment,
    NotedBefore,
    NotedDifferently,
    note_repayment,
)
from marketplace.models.events import Event, Notice
from marketplace.money import Money
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, assert_books_hold, books_stand

pytestmark = pytest.mark.django_db
AT = CHOICE + 30 * DAY


def owed_back(cast: Cast, amount: str = "100", *, at: datetime = CHOICE) -> None:
    """Vera & Co was paid, and credited Marketing with this much since (entry 12c of the chart)."""
    post_entry(
        actor=cast.fin,
        kind=EntryKind.REVERSED,
        source=uuid4(),
        at=at,
        lines=[
            Line.debit("1300", eur(amount), provider=cast.vera_co.pk),
            Line.credit("5200", eur(amount), department=cast.marketing.pk),
        ],
    )


def note(cast: Cast, amount: str | Money = "60", **words: Any) -> Repayment:
    usual = {
        "actor": cast.fin,
        "repayment_id": uuid4(),
        "provider_id": cast.vera_co.pk,
        "amount": eur(amount) if isinstance(amount, str) else amount,
        "document": "Statement 12",
        "arrived_on": AT.date(),
        "at": AT,
    }
    return note_repayment(**(usual | words))


def test_what_comes_back_by_the_bank_is_owed_back_no_more(cast: Cast):
    """The worked example of entry 12c, paid back in two parts."""
    owed_back(cast)
    assert books_stand() == {"1300": "100.00", "5200": "-100.00"}

    note(cast, "60")
    assert books_stand() == {"1100": "60.00", "1300": "40.00", "5200": "-100.00"}
    note(cast, "40", document="Statement 13")

    assert books_stand() == {"1100": "100.00", "5200": "-100.00"}
    told = Notice.objects.get(text__startswith="60.00 EUR")
    assert (told.kind, told.recipient) == ("repayment.noted", cast.vera)
    assert Event.objects.filter(kind="repayment.noted").count() == 2
    assert_books_hold()


def test_it_counts_for_the_day_on_which_it_arrived(cast: Cast):
    owed_back(cast)
    arrived = date(2026, 3, 12)

    repayment = note(cast, arrived_on=arrived)

    entry = JournalEntry.objects.get(source=repayment.pk)
    assert (entry.kind, entry.effective_on, entry.period_id) == ("repaid", arrived, 202603)
    builders.close_month(cast, 202603)
    with refused(PeriodClosed):
        note(cast, "1", document="Statement 13", arrived_on=arrived)


def test_told_twice_it_is_noted_once(cast: Cast):
    owed_back(cast)
    first = note(cast)

    assert note(cast, repayment_id=first.pk) == first

    assert books_stand()["1300"] == "40.00"
    with refused(NotedBefore):
        note(cast, "40")
    for other in ({"amount": eur("40")}, {"document": "Statement 13"}):
        with refused(NotedDifferently):
            note(cast, repayment_id=first.pk, **other)


def test_what_was_noted_by_mistake_is_reversed_and_noted_anew(cast: Cast):
    owed_back(cast)
    wrong = note(cast, "60")
    entry = JournalEntry.objects.get(source=wrong.pk)
    asked = ask_correction(actor=cast.fin, entry_id=entry.public_id, reason="It was 40.", at=AT)
    fay = builders.second_of_finance(cast)
    sign_correction(actor=fay, correction_id=asked.pk, at=AT)
    assert books_stand() == {"1300": "100.00", "5200": "-100.00"}

    right = note(cast, "40")  # the same document, and now its right amount

    assert (right.again, wrong.again) == (1, 0)
    with refused(NotedDifferently):
        note(cast, "60", repayment_id=wrong.pk)
    assert books_stand() == {"1100": "40.00", "1300": "60.00", "5200": "-100.00"}
    with refused(NotedBefore):
        note(cast, "40")
    assert_books_hold()


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"amount": eur("0")}, NotARepayment),
        ({"amount": eur("100.01")}, MoreThanOwedBack),
        ({"amount": Money(100, "USD")}, MoreThanOwedBack),
        ({"arrived_on": (AT + DAY).date()}, ArrivesLater),
        ({"document": " "}, DocumentMissing),
        ({"provider_id": uuid4()}, Unknown),
    ],
)
def test_what_is_no_repayment_is_refused(cast: Cast, words: dict[str, Any], rule: Any):
    owed_back(cast)

    with refused(rule):
        note(cast, **words)

    assert books_stand() == {"1300": "100.00", "5200": "-100.00"}


@pytest.mark.parametrize("person", ["maya", "vera", "ada", "adam"])
def test_only_finance_notes_it(cast: Cast, person: str):
    owed_back(cast)

    with refused(Forbidden):
        note(cast, actor=getattr(cast, person))
