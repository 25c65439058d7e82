"""A department writes a job."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from marketplace.details import (
    CeilingNotPositive,
    CriterionNotUsable,
    DatesBackwards,
    NotAChoice,
    PointNegative,
    TitleTooLong,
)
from marketplace.discarding import discard_draft
from marketplace.drafting import (
    AlreadyPublished,
    CriterionDraft,
    JobKeyTaken,
    RulesForRecords,
    draft_details,
    draft_job,
    save_draft,
)
from marketplace.models.jobs import Job
from marketplace.money import CurrencyMismatch, Money
from marketplace.policies import state_policy
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_importer
from tests.builders import (
    DAY,
    HOUR,
    NOON,
    a_draft,
    a_published_job,
    details,
    eur,
    refused,
)


def test_a_requester_drafts_a_job_with_all_that_was_written(cast):
    job = a_draft(cast)

    job.refresh_from_db()
    assert job.author == cast.rolf
    assert job.published_at is None
    assert job.ceiling == eur("10000.00")
    assert list(job.criteria.order_by("position").values_list("name", "weight")) == [
        ("Idea", 60),
        ("Care", 40),
    ]
    assert job.invitations.count() == 3


def test_a_draft_may_leave_most_of_it_open(cast):
    job = a_draft(
        cast, title="", need="", ceiling=None, point=None, closes_at=None, criteria=(), invited=()
    )

    assert job.closes_at is None
    assert job.currency == "EUR"


def test_a_reference_tells_nothing_of_other_jobs(cast):
    references = {a_draft(cast).reference for _ in range(5)}

    assert len(references) == 5
    assert all(len(one) == 11 and one.startswith("J-") for one in references)


def test_saving_replaces_the_whole_draft(cast):
    job = a_draft(cast)
    kept = job.invitations.get(provider=cast.vera_co)
    changed = replace(
        details(cast, title="Winter party"),
        criteria=(CriterionDraft("Warmth", 100),),
        invited=(cast.vera_co.pk, cast.vera_co.pk),
    )

    save_draft(actor=cast.maya, job_id=job.pk, details=changed, at=NOON)

    job.refresh_from_db()
    assert (job.title, job.saved_at) == ("Winter party", NOON)
    assert list(job.criteria.values_list("name", flat=True)) == ["Warmth"]
    assert job.invitations.get() == kept


def test_a_waiver_is_written_again_only_when_it_differs(cast):
    job = a_draft(cast, waiver="Only vendors do fireworks.")
    first = job.waiver_id

    save_draft(
        actor=cast.rolf,
        job_id=job.pk,
        details=draft_details(actor=cast.rolf, job_id=job.pk),
        at=NOON,
    )
    job.refresh_from_db()
    assert job.waiver_id == first

    save_draft(
        actor=cast.rolf, job_id=job.pk, details=details(cast, waiver="No team is free."), at=NOON
    )
    job.refresh_from_db()
    assert job.waiver.text == "No team is free."


def test_an_earlier_job_fills_a_new_one(cast):
    earlier = a_published_job(cast)
    wanted = draft_details(actor=cast.rolf, job_id=earlier.pk)

    job = draft_job(
        actor=cast.rolf,
        department_id=cast.marketing.pk,
        details=wanted,
        at=NOON,
        copied_from_id=earlier.pk,
    )

    assert job.copied_from == earlier
    assert draft_details(actor=cast.rolf, job_id=job.pk) == wanted
    assert set(wanted.invited) == {cast.events_team.pk, cast.vera_co.pk, cast.otto_co.pk}


def test_a_published_job_is_neither_saved_nor_discarded(cast):
    job = a_published_job(cast)

    with refused(AlreadyPublished):
        save_draft(actor=cast.maya, job_id=job.pk, details=details(cast), at=NOON)
    with refused(AlreadyPublished):
        discard_draft(actor=cast.maya, job_id=job.pk, at=NOON)


def test_only_the_department_and_those_above_draft_for_it(cast):
    for actor in (cast.rolf, cast.maya, cast.gerd, the_importer()):
        assert a_draft(cast, actor=actor).author == actor
    for actor in (cast.sam, cast.pia, cast.fin, cast.adam):
        with refused(Forbidden):
            a_draft(cast, actor=actor)
    with refused(Unknown):  # a vendor's people do not know the departments
        a_draft(cast, actor=cast.vera)


def test_a_draft_is_seen_by_its_department_alone(cast):
    job = a_draft(cast)

    assert Job.objects.visible_to(cast.gerd).get() == job
    for actor in (cast.pia, cast.vera, cast.fin, cast.ada, cast.adam, cast.sam):
        with refused(Unknown):
            save_draft(actor=actor, job_id=job.pk, details=details(cast), at=NOON)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": "x" * 501}, TitleTooLong),
        ({"mode": "cheapest"}, NotAChoice),
        ({"procedure": "secret"}, NotAChoice),
        ({"too_few_rule": "wait"}, NotAChoice),
        ({"bids_wanted": 0}, NotAChoice),
        ({"ceiling": eur("0.00")}, CeilingNotPositive),
        ({"point": eur("-0.01")}, PointNegative),
        ({"ceiling": Money(1, "USD")}, CurrencyMismatch),
        ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, DatesBackwards),
        ({"criteria": (CriterionDraft("", 100),)}, CriterionNotUsable),
        ({"criteria": (CriterionDraft("Idea", 0),)}, CriterionNotUsable),
        ({"criteria": (CriterionDraft("Idea", 101),)}, CriterionNotUsable),
        ({"criteria": (CriterionDraft("Idea", 100, levels=("no", "yes")),)}, CriterionNotUsable),
        ({"criteria": (CriterionDraft("Idea", 100, knock_out=5),)}, CriterionNotUsable),
    ],
)
def test_what_no_draft_can_hold_is_refused(cast, changes, refusal):
    with refused(refusal) as said:
        a_draft(cast, **changes)

    assert said.value.field
    assert not Job.objects.exists()


def test_things_that_are_not_there_are_unknown(cast):
    with refused(Unknown):
        a_draft(cast, category_id=uuid4())
    with refused(Unknown):
        a_draft(cast, invited=(uuid4(),))
    with refused(Unknown):
        draft_job(
            actor=cast.rolf,
            department_id=cast.marketing.pk,
            details=details(cast),
            at=NOON,
            policy_code="none",
        )
    with refused(Unknown):
        draft_job(
            actor=cast.sam,
            department_id=cast.services.pk,
            details=details(cast),
            at=NOON,
            copied_from_id=a_draft(cast).pk,
        )


def test_another_systems_job_is_taken_over_once(cast):
    def take_over():
        return draft_job(
            actor=the_importer(),
            department_id=cast.marketing.pk,
            details=details(cast),
            at=NOON - HOUR,
            source_key="ocds-1",
        )

    take_over()
    with refused(JobKeyTaken):
        take_over()


def test_nobody_but_the_importer_drafts_under_the_rules_for_other_systems_records(cast):
    state_policy(
        actor=cast.fin,
        code="imported",
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="Other systems' records are taken as they are.",
        budget_control="tracked",
        minimum_days=0,
        needs_team_and_vendor=False,
    )

    def draft(actor):
        return draft_job(
            actor=actor,
            department_id=cast.marketing.pk,
            details=details(cast),
            at=NOON,
            policy_code="imported",
        )

    with refused(RulesForRecords) as said:
        draft(cast.maya)

    assert said.value.field == "policy_code"
    assert draft(the_importer()).policy.code == "imported"
