"""What stands in the way of publishing, said once for the page and for the refusal."""

from datetime import timedelta

import pytest

from marketplace.admission import register_team
from marketplace.drafting import CriterionDraft
from marketplace.membership import add_member
from marketplace.money import Money
from marketplace.policies import state_policy
from marketplace.publishing import publish_job
from marketplace.readiness import (
    AuthorInInvitedTeam,
    DeadlineTooSoon,
    FormalNeeded,
    NotReady,
    OneSidedInvitation,
    OwnTeamInvited,
    PointMissing,
    PointTellsCeiling,
    QuestionsEndTooLate,
    SuspendedInvited,
    WeightsNotHundred,
    gaps,
    propose_point,
)
from marketplace.refusals import Unknown
from marketplace.suspension import suspend_provider
from tests.builders import (
    DEADLINE,
    MINUTE,
    NOON,
    a_draft,
    eur,
    refused,
)

SOON = NOON + timedelta(days=3)


def found(cast, **changes):
    job = a_draft(cast, **changes)
    return gaps(actor=cast.maya, job_id=job.pk, at=NOON)


def test_a_good_draft_lacks_nothing(cast):
    assert found(cast) == []


def test_an_empty_draft_is_told_all_that_lacks(cast):
    lacking = found(
        cast, title="", need="", ceiling=None, point=None, closes_at=None, criteria=(), invited=()
    )

    assert [gap.field for gap in lacking] == [
        "title",
        "need",
        "ceiling",
        "point",
        "closes_at",
        "criteria",
        "invited",
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"criteria": (CriterionDraft("Idea", 60),)}, WeightsNotHundred),
        (
            {"closes_at": SOON - MINUTE, "questions_until": None},
            DeadlineTooSoon,
        ),
        ({"questions_until": DEADLINE + MINUTE}, QuestionsEndTooLate),
        ({"ceiling": eur("50000.01")}, FormalNeeded),
        ({"point": None}, PointMissing),
        ({"shows_ceiling": False}, PointTellsCeiling),
    ],
)
def test_each_rule_is_named_by_list_and_refusal_alike(cast, changes, rule):
    job = a_draft(cast, **changes)

    (gap,) = gaps(actor=cast.maya, job_id=job.pk, at=NOON)
    assert gap.rule is rule
    with refused(rule) as said:
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    assert said.value.text == gap.text
    assert said.value.missing == (gap,)
    assert said.value.field == gap.field


def test_what_just_meets_a_rule_is_ready(cast):
    assert found(cast, closes_at=SOON, questions_until=None) == []
    assert found(cast, ceiling=eur("50000.00")) == []
    assert found(cast, ceiling=eur("50000.01"), procedure="formal") == []
    assert found(cast, mode="lowest_cost", criteria=(), point=None) == []
    assert found(cast, shows_ceiling=False, point=eur("80.00")) == []


def test_a_choice_is_between_a_team_and_a_vendor_or_says_why_not(cast):
    for invited in ([cast.vera_co.pk, cast.otto_co.pk], [cast.events_team.pk]):
        (gap,) = found(cast, invited=invited)
        assert gap.rule is OneSidedInvitation

        assert found(cast, invited=invited, waiver="Nobody else does this.") == []


def test_the_author_of_a_job_sits_in_no_invited_team(cast):
    job = a_draft(cast)
    add_member(
        actor=cast.adam,
        user_id=cast.rolf.pk,
        role="member",
        provider_id=cast.events_team.pk,
        at=NOON,
    )

    (gap,) = gaps(actor=cast.maya, job_id=job.pk, at=NOON)
    assert gap.rule is AuthorInInvitedTeam


def test_whoever_publishes_a_job_sits_in_no_invited_team(cast):
    job = a_draft(cast)
    add_member(
        actor=cast.adam,
        user_id=cast.maya.pk,
        role="member",
        provider_id=cast.events_team.pk,
        at=NOON,
    )

    with refused(AuthorInInvitedTeam):
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    publish_job(actor=cast.gerd, job_id=job.pk, at=NOON)


def test_a_department_does_not_buy_from_itself(cast):
    own = register_team(actor=cast.adam, name="Ads", department_id=cast.marketing.pk, at=NOON)

    (gap,) = found(cast, invited=[own.pk, cast.vera_co.pk])
    assert gap.rule is OwnTeamInvited


def test_a_suspended_provider_is_not_invited(cast):
    words = {"reason": "They do not answer.", "at": NOON}
    suspend_provider(actor=cast.adam, provider_id=cast.vera_co.pk, **words)

    (gap,) = found(cast)
    assert gap.rule is SuspendedInvited


def test_rules_that_limit_nothing_ask_for_less(cast):
    state_policy(
        actor=cast.fin,
        code="standard",
        at=NOON,
        in_force_on=NOON.date(),
        explanation="A year of trying out.",
        budget_control="tracked",
        minimum_days=0,
        needs_team_and_vendor=False,
    )

    least = {"ceiling": None, "closes_at": NOON + MINUTE, "questions_until": None}
    assert found(cast, at=NOON, invited=[cast.vera_co.pk], **least) == []
    (gap,) = found(cast, at=NOON, closes_at=NOON, questions_until=None)
    assert gap.rule is DeadlineTooSoon


def test_only_its_department_is_told_what_a_draft_lacks(cast):
    job = a_draft(cast)

    for actor in (cast.pia, cast.vera, cast.fin):
        with refused(Unknown):
            gaps(actor=actor, job_id=job.pk, at=NOON)


def test_the_proposed_worth_of_a_point_is_a_fixed_share_of_the_ceiling():
    assert propose_point(eur("10000.00")) == eur("75.00")
    assert propose_point(Money(1_000, "JPY")) == Money(8, "JPY")  # 7.5, rounded half up


def test_not_ready_names_the_field_of_the_first_gap(cast):
    job = a_draft(cast, title="", need="")

    with refused(NotReady) as said:
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)

    assert said.value.field == "title"
    assert len(said.value.missing) == 2
