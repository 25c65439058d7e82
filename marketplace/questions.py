"""Bidders ask, the department answers: to everybody, and the asker's name to nobody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.models.questions import Question
from marketplace.notices import people_of_department, tell, tell_bidders
from marketplace.permissions import is_member, may_answer_for
from marketplace.refusals import Refusal, Unknown, require

LONGEST = 4_000  # characters


class QuestionsClosed(Refusal):
    """After the question period nobody could use the answer."""

    code = "questions_closed"


class QuestionEmpty(Refusal):
    """A question says what one wants to know."""

    code = "question_empty"
    field = "text"


class AlreadyAnswered(Refusal):
    """Bidders may have counted on the first answer; a change is an addendum."""

    code = "already_answered"


class AnswerEmpty(Refusal):
    """An answer says something."""

    code = "answer_empty"
    field = "answer"


@transaction.atomic(savepoint=False)
def ask_question(
    *, actor: User, job_id: UUID, provider_id: UUID, text: str, at: datetime
) -> Question:
    """
    Ask the department about a job, for an invited provider.

    :raises Unknown: the actor cannot see the job or the provider, or it is not invited.
    :raises Forbidden: the actor does not belong to the provider.
    :raises QuestionsClosed, QuestionEmpty: the rules say no.
    """
    job = Job.objects.visible_to(actor).published().lock(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(actor.is_system or is_member(actor, provider))
    if not job.invitations.filter(provider=provider).exists():
        raise Unknown("There is no such invitation.")
    text = text.strip()
    if not job.accepts_bids(at) or (job.questions_until is not None and at >= job.questions_until):
        raise QuestionsClosed(f"Questions about “{job.title}” are closed.")
    if not text or len(text) > LONGEST:
        raise QuestionEmpty(f"Ask in 1 to {LONGEST} characters.")

    question = Question.objects.create(
        job=job, provider=provider, asked_by=actor, asked_at=at, text=text
    )
    # For the provider alone: the event names who asked, and the department may not know.
    record(
        actor,
        "question.asked",
        question,
        at=at,
        audience=Audience.PROVIDER,
        job=job,
        provider=provider,
    )
    tell(
        "question.asked",
        recipients=people_of_department(job.department),
        text=f"A bidder asks about “{job.title}”: {text}",
        because="you answer for the department",
        at=at,
        job=job,
        subject=question,
    )
    return question


@transaction.atomic(savepoint=False)
def answer_question(*, actor: User, question_id: UUID, answer: str, at: datetime) -> Question:
    """
    Answer a question, once, to everybody who is invited.

    :raises Unknown: there is no such question that the actor can see.
    :raises Forbidden: the actor does not answer for the department.
    :raises AlreadyAnswered, AnswerEmpty, QuestionsClosed: the rules say no.
    """
    asked = Question.objects.filter(pk=question_id, job__in=Job.objects.visible_to(actor))
    job_id = asked.values_list("job_id", flat=True).first()
    if job_id is None:
        raise Unknown("There is no such question.")
    # The job first, as everywhere: its closing waits for questions without an answer.
    job = Job.objects.lock(job_id)
    question = asked.select_for_update(of=("self",)).get()
    require(may_answer_for(actor, job.department))
    answer = answer.strip()
    if question.answered_at is not None:
        raise AlreadyAnswered("This is answered already; write an addendum to change it.")
    if job.closed_at is not None or job.cancelled_at is not None:
        raise QuestionsClosed(f"Bidding on “{job.title}” is over; no answer helps any more.")
    if not answer or len(answer) > LONGEST:
        raise AnswerEmpty(f"Answer in 1 to {LONGEST} characters.")

    question.answer, question.answered_by, question.answered_at = answer, actor, at
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    record(actor, "question.answered", question, at=at, audience=Audience.ALL, job=job)
    text = f"An answer about “{job.title}”: {answer}"
    tell_bidders("question.answered", job, text, at=at, subject=question)
    return question


def unanswered(job: Job) -> int:
    """Return how many questions about a job wait for an answer."""
    return len(_unanswered.all(job.pk))


@Kept
def _unanswered(job: UUID) -> QuerySet[Question, UUID]:
    return Question.objects.filter(job=job, answered_at=None).values_list("pk", flat=True)
