"""Of a job, an administrator sees the title and where it stands; its words are not theirs."""

from __future__ import annotations

import pytest
from django.test import Client

from ledger.reports.register import register
from ledger.reports.timeline import timeline
from marketplace.addenda import add_addendum
from marketplace.catalogue import job_text
from marketplace.membership import add_member
from marketplace.models.jobs import Job
from marketplace.questions import answer_question, ask_question
from tests.builders import HOUR, NOON, a_published_job
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LATER = NOON + 5 * HOUR


@pytest.fixture
def job(cast: Cast) -> Job:
    job = a_published_job(cast)
    question = ask_question(
        actor=cast.vera,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        text="Is there a rain plan?",
        at=NOON + HOUR,
    )
    answer_question(
        actor=cast.rolf, question_id=question.pk, answer="There is a tent.", at=NOON + 2 * HOUR
    )
    add_addendum(actor=cast.maya, job_id=job.pk, text="For 220 guests.", at=NOON + 3 * HOUR)
    return job


def test_an_administrator_reads_the_title_and_the_state_and_nothing_else(cast: Cast, job: Job):
    seen = job_text(actor=cast.adam, job_id=job.pk, at=LATER)

    assert (seen.title, seen.is_title_only) == (job.title, True)
    assert (seen.need, seen.ceiling, seen.point) == ("", None, None)
    assert (seen.criteria, seen.questions, seen.addenda, seen.invited) == ((), (), (), ())
    life = timeline(actor=cast.adam, job_id=job.pk, at=LATER)
    assert (life.state.value, life.facts) == ("open", ())
    assert [row.ceiling for row in register(actor=cast.adam, at=LATER).items] == [None]


def test_finance_and_auditors_read_its_words(cast: Cast, job: Job):
    for person in (cast.fin, cast.ada):
        seen = job_text(actor=person, job_id=job.pk, at=LATER)
        assert (seen.need, len(seen.questions), seen.is_title_only) == (job.need, 1, False)


def test_an_administrator_who_belongs_to_the_department_reads_them_as_one_of_it(
    cast: Cast, job: Job
):
    add_member(
        actor=cast.maya,
        user_id=cast.adam.pk,
        department_id=cast.marketing.pk,
        role="requester",
        at=NOON,
    )

    assert job_text(actor=cast.adam, job_id=job.pk, at=LATER).need == job.need


def test_the_page_says_why_it_is_so_short(cast: Cast, job: Job, client: Client):
    client.force_login(cast.adam)
    shown = client.get(f"/jobs/{job.pk}/").content.decode()

    assert job.title in shown
    assert "Title and state" in shown
    for words in (job.need, "There is a tent.", "For 220 guests.", "What will guests remember?"):
        assert words not in shown
        assert words not in client.get(f"/jobs/{job.pk}/timeline/").content.decode()
        assert words not in client.get(f"/api/v1/jobs/{job.pk}/").content.decode()
