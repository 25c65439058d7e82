"""One effect per intent: a request that is sent again gets the answer that it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.models.people import User
from marketplace.models.tokens import KeptAnswer
from marketplace.refusals import Refusal

KEY_LENGTH_MAX = 255
KEPT_FOR = timedelta(days=30)


class AnswerUnderWay(Refusal):
    """The same request is being answered at this moment."""

    code = "answer_under_way"


class KeyUsedOtherwise(Refusal):
    """The key was used for a request that said something else."""

    code = "key_used_otherwise"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a status and a text, byte for byte."""

    status: int
    body: str
    is_repeated: bool = False


def answer_once(
    *,
    actor: User,
    route: str,
    key: str,
    request_body: bytes,
    at: datetime,
    answer: Callable[[], tuple[int, str]],
    for_ever: bool = False,
) -> Answer:
    """
    Do what `answer` does, once per person, route and key, and return what it said.

    The answer is kept in the transaction of the deed, so that a crash loses both or neither.
    A refusal is not kept: nothing happened, and the next try may be luckier.

    :raises AnswerUnderWay: the same key is being worked on.
    :raises KeyUsedOtherwise: the key came with another body before.
    """
    fingerprint = salted_hmac("choicebook.answers", request_body, algorithm="sha256").digest()
    with transaction.atomic():
        _claim(actor, route, key)
        kept = KeptAnswer.objects.filter(user=actor, route=route, key=key).first()
        if kept is not None:
            if not constant_time_compare(bytes(kept.fingerprint), fingerprint):
                raise KeyUsedOtherwise(
                    "This Idempotency-Key came with another request before. Use a new one."
                )
            return Answer(kept.status, kept.body, is_repeated=True)
        status, body = answer()
        KeptAnswer.objects.create(
            user=actor,
            route=route,
            key=key,
            fingerprint=fingerprint,
            status=status,
            body=body,
            answered_at=at,
            is_kept_for_ever=for_ever,
        )
    return Answer(status, body)


@contextmanager
def one_at_a_time(thing: str) -> Iterator[None]:
    """Hold a thing by its name: whoever else asks for it so waits until this transaction ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"thing {thing}"]
            )
        yield


def forget_answers(*, at: datetime) -> int:
    """Drop the answers that were kept long enough, and return how many."""
    old = KeptAnswer.objects.filter(is_kept_for_ever=False, answered_at__lt=at - KEPT_FOR)
    dropped, _ = old.delete()
    return dropped


def _claim(actor: User, route: str, key: str) -> None:
    # Not a row lock: the second request must hear “under way” at once, not wait for the first.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"answer {actor.pk} {route} {key}"],
        )
        (claimed,) = cursor.fetchone()
    if not claimed:
        raise AnswerUnderWay("The same request is being answered now. Ask again in a moment.")
