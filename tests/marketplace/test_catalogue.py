"""A job as its buyer, a bidder, finance, an auditor and a stranger read it."""

from uuid import uuid4

import pytest

from marketplace.addenda import add_addendum
from marketplace.catalogue import job_text
from marketplace.declining import decline_invitation
from marketplace.publishing import cancel_job
from marketplace.refusals import Unknown
from tests.builders import DAY, DEADLINE, NOON, a_draft, a_published_job, closed, eur, opened


def read(actor, job, at=NOON):
    return job_text(actor=actor, job_id=job.pk, at=at)


def test_a_bidder_reads_all_that_bids_are_judged_on(cast):
    job = a_published_job(cast)

    text = read(cast.vera, job)

    assert (text.title, text.department_name) == (job.title, "Marketing")
    assert [(one.name, one.weight) for one in text.criteria] == [("Idea", 60), ("Care", 40)]
    assert len(text.criteria[0].levels) == 5
    assert text.ceiling == eur("10000.00")
    assert text.point == eur("75.00")
    assert text.fingerprint == bytes(job.fingerprint).hex()
    assert text.accepts_bids
    assert text.accepts_questions
    assert not text.is_mine
    assert not text.may_publish
    assert not text.may_answer


def test_a_bidder_reads_nothing_of_the_others_who_are_invited(cast):
    job = a_published_job(cast)

    text = read(cast.vera, job)

    assert text.invited == ()
    assert [one.name for one in text.my_providers] == ["Vera & Co"]
    assert "Otto" not in repr(text)
    assert "Events team" not in repr(text)


def test_the_buyers_side_reads_who_is_invited_and_who_declined(cast):
    job = a_published_job(cast)
    decline_invitation(
        actor=cast.otto, job_id=job.pk, provider_id=cast.otto_co.pk, reason="Ill.", at=NOON
    )

    invited = {one.name: one for one in read(cast.rolf, job).invited}

    assert set(invited) == {"Events", "Otto Events", "Vera & Co"}
    assert (invited["Otto Events"].declined_at, invited["Otto Events"].decline_reason) == (
        NOON,
        "Ill.",
    )
    assert read(cast.gerd, job).is_mine
    assert read(cast.maya, job).may_publish
    assert not read(cast.rolf, job).may_publish
    assert read(cast.rolf, job).may_answer


def test_a_hidden_ceiling_is_read_by_the_buyer_finance_and_later_the_auditor(cast):
    job = a_published_job(cast, shows_ceiling=False, point=eur("50.00"))

    assert read(cast.maya, job).ceiling == read(cast.fin, job).ceiling == eur("10000.00")
    for actor in (cast.vera, cast.pia, cast.ada, cast.adam):
        assert read(actor, job).ceiling is None
    opened(closed(job))
    assert read(cast.ada, job).ceiling == eur("10000.00")
    assert read(cast.vera, job).ceiling is None


def test_a_draft_is_read_by_its_department_alone(cast):
    job = a_draft(cast)

    assert read(cast.maya, job).published_at is None
    for actor in (cast.vera, cast.pia, cast.fin, cast.ada, cast.adam, cast.sam):
        with pytest.raises(Unknown):
            read(actor, job)


def test_who_is_not_invited_reads_what_a_missing_job_says(cast):
    job = a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))

    with pytest.raises(Unknown) as invisible:
        read(cast.otto, job)
    with pytest.raises(Unknown) as missing:
        job_text(actor=cast.otto, job_id=uuid4(), at=NOON)
    assert invisible.value.text == missing.value.text


def test_addenda_and_the_end_are_read_by_all(cast):
    job = a_published_job(cast)
    add_addendum(actor=cast.maya, job_id=job.pk, text="250 guests.", at=NOON + DAY)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="Off.", at=NOON + 2 * DAY)

    text = read(cast.pia, job, at=NOON + 3 * DAY)

    assert [(one.number, one.text, one.added_by) for one in text.addenda] == [
        (1, "250 guests.", "Maya")
    ]
    assert text.cancellation == "Off."
    assert not text.accepts_bids


def test_after_the_deadline_nothing_is_accepted(cast):
    job = a_published_job(cast)

    assert read(cast.pia, job, at=DEADLINE - DAY).accepts_bids
    assert not read(cast.pia, job, at=DEADLINE - DAY).accepts_questions
    assert not read(cast.pia, job, at=DEADLINE).accepts_bids


def test_why_one_side_only_was_invited_is_not_told_to_that_side(cast):
    reason = "No team of ours does this."
    job = a_published_job(cast, invited=(cast.vera_co.pk,), waiver=reason)

    assert read(cast.vera, job).waiver == ""
    assert [read(who, job).waiver for who in (cast.rolf, cast.ada)] == [reason, reason]
