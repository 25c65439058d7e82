"""Bidders ask, the department answers to everybody."""

from uuid import uuid4

import pytest

from marketplace.catalogue import job_text
from marketplace.models.events import Audience, Event, Notice
from marketplace.publishing import cancel_job
from marketplace.questions import (
    AlreadyAnswered,
    AnswerEmpty,
    QuestionEmpty,
    QuestionsClosed,
    answer_question,
    ask_question,
    unanswered,
)
from marketplace.refusals import Forbidden, Unknown
from tests.builders import (
    DAY,
    DEADLINE,
    MINUTE,
    NOON,
    a_draft,
    a_published_job,
    closed,
    refused,
)


@pytest.fixture
def job(cast):
    return a_published_job(cast)


@pytest.fixture
def ask(cast, job):
    def ask(*, actor=cast.vera, provider=cast.vera_co, text="Is there power?", at=NOON + DAY):
        return ask_question(actor=actor, job_id=job.pk, provider_id=provider.pk, text=text, at=at)

    return ask


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def test_a_question_reaches_the_department_and_not_the_askers_name(cast, job, ask):
    ask()

    assert told("question.asked") == {"Maya", "Rolf"}
    assert not Notice.objects.filter(kind="question.asked", text__contains="Vera").exists()
    event = Event.objects.get(kind="question.asked")
    assert event.audience == Audience.PROVIDER  # its actor is the asker
    (question,) = job_text(actor=cast.maya, job_id=job.pk, at=NOON + DAY).questions
    assert "Vera" not in repr(question)
    assert question.due_at == NOON + 2 * DAY


def test_until_it_is_answered_no_rival_reads_a_question(cast, job, ask):
    question = ask()

    def read(actor):
        return [q.id for q in job_text(actor=actor, job_id=job.pk, at=NOON + DAY).questions]

    assert read(cast.vera) == [question.pk]
    assert read(cast.pia) == read(cast.otto) == []
    answer_question(actor=cast.rolf, question_id=question.pk, answer="Yes, 32 A.", at=NOON + DAY)
    assert read(cast.pia) == read(cast.otto) == [question.pk]


def test_an_answer_goes_to_everybody_who_is_invited(cast, job, ask):
    question = ask()
    assert unanswered(job) == 1

    answered = answer_question(
        actor=cast.rolf, question_id=question.pk, answer="Yes, 32 A.", at=NOON + 2 * DAY
    )

    assert (answered.answered_by, answered.answered_at) == (cast.rolf, NOON + 2 * DAY)
    assert told("question.answered") == {"Pia", "Paul", "Vera", "Otto"}
    assert unanswered(job) == 0
    assert Event.objects.get(kind="question.answered").audience == Audience.ALL


@pytest.mark.parametrize("before", [MINUTE])
def test_questions_end_when_the_job_says(job, ask, before):
    ask(at=job.questions_until - before)
    with refused(QuestionsClosed):
        ask(at=job.questions_until)


def test_a_question_says_something(ask):
    with refused(QuestionEmpty):
        ask(text=" \n ")
    with refused(QuestionEmpty):
        ask(text="x" * 4001)


def test_only_an_invited_provider_asks_and_only_by_its_people(cast, ask):
    with refused(Forbidden):
        ask(actor=cast.pia)
    with refused(Unknown):
        ask(actor=cast.otto)  # another vendor is none that Otto knows
    narrow = a_published_job(cast, invited=(cast.vera_co.pk, cast.events_team.pk))
    with refused(Unknown):
        ask_question(
            actor=cast.otto,
            job_id=narrow.pk,
            provider_id=cast.otto_co.pk,
            text="May I?",
            at=NOON + DAY,
        )


def test_nobody_asks_about_a_draft(cast):
    with refused(Unknown):
        ask_question(
            actor=cast.vera,
            job_id=a_draft(cast).pk,
            provider_id=cast.vera_co.pk,
            text="What?",
            at=NOON,
        )


def test_a_question_is_answered_once_with_words(cast, ask):
    question = ask()

    with refused(AnswerEmpty):
        answer_question(actor=cast.rolf, question_id=question.pk, answer=" ", at=NOON + DAY)
    answer_question(actor=cast.rolf, question_id=question.pk, answer="Yes.", at=NOON + DAY)
    with refused(AlreadyAnswered):
        answer_question(actor=cast.maya, question_id=question.pk, answer="No.", at=NOON + DAY)


def test_bidders_do_not_answer_and_strangers_do_not_know(cast, ask):
    question = ask()

    with refused(Forbidden):
        answer_question(actor=cast.pia, question_id=question.pk, answer="Yes.", at=NOON + DAY)
    with refused(Unknown):
        answer_question(actor=cast.sam, question_id=question.pk, answer="Yes.", at=NOON + DAY)
    with refused(Unknown):
        answer_question(actor=cast.rolf, question_id=uuid4(), answer="Yes.", at=NOON + DAY)


def test_after_the_closing_no_answer_helps(cast, job, ask):
    question = ask()
    closed(job)

    with refused(QuestionsClosed):
        answer_question(actor=cast.rolf, question_id=question.pk, answer="Yes.", at=DEADLINE)


def test_nobody_asks_about_a_cancelled_job(cast, job, ask):
    cancel_job(actor=cast.maya, job_id=job.pk, reason="Off.", at=NOON + MINUTE)

    with refused(QuestionsClosed):
        ask()
