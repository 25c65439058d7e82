"""A job at each step of its life, made with the verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from marketplace.drafting import CriterionDraft, JobDetails, draft_job
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.policies import IMPORTED, state_policy
from marketplace.publishing import close_job, mark_opened, publish_job
from marketplace.refusals import Refusal
from marketplace.system import the_clock, the_importer
from tests.cast import Cast

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday: jobs are published then
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DEADLINE = NOON + 7 * DAY


@contextmanager
def refused(*rules: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """
    Expect a refusal, and go on afterwards.

    A verb is one transaction and ends with its refusal. Here it stands inside the test's own, so
    it is given a savepoint to end with.
    """
    with pytest.raises(rules) as caught, transaction.atomic():
        yield caught


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def details(cast: Cast, **changes: Any) -> JobDetails:
    """Return a job for the summer party that could be published as it is."""
    usual: dict[str, Any] = {
        "title": "Summer party for 200 guests",
        "category_id": cast.events.pk,
        "need": "A party in the courtyard with food, music and a rain plan.",
        "ceiling": eur("10000.00"),
        "point": eur("75.00"),
        "questions_until": DEADLINE - 2 * DAY,
        "closes_at": DEADLINE,
        "criteria": (
            CriterionDraft("Idea", 60, question="What will guests remember?"),
            CriterionDraft("Care", 40, question="Who is there on the day?"),
        ),
        "invited": (cast.events_team.pk, cast.vera_co.pk, cast.otto_co.pk),
    }
    return JobDetails(**(usual | changes))


def a_draft(
    cast: Cast, *, actor: User | None = None, at: datetime = NOON - HOUR, **changes: Any
) -> Job:
    """Return a draft of Marketing by Rolf."""
    return draft_job(
        actor=actor or cast.rolf,
        department_id=cast.marketing.pk,
        details=details(cast, **changes),
        at=at,
    )


def a_published_job(cast: Cast, *, at: datetime = NOON, **changes: Any) -> Job:
    """Return a job of Marketing that Maya published, past the check of funds."""
    job = a_draft(cast, at=at - HOUR, **changes)
    return publish_job(actor=cast.maya, job_id=job.pk, at=at)


def an_imported_job(cast: Cast, *, at: datetime = NOON, **changes: Any) -> Job:
    """Return a job of Marketing that another system's record tells of."""
    importer = the_importer()
    state_policy(
        actor=importer,
        code=IMPORTED,
        at=at - HOUR,
        in_force_on=(at - HOUR).date(),
        explanation="Other systems' records are taken as they are.",
        budget_control="tracked",
        minimum_days=0,
        needs_team_and_vendor=False,
        allows_variants=True,
    )
    job = draft_job(
        actor=importer,
        department_id=cast.marketing.pk,
        details=details(cast, **changes),
        at=at - HOUR,
        policy_code=IMPORTED,
    )
    return publish_job(actor=importer, job_id=job.pk, at=at)


def closed(job: Job) -> Job:
    """Let the clock close a job at its deadline, past the check of questions and bids."""
    assert job.closes_at is not None
    return close_job(actor=the_clock(), job_id=job.pk, at=job.closes_at)


def opened(job: Job) -> Job:
    """Let the clock say that a closed job's seals are open, without opening any."""
    assert job.closed_at is not None
    return mark_opened(actor=the_clock(), job_id=job.pk, at=job.closed_at)
