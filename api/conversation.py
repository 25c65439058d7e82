"""Around a published job: questions and answers, invitations and who declined."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.bodies import ProviderOf, Strict
from api.fields import WordField
from api.made import InvitationOut, QuestionMadeOut
from api.resource import Asked, Resource, operation
from bids.declining import decline_to_bid
from marketplace.invitations import invite_provider
from marketplace.questions import answer_question, ask_question


class QuestionBody(ProviderOf):
    """What one of your providers wants to know."""

    text = WordField(max_length=4_000)


class Questions(Resource):
    """/jobs/{id}/questions/"""

    @operation(
        "Ask a question",
        scope="jobs:write",
        body=QuestionBody,
        answers=QuestionMadeOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """The answer goes to everybody, the asker's name to nobody."""
        return ask_question(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class AnswerBody(Strict):
    """The answer, for everybody invited."""

    answer = WordField(max_length=4_000)


class Answer(Resource):
    """/questions/{id}/answer/"""

    @operation(
        "Answer a question",
        scope="jobs:write",
        body=AnswerBody,
        answers=QuestionMadeOut,
        status=201,
    )
    def post(self, asked: Asked, question_id: UUID) -> Any:
        """Once; a change of it is an addendum."""
        return answer_question(
            actor=asked.actor, question_id=question_id, at=asked.at, **asked.body
        )


class Invitations(Resource):
    """/jobs/{id}/invitations/"""

    @operation(
        "Invite a provider",
        scope="jobs:write",
        body=ProviderOf,
        answers=InvitationOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """One more, or once more one that declined, while bids may come."""
        return invite_provider(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)


class DeclineBody(ProviderOf):
    """Which of your providers will not bid, and why."""

    reason = WordField(max_length=4_000)


class Decline(Resource):
    """/jobs/{id}/decline/"""

    @operation(
        "Decline to bid",
        scope="bids:write",
        body=DeclineBody,
        answers=InvitationOut,
        status=201,
    )
    def post(self, asked: Asked, job_id: UUID) -> Any:
        """With a reason; perhaps name somebody better placed. A bid that stands is withdrawn."""
        return decline_to_bid(actor=asked.actor, job_id=job_id, at=asked.at, **asked.body)
