"""What is summed up beside the postings, so that months and years are read at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger import chart
from ledger.balances import balance
from ledger.books import check_books
from ledger.closing import begin_closing, close_period
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.models.charges import MonthlyCharge
from ledger.models.journal import Account, Balance, EntryKind, JournalEntry, Posting
from ledger.posting import Line, post_entry
from ledger.reports.spend import spend
from ledger.reports.statement import statement
from ledger.reports.trial_balance import trial_balance
from marketplace.money import Money
from tests.builders import DAY, NOON, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, after

MARCH = 202603


@pytest.fixture
def work(cast: Cast) -> Award:
    """
    Vera & Co is charged 15,000.00 and a fee of 300.00 in March; in April 20,000.00 and 400.00, of
    which 4,000.00 and 80.00 come back.
    """
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    first, second, _ = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.accept(cast, second, at=CHOICE + 30 * DAY)
    dispute = raise_dispute(
        actor=cast.maya, milestone_id=second.pk, amount=eur("6000"), reason="It rained in.",
        at=CHOICE + 32 * DAY,
    )  # fmt: skip
    resolve_dispute(
        actor=cast.fin, dispute_id=dispute.pk, credit=eur("4000"), reason="It did.",
        at=CHOICE + 33 * DAY,
    )  # fmt: skip
    return award


@pytest.mark.django_db
def test_what_a_department_was_charged_is_summed_by_month_as_it_is_booked(
    cast: Cast, work: Award
) -> None:
    sums = MonthlyCharge.objects.order_by("period", "account__code")

    assert [
        (row.period_id, row.account.code, row.debit_minor, row.credit_minor, row.count)
        for row in sums.select_related("account")
    ] == [
        (202603, "5200", 15_000_00, 0, 1),
        (202603, "5300", 300_00, 0, 1),
        (202604, "5200", 20_000_00, 4_000_00, 2),
        (202604, "5300", 400_00, 80_00, 2),
    ]
    assert {(row.department_id, row.provider_id) for row in sums} == {
        (cast.marketing.pk, cast.vera_co.pk)
    }
    assert check_books().ok


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since_on", "until_on", "amount"),
    [
        (date(2026, 3, 1), date(2026, 4, 30), "31620"),  # whole months
        (date(2026, 3, 2), date(2026, 4, 29), "31620"),  # both cut, and all of it within
        (date(2026, 4, 1), date(2026, 12, 31), "16320"),
        (date(2025, 12, 31), date(2026, 3, 31), "15300"),  # a year's adjusting period among them
        ((CHOICE + 3 * DAY).date(), date(2026, 4, 30), "16320"),  # after March's charge
        ((CHOICE + 2 * DAY).date(), (CHOICE + 31 * DAY).date(), "35700"),  # before the credit
    ],
)
def test_spend_is_the_same_from_sums_and_from_single_days(
    cast: Cast, work: Award, since_on: date, until_on: date, amount: str
) -> None:
    days = {"since_on": since_on, "until_on": until_on}

    for group_by in (("department",), ("provider", "month", "kind"), ("account", "category")):
        rows = spend(actor=cast.fin, group_by=group_by, **days)
        assert sum(row.amount.minor for row in rows) == eur(amount).minor

    paper = statement(actor=cast.maya, department_id=cast.marketing.pk, **days)
    assert paper.charges + paper.credits == eur(amount)


@pytest.mark.django_db
@pytest.mark.parametrize("words", [
    "INSERT INTO ledger_monthlycharge (period_id, department_id, account_id, currency,"
    " debit_minor, credit_minor, count) SELECT period_id, department_id, account_id, 'USD', 1, 0, 1"
    " FROM ledger_monthlycharge LIMIT 1",
    "UPDATE ledger_monthlycharge SET debit_minor = debit_minor + 1",
    "DELETE FROM ledger_monthlycharge",
])  # fmt: skip
def test_nobody_but_the_posting_function_writes_the_sums(work: Award, words: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


def charged(cast: Cast, major: int) -> None:
    """Marketing is charged for a vendor's work in March."""
    post_entry(
        actor=cast.fin,
        kind=EntryKind.CHARGED,
        source=uuid4(),
        at=NOON,
        lines=[
            Line.debit(chart.CHARGE_VENDOR, eur(major), department=cast.marketing.pk),
            Line.credit(chart.VENDOR_PAYABLE, eur(major)),
        ],
    )


@pytest.mark.parametrize(
    ("drift", "named"),
    [
        (
            "UPDATE ledger_monthlycharge SET debit_minor = debit_minor + 1",
            "posted 10000/0, stored 10001/0",
        ),
        ("UPDATE ledger_monthlycharge SET count = 2", "charges by month"),
        ("DELETE FROM ledger_monthlycharge", "posted 10000/0, stored 0/0"),
    ],
)
def test_a_sum_by_month_that_drifts_is_named(
    founded: Cast, as_role: Any, drift: str, named: str
) -> None:
    charged(founded, 100)
    assert check_books().ok
    as_role("owner")
    with connection.cursor() as cursor:
        cursor.execute(drift)

    (wrong,) = check_books().wrong
    assert named in wrong


def test_a_posting_belongs_to_the_month_of_its_entry(founded: Cast, as_role: Any) -> None:
    charged(founded, 100)
    as_role("owner")
    words = (
        "WITH made AS (INSERT INTO ledger_journalentry (public_id, kind, period_id, effective_on,"
        " posted_at, actor_id, source, occurrence, request_hash, memo)"
        " SELECT gen_random_uuid(), 'charged', 202603, '2026-03-05', now(), actor_id,"
        " gen_random_uuid(), '0', '', '' FROM ledger_journalentry RETURNING id)"
        " INSERT INTO ledger_posting (entry_id, period_id, line, account_id, debit_minor,"
        " credit_minor, currency) SELECT made.id, 202602, 1, %s, 1, 0, 'EUR' FROM made"
    )
    account = Account.objects.get(code="5200").pk

    with (
        pytest.raises(IntegrityError, match="the month of its entry"),
        connection.cursor() as cursor,
    ):
        cursor.execute(words, [account])
    assert JournalEntry.objects.count() == 1


def test_closing_a_month_makes_one_of_its_stripes_and_moves_no_sum(
    founded: Cast, as_role: Any
) -> None:
    cast = founded
    posted = 0
    stripes = Balance.objects.filter(period=MARCH).values("stripe").distinct()
    while stripes.count() < 3:
        as_role("replay")  # another connection is another stripe, but for one in sixteen
        charged(cast, 100)
        posted += 100
    before = [(row.account_code, row.closing) for row in march(cast)]

    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))
    close_period(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    assert [row["stripe"] for row in stripes] == [0]
    assert [(row.account_code, row.closing) for row in march(cast)] == before
    assert balance(chart.CHARGE_VENDOR, "EUR", department=cast.marketing.pk) == eur(posted)
    assert balance(chart.VENDOR_PAYABLE, "EUR") == -Money.of(posted, "EUR")
    assert check_books().ok


def march(cast: Cast) -> Any:
    return trial_balance(actor=cast.fin, since_period=MARCH).rows


@pytest.mark.django_db
def test_a_posting_is_found_by_its_entry_and_line(cast: Cast, work: Award) -> None:
    entry = JournalEntry.objects.filter(kind=EntryKind.CHARGED).earliest("pk")

    posting = Posting.objects.get(pk=(entry.pk, 1))
    assert (posting.period_id, posting.entry_id, posting.line) == (202603, entry.pk, 1)
    assert posting.period_id == entry.period_id
    assert entry.effective_on - timedelta(days=2) == CHOICE.date()
