"""Payments made outside the marketplace are charged too; what came back is its own kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import outside_groups
from ledger.budgeting import NoBudget
from ledger.correcting import ask_correction, sign_correction
from ledger.models.budgets import BudgetLine
from ledger.models.journal import JournalEntry
from ledger.models.years import OutsideSpend
from ledger.outside_entries import Known
from ledger.outside_groups import Told
from ledger.outside_spend import (
    AlreadyRecorded,
    DocumentMissing,
    NotAPayment,
    PaidTooEarly,
    Payment,
    TakenBack,
    record_outside_spend,
    record_outside_spends,
)
from ledger.posting import BookedDifferently, InsufficientFunds
from marketplace.models.events import Event
from marketplace.money import Money
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger.builders import (
    after,
    assert_books_hold,
    books_stand,
    close_month,
    grant,
    line_stands,
    second_of_finance,
)

pytestmark = pytest.mark.django_db
LATER = NOON + 10 * DAY


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    return grant(cast, "1000")


def payment(cast: Cast, **words: Any) -> Payment:
    """A photographer's bill of 300.00 and 57.00 of tax, paid in March."""
    usual = Payment(
        id=uuid4(),
        department_id=cast.marketing.pk,
        payee="Studio Licht",
        document="2026-118",
        paid_on=date(2026, 3, 5),
        net=eur("300"),
        tax=eur("57"),
        category_id=cast.events.pk,
    )
    return replace(usual, **words)


def test_a_payment_and_a_credit_come_out_to_the_last_unit(cast: Cast, line: BudgetLine) -> None:
    """The worked example of entry 24."""
    record_outside_spend(actor=cast.fin, payment=payment(cast), at=LATER)
    assert line_stands(line) == {"budget": "1000.00", "charged": "300.00", "available": "700.00"}
    assert books_stand() == {
        "1100": "-357.00",
        "1400": "57.00",
        "5800": "300.00",
        "B100": "1000.00",
        "B900": "1000.00",
    }

    back = payment(cast, document="2026-118-C", net=eur("-100"), tax=eur("-19"))
    record_outside_spend(actor=cast.fin, payment=back, at=LATER)

    assert line_stands(line) == {"budget": "1000.00", "charged": "200.00", "available": "800.00"}
    assert books_stand() == {
        "1100": "-238.00",
        "1400": "38.00",
        "5800": "200.00",
        "B100": "1000.00",
        "B900": "1000.00",
    }
    kinds = JournalEntry.objects.filter(source=back.id).values_list("kind", "effective_on")
    assert list(kinds) == [("credited_outside", date(2026, 3, 5))]
    assert Event.objects.filter(kind="outside_spend.recorded").count() == 2
    assert_books_hold()


def test_a_kind_of_work_with_its_own_budget_pays_alone(cast: Cast, line: BudgetLine) -> None:
    from ledger.granting import grant_budget

    own = grant_budget(
        actor=cast.fin,
        department_id=cast.marketing.pk,
        fiscal_year=2026,
        amount=eur("500"),
        category_id=cast.events.pk,
        at=NOON,
        grant_id=uuid4(),
    )

    record_outside_spend(actor=cast.fin, payment=payment(cast), at=LATER)

    assert line_stands(own)["charged"] == "300.00"
    assert line_stands(line)["available"] == "1000.00"
    assert_books_hold()


def test_many_are_recorded_at_once_and_the_good_ones_kept(cast: Cast, line: BudgetLine) -> None:
    good, dear = payment(cast), payment(cast, document="2026-119", net=eur("701"), tax=None)
    odd = payment(cast, document=" ")
    last = payment(cast, document="2026-120", net=eur("700"), tax=None)

    outcomes = record_outside_spends(actor=cast.fin, payments=[good, dear, odd, last], at=LATER)

    assert [type(one.refusal) for one in outcomes] == [
        type(None),
        InsufficientFunds,
        DocumentMissing,
        type(None),
    ]
    assert OutsideSpend.objects.count() == 2
    assert line_stands(line)["available"] == "0.00"
    assert Event.objects.filter(kind="outside_spend.recorded").count() == 1
    assert_books_hold()


def test_each_of_many_costs_a_few_statements(cast: Cast, line: BudgetLine) -> None:
    def statements(count: int) -> int:
        many = [
            payment(cast, document=f"{count}-{number}", net=eur("1"), tax=None)
            for number in range(count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_outside_spends(actor=cast.fin, payments=many, at=LATER)
        return len(queries)

    statements(1)
    assert statements(22) == statements(12)


def test_one_document_told_twice_at_once_is_recorded_where_the_budget_covers_it(
    cast: Cast, line: BudgetLine
) -> None:
    dear = payment(cast, net=eur("1001"), tax=None)
    right, again = replace(dear, id=uuid4(), net=eur("900")), replace(dear, id=uuid4())

    outcomes = record_outside_spends(actor=cast.fin, payments=[dear, right, again], at=LATER)

    assert [one.code for one in outcomes] == ["insufficient_funds", "", "already_recorded"]
    assert line_stands(line)["available"] == "100.00"
    assert_books_hold()


def test_what_cannot_be_counted_is_refused_alone(cast: Cast, line: BudgetLine) -> None:
    huge = Money(2**63 - 1, "EUR")
    told = [payment(cast, document=f"2026-{n}", net=eur("1"), tax=None) for n in range(7)]
    told[4] = replace(told[4], net=huge, tax=huge)

    outcomes = record_outside_spends(actor=cast.fin, payments=told, at=LATER)

    assert [one.code for one in outcomes] == [*[""] * 4, "not_a_payment", "", ""]
    assert line_stands(line)["charged"] == "6.00"
    assert_books_hold()


def test_a_group_that_no_budget_covers_is_not_tried_anew_for_each(
    cast: Cast, line: BudgetLine
) -> None:
    told = [payment(cast, document=f"2026-{n}", net=eur("400"), tax=None) for n in range(40)]
    told[30] = replace(told[30], net=eur("-1000"))

    with CaptureQueriesContext(connection) as queries:
        outcomes = record_outside_spends(actor=cast.fin, payments=told, at=LATER)

    kept = [nth for nth, one in enumerate(outcomes) if one.is_recorded]
    assert kept == [0, 1, 30, 31, 32, 33]
    assert {one.code for one in outcomes} == {"", "insufficient_funds"}
    assert len(queries) < 30
    assert_books_hold()


def test_payments_of_a_closed_month_are_refused_and_stop_no_other(
    cast: Cast, line: BudgetLine
) -> None:
    close_month(cast, 202603)
    closed = [
        payment(cast, document=f"2026-0{day}", paid_on=date(2026, 3, day), net=eur("1"), tax=None)
        for day in (3, 17)
    ]
    open_, dear, last = (
        payment(cast, document=name, paid_on=date(2026, 4, 1), net=eur(net), tax=None)
        for name, net in (("2026-118", "300"), ("2026-119", "701"), ("2026-120", "700"))
    )

    told = [closed[0], open_, dear, closed[1], last]
    outcomes = record_outside_spends(actor=cast.fin, payments=told, at=after(202603))

    codes = [one.code for one in outcomes]
    assert codes == ["period_closed", "", "insufficient_funds", "period_closed", ""]
    assert {one.detail for one in outcomes if one.code == "period_closed"} == {
        "The books of 2026-03 are closed."
    }
    assert line_stands(line)["available"] == "0.00"
    assert_books_hold()


def test_a_payment_names_what_there_is_whoever_writes_it(cast: Cast, line: BudgetLine) -> None:
    record_outside_spend(actor=cast.fin, payment=payment(cast), at=LATER)

    for name in ("department_id", "category_id", "provider_id", "recorded_by_id"):
        other = OutsideSpend.objects.get()
        other.pk, other.document = uuid4(), name
        setattr(other, name, uuid4())
        with pytest.raises(IntegrityError, match="names what there is"), transaction.atomic():
            other.save(force_insert=True)


def test_a_payment_told_twice_is_recorded_once(cast: Cast, line: BudgetLine) -> None:
    told = payment(cast)
    record_outside_spend(actor=cast.fin, payment=told, at=LATER)

    record_outside_spend(actor=cast.fin, payment=told, at=LATER + DAY)

    assert line_stands(line)["charged"] == "300.00"
    assert JournalEntry.objects.filter(source=told.id).count() == 1
    with refused(BookedDifferently):
        record_outside_spend(actor=cast.fin, payment=replace(told, net=eur("301")), at=LATER)
    for words in ({"payee": "Green Ltd"}, {"document": "Another"}):
        with refused(BookedDifferently):
            record_outside_spend(actor=cast.fin, payment=replace(told, **words), at=LATER)
    with refused(AlreadyRecorded):
        record_outside_spend(actor=cast.fin, payment=replace(told, id=uuid4()), at=LATER)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"net": eur("0"), "tax": None}, NotAPayment),
        ({"tax": eur("-1")}, NotAPayment),
        ({"net": Money(2**63 - 1, "EUR"), "tax": Money(2**63 - 1, "EUR")}, NotAPayment),
        ({"tax": Money(100, "USD")}, NotAPayment),
        ({"paid_on": LATER.date() + timedelta(days=1)}, PaidTooEarly),
        ({"payee": " "}, DocumentMissing),
        ({"document": ""}, DocumentMissing),
        ({"department_id": uuid4()}, Unknown),
        ({"category_id": uuid4()}, Unknown),
        ({"provider_id": uuid4()}, Unknown),
        ({"net": Money(100, "USD"), "tax": None}, NoBudget),
        ({"net": eur("1000.01"), "tax": None}, InsufficientFunds),
    ],
)
def test_what_is_no_payment_is_refused(
    cast: Cast, line: BudgetLine, words: dict[str, Any], rule: Any
) -> None:
    with refused(rule):
        record_outside_spend(actor=cast.fin, payment=payment(cast, **words), at=LATER)

    assert not OutsideSpend.objects.exists()
    assert line_stands(line)["available"] == "1000.00"


def test_what_another_one_records_meanwhile_is_not_said_to_be_too_much(
    cast: Cast, line: BudgetLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a group is tried anew for the one that is too much, Fay records the first of it."""
    first = payment(cast)
    far = Money(2**62, "EUR")
    many = [first, *(payment(cast, document=f"D{n}", net=far, tax=far) for n in range(2))]
    fay, search = second_of_finance(cast), outside_groups._first_wrong

    def meanwhile(new: Sequence[Told], *, known: Known, at: datetime) -> int:
        if not OutsideSpend.objects.exists():
            record_outside_spend(actor=fay, payment=replace(first, id=uuid4()), at=at)
        return search(new, known=known, at=at)

    monkeypatch.setattr(outside_groups, "_first_wrong", meanwhile)
    outcomes = record_outside_spends(actor=cast.fin, payments=many, at=LATER)

    assert [one.code for one in outcomes] == ["already_recorded", "not_a_payment", "not_a_payment"]
    assert line_stands(line)["charged"] == "300.00"
    assert_books_hold()


def test_only_finance_records_payments(cast: Cast, line: BudgetLine) -> None:
    for person in (cast.maya, cast.ada, cast.vera):
        with refused(Forbidden):
            record_outside_spend(actor=person, payment=payment(cast), at=LATER)
        with refused(Forbidden):
            record_outside_spends(actor=person, payments=[payment(cast)], at=LATER)


def test_what_was_reversed_is_not_recorded_by_telling_it_again(
    cast: Cast, line: BudgetLine
) -> None:
    wrong = payment(cast)
    record_outside_spend(actor=cast.fin, payment=wrong, at=LATER)
    entry = JournalEntry.objects.get(source=wrong.id)
    words = {"entry_id": entry.public_id, "reason": "It was 200.00."}
    asked = ask_correction(actor=cast.fin, at=LATER, **words)
    sign_correction(actor=second_of_finance(cast), correction_id=asked.pk, at=LATER)

    with refused(TakenBack):
        record_outside_spend(actor=cast.fin, payment=wrong, at=LATER)
    right = replace(wrong, id=uuid4(), net=eur("200"), tax=eur("38"))
    record_outside_spend(actor=cast.fin, payment=right, at=LATER)
    with refused(AlreadyRecorded):
        record_outside_spend(actor=cast.fin, payment=replace(right, id=uuid4()), at=LATER)

    assert OutsideSpend.objects.get(pk=right.id).again == 1
    assert line_stands(line)["charged"] == "200.00"
    assert_books_hold()
