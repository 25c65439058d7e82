"""The life of a job from publication to its opening."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.addenda import DeadlineNotLater, TextMissing, add_addendum
from marketplace.drafting import AlreadyPublished
from marketplace.freezing import fingerprint_of
from marketplace.models.events import Event, Notice
from marketplace.models.jobs import Job
from marketplace.openness import AlreadyCancelled, AlreadyClosed, BiddingOver, NotPublished
from marketplace.policies import policy_in_force, state_policy
from marketplace.publishing import (
    AlreadyDecided,
    AlreadyOpened,
    NotClosed,
    StillOpen,
    cancel_job,
    close_job,
    extend_job,
    mark_decided,
    mark_opened,
    publish_job,
)
from marketplace.refusals import Forbidden, NotOpened, ReasonMissing, Unknown
from marketplace.system import the_clock, the_importer
from tests.builders import (
    DAY,
    DEADLINE,
    HOUR,
    MINUTE,
    NOON,
    a_draft,
    a_published_job,
    closed,
    opened,
    refused,
)


def kinds(job):
    return list(Event.objects.filter(job=job).order_by("id").values_list("kind", flat=True))


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def test_a_published_job_is_frozen_and_those_invited_are_told(cast):
    job = a_published_job(cast)

    job.refresh_from_db()
    assert (job.published_at, job.published_by) == (NOON, cast.maya)
    assert bytes(job.fingerprint) == fingerprint_of(job)
    assert set(job.invitations.values_list("invited_at", flat=True)) == {NOON}
    assert kinds(job) == ["job.drafted", "job.published"]
    assert told("job.published") == {"Pia", "Paul", "Vera", "Otto"}
    for actor in (cast.pia, cast.vera, cast.fin, cast.ada):
        assert Job.objects.visible_to(actor).get() == job


def test_the_fingerprint_changes_with_anything_that_is_frozen(cast):
    job = a_draft(cast)  # published, the database keeps it as it is
    before = fingerprint_of(job)

    job.criteria.filter(position=1).update(weight=59)
    assert fingerprint_of(job) != before
    job.criteria.filter(position=1).update(weight=60)
    assert fingerprint_of(job) == before
    job.too_few_rule = "end"
    assert fingerprint_of(job) != before


def test_a_job_keeps_the_rules_of_the_day_it_was_published(cast):
    job = a_draft(cast)
    newer = state_policy(
        actor=cast.fin,
        code="standard",
        at=NOON,
        in_force_on=NOON.date(),
        explanation="Longer silence.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        acceptance_days=20,
    )

    assert publish_job(actor=cast.maya, job_id=job.pk, at=NOON).policy == newer
    assert policy_in_force("standard", (NOON - DAY).date()) != newer


def test_a_head_publishes_and_so_does_a_head_above(cast):
    assert publish_job(actor=cast.gerd, job_id=a_draft(cast).pk, at=NOON).published_by == cast.gerd
    with refused(Forbidden):
        publish_job(actor=cast.rolf, job_id=a_draft(cast).pk, at=NOON)
    for stranger in (cast.sam, cast.pia, cast.vera, cast.adam):
        with refused(Unknown):
            publish_job(actor=stranger, job_id=a_draft(cast).pk, at=NOON)


def test_a_job_is_published_once(cast):
    job = a_published_job(cast)

    with refused(AlreadyPublished):
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)


def test_an_addendum_is_told_to_all_and_leaves_an_early_deadline(cast):
    job = a_published_job(cast)

    addendum = add_addendum(actor=cast.maya, job_id=job.pk, text="250 guests.", at=NOON + DAY)

    job.refresh_from_db()
    assert (addendum.number, addendum.closes_at, job.closes_at) == (1, DEADLINE, DEADLINE)
    assert kinds(job)[-1] == "job.addendum"
    assert told("job.addendum") == {"Pia", "Paul", "Vera", "Otto"}


def test_a_late_addendum_gives_back_a_quarter_of_the_time(cast):
    job = a_published_job(cast)
    late = DEADLINE - HOUR

    addendum = add_addendum(actor=cast.maya, job_id=job.pk, text="250 guests.", at=late)

    job.refresh_from_db()
    assert job.closes_at == addendum.closes_at == late + timedelta(days=7) / 4


def test_an_addendum_may_move_the_deadline_away_but_not_nearer(cast):
    job = a_published_job(cast)

    with refused(DeadlineNotLater):
        add_addendum(
            actor=cast.maya, job_id=job.pk, text="Hurry.", at=NOON + DAY, closes_at=DEADLINE - DAY
        )
    further = DEADLINE + 2 * DAY
    add_addendum(
        actor=cast.maya, job_id=job.pk, text="Take time.", at=NOON + DAY, closes_at=further
    )
    assert add_addendum(actor=cast.maya, job_id=job.pk, text="More.", at=NOON + DAY).number == 2
    job.refresh_from_db()
    assert job.closes_at == further


def test_an_addendum_says_something_by_a_head_while_bids_may_come(cast):
    job = a_published_job(cast)

    with refused(TextMissing):
        add_addendum(actor=cast.maya, job_id=job.pk, text=" ", at=NOON + DAY)
    with refused(Forbidden):
        add_addendum(actor=cast.rolf, job_id=job.pk, text="More.", at=NOON + DAY)
    with refused(Forbidden):
        add_addendum(actor=cast.pia, job_id=job.pk, text="More.", at=NOON + DAY)
    with refused(NotPublished):
        add_addendum(actor=cast.maya, job_id=a_draft(cast).pk, text="More.", at=NOON)
    with refused(BiddingOver):
        add_addendum(actor=cast.maya, job_id=job.pk, text="More.", at=DEADLINE)


def test_a_head_gives_more_time_before_the_deadline_and_the_clock_at_it(cast):
    job = a_published_job(cast)

    extend_job(actor=cast.maya, job_id=job.pk, closes_at=DEADLINE + DAY, at=NOON + DAY)
    with refused(BiddingOver):
        extend_job(actor=cast.maya, job_id=job.pk, closes_at=DEADLINE + 2 * DAY, at=DEADLINE + DAY)
    extend_job(actor=the_clock(), job_id=job.pk, closes_at=DEADLINE + 2 * DAY, at=DEADLINE + DAY)

    job.refresh_from_db()
    assert job.closes_at == DEADLINE + 2 * DAY
    assert job.extended_at == [NOON + DAY, DEADLINE + DAY]
    assert kinds(job)[-2:] == ["job.extended", "job.extended"]
    assert told("job.extended") == {"Pia", "Paul", "Vera", "Otto"}


def test_an_extension_is_later_and_by_a_head(cast):
    job = a_published_job(cast)

    with refused(DeadlineNotLater):
        extend_job(actor=cast.maya, job_id=job.pk, closes_at=DEADLINE, at=NOON)
    with refused(Forbidden):
        extend_job(actor=cast.rolf, job_id=job.pk, closes_at=DEADLINE + DAY, at=NOON)
    with refused(NotPublished):
        extend_job(actor=cast.maya, job_id=a_draft(cast).pk, closes_at=DEADLINE + DAY, at=NOON)
    closed(job)
    with refused(AlreadyClosed):
        extend_job(actor=the_clock(), job_id=job.pk, closes_at=DEADLINE + DAY, at=DEADLINE)


def test_a_job_closes_at_its_deadline_not_before_and_once(cast):
    job = a_published_job(cast)

    with refused(StillOpen):
        close_job(actor=the_clock(), job_id=job.pk, at=DEADLINE - MINUTE)
    assert close_job(actor=the_clock(), job_id=job.pk, at=DEADLINE).closed_at == DEADLINE
    with refused(AlreadyClosed):
        close_job(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    with refused(NotPublished):
        close_job(actor=the_clock(), job_id=a_draft(cast).pk, at=DEADLINE)
    assert kinds(job)[-1] == "job.closed"


def test_bidders_neither_close_nor_open_a_job(cast):
    job = a_published_job(cast)

    with refused(Forbidden):
        close_job(actor=cast.pia, job_id=job.pk, at=DEADLINE)
    closed(job)
    with refused(Forbidden):
        mark_opened(actor=cast.vera, job_id=job.pk, at=DEADLINE)


def test_a_job_is_opened_after_its_closing_and_once(cast):
    job = a_published_job(cast)
    with refused(NotClosed):
        mark_opened(actor=the_clock(), job_id=job.pk, at=DEADLINE)

    assert opened(closed(job)).opened_at == DEADLINE

    with refused(AlreadyOpened):
        mark_opened(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    assert told("job.opened") == {"Maya", "Rolf"}
    assert kinds(job)[-1] == "job.opened"


def test_a_cancelled_job_says_who_and_why_and_is_never_opened(cast):
    job = closed(a_published_job(cast))

    cancel_job(actor=cast.maya, job_id=job.pk, reason="The party is off.", at=DEADLINE)

    job.refresh_from_db()
    assert (job.cancelled_by, job.cancellation.text) == (cast.maya, "The party is off.")
    assert told("job.cancelled") == {"Pia", "Paul", "Vera", "Otto"}
    assert kinds(job)[-1] == "job.cancelled"
    with refused(AlreadyCancelled):
        mark_opened(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    with refused(AlreadyCancelled):
        cancel_job(actor=cast.maya, job_id=job.pk, reason="Again.", at=DEADLINE)


def test_nothing_more_happens_to_a_cancelled_job(cast):
    job = a_published_job(cast)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="Off.", at=NOON)

    with refused(AlreadyCancelled):
        add_addendum(actor=cast.maya, job_id=job.pk, text="More.", at=NOON)
    with refused(AlreadyCancelled):
        extend_job(actor=cast.maya, job_id=job.pk, closes_at=DEADLINE + DAY, at=NOON)
    with refused(AlreadyCancelled):
        close_job(actor=the_clock(), job_id=job.pk, at=DEADLINE)


def test_cancelling_needs_a_reason_a_head_and_a_published_job(cast):
    job = a_published_job(cast)

    with refused(ReasonMissing):
        cancel_job(actor=cast.maya, job_id=job.pk, reason="  ", at=NOON)
    with refused(Forbidden):
        cancel_job(actor=cast.rolf, job_id=job.pk, reason="Off.", at=NOON)
    with refused(NotPublished):
        cancel_job(actor=cast.maya, job_id=a_draft(cast).pk, reason="Off.", at=NOON)


def test_another_systems_record_publishes_and_closes_for_everybody(cast):
    importer = the_importer()
    job = a_draft(cast, actor=importer)

    publish_job(actor=importer, job_id=job.pk, at=NOON)
    close_job(actor=importer, job_id=job.pk, at=DEADLINE)
    assert mark_opened(actor=importer, job_id=job.pk, at=DEADLINE).opened_at == DEADLINE


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda job: Job.objects.filter(pk=job.pk).update(title="Another party"),
        lambda job: Job.objects.filter(pk=job.pk).update(ceiling_minor=1),
        lambda job: Job.objects.filter(pk=job.pk).update(published_at=None),
        lambda job: Job.objects.filter(pk=job.pk).update(closes_at=DEADLINE - HOUR),
        lambda job: job.criteria.filter(name="Idea").update(weight=10),
        lambda job: job.criteria.all().delete(),
        lambda job: job.criteria.create(position=9, name="New", weight=1, levels=[""] * 5),
    ],
)
def test_the_database_itself_keeps_what_was_published(cast, rewrite):
    job = a_published_job(cast)

    with pytest.raises(IntegrityError), transaction.atomic():
        rewrite(job)


def test_a_closed_job_keeps_its_moments(cast):
    job = closed(a_published_job(cast))

    for changes in ({"closed_at": None}, {"closes_at": DEADLINE + DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**changes)


def test_a_job_is_decided_once_and_after_its_opening(cast):
    job = closed(a_published_job(cast))
    with refused(NotOpened):
        mark_decided(actor=cast.maya, job_id=job.pk, at=DEADLINE + DAY)
    opened(job)
    with refused(Forbidden):
        mark_decided(actor=cast.rolf, job_id=job.pk, at=DEADLINE + DAY)

    mark_decided(actor=cast.maya, job_id=job.pk, at=DEADLINE + DAY)

    with refused(AlreadyDecided):
        mark_decided(actor=cast.maya, job_id=job.pk, at=DEADLINE + 2 * DAY)
