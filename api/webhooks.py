"""Addresses of other systems that are told what happened, and what became of each message."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Nothing, Strict
from api.fields import WordField
from api.paging import Listed, sliced
from api.papers import paper
from api.resource import SESSION, Asked, Resource, operation
from marketplace import webhooks as hooks
from marketplace.messaging import try_webhook

WebhookOut = paper(
    hooks.WebhookFacts,
    *("id", "address", "purpose", "kinds", "added_by", "added_at", "rotated_at", "ended_at"),
    *("ended_because", "waiting", "given_up", "taken_at", "problem"),
    title="Webhook",
)
WebhookSecretOut = paper(hooks.WebhookSecret, "id", "secret", "facts")
MessageOut = paper(
    hooks.MessageFacts,
    *("id", "kind", "body", "told_at", "tries", "tried_at", "due_at", "taken_at", "problem"),
    title="WebhookMessage",
)


class WebhookBody(Strict):
    """Where to, what for, and of what."""

    address = serializers.URLField(max_length=500)
    purpose = WordField(max_length=80)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(list(hooks.KINDS.items())), allow_empty=False, max_length=20
    )


class Webhooks(Resource):
    """/webhooks/"""

    @operation("List webhooks", scope=SESSION, answers=WebhookOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """Every address with how it is doing. For finance and administrators."""
        return sliced(hooks.webhooks(actor=asked.actor), **asked.page)

    @operation(
        "Add a webhook", scope=SESSION, body=WebhookBody, answers=WebhookSecretOut, status=201
    )
    def post(self, asked: Asked) -> Any:
        """From now on the address is told; the answer holds the secret that signs."""
        return hooks.add_webhook(actor=asked.actor, at=asked.at, **asked.body)


class WebhookRotation(Resource):
    """/webhooks/{id}/rotation/"""

    @operation("Rotate a webhook's secret", scope=SESSION, body=Nothing, answers=WebhookSecretOut)
    def post(self, asked: Asked, webhook_id: UUID) -> Any:
        """A new secret; for a day both sign."""
        return hooks.rotate_secret(actor=asked.actor, webhook_id=webhook_id, at=asked.at)


class WebhookEnd(Resource):
    """/webhooks/{id}/end/"""

    @operation("End a webhook", scope=SESSION, body=Nothing, answers=WebhookOut)
    def post(self, asked: Asked, webhook_id: UUID) -> Any:
        """Nothing more is sent to it."""
        return hooks.end_webhook(actor=asked.actor, webhook_id=webhook_id, at=asked.at)


class WebhookTrial(Resource):
    """/webhooks/{id}/trial/"""

    @operation("Try a webhook", scope=SESSION, body=Nothing, answers=MessageOut, status=201)
    def post(self, asked: Asked, webhook_id: UUID) -> Any:
        """Lays out a message that says nothing, to see whether it arrives."""
        return try_webhook(actor=asked.actor, webhook_id=webhook_id, at=asked.at)


class WebhookMessages(Resource):
    """/webhooks/{id}/messages/"""

    @operation("List a webhook's messages", scope=SESSION, answers=MessageOut, paged=True)
    def get(self, asked: Asked, webhook_id: UUID) -> Listed:
        """What was laid out for it, the newest first, with each one's fate."""
        found = hooks.webhook_messages(actor=asked.actor, webhook_id=webhook_id)
        return sliced(found, **asked.page)


class WebhookReplay(Resource):
    """/webhooks/{id}/messages/{message_id}/replay/"""

    @operation("Send a message again", scope=SESSION, body=Nothing, answers=MessageOut)
    def post(self, asked: Asked, webhook_id: UUID, message_id: UUID) -> Any:
        """With the same id and the same body, from the next turn of the worker on."""
        return hooks.send_again(
            actor=asked.actor, webhook_id=webhook_id, message_id=message_id, at=asked.at
        )
