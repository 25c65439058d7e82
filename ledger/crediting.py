"""Settling a dispute: a credit to the department, in full, in part or none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger import chart
from ledger.bearing import Share, shares, summed
from ledger.budgeting import Booking
from ledger.charging import (
    about,
    clearing_lines,
    cost_lines,
    credited_minor,
    earned_by,
    money,
    tax_between,
)
from ledger.disputing import record_dispute
from ledger.models.awards import Award, Dispute, Resolution
from ledger.owing import held_by
from ledger.periods import period_corrected
from ledger.permissions import may_resolve
from ledger.posting import BudgetMove, EntryKind, Line
from ledger.pricing import recovered_between
from ledger.promising import paying_lines, post
from marketplace.models.people import Role, User
from marketplace.money import Money
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class CreditAboveDispute(Refusal):
    """No more can be credited than was contested."""

    code = "credit_above_dispute"
    field = "credit"


class AlreadyResolved(Refusal):
    """A dispute is settled once."""

    code = "already_resolved"


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
    record_dispute(
        actor=actor, kind="dispute.resolved", dispute=dispute, award=award, amount=credit, at=at
    )
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


def _settle(
    resolution: Resolution, *, award: Award, before: int, actor: User, at: datetime
) -> None:
    """Book a settlement: the credit, its fee, and what was held (entries 12 to 12f)."""
    dispute, milestone_id = resolution.dispute, resolution.dispute.milestone_id
    after = before + resolution.credit_minor
    credit = money(award, resolution.credit_minor)
    given = tuple(_turned(share) for share in shares(award, before, after))
    paying = paying_lines(award, at)
    post(
        award=award,
        actor=actor,
        kind=EntryKind.CREDITED,
        source=dispute.pk,
        at=at,
        bookings=[
            Booking(budget_moves=(BudgetMove(line, charged=share.total.minor),))
            for share, line in zip(given, paying, strict=True)
        ],
        lines=[
            *_given_by(dispute, award=award, credit=credit, before=before),
            *clearing_lines(award, -credit, summed(given).cost, milestone_id),
            *cost_lines(award, given, paying, milestone_id),
            Line.credit(chart.FEE_RECOVERY, summed(given).fee, **about(award, milestone_id)),
        ],
        corrects_period=period_corrected(milestone_id),
    )


def _turned(share: Share) -> Share:
    return Share(share.department, share.account, -share.cost, -share.fee)


def _given_by(dispute: Dispute, *, award: Award, credit: Money, before: int) -> list[Line]:
    """
    Return who bears a credit: the team; or the vendor, out of what was held. What had been paid to
    the vendor before it was contested is to be had back (entry 12c), and what is held beyond the
    credit is owed again: first what was kept back, so that it goes on being kept.
    """
    earned = earned_by(award, dispute.milestone_id)
    if award.provider.is_in_house:
        given_back = recovered_between(award, before, before + credit.minor)
        company = about(award, dispute.milestone_id)
        return [
            Line.debit(chart.PROVIDER_RECOVERY, given_back, **earned),
            Line.credit(chart.CENTRAL_SUBSIDY, given_back - credit, **company),
        ]
    # Rounded on the running total, it may exceed by one unit the tax on what is contested.
    tax = min(
        tax_between(award, before, before + credit.minor),
        tax_between(award, 0, dispute.amount_minor),
    )
    was = held_by(dispute.pk)
    taken = min((credit + tax).minor, was.held)
    retained = min(was.held - taken, was.retained)
    return [
        Line.debit(chart.DISPUTE_HOLD, money(award, was.held), **earned),
        Line.debit(chart.VENDOR_RECEIVABLE, credit + tax - money(award, taken), **earned),
        Line.credit(chart.RECOVERABLE_TAX, tax, **about(award, dispute.milestone_id)),
        Line.credit(chart.RETENTION, money(award, retained), **earned),
        Line.credit(chart.VENDOR_PAYABLE, money(award, was.held - taken - retained), **earned),
    ]
