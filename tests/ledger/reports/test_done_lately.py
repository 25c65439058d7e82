"""Done lately says what it was about: whom, where, which month or year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.closing import begin_closing
from ledger.reports.desk import desk
from ledger.year_end import close_year
from marketplace.membership import add_member
from marketplace.models.people import Role, User
from marketplace.people import add_person
from marketplace.vendor_invitations import invite_vendor
from tests.builders import DAY, HOUR, NOON
from tests.cast import Cast, assemble_again
from tests.ledger import builders

pytestmark = pytest.mark.django_db

APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def told(actor: User, at: datetime) -> list[tuple[str, str, int | None]]:
    return [(one.text, one.about, one.period) for one in desk(actor=actor, at=at).done]


def test_each_person_added_is_named_and_so_is_where_each_was_given_a_place(cast: Cast):
    made = [
        add_person(actor=cast.adam, email=f"{name}@house.example".lower(), name=name, at=NOON)
        for name in ("Uma", "Tariq")
    ]
    add_member(
        actor=cast.adam,
        user_id=made[0].pk,
        role=Role.REQUESTER,
        at=NOON + HOUR,
        department_id=cast.marketing.pk,
    )

    assert told(cast.adam, NOON + DAY)[:3] == [
        ("You gave somebody a place", "Uma, Marketing", None),
        ("You added a person", "Tariq", None),
        ("You added a person", "Uma", None),
    ]


def test_a_month_is_named_as_a_month(cast: Cast):
    builders.grant(cast)
    begin_closing(actor=cast.fin, period_id=202603, at=APRIL)

    assert told(cast.fin, APRIL + DAY)[0] == ("You began to close a month", "", 202603)


def test_a_year_is_named_by_its_number(db: None):
    cast = assemble_again(at=builders.AUTUMN)
    builders.grant(cast, at=builders.AUTUMN)
    first, *_ = builders.milestones(builders.award_of_december(cast))
    builders.accept(cast, first, at=builders.DECEMBER + DAY)
    builders.close_month(cast, 202512, at=builders.JANUARY - DAY)
    close_year(actor=cast.fin, fiscal_year=2025, at=builders.JANUARY + DAY)

    assert told(cast.fin, builders.JANUARY + 2 * DAY)[0] == ("You ended a year", "2025", None)


def test_a_vendor_that_was_invited_is_named(cast: Cast):
    invite_vendor(
        actor=cast.fin, email="orla@orla.example", company_name="Orla & Sons", at=NOON + HOUR
    )

    assert told(cast.fin, NOON + DAY)[0] == ("You invited a vendor", "Orla & Sons", None)
