"""A month is closed while many write in it: every entry is in its month or refused, none lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Max, Sum

from ledger import chart
from ledger.books import check_books
from ledger.closing import NotOpen, begin_closing, close_period
from ledger.models.budgets import BudgetLine
from ledger.models.journal import Balance, JournalEntry
from ledger.models.periods import PeriodStep
from ledger.posting import BudgetMove, EntryKind, Line, PeriodClosed, post_entry
from ledger.reports.period_seal import period_seal
from tests.builders import NOON, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import after
from tests.races.starting import at_once

pytestmark = pytest.mark.races
MARCH, APRIL = 202603, 202604
IN_APRIL = after(MARCH)
ONE = eur("1")
PATIENCE_SECONDS = 60


@pytest.fixture
def company(founded: Cast) -> Cast:
    """History is written as the role that may; what follows is done as the web does it."""
    return founded


def grant_one(cast: Cast, line: BudgetLine, at: datetime) -> Callable[[], object]:
    """One unit more for Marketing, as a call still to be made."""
    source = uuid4()
    department = cast.marketing.pk
    return lambda: post_entry(
        actor=cast.fin,
        kind=EntryKind.BUDGET_GRANTED,
        source=source,
        at=at,
        lines=[
            Line.debit(chart.BUDGET, ONE, department=department),
            Line.credit(chart.BUDGET_CONTROL, ONE, department=department),
        ],
        budget_moves=[BudgetMove(line.pk, budget=ONE.minor)],
    )


def held(period: int) -> int:
    """What the balances say was granted in a month, in whole units."""
    balances = Balance.objects.filter(account__code=chart.BUDGET, period=period)
    return (balances.aggregate(sum=Sum("debit_minor"))["sum"] or 0) // ONE.minor


def close_under(writers: int, each: int, cast: Cast, line: BudgetLine) -> None:
    """Many write, and in the middle of it finance closes the month, from two desks at once."""
    writes = [grant_one(cast, line, NOON) for _ in range(writers * each)]

    def begin() -> PeriodStep:
        return begin_closing(actor=cast.fin, period_id=MARCH, at=IN_APRIL)

    # Two of the threads begin to close when the others are halfway through.
    half = writers * (each // 2)
    calls = [*writes[:half], begin, begin, *writes[half:]]
    outcomes = at_once(writers, calls)

    booked = [outcome for outcome in outcomes if isinstance(outcome, int)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, PeriodClosed)]
    steps = [outcome for outcome in outcomes if isinstance(outcome, PeriodStep)]
    assert (len(steps), sum(isinstance(each, NotOpen) for each in outcomes)) == (1, 1)
    assert len(booked) + len(refused) == len(writes)
    assert booked  # some came in time
    assert refused  # and some too late
    # What was said to be booked is booked, in March and nowhere else; what was refused is not.
    entries = JournalEntry.objects.filter(pk__in=booked)
    assert set(entries.values_list("period", flat=True)) == {MARCH}
    grants = JournalEntry.objects.filter(period=MARCH, kind="budget_granted")
    assert grants.count() == len(booked) + 1
    assert held(MARCH) == len(booked) + 1000
    line.refresh_from_db()
    assert line.budget_minor == (len(booked) + 1000) * ONE.minor

    close_period(actor=cast.fin, period_id=MARCH, at=IN_APRIL)
    last = grants.aggregate(last=Max("pk"))["last"]
    at_once(writers, [grant_one(cast, line, IN_APRIL) for _ in refused])

    assert grants.aggregate(last=Max("pk"))["last"] == last  # nothing came to March any more
    assert (held(MARCH), held(APRIL)) == (len(booked) + 1000, len(refused))
    assert period_seal(actor=cast.fin, period_id=MARCH).holds
    assert check_books().wrong == ()


def test_a_close_among_writers_loses_and_misplaces_nothing(company: Cast, as_role: Any):
    line = builders.grant(company, "1000", at=NOON)
    as_role("web")

    close_under(24, 8, company, line)


@pytest.mark.proof
def test_a_close_among_a_hundred_writers_loses_and_misplaces_nothing(company: Cast, as_role: Any):
    line = builders.grant(company, "1000", at=NOON)
    as_role("web")

    close_under(100, 20, company, line)


def test_closing_waits_for_who_is_writing_and_seals_what_they_wrote(company: Cast, as_role: Any):
    line = builders.grant(company, "1000", at=NOON)
    as_role("web")
    written, go_on = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            grant_one(company, line, NOON)()
            written.set()
            go_on.wait(PATIENCE_SECONDS)

    def close() -> PeriodStep:
        begin_closing(actor=company.fin, period_id=MARCH, at=IN_APRIL)
        return close_period(actor=company.fin, period_id=MARCH, at=IN_APRIL)

    with ThreadPoolExecutor(2) as pool:
        writer = pool.submit(in_thread(write))
        assert written.wait(PATIENCE_SECONDS)
        closer = pool.submit(in_thread(close))
        while not (waiting := somebody_waits_for_a_month()) and not closer.done():
            sleep(0.01)
        go_on.set()
        writer.result(PATIENCE_SECONDS)
        closer.result(PATIENCE_SECONDS)

    assert waiting  # without the lock the month would be sealed before the entry is there
    assert held(MARCH) == 1001
    assert period_seal(actor=company.fin, period_id=MARCH).holds
    assert check_books().wrong == ()


def test_a_month_that_is_closing_takes_nothing_from_anybody(company: Cast, as_role: Any):
    line = builders.grant(company, "1000", at=NOON)
    as_role("web")
    begin_closing(actor=company.fin, period_id=MARCH, at=IN_APRIL)

    outcomes = at_once(8, [grant_one(company, line, NOON) for _ in range(16)])

    assert all(isinstance(outcome, PeriodClosed) for outcome in outcomes)
    assert held(MARCH) == 1000


def somebody_waits_for_a_month() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE classid = 7301 AND NOT granted)")
        return bool(cursor.fetchone()[0])


def in_thread(act: Callable[[], Any]) -> Callable[[], Any]:
    def acted() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return acted
