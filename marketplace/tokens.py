"""Tokens: a program acts as a person, within scopes, until a day."""

from __future__ import annotations

import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from marketplace.models.people import User
from marketplace.models.tokens import Scope, Token
from marketplace.refusals import Refusal

PREFIX = "cb_"
DIGITS = string.digits + string.ascii_letters
SECRET_LENGTH = 40  # 238 bits
CHECKSUM_LENGTH = 6
DAYS_MAX = 365


class ScopeUnknown(Refusal):
    """There is no such scope, or none was named."""

    code = "scope_unknown"
    field = "scopes"


class TokenLivesTooLong(Refusal):
    """A token ends within a year, and not before it begins."""

    code = "token_lives_too_long"
    field = "expires_at"


class TokenNameMissing(Refusal):
    """A token says what it is for."""

    code = "token_name_missing"
    field = "name"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What its owner may see of a token: everything but the token."""

    id: UUID
    name: str
    beginning: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment at which it can be read."""

    id: UUID
    secret: str
    facts: TokenFacts


def scopes() -> list[tuple[str, str]]:
    """Return every scope with what it allows, in words."""
    return [(scope.value, str(scope.label)) for scope in Scope]


@transaction.atomic
def issue_token(
    *,
    actor: User,
    name: str,
    scopes: Collection[str],
    expires_at: datetime,
    at: datetime,
) -> NewToken:
    """
    Give the person a token for a program of theirs. It is returned once and never again.

    :raises TokenNameMissing, ScopeUnknown, TokenLivesTooLong: the rules say no.
    """
    if not name.strip():
        raise TokenNameMissing("Say what the token is for.")
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown or not scopes:
        raise ScopeUnknown(f"Choose among {', '.join(Scope.values)}.")
    if not at < expires_at <= at + timedelta(days=DAYS_MAX):
        raise TokenLivesTooLong(f"A token lives {DAYS_MAX} days at most.")

    secret = _new_secret()
    token = Token.objects.create(
        user=actor,
        name=name.strip()[:80],
        beginning=secret[:9],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        issued_at=at,
        expires_at=expires_at,
    )
    return NewToken(id=token.id, secret=secret, facts=_facts(token))


@transaction.atomic
def revoke_token(*, actor: User, token_id: UUID, at: datetime) -> TokenFacts:
    """
    End a token now. One that has ended stays as it is.

    :raises Unknown: it is not the actor's.
    """
    token = Token.objects.of(actor).lock(token_id)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return _facts(token)


def my_tokens(*, actor: User) -> list[TokenFacts]:
    """Return the person's tokens, the newest first."""
    return [_facts(token) for token in Token.objects.of(actor).order_by("-issued_at", "id")]


def digest_of(secret: str) -> bytes:
    """Return what is kept of a token."""
    return sha256(secret.encode()).digest()


def looks_like_a_token(text: str) -> bool:
    """Whether a text has a token's shape and checksum: what secret scanners look for."""
    body = text.removeprefix(PREFIX)
    if body == text or len(body) != SECRET_LENGTH + CHECKSUM_LENGTH or not body.isascii():
        return False
    return _checksum(body[:SECRET_LENGTH]) == body[SECRET_LENGTH:]


def _new_secret() -> str:
    secret = "".join(secrets.choice(DIGITS) for _ in range(SECRET_LENGTH))
    return f"{PREFIX}{secret}{_checksum(secret)}"


def _checksum(secret: str) -> str:
    number, digits = zlib.crc32(secret.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


def _facts(token: Token) -> TokenFacts:
    return TokenFacts(
        id=token.id,
        name=token.name,
        beginning=token.beginning,
        scopes=tuple(token.scopes),
        issued_at=token.issued_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        revoked_at=token.revoked_at,
    )
