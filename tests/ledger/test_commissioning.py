"""Publishing within the budget, and ending a job."""

from __future__ import annotations

import pytest

from ledger.affording import CeilingAboveBudget
from ledger.budgeting import NoBudget
from ledger.commissioning import (
    AlreadyAwarded,
    AlreadyEnded,
    AlreadyOpened,
    JobCancelled,
    NotAnEstimate,
    NotYetOpened,
    amend_job,
    cancel_job,
    end_without_award,
    extend_job,
    free_estimate,
)
from ledger.duties import run
from ledger.models.awards import NoAward
from ledger.models.budgets import Precommitment
from ledger.posting import InsufficientFunds
from marketplace.models.events import Event, Notice
from marketplace.models.jobs import Job
from marketplace.money import Money
from marketplace.publishing import cancel_job as cancel_past_the_ledger
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.system import the_clock
from tests.builders import DAY, DEADLINE, NOON, a_draft, a_published_job, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import stands

pytestmark = pytest.mark.django_db


def test_an_estimate_is_reserved_when_a_job_is_published(cast: Cast):
    line = builders.grant(cast, "50000")

    job = builders.publish(cast, ceiling=eur("40000"), estimate="30000")

    line.refresh_from_db()
    assert job.published_at == NOON
    assert (line.precommitted_minor, line.available_minor) == (30_000_00, 20_000_00)
    assert stands("E100") == stands("E910") == eur("30000")


def test_a_job_without_an_estimate_reserves_nothing(cast: Cast):
    line = builders.grant(cast, "50000")

    builders.publish(cast)

    line.refresh_from_db()
    assert line.available == eur("50000")


def test_a_ceiling_above_what_is_available_is_refused_on_its_field(cast: Cast):
    builders.grant(cast, "50000")
    builders.publish(cast, estimate="30000")

    with refused(CeilingAboveBudget) as no:
        builders.publish(cast, ceiling=eur("20000.01"))

    assert (no.value.field, no.value.code) == ("ceiling", "insufficient_funds")
    assert "20,000.00 EUR left" in no.value.text


def test_a_ceiling_whose_fee_would_not_fit_is_refused(cast: Cast):
    builders.grant(cast, "20399.99")

    with refused(CeilingAboveBudget) as no:
        builders.publish(cast, ceiling=eur("20000"))
    assert "400.00 EUR the fee on it" in no.value.text
    builders.publish(cast, ceiling=eur("19999"))


def test_a_department_without_a_budget_does_not_publish(cast: Cast):
    with refused(NoBudget):
        builders.publish(cast)


def test_an_estimate_above_what_is_available_is_refused(cast: Cast):
    builders.grant(cast, "50000")

    with refused(InsufficientFunds):
        builders.publish(cast, ceiling=eur("40000"), estimate="50000.01")


@pytest.mark.parametrize("estimate", [Money(0, "EUR"), Money(-1, "EUR"), Money(1, "USD")])
def test_an_estimate_is_above_zero_and_in_the_jobs_currency(cast: Cast, estimate: Money):
    builders.grant(cast)
    job = a_draft(cast)

    with refused(NotAnEstimate):
        builders.publish_job(actor=cast.maya, job_id=job.pk, estimate=estimate, at=NOON)


def test_a_requester_does_not_publish(cast: Cast):
    builders.grant(cast)
    job = a_draft(cast)

    with refused(Forbidden):
        builders.publish_job(actor=cast.rolf, job_id=job.pk, at=NOON)


def test_an_addendum_and_an_extension_pass_through(cast: Cast):
    job = a_published_job(cast)

    addendum = amend_job(actor=cast.maya, job_id=job.pk, text="Ten more guests.", at=NOON + DAY)
    extended = extend_job(
        actor=cast.maya, job_id=job.pk, closes_at=DEADLINE + DAY, at=NOON + 2 * DAY
    )

    assert addendum.number == 1
    assert extended.closes_at == DEADLINE + DAY


def test_a_cancelled_job_nets_to_zero(cast: Cast):
    line = builders.grant(cast, "50000")
    job = builders.publish(cast, estimate="30000")

    cancel_job(actor=cast.maya, job_id=job.pk, reason="The fair is off.", at=NOON + DAY)

    line.refresh_from_db()
    assert line.available == eur("50000")
    assert stands("E100") == stands("E910") == eur("0")
    assert Precommitment.objects.get().released_at == NOON + DAY


@pytest.mark.parametrize("actor", ["rolf", "fin"])
def test_only_a_head_calls_a_job_off(cast: Cast, actor: str):
    job = a_published_job(cast)

    with refused(Forbidden):
        cancel_job(actor=getattr(cast, actor), job_id=job.pk, reason="No.", at=NOON + DAY)


def test_an_opened_job_is_not_called_off(cast: Cast):
    builders.grant(cast)
    job = builders.contest(cast).job

    with refused(AlreadyOpened):
        cancel_job(actor=cast.maya, job_id=job.pk, reason="No.", at=DEADLINE + DAY)


def test_an_awarded_job_is_not_called_off(cast: Cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)

    with refused(AlreadyAwarded):
        cancel_job(actor=cast.maya, job_id=award.job_id, reason="No.", at=DEADLINE + 2 * DAY)


@pytest.fixture
def opened(cast: Cast) -> Job:
    builders.grant(cast)
    return builders.contest(cast, estimate="30000").job


def test_a_job_ends_without_a_choice_and_the_bidders_read_why(cast: Cast, opened: Job):
    end_without_award(
        actor=cast.maya, job_id=opened.pk, reason="None has a rain plan.", at=DEADLINE + DAY
    )

    ended = NoAward.objects.get(job=opened)
    assert (ended.decided_by, ended.reason.text) == (cast.maya, "None has a rain plan.")
    assert stands("E100") == stands("E910") == eur("0")
    assert Event.objects.filter(kind="job.not_awarded", job=opened).count() == 1
    told = Notice.objects.filter(kind="job.not_awarded")
    assert {notice.recipient for notice in told} == {cast.pia, cast.paul, cast.vera}
    assert all("None has a rain plan." in notice.text for notice in told)


def test_an_ending_says_why(cast: Cast, opened: Job):
    with refused(ReasonMissing):
        end_without_award(actor=cast.maya, job_id=opened.pk, reason=" ", at=DEADLINE + DAY)


def test_only_a_head_ends_a_job(cast: Cast, opened: Job):
    with refused(Forbidden):
        end_without_award(actor=cast.rolf, job_id=opened.pk, reason="No.", at=DEADLINE + DAY)


def test_a_job_of_others_is_not_there(cast: Cast):
    job = a_draft(cast)

    with refused(Unknown):
        end_without_award(actor=cast.vera, job_id=job.pk, reason="No.", at=DEADLINE + DAY)


def test_a_job_still_sealed_does_not_end_without_a_choice(cast: Cast):
    job = a_published_job(cast)

    with refused(NotYetOpened):
        end_without_award(actor=cast.maya, job_id=job.pk, reason="No.", at=DEADLINE + DAY)


def test_a_cancelled_job_does_not_end_again(cast: Cast):
    job = a_published_job(cast)
    cancel_job(actor=cast.maya, job_id=job.pk, reason="The fair is off.", at=NOON + DAY)

    with refused(JobCancelled):
        end_without_award(actor=cast.maya, job_id=job.pk, reason="No.", at=DEADLINE + DAY)


def test_a_job_ends_once(cast: Cast, opened: Job):
    words = {"actor": cast.maya, "job_id": opened.pk, "reason": "No.", "at": DEADLINE + DAY}
    end_without_award(**words)

    with refused(AlreadyEnded):
        end_without_award(**words)


def test_the_clock_frees_the_estimate_of_a_job_it_called_off_itself(cast: Cast):
    line = builders.grant(cast)
    job = builders.publish(cast, estimate="30000")
    cancel_past_the_ledger(actor=the_clock(), job_id=job.pk, reason="No bids.", at=DEADLINE)

    assert run(at=DEADLINE)["estimates_freed"] == 1
    assert run(at=DEADLINE)["estimates_freed"] == 0

    line.refresh_from_db()
    assert line.precommitted_minor == 0


def test_nobody_frees_the_estimate_of_an_open_job(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast, estimate="30000")

    for actor in (cast.maya, the_clock()):
        with refused(Forbidden):
            free_estimate(actor=actor, job_id=job.pk, at=NOON + DAY)
