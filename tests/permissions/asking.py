"""One person asks one operation about one situation; what the answer says of their permission."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.transaction import Atomic
from django.test import Client

from api.examples import sample
from tests.cast import Cast
from tests.permissions.forms import NEXT_MONTH, TYPED, Forms
from tests.permissions.operations import Operation, described, shapes
from tests.permissions.world import ROLES

MAY, UNKNOWN, SIGN_IN = "may", "404", "401"
# Refusals that speak of who asks, though the thing is theirs to see.
PERSONAL = {"conflict_of_sides", "own_job", "own_provider", "own_office", "sits_with_two"}
# What a body of the API has to say of a name.
SAID = {
    "closes_at": f"{NEXT_MONTH:%Y-%m-%dT%H:%M:00Z}",
    "expires_at": f"{NEXT_MONTH:%Y-%m-%dT%H:%M:00Z}",
    "from_period": f"{NEXT_MONTH:%Y-%m}",
    "until_period": f"{NEXT_MONTH:%Y-%m}",
    "period": f"{datetime.now(UTC):%Y-%m}",
    "fiscal_year": datetime.now(UTC).year,
    "into": "USD",
}
# What a body calls otherwise than an address does.
CALLED = {
    "from_line_id": "line_id",
    "to_department_id": "department_id",
    "department": "department_id",
    "provider": "provider_id",
    "invite": "provider_id",
    "invited": "provider_id",
    "job": "job_id",
    "bid": "bid_id",
    "user": "user_id",
    "parent_id": "department_id",
}


@contextmanager
def undone() -> Iterator[None]:
    """
    Undo afterwards whatever is done. A verb ends its transaction with its refusal; here it stands
    inside another one, so each is given a savepoint to end with.
    """
    entered = Atomic.__enter__

    def enter(self: Any) -> None:
        before, self.savepoint = self.savepoint, True
        try:
            entered(self)
        finally:
            self.savepoint = before

    with transaction.atomic(), patch.object(Atomic, "__enter__", enter):
        yield
        transaction.set_rollback(True)


class People:
    """The nine, each with a browser in which they have just signed in."""

    def __init__(self, cast: Cast) -> None:
        self.seen: dict[str, bytes] = {}  # the first page with a form at each path
        self.clients = {role: Client(raise_request_exception=False) for role in ROLES}
        for role, name in ROLES.items():
            if name:
                self.clients[role].force_login(getattr(cast, name))

    def ask(
        self,
        role: str,
        operation: Operation,
        ids: dict[str, Any],
        sent: Any = None,
        *,
        question: str = "",
    ) -> Any:
        """Return the answer, read whole; whatever it did is undone."""
        with undone():
            path = asked_for(operation, ids)
            if question:
                path += ("&" if "?" in path else "?") + question
            if sent is None and operation.is_api:
                sent = _file_of(operation, ids)
            answer = self._send(self.clients[role], operation, path, sent)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.whole = body
        if operation.verb == "GET" and answer.status_code == 200 and b'method="post"' in body:
            self.seen.setdefault(operation.path(ids), body)
        return answer

    def _send(self, client: Client, operation: Operation, path: str, sent: Any) -> Any:
        if operation.verb == "GET":
            return client.get(path)
        if not operation.is_api:
            return client.post(path, sent or {})
        if sent and _files_of(operation):
            return client.post(path, sent)
        headers = {"Idempotency-Key": uuid4().hex}
        body = json.dumps(sent) if sent is not None else ""
        kind = "application/json"
        return client.generic(operation.verb, path, body, content_type=kind, headers=headers)


def _files_of(operation: Operation) -> Any:
    """Return the shape of what is sent with a file, where one is."""
    told = described().get((operation.address, operation.verb), {})
    return told.get("requestBody", {}).get("content", {}).get("multipart/form-data", {})


def _file_of(operation: Operation, ids: dict[str, Any]) -> dict[str, Any] | None:
    """Return a small file with whatever else has to be said of it."""
    shape = _files_of(operation).get("schema")
    if not shape:
        return None
    said = _about(sample(shape, shapes()), ids)
    return said | {"file": SimpleUploadedFile("plan.txt", b"A plan.")}


def verdict(answer: Any) -> str:
    """Return what an answer says about the one who asked, whatever it says about the state."""
    code = answer.status_code
    if code == 401 or (code == 302 and answer["Location"].startswith("/accounts/sign-in/")):
        return SIGN_IN
    if code == 409 and answer["Content-Type"] == "application/problem+json":
        return str(code) if answer.json()["code"] in PERSONAL else MAY
    # A 400 says nothing of anybody: what was sent could not be read.
    return str(code) if code in (400, 403, 404, 405) or code >= 500 else MAY


def body_of(operation: Operation, ids: dict[str, Any]) -> Any:
    """Return the least that the description wants, about the things of this situation."""
    told = described()[operation.address, operation.verb]
    body = told.get("requestBody", {}).get("content", {}).get("application/json")
    return _about(sample(body["schema"], shapes()), ids) if body else None


def asked_for(operation: Operation, ids: dict[str, Any]) -> str:
    """Return an address with what its description cannot do without."""
    if not operation.is_api or operation.verb != "GET":
        return operation.path(ids)
    told = described().get((operation.address, "GET"), {}).get("parameters", ())
    wanted = [one for one in told if one["in"] == "query" and one.get("required")]
    said = {
        one["name"]: _about(sample(one["schema"], shapes()), ids, one["name"]) for one in wanted
    }
    return operation.path(ids) + ("?" + urlencode(said) if said else "")


def _about(said: Any, ids: dict[str, Any], name: str = "") -> Any:
    if isinstance(said, dict):
        return {key: _about(value, ids, key) for key, value in said.items()}
    if isinstance(said, list):
        return [_about(one, ids, name.removesuffix("s")) for one in said]
    name = CALLED.get(name, name)
    if name in SAID | TYPED:
        return (TYPED | SAID)[name]
    known = ids.get(name) if name not in ("kind", "what") else None  # these are words of addresses
    return str(known or said) if isinstance(said, str) else said


def form_of(people: People, operation: Operation, ids: dict[str, Any]) -> dict[str, str]:
    """Return what somebody who sees the form would send; empty where nobody sees one."""
    path = operation.path(ids)
    if path not in people.seen:
        for role in ("HD", "VU", "FI", "AD", "AU", "PL", "RQ"):
            people.ask(role, Operation(operation.address, "GET"), ids)
            if path in people.seen:
                break
    return Forms(people.seen.get(path, b"").decode(), path).fields


def sent_to(people: People, operation: Operation, ids: dict[str, Any]) -> Any:
    """Return what is sent with an operation: what its own form, or its description, asks for."""
    if operation.verb == "GET":
        return None
    return body_of(operation, ids) if operation.is_api else form_of(people, operation, ids)


def masked(answer: Any, *asked: dict[str, Any]) -> bytes:
    """
    Return an answer without what is random, and without the ids that were asked for: those of both
    answers that are compared, for a page also leads to what is the reader's own.
    """
    body: bytes = answer.whole
    for one in (one for ids in asked for one in ids.values()):
        if len(str(one)) >= 36:  # a short word stands anywhere
            body = body.replace(str(one).encode(), b"#")
    body = re.sub(rb'nonce[-=]"?[A-Za-z0-9_+/=-]+', b"nonce", body)
    body = re.sub(rb'(csrfmiddlewaretoken" value="|"X-CSRFToken":\s*")[A-Za-z0-9]+', b"csrf", body)
    return str(answer.status_code).encode() + body
