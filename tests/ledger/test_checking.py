"""Checks run at night, and when somebody asks; what they find is kept and told."""

from __future__ import annotations

import pytest
from django.db import connection

from ledger.checking import AskedAlready, ask_for_a_check, run_due_checks
from ledger.models.record import CheckWish, RecordCheck
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden
from tests.builders import DAY, HOUR, NOON, refused
from tests.cast import Cast
from tests.ledger.builders import grant


@pytest.fixture
def company(founded: Cast, as_role) -> Cast:
    cast = founded
    grant(cast)
    as_role("worker")
    return cast


NIGHT = NOON.replace(hour=2) + DAY


def test_both_checks_run_once_a_night(company):
    assert run_due_checks(at=NOON) == 2  # the first day's
    for by_day in (NOON + HOUR, NIGHT - HOUR):
        assert run_due_checks(at=by_day) == 0

    assert run_due_checks(at=NIGHT) == 2
    assert run_due_checks(at=NIGHT + HOUR) == 0
    runs = RecordCheck.objects.all()
    assert sorted(run.kind for run in runs) == ["books", "books", "record", "record"]
    assert all(run.is_clean and run.wish is None for run in runs)
    assert Event.objects.filter(kind="record.checked").count() == 4


def test_what_is_wrong_is_kept_and_told_to_who_watches(company, as_role):
    as_role("owner")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_balance SET debit_minor = debit_minor + 1")
    as_role("worker")
    run_due_checks(at=NIGHT)

    books = RecordCheck.objects.get(kind="books")
    assert not books.is_clean
    assert "stored" in books.wrong[0]
    told = Notice.objects.filter(kind="record.wrong").select_related("recipient")
    assert {notice.recipient for notice in told} == {company.ada, company.fin}
    assert all("The first wrong row" in notice.text for notice in told)


def test_a_check_that_is_asked_for_runs_by_day_and_answers_the_wish(company, as_role):
    run_due_checks(at=NOON)
    as_role("web")
    wish = ask_for_a_check(actor=company.ada, at=NOON + HOUR)
    as_role("worker")

    assert run_due_checks(at=NOON + HOUR) == 2
    assert run_due_checks(at=NOON + HOUR) == 0
    assert wish.checks.count() == 2


def test_one_check_at_a_time_is_asked_for(company, as_role):
    as_role("web")
    ask_for_a_check(actor=company.ada, at=NOON)

    with refused(AskedAlready):
        ask_for_a_check(actor=company.fin, at=NOON)
    assert CheckWish.objects.count() == 1


@pytest.mark.parametrize("person", ["maya", "pia", "vera", "rolf"])
def test_others_ask_for_no_check(company, person):
    with refused(Forbidden):
        ask_for_a_check(actor=getattr(company, person), at=NOON)
