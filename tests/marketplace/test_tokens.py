"""Tokens: a program of a person's, within scopes, until a day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.callers import caller_of
from marketplace.models.people import User
from marketplace.models.tokens import Token
from marketplace.refusals import Unknown
from marketplace.tokens import (
    ScopeUnknown,
    TokenLivesTooLong,
    TokenNameMissing,
    issue_token,
    looks_like_a_token,
    my_tokens,
    revoke_token,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def fin() -> User:
    return User.objects.create(email="fin@example.test", name="Fin", joined_at=NOON)


@pytest.fixture
def ada() -> User:
    return User.objects.create(email="ada@example.test", name="Ada", joined_at=NOON)


def issue(actor: User, **changes):
    wanted = {
        "name": "month end",
        "scopes": ["reports:read"],
        "expires_at": NOON + timedelta(days=30),
        "at": NOON,
    }
    return issue_token(actor=actor, **(wanted | changes))


def test_a_token_stands_for_its_person_and_scopes(fin):
    token = issue(fin)

    caller = caller_of(secret=token.secret, at=NOON)

    assert caller is not None
    assert (caller.user, caller.scopes) == (fin, frozenset({"reports:read"}))
    assert (caller.user.name, caller.user.email) == ("Fin", "fin@example.test")


def test_the_secret_is_nowhere_in_the_database(fin):
    token = issue(fin)

    row = Token.objects.values().get()
    assert all(token.secret not in str(value) for value in row.values())
    assert token.secret.startswith(row["beginning"])


def test_a_token_ends_at_its_moment(fin):
    token = issue(fin, expires_at=NOON + MINUTE)

    assert caller_of(secret=token.secret, at=NOON + MINUTE) is None


def test_a_revoked_token_opens_nothing(fin):
    token = issue(fin)

    revoke_token(actor=fin, token_id=token.id, at=NOON + MINUTE)

    assert caller_of(secret=token.secret, at=NOON + MINUTE) is None


def test_a_token_of_someone_who_left_opens_nothing(fin):
    token = issue(fin)
    User.objects.filter(pk=fin.pk).update(is_active=False)

    assert caller_of(secret=token.secret, at=NOON) is None


def test_the_last_use_is_noted_to_the_minute(fin):
    token = issue(fin)

    caller_of(secret=token.secret, at=NOON)
    caller_of(secret=token.secret, at=NOON + timedelta(seconds=30))
    assert my_tokens(actor=fin)[0].used_at == NOON

    caller_of(secret=token.secret, at=NOON + 2 * MINUTE)
    assert my_tokens(actor=fin)[0].used_at == NOON + 2 * MINUTE


def test_a_mistyped_token_fails_its_checksum(fin):
    secret = issue(fin).secret

    assert looks_like_a_token(secret)
    assert not looks_like_a_token(secret[:-1] + ("a" if secret[-1] != "a" else "b"))
    assert not looks_like_a_token("cb_é" + secret[4:])
    assert not looks_like_a_token("")


def test_nobody_revokes_or_sees_anothers_token(fin, ada):
    token = issue(fin)

    with pytest.raises(Unknown):
        revoke_token(actor=ada, token_id=token.id, at=NOON)
    assert my_tokens(actor=ada) == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"scopes": []}, ScopeUnknown),
        ({"scopes": ["everything"]}, ScopeUnknown),
        ({"expires_at": NOON + timedelta(days=366)}, TokenLivesTooLong),
        ({"expires_at": NOON}, TokenLivesTooLong),
        ({"name": "  "}, TokenNameMissing),
    ],
)
def test_a_token_without_bounds_is_refused(fin, changes, refusal):
    with pytest.raises(refusal):
        issue(fin, **changes)

    assert not Token.objects.exists()


def test_the_database_too_keeps_tokens_within_a_year(fin):
    issue(fin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.update(expires_at=NOON + timedelta(days=400))
