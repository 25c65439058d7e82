"""Those who were not chosen are heard: three questions about the contest, and an answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.db.utils import Error

from ledger.hearing import (
    AlreadyHeard,
    AlreadyReplied,
    HearingOver,
    NotForTheChosen,
    NothingDecided,
    PointNotAsked,
    hear_bidder,
    reply_to_hearing,
)
from ledger.models.hearings import Hearing
from ledger.reports.hearings import hearing_room
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, HOUR, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db
OPEN = "Which of the three answers on care was missing?"


@pytest.fixture
def decided(cast: Cast) -> Contest:
    """Maya chose the team; Vera & Co bid as well."""
    builders.grant(cast)
    contest = builders.contest(cast)
    builders.choose(cast, contest.team_bid)
    return contest


def hear(cast: Cast, contest: Contest, **changes: Any) -> Hearing:
    usual: dict[str, Any] = {
        "actor": cast.vera,
        "job_id": contest.job.pk,
        "provider_id": cast.vera_co.pk,
        "reasons": 2,
        "fairness": 4,
        "effort": None,
        "text": OPEN,
        "at": CHOICE + HOUR,
    }
    return hear_bidder(**(usual | changes))


def test_a_bidder_not_chosen_is_heard_and_the_chooser_answers(cast: Cast, decided: Contest):
    heard = hear(cast, decided)
    reply_to_hearing(
        actor=cast.maya, hearing_id=heard.pk, text="The night shift.", at=CHOICE + 2 * HOUR
    )

    for person in (cast.vera, cast.maya, cast.rolf, cast.ada):
        room = hearing_room(actor=person, job_id=decided.job.pk, at=CHOICE + 3 * HOUR)
        (paper,) = room.hearings
        assert (paper.reasons, paper.fairness, paper.effort) == (2, 4, None)
        assert (paper.text, paper.reply, paper.replied_by) == (OPEN, "The night shift.", "Maya")
    kinds = Event.objects.filter(kind__startswith="hearing.").values_list("kind", flat=True)
    assert list(kinds.order_by("id")) == ["hearing.given", "hearing.replied"]
    assert Notice.objects.filter(kind="hearing.replied", recipient=cast.vera).exists()


def test_a_rival_reads_nothing_of_it(cast: Cast, decided: Contest):
    hear(cast, decided)

    room = hearing_room(actor=cast.pia, job_id=decided.job.pk, at=CHOICE + 2 * HOUR)
    assert (room.hearings, room.may_say) == ((), ())


def test_who_is_not_asked(cast: Cast, decided: Contest):
    with refused(NotForTheChosen):
        hear(cast, decided, actor=cast.pia, provider_id=cast.events_team.pk)
    with refused(Unknown):  # Otto was invited and did not bid
        hear(cast, decided, actor=cast.otto, provider_id=cast.otto_co.pk)
    with refused(Unknown):
        hear(cast, decided, actor=cast.maya)
    with refused(HearingOver):
        hear(cast, decided, at=CHOICE + 14 * DAY)
    hear(cast, decided, at=CHOICE + 14 * DAY - HOUR)
    with refused(AlreadyHeard):
        hear(cast, decided)


def test_nobody_is_heard_before_the_choice(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast)
    with refused(NothingDecided):
        hear(cast, contest)


@pytest.mark.parametrize("points", [(None, None, None), (0, 3, 3), (3, 6, None)])
def test_points_that_are_not_asked_for(cast: Cast, decided: Contest, points: tuple[Any, ...]):
    words = dict(zip(("reasons", "fairness", "effort"), points, strict=True))
    with refused(PointNotAsked):
        hear(cast, decided, **words)


def test_an_answer_is_a_heads_and_given_once(cast: Cast, decided: Contest):
    heard = hear(cast, decided)
    words: dict[str, Any] = {"hearing_id": heard.pk, "text": "The night.", "at": CHOICE + DAY}
    for person in (cast.rolf, cast.vera, cast.ada):  # they may read it
        with refused(Forbidden):
            reply_to_hearing(actor=person, **words)
    for person in (cast.pia, cast.sam, cast.otto, cast.fin):
        with refused(Unknown):
            reply_to_hearing(actor=person, **words)
    with refused(ReasonMissing):
        reply_to_hearing(actor=cast.maya, **(words | {"text": " "}))
    reply_to_hearing(actor=cast.gerd, **words)
    with refused(AlreadyReplied):
        reply_to_hearing(actor=cast.maya, **words)
    with pytest.raises(Error), transaction.atomic():
        Hearing.objects.update(reasons=5)
