"""Webhooks: addresses of other systems that are told what happened (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from marketplace.history import record
from marketplace.log.tree import log_size
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.models.webhooks import Webhook, WebhookMessage
from marketplace.outward import NotPublic, address_of
from marketplace.permissions import may_run_webhooks
from marketplace.refusals import Refusal, require

FOR_WHOM = "Webhooks are for finance and administrators."
BOTH_SIGN_FOR = timedelta(hours=24)  # after a rotation, the old secret signs beside the new one
KINDS = {
    "job.published": "A job was published",
    "award.decided": "A bid was chosen",
    "award.cancelled": "An award was called off",
    "charge.made": "Work was accepted and charged",
    "charge.corrected": "A charge was reduced, or an entry corrected",
    "budget.granted": "A budget was granted",
    "budget.moved": "Budget was moved",
    "budget.threshold": "A budget is used to 80 or to 100 per cent",
    "period.closed": "A month was closed",
    "statement.ready": "The statements of a month are final",
    "rating.revealed": "Ratings were opened",
    "webhook.tried": "A trial, sent on demand",
}


class AddressNotPublic(Refusal):
    """A webhook is sent by https, to a public address or one that the operator named."""

    code = "address_not_public"
    field = "address"


class KindUnknown(Refusal):
    """Nothing of this kind is sent, or none was named."""

    code = "kind_unknown"
    field = "kinds"


class WebhookEnded(Refusal):
    """Nothing is sent to it any more."""

    code = "webhook_ended"


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """An address, and how it is doing."""

    id: UUID
    address: str
    purpose: str
    kinds: tuple[str, ...]
    added_by: str
    added_at: datetime
    rotated_at: datetime | None
    ended_at: datetime | None
    ended_because: str
    waiting: int
    given_up: int
    taken_at: datetime | None  # when it last took one
    problem: str  # why it did not take the last one


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """What the receiver checks our signatures with."""

    id: UUID
    secret: str
    facts: WebhookFacts


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message, and what became of it."""

    id: UUID
    kind: str
    body: str
    told_at: datetime
    tries: int
    tried_at: datetime | None
    due_at: datetime | None
    taken_at: datetime | None
    problem: str

    @property
    def is_given_up(self) -> bool:
        return self.taken_at is None and self.due_at is None


@transaction.atomic
def add_webhook(
    *, actor: User, address: str, purpose: str, kinds: Collection[str], at: datetime
) -> WebhookSecret:
    """
    Have an address told of what happens from now on. The answer holds the secret.

    :raises Forbidden: the actor is neither of finance nor an administrator.
    :raises AddressNotPublic, KindUnknown: the rules say no.
    """
    _require_office(actor)
    if not kinds or set(kinds) - KINDS.keys():
        raise KindUnknown(f"Choose among {', '.join(KINDS)}.")
    try:
        address_of(address)
    except NotPublic as reason:
        raise AddressNotPublic(str(reason)) from None
    webhook = Webhook.objects.create(
        address=address,
        purpose=purpose.strip()[:80],
        kinds=sorted(set(kinds)),
        position=log_size(),
        added_by=actor,
        added_at=at,
    )
    host = urlsplit(address).hostname or ""
    facts = {"host": host, "kinds": " ".join(webhook.kinds)}
    record(actor, "webhook.added", webhook, at=at, audience=Audience.COMPANY, facts=facts)
    return WebhookSecret(webhook.pk, secret_of(webhook), _facts(webhook))


@transaction.atomic
def rotate_secret(*, actor: User, webhook_id: UUID, at: datetime) -> WebhookSecret:
    """
    Give a webhook a new secret; for a day the old one signs beside it.

    :raises Unknown, Forbidden: it is not there, or not theirs.
    :raises WebhookEnded: nothing is sent to it.
    """
    webhook = lock_webhook(actor, webhook_id)
    webhook.generation += 1
    webhook.rotated_at = at
    webhook.save(update_fields=["generation", "rotated_at"])
    record(actor, "webhook.rotated", webhook, at=at, audience=Audience.COMPANY)
    return WebhookSecret(webhook.pk, secret_of(webhook), _facts(webhook))


@transaction.atomic
def end_webhook(*, actor: User, webhook_id: UUID, at: datetime) -> WebhookFacts:
    """
    Send nothing more to an address. What waits for it stays unsent.

    :raises Unknown, Forbidden, WebhookEnded: as with `rotate_secret`.
    """
    webhook = lock_webhook(actor, webhook_id)
    webhook.ended_at = at
    webhook.ended_because = f"{actor.name} ended it."[:200]
    webhook.save(update_fields=["ended_at", "ended_because"])
    record(actor, "webhook.ended", webhook, at=at, audience=Audience.COMPANY)
    return _facts(webhook)


@transaction.atomic
def send_again(*, actor: User, webhook_id: UUID, message_id: UUID, at: datetime) -> MessageFacts:
    """
    Put a message into the outbox once more, with the same id and body.

    :raises Unknown, Forbidden, WebhookEnded: as with `rotate_secret`.
    """
    webhook = lock_webhook(actor, webhook_id)
    message = WebhookMessage.objects.filter(webhook=webhook).lock(message_id)
    message.due_at, message.tries, message.taken_at = at, 0, None
    message.save(update_fields=["due_at", "tries", "taken_at"])
    return message_facts(message)


def webhooks(*, actor: User) -> list[WebhookFacts]:
    """Return every address, the live ones first. :raises Forbidden: not theirs to see."""
    _require_office(actor)
    found = Webhook.objects.select_related("added_by").order_by("-added_at", "pk")
    return sorted(map(_facts, found), key=lambda one: one.ended_at is not None)


def webhook_messages(*, actor: User, webhook_id: UUID) -> list[MessageFacts]:
    """
    Return what was laid out for an address, the newest first, a thousand at most.

    :raises Unknown, Forbidden: it is not there, or not theirs.
    """
    _require_office(actor)
    webhook = Webhook.objects.one(webhook_id)
    found = WebhookMessage.objects.filter(webhook=webhook).order_by("-told_at", "pk")[:1000]
    return [message_facts(message) for message in found]


def secrets_in_use(webhook: Webhook, *, at: datetime) -> list[str]:
    """Return the secrets that sign now: the newest first, the one before it for a day."""
    both = webhook.rotated_at is not None and at < webhook.rotated_at + BOTH_SIGN_FOR
    return [secret_of(webhook, before) for before in range(2 if both else 1)]


def secret_of(webhook: Webhook, before: int = 0) -> str:
    """Return a webhook's secret, or that of so many rotations before."""
    told = f"{webhook.pk} {webhook.generation - before}"
    key = salted_hmac("choicebook.webhooks", told, algorithm="sha256").digest()
    return "whsec_" + base64.b64encode(key).decode()


def message_facts(message: WebhookMessage) -> MessageFacts:
    """Return what may be seen of a message."""
    return MessageFacts(
        id=message.pk,
        kind=message.kind,
        body=message.body,
        told_at=message.told_at,
        tries=message.tries,
        tried_at=message.tried_at,
        due_at=message.due_at,
        taken_at=message.taken_at,
        problem=message.problem,
    )


def _require_office(actor: User) -> None:
    require(may_run_webhooks(actor), FOR_WHOM)


def lock_webhook(actor: User, webhook_id: UUID) -> Webhook:
    """
    Return a webhook, locked.

    :raises Unknown, Forbidden, WebhookEnded: as with `rotate_secret`.
    """
    _require_office(actor)
    webhook = Webhook.objects.lock(webhook_id)
    if webhook.ended_at is not None:
        raise WebhookEnded("Nothing is sent to this address any more; add it anew.")
    return webhook


def _facts(webhook: Webhook) -> WebhookFacts:
    messages = WebhookMessage.objects.filter(webhook=webhook)
    last = messages.exclude(tried_at=None).order_by("-tried_at").first()
    taken = messages.exclude(taken_at=None).order_by("-taken_at").first()
    return WebhookFacts(
        id=webhook.pk,
        address=webhook.address,
        purpose=webhook.purpose,
        kinds=tuple(webhook.kinds),
        added_by=webhook.added_by.name,
        added_at=webhook.added_at,
        rotated_at=webhook.rotated_at,
        ended_at=webhook.ended_at,
        ended_because=webhook.ended_because,
        waiting=messages.exclude(due_at=None).count(),
        given_up=messages.filter(due_at=None, taken_at=None).count(),
        taken_at=taken.taken_at if taken else None,
        problem=last.problem if last else "",
    )
