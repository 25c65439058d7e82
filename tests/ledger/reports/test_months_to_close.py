"""Home of finance: a month that ended waits to be closed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.closing import begin_closing
from ledger.periods import opened
from ledger.reports.desk import OpenItem, desk
from ledger.year_end import close_year
from marketplace.models.people import User
from tests.builders import DAY
from tests.cast import Cast, assemble_again
from tests.ledger import builders

pytestmark = pytest.mark.django_db

APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def to_close(actor: User, at: datetime) -> list[OpenItem]:
    return [item for item in desk(actor=actor, at=at).mine if item.kind == "begin_closing"]


def test_a_month_that_ended_waits_for_finance_from_its_end(cast: Cast):
    builders.grant(cast)

    assert to_close(cast.fin, APRIL - DAY) == []
    (item,) = to_close(cast.fin, APRIL)

    assert (item.act, item.period_id, item.since_at) == ("Close 2026-03", 202603, APRIL)
    assert (item.who, item.what) == ("You", "It is over, and its books are open.")
    others = (cast.ada, cast.adam, cast.maya, cast.pia, cast.vera)
    assert [to_close(person, APRIL) for person in others] == [[]] * len(others)


def test_the_oldest_of_several_months_waits_and_says_how_many_there_are(cast: Cast):
    builders.grant(cast)
    opened(202604, at=APRIL)
    in_may = builders.after(202604)

    (item,) = to_close(cast.fin, in_may)
    assert (item.act, item.what) == (
        "Close 2026-03",
        "2 months are over, and their books are open.",
    )

    begin_closing(actor=cast.fin, period_id=202603, at=in_may)
    (item,) = to_close(cast.fin, in_may)
    assert item.act == "Close 2026-04"

    begin_closing(actor=cast.fin, period_id=202604, at=in_may)
    assert to_close(cast.fin, in_may) == []


def test_an_adjusting_period_waits_once_its_year_was_ended_and_behind_the_months(db: None):
    cast = assemble_again(at=builders.AUTUMN)
    builders.grant(cast, at=builders.AUTUMN)
    first, second, _third = builders.milestones(builders.award_of_december(cast))
    builders.accept(cast, first, at=builders.DECEMBER + DAY)
    builders.close_month(cast, 202512, at=builders.JANUARY - DAY)
    builders.accept(cast, second, at=builders.JANUARY)  # its promise leaves the year in 2025-13
    january, february = builders.JANUARY + DAY, builders.JANUARY + 40 * DAY

    assert to_close(cast.fin, january) == []
    close_year(actor=cast.fin, fiscal_year=2025, at=january)
    assert [item.act for item in to_close(cast.fin, january)] == ["Close 2025-13"]
    (item,) = to_close(cast.fin, february)
    assert (item.act, item.what[0]) == ("Close 2026-01", "2")
