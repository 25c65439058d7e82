"""Home takes as many SQL statements for many objections, standstills and changes as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.permissions import may_decide_objection
from ledger.reports.deciding import decidable
from ledger.reports.desk import desk
from ledger.reports.reading import reader_of
from marketplace.models.people import User
from tests.builders import DAY, HOUR
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE
from tests.ledger.formal import STANDSTILL_OVER, formal_choice, object_to
from tests.ledger.test_changing import propose

pytestmark = pytest.mark.django_db

ROWS = {
    "objections": (
        lambda cast, _: object_to(cast, formal_choice(cast)[0]),
        CHOICE + 4 * HOUR,
    ),
    "standstills that are over": (lambda cast, _: formal_choice(cast), STANDSTILL_OVER + DAY),
    "changes": (
        lambda cast, nth: propose(
            cast,
            builders.choose(cast, builders.contest(cast).team_bid, at=CHOICE + nth * HOUR),
        ),
        CHOICE + 4 * DAY,
    ),
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_desk_takes_as_many_statements_for_three_as_for_one(
    cast: Cast, statements: Callable[[Callable[[], object]], int], kind: str
):
    builders.grant(cast, "900000")
    make, at = ROWS[kind]
    people = (cast.maya, cast.gerd, cast.pia, cast.vera, cast.ada, cast.fin)

    def counted() -> list[int]:
        return [statements(lambda person=person: desk(actor=person, at=at)) for person in people]

    make(cast, 0)
    for_one = counted()
    make(cast, 1)
    make(cast, 2)
    assert counted() == for_one


def test_a_desk_offers_an_objection_to_whom_the_verb_lets_decide_it(cast: Cast):
    builders.grant(cast, "900000")
    choices = [formal_choice(cast) for _ in range(2)]
    awards = [object_to(cast, contest).award for contest, _ in choices]

    said = {
        person.name: [award.pk in decidable(reader_of(person), awards) for award in awards]
        for person in User.objects.all()
    }

    assert said == {
        person.name: [may_decide_objection(person, award) for award in awards]
        for person in User.objects.all()
    }
    assert {True, False} == {each for row in said.values() for each in row}
