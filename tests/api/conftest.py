"""Machines that knock: each person of the cast with a client of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from marketplace.models.people import User
from marketplace.tokens import issue_token, scopes
from tests.cast import Cast, assemble_again

ROOT = "/api/v1/"
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


class Machine:
    """Speaks for one person by a token. Each request has the transaction that a server gives it."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send one request; a POST gets a fresh Idempotency-Key unless one is given."""
        sent = {**self.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid4().hex)
        with transaction.atomic():
            return self.client.generic(
                method,
                path if path.startswith("/") else ROOT + path,
                json.dumps(body, default=str) if body is not None else b"",
                content_type="application/json",
                headers={name: text for name, text in sent.items() if text},
            )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any) -> Any:
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.ask("DELETE", path)


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble_again(at=NOW - 300 * DAY)


@pytest.fixture
def machine_of() -> Callable[..., Machine]:
    def make(person: User, *only: str) -> Machine:
        token = issue_token(
            actor=person,
            name="tests",
            scopes=only or [scope for scope, _ in scopes()],
            expires_at=NOW + 30 * DAY,
            at=NOW - DAY,
        )
        return Machine(token.secret)

    return make


@pytest.fixture
def nobody(db: None) -> Machine:
    return Machine()


@pytest.fixture
def maya(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.maya)


@pytest.fixture
def rolf(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.rolf)


@pytest.fixture
def sam(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.sam)


@pytest.fixture
def pia(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.pia)


@pytest.fixture
def vera(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.vera)


@pytest.fixture
def otto(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.otto)


@pytest.fixture
def fin(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.fin)


@pytest.fixture
def ada(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.ada)


@pytest.fixture
def adam(cast: Cast, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(cast.adam)
