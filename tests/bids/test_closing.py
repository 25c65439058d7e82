"""What the clock does at a deadline, by the rules fixed at publication."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import partial

import pytest

from bids import duties
from bids.closing import close_due_job
from bids.models.bids import Bid, BidAccess, FewBids, OpenedPrice
from bids.reading import CannotBeRead
from bids.submission import OnlyLower, withdraw_bid
from marketplace.addenda import add_addendum
from marketplace.openness import AlreadyCancelled, AlreadyClosed, NotPublished
from marketplace.publishing import StillOpen, cancel_job, extend_job
from marketplace.questions import answer_question, ask_question
from tests.bids import builders
from tests.bids.builders import MORNING_AFTER, close, offer, refused
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, NOON, a_draft, a_published_job

THURSDAY_AFTER = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)  # the deadline is a Monday


@pytest.fixture
def wanting(cast):
    """A job that extends once when fewer than two bids came."""
    return a_published_job(cast, too_few_rule="extend_once")


def test_a_job_closes_at_its_deadline(job):
    closing = close_due_job(job_id=job.pk, at=DEADLINE)

    job.refresh_from_db()
    assert (closing.outcome, job.closed_at) == ("closed", DEADLINE)


def test_a_job_does_not_close_before(job):
    with refused(StillOpen):
        close_due_job(job_id=job.pk, at=DEADLINE - MINUTE)


def test_a_job_closes_once(job):
    close(job)

    with refused(AlreadyClosed):
        close_due_job(job_id=job.pk, at=DEADLINE)


def test_neither_a_draft_nor_a_cancelled_job_closes(cast, job):
    with refused(NotPublished):
        close_due_job(job_id=a_draft(cast).pk, at=DEADLINE)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="No party.", at=MORNING_AFTER)
    with refused(AlreadyCancelled):
        close_due_job(job_id=job.pk, at=DEADLINE)


def ask(cast, job):
    return ask_question(
        actor=cast.vera,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        text="Is there power in the courtyard?",
        at=MORNING_AFTER,
    )


def test_an_unanswered_question_moves_the_deadline_twice_at_most(cast, job):
    ask(cast, job)

    outcomes = []
    while job.closed_at is None:
        outcomes.append(close_due_job(job_id=job.pk, at=job.closes_at).outcome)
        job.refresh_from_db()

    assert outcomes == ["extended", "extended", "closed"]
    assert job.closes_at == DEADLINE + 2 * DAY  # Tuesday, Wednesday


def test_an_answered_question_moves_nothing(cast, job):
    question = ask(cast, job)
    answer_question(actor=cast.rolf, question_id=question.pk, answer="Yes.", at=MORNING_AFTER)

    assert close_due_job(job_id=job.pk, at=DEADLINE).outcome == "closed"


def test_too_few_bids_move_the_deadline_once_by_three_business_days(cast, wanting):
    builders.submit(cast, wanting)

    first = close_due_job(job_id=wanting.pk, at=DEADLINE)
    second = close_due_job(job_id=wanting.pk, at=first.closes_at)

    assert (first.outcome, first.closes_at) == ("extended", THURSDAY_AFTER)
    assert second.outcome == "closed"
    assert FewBids.objects.get().job == wanting


def test_enough_bids_move_nothing(cast, wanting):
    builders.submit(cast, wanting)
    builders.submit(cast, wanting, provider=cast.vera_co)

    assert close_due_job(job_id=wanting.pk, at=DEADLINE).outcome == "closed"


def test_a_bid_that_was_not_confirmed_does_not_count(cast, wanting):
    builders.submit(cast, wanting)
    builders.submit(cast, wanting, provider=cast.vera_co)
    add_addendum(actor=cast.maya, job_id=wanting.pk, text="More guests.", at=MORNING_AFTER + HOUR)

    assert close_due_job(job_id=wanting.pk, at=DEADLINE).outcome == "extended"


def test_a_job_may_say_that_too_few_bids_end_it(cast):
    job = a_published_job(cast, too_few_rule="end")
    builders.submit(cast, job)

    closing = close_due_job(job_id=job.pk, at=DEADLINE)

    job.refresh_from_db()
    assert closing.outcome == "ended"
    assert job.cancelled_at == DEADLINE
    duties.run(at=DEADLINE + HOUR)
    assert not OpenedPrice.objects.exists()  # nobody's sealed bid is ever opened


@pytest.fixture
def extended(cast, wanting):
    """Pia's bid of 9,000.00 was the only one, so the deadline moved."""
    builders.submit(cast, wanting, content=offer("9000"))
    return close(wanting)


def test_once_bids_were_few_a_price_may_only_go_down(cast, extended):
    submit = partial(builders.submit, cast, extended, at=DEADLINE + HOUR)

    with refused(OnlyLower, match=r"9,000\.00 EUR"):
        submit(content=offer("9000.01"))

    submit(content=offer("8500"))
    with refused(OnlyLower):
        submit(content=offer("8500.01"), at=DEADLINE + 2 * HOUR)
    assert BidAccess.objects.filter(kind="compared").exists()


def test_where_the_bid_before_does_not_open_none_is_compared_with_it(cast, extended, settings):
    settings.BID_SEAL_KEY = base64.b64encode(bytes(32)).decode()

    with refused(CannotBeRead, match="does not open"):
        builders.submit(cast, extended, content=offer("8500"), at=DEADLINE + HOUR)


def test_withdrawing_first_does_not_let_a_price_go_up(cast, extended):
    bid = Bid.objects.standing().get()
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=DEADLINE + HOUR)

    with refused(OnlyLower):
        builders.submit(cast, extended, content=offer("9500"), at=DEADLINE + 2 * HOUR)


def test_a_provider_that_had_no_bid_may_still_make_one(cast, extended):
    bid = builders.submit(
        cast, extended, provider=cast.vera_co, content=offer("9900"), at=DEADLINE + HOUR
    )

    assert bid.withdrawn_at is None


def test_the_duty_closes_and_opens_what_is_due_and_nothing_else(cast, job):
    later = a_published_job(cast, title="Autumn party", closes_at=DEADLINE + DAY)
    builders.submit(cast, job)

    done = {"jobs_at_their_deadline": 1, "jobs_opened": 1, "final_rounds": 0}
    assert duties.run(at=DEADLINE + HOUR) == done

    job.refresh_from_db()
    later.refresh_from_db()
    assert job.opened_at == DEADLINE + HOUR
    assert later.closed_at is None
    assert duties.run(at=DEADLINE + HOUR) == dict.fromkeys(done, 0)


def test_one_job_that_fails_does_not_stop_the_next(cast, job, monkeypatch):
    other = a_published_job(cast, title="Autumn party")
    act = duties.close_due_job

    def fails_for_the_first(*, job_id, at):
        if job_id == job.pk:
            raise RuntimeError("a bug")
        return act(job_id=job_id, at=at)

    monkeypatch.setattr(duties, "close_due_job", fails_for_the_first)
    duties.run(at=DEADLINE)

    other.refresh_from_db()
    assert other.opened_at == DEADLINE


def test_more_time_from_the_head_does_not_use_up_the_clocks(cast, job):
    ask_question(
        actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk, text="When?", at=NOON + HOUR
    )
    for days in (1, 2):
        extend_job(
            actor=cast.maya, job_id=job.pk, closes_at=DEADLINE + days * DAY, at=MORNING_AFTER
        )

    assert close_due_job(job_id=job.pk, at=DEADLINE + 2 * DAY).outcome == "extended"
