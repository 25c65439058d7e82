"""Home takes as many SQL statements for many objections, standstills and changes as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.models.awards import Award
from ledger.models.signatures import ChoiceAnswer, ChoiceWanted
from ledger.permissions import may_decide_objection
from ledger.reports.deciding import decidable
from ledger.reports.desk import desk
from ledger.reports.reading import reader_of
from marketplace.models.jobs import Invitation
from marketplace.models.panels import PanelSeat
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from tests.builders import DAY, HOUR, NOON
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE
from tests.ledger.formal import STANDSTILL_OVER, formal_choice, formal_contest, object_to
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
    """Everybody audits, too, so that each other thing that keeps one off shows by itself."""
    builders.grant(cast, "900000")
    choices = [formal_choice(cast), formal_choice(cast)]
    by_gerd = formal_contest(cast)
    choices.append((by_gerd, builders.choose(cast, by_gerd.team_bid, actor=cast.gerd)))
    awards = [object_to(cast, contest).award for contest, _ in choices]
    _judged_and_signed(cast, awards[0])
    # Adam came to the department afterwards, and Otto had said no.
    marketing = {"department": cast.marketing, "role": Role.REQUESTER, "since_at": CHOICE}
    Membership.objects.create(user=cast.adam, **marketing)
    no = {"declined_at": NOON + DAY, "declined_by": cast.otto, "decline_reason": awards[0].reason}
    Invitation.objects.filter(provider=cast.otto_co).update(**no)

    def said() -> list[tuple[list[bool], list[bool]]]:
        return [
            (
                [award.pk in decidable(reader_of(person), awards) for award in awards],
                [may_decide_objection(person, award) for award in awards],
            )
            for person in User.objects.order_by("name")
        ]

    assert all(desk == verb for desk, verb in said())
    _everybody_audits()
    assert all(desk == verb for desk, verb in said())
    assert [True, False] in ([desk[1], desk[0]] for desk, _ in said())


def _judged_and_signed(cast: Cast, award: Award) -> None:
    """Ada judged it, and Fin signed: neither stands in anybody else's way."""
    PanelSeat.objects.create(
        job=award.job, user=cast.ada, appointed_by=cast.maya, appointed_at=CHOICE
    )
    wanted = ChoiceWanted.objects.create(
        job=award.job,
        bid=award.bid,
        wanted_by=cast.maya,
        wanted_at=CHOICE,
        reason_code="quality",
        reason=award.reason,
        comparison_digest=award.comparison_digest,
    )
    ChoiceAnswer.objects.create(
        wanted=wanted, answered_by=cast.fin, answered_at=CHOICE, award=award
    )


def _everybody_audits() -> None:
    for person in User.objects.exclude(offices__office=Office.AUDITOR):
        OfficeHeld.objects.create(user=person, office=Office.AUDITOR, since_at=CHOICE)
