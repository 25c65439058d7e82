"""Disputes and credits: a charge is never edited, it is contested and perhaps credited."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from ledger import chart
from ledger.carrying import paying_line
from ledger.charging import (
    about,
    charged_to,
    credited_minor,
    earned_by,
    fee_between,
    money,
    tax_between,
)
from ledger.models.awards import Acceptance, Award, Dispute, Milestone, Resolution
from ledger.permissions import may_commit_department, may_resolve
from ledger.posting import BudgetMove, EntryKind, Line, post_entry
from ledger.pricing import recovered_between
from ledger.showback import post_for
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Office, Role, User
from marketplace.money import Money
from marketplace.notices import holders, people_of_department, people_of_provider, tell
from marketplace.refusals import Refusal, require
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


class CreditAboveDispute(Refusal):
    """No more can be credited than was contested."""

    code = "credit_above_dispute"
    field = "credit"


class AlreadyResolved(Refusal):
    """A dispute is settled once."""

    code = "already_resolved"


class ReasonMissing(Refusal):
    """Both the dispute and its settlement say why."""

    code = "reason_missing"
    field = "reason"


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
    _record(actor, "dispute.raised", dispute, award=award, amount=amount, at=at)
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


@transaction.atomic(savepoint=False)
def resolve_dispute(
    *, actor: User, dispute_id: UUID, credit: Money, reason: str, at: datetime
) -> Resolution:
    """
    Settle a dispute: credit the department with all of it, a part or nothing, with the fee on
    it. What was held and is not credited is owed to the vendor again.

    :raises Unknown: the actor cannot see the dispute.
    :raises Forbidden: only finance settles disputes.
    :raises AlreadyResolved, CreditAboveDispute, ReasonMissing: the rules say no.
    """
    dispute = Dispute.objects.visible_to(actor).select_related("milestone").one(dispute_id)
    award = Award.objects.visible_to(actor).lock(dispute.milestone.award_id)
    require(may_resolve(actor))
    if Resolution.objects.filter(dispute=dispute).exists():
        raise AlreadyResolved("This dispute was settled before.")
    contested = money(award, dispute.amount_minor)
    if credit.minor < 0 or credit > contested:
        raise CreditAboveDispute(f"Credit nothing, or up to the {contested} that is contested.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why it is settled so.")

    before = credited_minor(award)
    resolution = Resolution.objects.create(
        dispute=dispute,
        credit_minor=credit.minor,
        reason=keep(reason, at=at),
        resolved_by=actor,
        resolved_at=at,
    )
    _settle(resolution, award=award, before=before, actor=actor, at=at)
    _record(actor, "dispute.resolved", dispute, award=award, amount=credit, at=at)
    tell(
        "dispute.resolved",
        recipients=[
            *people_of_department(award.department, Role.HEAD),
            *people_of_provider(award.provider, Role.LEAD),
        ],
        text=f"The dispute about “{dispute.milestone.title}” is settled: {credit} is credited.",
        because="you are on one side of it",
        at=at,
        job=award.job,
        subject=dispute,
    )
    return resolution


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
    """Hold what the vendor is owed for what is contested (entry 11 of the chart)."""
    if award.provider.is_in_house:
        return
    held = _held(dispute, award)
    earned = earned_by(award, dispute.milestone_id)
    post_entry(
        actor=actor,
        kind=EntryKind.DISPUTED,
        source=dispute.pk,
        at=at,
        lines=[
            Line.debit(chart.VENDOR_PAYABLE, held, **earned),
            Line.credit(chart.DISPUTE_HOLD, held, **earned),
        ],
    )


def _held(dispute: Dispute, award: Award) -> Money:
    tax = tax_between(award, 0, dispute.amount_minor)
    return money(award, dispute.amount_minor) + tax


def _settle(
    resolution: Resolution, *, award: Award, before: int, actor: User, at: datetime
) -> None:
    """Book a settlement: the credit, its fee, and what was held (entries 12, 12b and 12f)."""
    dispute = resolution.dispute
    after = before + resolution.credit_minor
    credit = money(award, resolution.credit_minor)
    fee = fee_between(award, before, after)
    line = paying_line(award, at)
    cost = charged_to(award, dispute.milestone_id, line=line.pk)
    company, earned = about(award, dispute.milestone_id), earned_by(award, dispute.milestone_id)
    if award.provider.is_in_house:
        given_back = recovered_between(award, before, after)
        lines = [
            Line.debit(chart.PROVIDER_RECOVERY, given_back, **earned),
            Line.credit(chart.CENTRAL_SUBSIDY, given_back - credit, **company),
        ]
    else:
        held = _held(dispute, award)
        # Rounded on the running total, it may exceed by one unit what was held of it.
        tax = min(tax_between(award, before, after), held - money(award, dispute.amount_minor))
        lines = [
            Line.debit(chart.DISPUTE_HOLD, held, **earned),
            Line.credit(chart.RECOVERABLE_TAX, tax, **company),
            Line.credit(chart.VENDOR_PAYABLE, held - credit - tax, **earned),
        ]
    lines += [
        Line.credit(chart.charge_account(award.provider), credit, **cost),
        Line.debit(chart.FEE_RECOVERY, fee, **company),
        Line.credit(chart.MARKETPLACE_FEE, fee, **cost),
    ]
    if not any(not part.is_empty for part in lines):
        return  # nothing was held and nothing is credited
    post_for(
        award=award,
        actor=actor,
        kind=EntryKind.CREDITED,
        source=dispute.pk,
        at=at,
        lines=lines,
        budget_moves=[BudgetMove(line.pk, charged=-(credit + fee).minor)],
    )


def _record(
    actor: User, kind: str, dispute: Dispute, *, award: Award, amount: Money, at: datetime
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
