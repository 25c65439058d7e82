"""
The outbox of webhooks. What is sealed in the log is laid out for each address that asked for it:
nothing of a sealed bid is in the log, so nothing of one can be in a message.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from marketplace.history import moment
from marketplace.models.log import LogLeaf
from marketplace.models.people import User
from marketplace.models.webhooks import Webhook, WebhookMessage
from marketplace.outward import NotPublic, NotReached, address_of, post
from marketplace.webhooks import MessageFacts, lock_webhook, message_facts, secrets_in_use

log = structlog.stdlib.get_logger("choicebook.webhooks")

AT_ONCE = 1000
GONE = 410
CLAIMED_FOR = timedelta(minutes=2)  # a worker that took so long is gone
# Three days in all; the receiver's own trouble is over by then, or somebody looks at the page.
PAUSES = [
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
    *(timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20)),
    timedelta(hours=20),
]
# What an event of the record is called outside. What is not named here is told to nobody.
TOLD_AS: Mapping[str, tuple[str, ...]] = {
    "job.published": ("job.published",),
    "award.made": ("award.decided",),
    "award.cancelled": ("award.cancelled",),
    "award.overridden": ("award.decided",),
    "award.withdrawn": ("award.cancelled",),
    "award.replaced": ("award.cancelled",),  # by an override, which tells of its own choice
    "delivery.accepted": ("charge.made",),
    "dispute.resolved": ("charge.corrected",),
    "correction.signed": ("charge.corrected",),
    "budget.granted": ("budget.granted",),
    "budget.moved": ("budget.moved",),
    "period.closed": ("period.closed", "statement.ready"),
    "rating.revealed": ("rating.revealed",),
}


def lay_out_messages(*, at: datetime) -> int:
    """Write a message for each sealed event and each address that asked for it; return how many."""
    return sum(_lay_out(id, at=at) for id in Webhook.objects.live().values_list("pk", flat=True))


def tell_webhooks(
    kind: str, *, occurrence: str, data: Mapping[str, Any], at: datetime
) -> list[WebhookMessage]:
    """Write a message about what is no event of the record; told twice, it is written once."""
    told = WebhookMessage.objects.filter(webhook=OuterRef("pk"), kind=kind, occurrence=occurrence)
    webhooks = Webhook.objects.live().filter(~Exists(told), kinds__contains=[kind])
    return _write((webhook, kind, occurrence, at, data) for webhook in webhooks)


def is_wanted(kind: str) -> bool:
    """Whether any address is told of it."""
    return Webhook.objects.live().filter(kinds__contains=[kind]).exists()


@transaction.atomic
def try_webhook(*, actor: User, webhook_id: UUID, at: datetime) -> MessageFacts:
    """
    Write a message that says nothing, to see whether it arrives.

    :raises Unknown, Forbidden, WebhookEnded: as with `webhooks.rotate_secret`.
    """
    webhook = lock_webhook(actor, webhook_id)
    data = {"id": str(webhook.pk)}
    (message,) = _write([(webhook, "webhook.tried", moment(at), at, data)])
    return message_facts(message)


def send_due_messages(*, at: datetime, limit: int = 100) -> int:
    """
    Send what is due, and return how many were taken. Called outside a transaction: none is held
    while a receiver thinks. A message may come twice when the worker dies in between: its id says
    so. Each is stamped with the moment at which it goes out, however long those before it took.
    """
    due = WebhookMessage.objects.due(at).order_by("due_at", "pk")
    begun = monotonic()
    taken = 0
    for id in list(due.values_list("pk", flat=True)[:limit]):
        taken += _send(id, at=at + timedelta(seconds=int(monotonic() - begun)))
    return taken


@transaction.atomic
def _lay_out(webhook_id: UUID, *, at: datetime) -> int:
    webhook = Webhook.objects.select_for_update(skip_locked=True).filter(pk=webhook_id).first()
    if webhook is None:  # another worker is at it
        return 0
    leaves = list(
        LogLeaf.objects.filter(position__gte=webhook.position)
        .select_related("event")
        .order_by("position")[:AT_ONCE]
    )
    if not leaves:
        return 0
    written = _write(
        (webhook, kind, str(leaf.position), leaf.event.happened_at, _data(leaf))
        for leaf in leaves
        for kind in _kinds(leaf)
        if kind in webhook.kinds
    )
    webhook.position = leaves[-1].position + 1
    webhook.save(update_fields=["position"])
    return len(written)


def _kinds(leaf: LogLeaf) -> tuple[str, ...]:
    """Return what a sealed event is called outside; a dispute settled without a credit, nothing."""
    kind = leaf.event.kind
    if kind == "dispute.resolved" and not json.loads(leaf.event.body)["amount_minor"]:
        return ()
    return TOLD_AS.get(kind, ())


def _data(leaf: LogLeaf) -> dict[str, Any]:
    """Return ids alone: whoever may read more asks for it with a token."""
    event = leaf.event
    data: dict[str, Any] = {"id": str(event.subject_id), "position": leaf.position}
    if event.job_id:
        data["job_id"] = str(event.job_id)
    period = json.loads(event.body).get("period")
    return data | ({"period": period} if period else {})


def _write(
    told: Iterable[tuple[Webhook, str, str, datetime, Mapping[str, Any]]],
) -> list[WebhookMessage]:
    messages = [
        WebhookMessage(
            webhook=webhook,
            kind=kind,
            occurrence=occurrence,
            body=json.dumps(
                {"type": kind, "timestamp": moment(at), "data": data}, separators=(",", ":")
            ),
            told_at=at,
            due_at=at,
        )
        for webhook, kind, occurrence, at, data in told
    ]
    return WebhookMessage.objects.bulk_create(messages, ignore_conflicts=True)


def _send(message_id: UUID, *, at: datetime) -> bool:
    message = _claimed(message_id, at=at)
    if message is None:
        return False
    status, problem = _posted(message, at=at)
    _note(message, status=status, problem=problem, at=at)
    if problem:
        log.warning("webhook not taken", message=str(message.pk), problem=problem)
    return not problem


@transaction.atomic
def _claimed(message_id: UUID, *, at: datetime) -> WebhookMessage | None:
    """Take a message, so that no other worker sends it for a while; None where one has it."""
    due = WebhookMessage.objects.due(at).select_related("webhook")
    message = due.select_for_update(of=("self",), skip_locked=True).filter(pk=message_id).first()
    if message is not None:
        message.due_at = at + CLAIMED_FOR
        message.save(update_fields=["due_at"])
    return message


@transaction.atomic
def _note(message: WebhookMessage, *, status: int, problem: str, at: datetime) -> None:
    """Write what became of a message, and when it is tried next."""
    message.tries, message.tried_at, message.problem = message.tries + 1, at, problem
    if not problem:
        message.taken_at, message.due_at = at, None
    elif message.tries <= len(PAUSES):
        message.due_at = at + PAUSES[message.tries - 1]
    else:
        message.due_at = None
    message.save(update_fields=["tries", "tried_at", "problem", "taken_at", "due_at"])
    if status == GONE:
        ended = Webhook.objects.live().filter(pk=message.webhook_id)
        ended.update(ended_at=at, ended_because="The receiver answered that it is gone (410).")


def _posted(message: WebhookMessage, *, at: datetime) -> tuple[int, str]:
    """Send a message; return the status, and why it was not taken."""
    try:
        address = address_of(message.webhook.address)
        status = post(address, message.body.encode(), headers_of(message, at=at))
    except (NotPublic, NotReached) as reason:
        return 0, str(reason)[:300]
    except Exception:  # whatever it was, the next message is still due
        log.exception("webhook failed", message=str(message.pk))
        return 0, "It could not be sent. It has been noted."
    return status, "" if 200 <= status < 300 else f"It answered {status}."


def headers_of(message: WebhookMessage, *, at: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks; two signatures while a secret is being rotated."""
    stamp = str(int(at.timestamp()))
    signed = f"{message.pk}.{stamp}.{message.body}".encode()
    signatures = [
        hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256")
        for secret in secrets_in_use(message.webhook, at=at)
    ]
    return {
        "Content-Type": "application/json",
        "User-Agent": "choicebook",
        "webhook-id": str(message.pk),
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join("v1," + base64.b64encode(one).decode() for one in signatures),
    }
