"""`Idempotency-Key`: a request that is sent again, because the line broke, does nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from marketplace.answers import KEY_LENGTH_MAX, answer_once

if TYPE_CHECKING:
    from marketplace.models.people import User
    from marketplace.project.clock import ReceivedRequest

HEADER = "Idempotency-Key"


def answered_once(
    request: Request, answer: Callable[[], tuple[int, str]], *, for_ever: bool
) -> HttpResponse:
    """
    Return the answer to a request that must have one effect: the first one, however often sent.

    :raises ValidationError: the key is missing or too long.
    """
    answered = answer_once(
        actor=cast("User", request.user),
        route=f"{request.method} {request.path}",
        key=_key(request),
        request_body=json.dumps(request.data, sort_keys=True, separators=(",", ":")).encode(),
        at=cast("ReceivedRequest", request).received_at,
        answer=answer,
        for_ever=for_ever,
    )
    response = HttpResponse(answered.body, "application/json", answered.status)
    if answered.is_repeated:
        response["Idempotent-Replayed"] = "true"
    return response


def _key(request: Request) -> str:
    key = request.headers.get(HEADER, "").strip()
    if not key:
        raise ValidationError(
            {HEADER: "Send a key of your own, a new one for each thing you want done."},
            "idempotency_key_missing",
        )
    if len(key) > KEY_LENGTH_MAX or not key.isprintable():
        raise ValidationError(
            {HEADER: f"A key has at most {KEY_LENGTH_MAX} printable characters."},
            "idempotency_key_malformed",
        )
    return key
