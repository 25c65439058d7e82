"""Corrections: an entry is reversed by two people of finance, and never changed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.balances import balance
from ledger.books import check_books
from ledger.correcting import (
    OWN_WAY,
    REVERSIBLE,
    AlreadyAnswered,
    AlreadyAsked,
    AlreadyReversed,
    HasItsOwnWay,
    ReasonMissing,
    SecondPersonNeeded,
    ask_correction,
    decline_correction,
    sign_correction,
)
from ledger.models.budgets import BudgetLine
from ledger.models.corrections import Correction, CorrectionAnswer
from ledger.models.journal import EntryKind, JournalEntry
from ledger.outside_spend import Payment, record_outside_spend
from ledger.posting import InsufficientFunds
from ledger.reports.outside_payments import outside_payments
from marketplace.models.events import Event, Notice
from marketplace.models.people import User
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import after

pytestmark = pytest.mark.django_db
MARCH = 202603
IN_APRIL = after(MARCH)


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    """Marketing was granted 100,000.00, and by mistake 7,000.00 once more, in March."""
    builders.grant(cast, at=NOON)
    return builders.grant(cast, "7000", at=NOON)


@pytest.fixture
def fay(cast: Cast) -> User:
    return builders.second_of_finance(cast)


def mistaken() -> UUID:
    grants = JournalEntry.objects.filter(kind="budget_granted")
    return grants.order_by("-pk").values_list("public_id", flat=True)[0]


def ask(cast: Cast, **words: Any) -> Correction:
    usual = {"actor": cast.fin, "entry_id": mistaken(), "reason": "Granted twice.", "at": NOON}
    return ask_correction(**(usual | words))


def sign(correction: Correction, actor: User, **words: Any) -> CorrectionAnswer:
    return sign_correction(
        **({"actor": actor, "correction_id": correction.pk, "at": NOON + DAY} | words)
    )


def test_a_grant_of_a_closed_month_is_taken_back_in_the_open_one(cast, line, fay):
    builders.close_month(cast, MARCH)
    before = balance("B100", "EUR", department=cast.marketing.pk)

    sign(ask(cast, at=IN_APRIL), fay, at=IN_APRIL)

    assert before == eur("107000")
    assert balance("B100", "EUR", department=cast.marketing.pk) == eur("100000")
    assert balance("B900", "EUR", department=cast.marketing.pk) == eur("-100000")
    line.refresh_from_db()
    assert (line.budget_minor, line.available) == (100_000_00, eur("100000"))
    assert (line.committed_minor, line.charged_minor) == (0, 0)
    entry = JournalEntry.objects.get(kind="reversed")
    assert (entry.period_id, entry.corrects_period_id) == (202604, MARCH)
    assert entry.reverses.public_id == mistaken()
    assert entry.actor == fay
    assert check_books().wrong == ()


def test_nothing_is_booked_until_a_second_person_signs(cast, line, fay):
    correction = ask(cast)

    assert not JournalEntry.objects.filter(kind="reversed").exists()
    assert [notice.recipient for notice in Notice.objects.filter(kind="correction.asked")] == [fay]
    sign(correction, fay)
    line.refresh_from_db()
    assert line.budget_minor == 100_000_00
    # In the month of the entry itself there is no other month to name.
    assert JournalEntry.objects.get(kind="reversed").corrects_period is None
    assert Event.objects.filter(kind="correction.signed", subject_id=correction.pk).exists()


def test_nobody_signs_their_own_correction(cast, line, fay):
    correction = ask(cast)

    with refused(SecondPersonNeeded):
        sign(correction, cast.fin)

    line.refresh_from_db()
    assert line.budget_minor == 107_000_00


def test_an_entry_is_reversed_once(cast, line, fay):
    sign(ask(cast), fay)

    with refused(AlreadyReversed):
        ask(cast)


def test_a_correction_is_answered_once(cast, line, fay):
    correction = ask(cast)
    sign(correction, fay)

    with refused(AlreadyAnswered) as no:
        sign(correction, fay)
    with refused(AlreadyAnswered):
        decline_correction(actor=fay, correction_id=correction.pk, reason="No.", at=NOON)
    assert str(no.value) == "Fay signed this before."


def test_a_correction_is_declined_with_a_reason_and_the_entry_stands(cast, line, fay):
    correction = ask(cast)
    with refused(ReasonMissing):
        decline_correction(actor=fay, correction_id=correction.pk, reason=" ", at=NOON)
    decline_correction(actor=fay, correction_id=correction.pk, reason="It is right.", at=NOON)

    line.refresh_from_db()
    assert line.budget_minor == 107_000_00
    with refused(AlreadyAnswered):
        sign(correction, fay)
    ask(cast)  # with better words, it may be asked again


def test_a_correction_is_asked_once_and_says_why(cast, line):
    with refused(ReasonMissing):
        ask(cast, reason=" ")
    ask(cast)
    with refused(AlreadyAsked):
        ask(cast)


def test_what_is_spent_cannot_be_taken_back(cast, fay):
    builders.grant(cast, "6000", at=NOON)
    builders.grant(cast, "41000", at=NOON)
    builders.choose(cast, builders.contest(cast).vendor_bid)  # 40,800.00 of it is promised

    with refused(InsufficientFunds):
        sign(ask(cast), fay)

    assert not JournalEntry.objects.filter(kind="reversed").exists()
    assert CorrectionAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("charged", "The head disputes the charge, and finance credits it."),
        ("awarded", "Cancel the award."),
    ],
)
def test_what_has_a_verb_of_its_own_is_not_reversed(cast, line, kind, says):
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    builders.accept(cast, builders.milestones(award)[0], at=builders.CHOICE)
    entry = JournalEntry.objects.filter(kind=kind).latest("pk")

    with refused(HasItsOwnWay) as no:
        ask(cast, entry_id=entry.public_id)

    assert str(no.value) == says


def test_every_entry_has_a_way_back_and_one_only():
    assert REVERSIBLE.isdisjoint(OWN_WAY)
    assert REVERSIBLE | OWN_WAY.keys() <= set(EntryKind.values)


def test_a_head_reads_the_entry_of_their_budget_and_corrects_nothing(cast, line):
    with refused(Forbidden):
        ask(cast, actor=cast.maya)


@pytest.mark.parametrize("who", ["rolf", "vera", "adam"])
def test_others_see_no_entry_to_correct(cast, line, fay, who):
    correction = ask(cast)
    with refused(Unknown):
        ask(cast, actor=getattr(cast, who))
    with refused(Unknown):
        sign(correction, getattr(cast, who))
    with refused(Unknown):
        ask(cast, entry_id=uuid4())


def test_an_auditor_sees_it_and_signs_nothing(cast, line):
    correction = ask(cast)
    with refused(Forbidden):
        sign(correction, cast.ada)
    with refused(Forbidden):
        decline_correction(actor=cast.ada, correction_id=correction.pk, reason="No.", at=NOON)
    with refused(Forbidden):
        ask(cast, actor=cast.ada)


def test_the_database_lets_nobody_sign_alone(cast, line):
    correction = ask(cast)
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        CorrectionAnswer.objects.create(
            correction=correction,
            answered_by=cast.fin,
            answered_at=NOON,
            reversal=JournalEntry.objects.get(public_id=mistaken()),
        )


@pytest.mark.parametrize("table", ["correction", "correctionanswer"])
def test_a_correction_is_never_rewritten(cast, line, fay, table):
    sign(ask(cast), fay)
    for words in (f"DELETE FROM ledger_{table}", f"UPDATE ledger_{table} SET reason_id = NULL"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(words)


def test_a_payment_recorded_by_mistake_is_taken_back_by_two(cast, fay):
    """Entry 24, reversed: 300.00 and 57.00 of tax, of a budget of 1,000.00."""
    budget = builders.grant(cast, "1000", at=NOON)
    paid = pay(cast, "300", "57")

    sign(ask(cast, entry_id=entry_of(paid)), fay)

    assert builders.line_stands(budget) == {"budget": "1000.00", "available": "1000.00"}
    assert builders.books_stand() == {"B100": "1000.00", "B900": "1000.00"}
    (row,) = outside_payments(actor=cast.fin, **IN_MARCH)
    assert row.is_taken_back
    builders.assert_books_hold()


def test_money_said_to_have_come_back_is_taken_back_by_two(cast, fay):
    budget = builders.grant(cast, "1000", at=NOON)
    pay(cast, "300", "57")
    came_back = pay(cast, "-100", "-19", document="2026-118 R")
    assert builders.line_stands(budget)["charged"] == "200.00"

    sign(ask(cast, entry_id=entry_of(came_back)), fay)

    assert builders.line_stands(budget) == {
        "budget": "1000.00",
        "charged": "300.00",
        "available": "700.00",
    }
    assert builders.books_stand() == {
        "1100": "-357.00",
        "1400": "57.00",
        "5800": "300.00",
        "B100": "1000.00",
        "B900": "1000.00",
    }
    rows = outside_payments(actor=cast.fin, **IN_MARCH)
    assert [row.is_taken_back for row in rows if row.net == eur("300")] == [False]
    builders.assert_books_hold()


IN_MARCH = {"since_on": date(2026, 3, 1), "until_on": date(2026, 3, 31)}


def pay(cast: Cast, net: str, tax: str, *, document: str = "2026-118") -> UUID:
    """A photographer's bill, paid outside; or some of it, come back."""
    payment = Payment(
        id=uuid4(),
        department_id=cast.marketing.pk,
        payee="Studio Licht",
        document=document,
        paid_on=NOON.date(),
        net=eur(net),
        tax=eur(tax),
    )
    return record_outside_spend(actor=cast.fin, payment=payment, at=NOON).pk


def entry_of(source: UUID) -> UUID:
    return JournalEntry.objects.get(source=source).public_id
