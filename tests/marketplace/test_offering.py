"""Rules on offer: a job is written under those that finance offers on that day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from marketplace.drafting import draft_job, save_draft
from marketplace.models.jobs import Job
from marketplace.models.policies import PolicyOffer
from marketplace.offering import (
    OfferedSo,
    PolicyNotOffered,
    StandardStays,
    offer_policy,
    offered_codes,
    offered_policies,
)
from marketplace.policies import PolicyInThePast, state_policy
from marketplace.publishing import publish_job
from marketplace.readiness import PolicyNotOfferedNow
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from tests.builders import DAY, HOUR, NOON, details, refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def careful(cast: Cast) -> None:
    state_policy(
        actor=cast.fin,
        code="careful",
        at=NOON - DAY,
        in_force_on=date(2026, 3, 1),
        explanation="For what must stand for a while.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
    )


def say(cast: Cast, **changes: Any) -> PolicyOffer:
    usual = {
        "actor": cast.fin,
        "code": "careful",
        "is_offered": False,
        "from_on": TODAY,
        "reason": "Nobody kept a tenth back in a year.",
        "at": NOON - 2 * HOUR,
    }
    return offer_policy(**(usual | changes))


def draft(cast: Cast) -> Job:
    return draft_job(
        actor=cast.rolf,
        department_id=cast.marketing.pk,
        details=details(cast),
        policy_code="careful",
        at=NOON - HOUR,
    )


@pytest.mark.usefixtures("careful")
def test_rules_that_are_offered_no_more_are_named_by_no_new_job(cast: Cast):
    draft(cast)
    say(cast)

    with refused(PolicyNotOffered) as said:
        draft(cast)
    assert "Choose from: standard" in said.value.text
    assert offered_codes(TODAY) == ["standard"]
    assert offered_codes(date(2026, 3, 1)) == ["careful", "standard"]


@pytest.mark.usefixtures("careful")
def test_a_draft_under_such_rules_is_published_under_others(cast: Cast):
    job = draft(cast)
    say(cast)
    with refused(PolicyNotOfferedNow):
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    save_draft(
        actor=cast.rolf,
        job_id=job.pk,
        details=details(cast),
        policy_code="standard",
        at=NOON - HOUR,
    )

    assert publish_job(actor=cast.maya, job_id=job.pk, at=NOON).policy.code == "standard"


@pytest.mark.usefixtures("careful")
def test_rules_are_offered_again_from_a_later_day(cast: Cast):
    say(cast)
    say(cast, is_offered=True, from_on=date(2026, 3, 9), reason="They are wanted again.")

    assert offered_codes(date(2026, 3, 8)) == ["standard"]
    assert offered_codes(date(2026, 3, 9)) == ["careful", "standard"]
    (paper,) = [one for one in offered_policies(actor=cast.vera, on=TODAY) if one.code == "careful"]
    assert (paper.is_offered, paper.since_on, paper.said_by) == (False, TODAY, "Fin")


@pytest.mark.usefixtures("careful")
def test_what_finance_cannot_say_of_an_offer(cast: Cast):
    for person in (cast.maya, cast.vera, cast.ada):
        with refused(Forbidden):
            say(cast, actor=person)
    with refused(StandardStays):
        say(cast, code="standard")
    with refused(Unknown):
        say(cast, code="unheard-of")
    with refused(ReasonMissing):
        say(cast, reason=" ")
    with refused(PolicyInThePast):
        say(cast, from_on=date(2026, 3, 1))
    with refused(OfferedSo):
        say(cast, is_offered=True)
    say(cast)
    with refused(OfferedSo):
        say(cast, is_offered=True)
