"""Somebody of the cast, signed in, at the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from marketplace.models.people import User
from tests.builders import DAY
from tests.cast import Cast
from tests.ledger.builders import grant

SignIn = Callable[[User], Client]


@pytest.fixture
def as_person() -> SignIn:
    """Return a browser in which this person has just signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What one test reads in German, the next does not."""
    with translation.override("en"):
        yield


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def maya(cast: Cast, as_person: SignIn, now: datetime) -> Client:
    """Maya, who heads Marketing, which has a budget this year."""
    grant(cast, at=now - 60 * DAY)
    return as_person(cast.maya)


@pytest.fixture
def company(founded: Cast) -> Cast:
    """The company of the tests, with commits that are real; past moments are allowed."""
    return founded
