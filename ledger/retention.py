"""Keeping back a part of what a vendor is owed, and giving it when its days are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ledger import chart
from ledger.charging import earned_by, money
from ledger.models.awards import Award, Dispute, Milestone
from ledger.models.retentions import Release, Retention
from ledger.owing import owed_for
from ledger.permissions import may_commit_department, may_release_by_time
from ledger.posting import EntryKind, Line
from ledger.promising import post
from ledger.recovering import recover
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.notices import people_of_provider, tell
from marketplace.refusals import Refusal, require


class AlreadyReleased(Refusal):
    """What was kept back is given once."""

    code = "already_released"


class NotDueYet(Refusal):
    """The clock releases only when the days that were agreed are over."""

    code = "not_due_yet"


class StillContested(Refusal):
    """While a charge is contested, what was kept back of it stays."""

    code = "still_contested"


def keep_back(*, milestone: Milestone, award: Award, amount: Money, at: datetime) -> None:
    """Note what was kept back of an accepted milestone, and until when; nothing is no row."""
    if amount:
        Retention.objects.create(
            milestone=milestone,
            amount_minor=amount.minor,
            due_at=at + timedelta(days=award.job.policy.retention_days),
        )


@transaction.atomic(savepoint=False)
def release_retention(
    *, actor: User, retention_id: UUID, at: datetime, by_time: bool = False
) -> Release:
    """
    Give a vendor what was kept back of a milestone, less what was credited of it (entry 6b of the
    chart). The head may do so at any time, the clock when the days are over.

    :raises Unknown: the actor cannot see the retention.
    :raises Forbidden: it is not the actor's to release.
    :raises AlreadyReleased, StillContested, NotDueYet: the rules say no.
    """
    retention = Retention.objects.visible_to(actor).select_related("milestone").one(retention_id)
    award = Award.objects.visible_to(actor).lock(retention.milestone.award_id)
    require(may_release_by_time(actor) if by_time else may_commit_department(actor, award))
    if Release.objects.filter(retention=retention).exists():
        raise AlreadyReleased("What was kept back was given before.")
    if Dispute.objects.filter(milestone=retention.milestone, resolution=None).exists():
        raise StillContested("The charge is contested. Once finance has settled it, release this.")
    if by_time and at < retention.due_at:
        raise NotDueYet(f"It is kept back until {retention.due_at:%d %B %Y, %H:%M} UTC.")

    release = _release(retention, award=award, actor=actor, at=at)
    _record(release, award=award, actor=actor, at=at)
    return release


def _release(retention: Retention, *, award: Award, actor: User, at: datetime) -> Release:
    milestone_id = retention.milestone_id
    amount = money(award, owed_for(milestone_id, award.pk).retained)
    release = Release.objects.create(
        retention=retention, amount_minor=amount.minor, released_by=actor, released_at=at
    )
    earned = earned_by(award, milestone_id)
    post(
        award=award,
        actor=actor,
        kind=EntryKind.RETENTION_RELEASED,
        source=retention.pk,
        at=at,
        lines=[
            Line.debit(chart.RETENTION, amount, **earned),
            Line.credit(chart.VENDOR_PAYABLE, amount, **earned),
        ],
    )
    recover(actor=actor, award=award, milestone_id=milestone_id, source=retention.pk, at=at)
    return release


def _record(release: Release, *, award: Award, actor: User, at: datetime) -> None:
    retention, amount = release.retention, money(award, release.amount_minor)
    record(
        actor,
        "retention.released",
        retention,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "milestone": str(retention.milestone_id),
            "amount_minor": amount.minor,
            "currency": amount.currency,
        },
    )
    tell(
        "retention.released",
        recipients=people_of_provider(award.provider),
        text=f"{amount}, kept back of “{retention.milestone.title}”, is owed to you now.",
        because="it is your work",
        at=at,
        job=award.job,
        subject=retention,
    )
