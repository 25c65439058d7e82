"""Disputes: a charge is never edited, it is contested, and what is owed for it held."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from ledger import chart
from ledger.charging import earned_by, money, tax_between
from ledger.models.awards import Acceptance, Award, Dispute, Milestone
from ledger.owing import owed_for
from ledger.permissions import may_commit_department
from ledger.posting import EntryKind, Line
from ledger.promising import post
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Office, Role, User
from marketplace.money import Money
from marketplace.notices import holders, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class NothingCharged(Refusal):
    """Only what was accepted, and so charged, can be contested."""

    code = "nothing_charged"
    field = "milestone"


class DisputeClosed(Refusal):
    """The days for contesting this charge are over."""

    code = "dispute_closed"
    field = "milestone"


class AmountAboveCharge(Refusal):
    """No more can be contested than was charged and is not contested yet."""

    code = "amount_above_charge"
    field = "amount"


@transaction.atomic(savepoint=False)
def raise_dispute(
    *, actor: User, milestone_id: UUID, amount: Money, reason: str, at: datetime
) -> Dispute:
    """
    Contest a charge, or a part of it. What a vendor is owed for it is held until finance settles
    the dispute; a team's recovery is only marked.

    :raises Unknown: the actor cannot see the milestone.
    :raises Forbidden: only the head of the department contests a charge.
    :raises NothingCharged, DisputeClosed, AmountAboveCharge, ReasonMissing: the rules say no.
    """
    milestone = Milestone.objects.visible_to(actor).one(milestone_id)
    award = Award.objects.visible_to(actor).lock(milestone.award_id)
    require(may_commit_department(actor, award))
    _refuse_contesting(milestone, award=award, amount=amount, reason=reason, at=at)

    dispute = Dispute.objects.create(
        milestone=milestone,
        amount_minor=amount.minor,
        reason=keep(reason, at=at),
        raised_by=actor,
        raised_at=at,
    )
    _hold(dispute, award=award, actor=actor, at=at)
    record_dispute(
        actor=actor, kind="dispute.raised", dispute=dispute, award=award, amount=amount, at=at
    )
    tell(
        "dispute.raised",
        recipients=[*holders(Office.FINANCE), *people_of_provider(award.provider, Role.LEAD)],
        text=f"{award.department} contests {amount} of “{milestone.title}”. Finance settles it.",
        because="you settle it, or it is about your work",
        at=at,
        job=award.job,
        subject=dispute,
    )
    return dispute


def _refuse_contesting(
    milestone: Milestone, *, award: Award, amount: Money, reason: str, at: datetime
) -> None:
    """Refuse a dispute that the rules do not allow."""
    accepted = Acceptance.objects.filter(milestone=milestone).select_related("delivery").first()
    if accepted is None or not accepted.delivery.amount_minor:
        raise NothingCharged("Nothing has been charged for this milestone yet.")
    until = accepted.accepted_at + timedelta(days=award.job.policy.dispute_days)
    if at >= until:
        raise DisputeClosed(f"A charge can be contested until {until:%d %B %Y, %H:%M} UTC.")
    # What is contested, or was credited; what a settlement gave back can be contested again.
    disputes = Dispute.objects.filter(milestone=milestone)
    waiting = disputes.filter(resolution=None).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    credited = disputes.aggregate(sum=Sum("resolution__credit_minor"))["sum"] or 0
    left = money(award, accepted.delivery.amount_minor - waiting - credited)
    if amount.minor <= 0 or amount > left:
        raise AmountAboveCharge(f"Contest more than zero and up to {left}.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what is wrong.")


def _hold(dispute: Dispute, *, award: Award, actor: User, at: datetime) -> None:
    """
    Hold what the vendor is still owed for what is contested, tax included: what is payable first,
    then what was kept back (entry 11 of the chart). What was paid out already cannot be held, and a
    team is not paid: its recovery is only marked.
    """
    if award.provider.is_in_house:
        return
    contested = (
        money(award, dispute.amount_minor) + tax_between(award, 0, dispute.amount_minor)
    ).minor
    owed = owed_for(dispute.milestone_id, award.pk)
    payable = min(contested, owed.payable)
    retained = min(contested - payable, owed.retained)
    earned = earned_by(award, dispute.milestone_id)
    post(
        award=award,
        actor=actor,
        kind=EntryKind.DISPUTED,
        source=dispute.pk,
        at=at,
        lines=[
            Line.debit(chart.VENDOR_PAYABLE, money(award, payable), **earned),
            Line.debit(chart.RETENTION, money(award, retained), **earned),
            Line.credit(chart.DISPUTE_HOLD, money(award, payable + retained), **earned),
        ],
    )


def record_dispute(
    *, actor: User, kind: str, dispute: Dispute, award: Award, amount: Money, at: datetime
) -> None:
    record(
        actor,
        kind,
        dispute,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "milestone": str(dispute.milestone_id),
            "amount_minor": amount.minor,
            "currency": amount.currency,
        },
    )
