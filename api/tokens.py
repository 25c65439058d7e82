"""Tokens of the person who asks. A token is shown once, when it is issued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Nothing, Strict
from api.fields import MomentField, WordField
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import SESSION, Asked, Resource, operation
from marketplace.tokens import NewToken, TokenFacts, issue_token, my_tokens, revoke_token, scopes

TokenOut = paper(
    TokenFacts,
    "id",
    "name",
    "beginning",
    "scopes",
    "issued_at",
    "expires_at",
    "used_at",
    "revoked_at",
)
NewTokenOut = paper(NewToken, "id", "secret", "facts")


class TokenBody(Strict):
    """What a token is for, what it may do, and until when."""

    name = WordField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(scopes()), allow_empty=False, max_length=20
    )
    expires_at = MomentField()


class Tokens(Resource):
    """/tokens/"""

    @operation("List my tokens", scope=SESSION, answers=TokenOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Yours alone; without the tokens themselves."""
        return sliced(my_tokens(actor=asked.actor), **asked.page)

    @operation("Issue a token", scope=SESSION, body=TokenBody, answers=NewTokenOut, status=201)
    def post(self, asked: Asked) -> NewToken:
        """The answer holds the token; it is never shown again."""
        return issue_token(actor=asked.actor, at=asked.at, **asked.body)


class TokenRevocation(Resource):
    """/tokens/{id}/revocation/"""

    @operation("Revoke a token", scope=SESSION, body=Nothing, answers=TokenOut)
    def post(self, asked: Asked, token_id: UUID) -> Any:
        """From now on it opens nothing."""
        return revoke_token(actor=asked.actor, token_id=token_id, at=asked.at)
