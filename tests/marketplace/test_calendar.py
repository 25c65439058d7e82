"""Business days are Monday to Friday."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.calendar import (
    business_days_after,
    business_days_between,
    is_business_day,
    next_business_day,
    reply_due_at,
    spoken,
)

FRIDAY = date(2026, 3, 6)
SATURDAY = date(2026, 3, 7)
MONDAY = date(2026, 3, 9)


def test_work_is_done_from_monday_to_friday():
    week = [MONDAY + timedelta(days=n) for n in range(7)]

    assert [is_business_day(day) for day in week] == [True] * 5 + [False] * 2


@pytest.mark.parametrize("day", [FRIDAY, SATURDAY, SATURDAY + timedelta(days=1)])
def test_after_friday_comes_monday(day):
    assert next_business_day(day) == MONDAY


def test_the_same_time_some_business_days_later():
    friday_noon = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

    assert business_days_after(friday_noon, 0) == friday_noon
    assert business_days_after(friday_noon, 1) == datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    assert business_days_after(friday_noon, 6) == datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
    assert reply_due_at(friday_noon) == datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-5, 60))
def test_counting_days_agrees_with_walking_them(since, days):
    until = since + timedelta(days=days)
    walked = sum(is_business_day(since + timedelta(days=n)) for n in range(1, days + 1))

    assert business_days_between(since, until) == walked


def test_a_moment_in_a_sentence():
    berlin = datetime.fromisoformat("2026-03-02T13:05:00+01:00")

    assert spoken(berlin) == "2 March 2026, 12:05 UTC"
