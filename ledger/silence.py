"""Silence is acceptance, as was promised. Where it cannot be booked, people hear of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from ledger.acceptance import AlreadyAccepted, AlreadyReturned, accept_delivery
from ledger.models.awards import Acceptance, Delivery
from marketplace.models.events import Notice
from marketplace.models.people import Office, Role, User
from marketplace.notices import holders, people_of_department, tell
from marketplace.refusals import Refusal

STUCK = "delivery.not_accepted"


def silent_deliveries(at: datetime) -> QuerySet[Delivery]:
    """Return what nobody answered in time; what could not be accepted before comes last."""
    return (
        Delivery.objects.waiting()
        .filter(silent_at__lte=at)
        .annotate(is_stuck=Exists(Notice.objects.filter(kind=STUCK, subject_id=OuterRef("pk"))))
        .order_by("is_stuck", "silent_at", "id")
    )


def accept_silent(*, actor: User, delivery_id: UUID, at: datetime) -> Acceptance:
    """
    Accept a delivery that nobody answered. Where the rules say no, finance and the department's
    heads are told, once for a delivery; it is tried again.

    :raises: as `accept_delivery`.
    """
    try:
        with transaction.atomic():
            return accept_delivery(actor=actor, delivery_id=delivery_id, at=at, by_silence=True)
    except (AlreadyAccepted, AlreadyReturned):
        raise
    except Refusal as refusal:
        _tell_once(delivery_id, refusal, at=at)
        raise


def _tell_once(delivery_id: UUID, refusal: Refusal, *, at: datetime) -> None:
    if Notice.objects.filter(kind=STUCK, subject_id=delivery_id).exists():
        return
    delivery = Delivery.objects.select_related("milestone__award__job").get(pk=delivery_id)
    award = delivery.milestone.award
    tell(
        STUCK,
        recipients=[
            *holders(Office.FINANCE),
            *people_of_department(award.department, Role.HEAD),
        ],
        text=f"Work for “{award.job.title}” was to be accepted by silence and could not be:"
        f" {refusal.text} It is tried again by itself.",
        because="the provider was promised it, and it needs budget or an open month",
        at=at,
        job=award.job,
        subject=delivery,
    )
