"""
What accepted work moves in the books, and what a credit moves back. The job is locked by the
verb that calls: the sums read here change under that lock alone.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from bids.models.bids import OpenedPrice
from ledger import chart
from ledger.budgeting import fee_of, liquidate
from ledger.carrying import standing_commitment
from ledger.models.awards import Acceptance, Award, ChangeOrder, Delivery, Resolution
from ledger.posting import About, EntryKind, Line
from ledger.pricing import recovered_between
from ledger.showback import post_for
from marketplace.models.people import User
from marketplace.money import Money


def about(award: Award, milestone_id: UUID) -> About:
    """Return what every posting on a milestone says of itself."""
    return {
        "category": award.job.category_id,
        "job": award.job_id,
        "award": award.pk,
        "milestone": milestone_id,
        "provider": award.provider_id,
    }


def charged_to(award: Award, milestone_id: UUID, *, line: UUID) -> About:
    """Return what a posting says that moves the department's cost: it names the budget line."""
    return {**about(award, milestone_id), "department": award.department_id, "budget_line": line}


def earned_by(award: Award, milestone_id: UUID) -> About:
    """A team's recovery stands with the team's department, a vendor's claim with the company."""
    return {**about(award, milestone_id), "department": award.provider.department_id}


def money(award: Award, minor: int) -> Money:
    return Money(minor, award.currency)


def fee_between(award: Award, before: int, after: int) -> Money:
    """
    Return the fee on what comes on top of `before` to make `after`. Of running totals, so that
    the fees of the parts add up to the fee of the whole, whatever was rounded.
    """
    return fee_of(award, money(award, after)) - fee_of(award, money(award, before))


def tax_between(award: Award, before: int, after: int) -> Money:
    """Return the recoverable tax that a vendor adds to a part of its price, likewise."""
    if award.provider.is_in_house:
        return money(award, 0)
    price = OpenedPrice.objects.get(pk=award.bid_id)
    if not price.tax_minor or not price.quoted_minor:
        return money(award, 0)

    def tax(amount: int) -> int:  # rounded half up, in whole numbers
        twice = 2 * amount * price.tax_minor + price.quoted_minor
        return twice // (2 * price.quoted_minor)

    return money(award, tax(after) - tax(before))


def accepted_minor(award: Award) -> int:
    """Return what has been accepted of an award so far, net and before any credit."""
    accepted = Delivery.objects.filter(milestone__award=award, acceptance__isnull=False)
    return accepted.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def promised_minor(award: Award) -> int:
    """Return what the award promises now, net: its price and every change agreed since."""
    agreed = ChangeOrder.objects.filter(award=award, agreed_at__isnull=False)
    return award.price_minor + (agreed.aggregate(sum=Sum("difference_minor"))["sum"] or 0)


def credited_minor(award: Award) -> int:
    """Return what has been credited on an award so far, net."""
    credits = Resolution.objects.filter(dispute__milestone__award=award)
    return credits.aggregate(sum=Sum("credit_minor"))["sum"] or 0


def charge_department(*, actor: User, acceptance: Acceptance, award: Award, at: datetime) -> None:
    """
    Move accepted work and the fee on it from promised to charged, and credit what the team
    recovers or the vendor is owed (entries 6, 7 and 8 of the chart).

    :raises InsufficientFunds: it exceeds what was promised, and the budget lacks the rest.
    """
    delivery = acceptance.delivery
    milestone_id = delivery.milestone_id
    amount = money(award, delivery.amount_minor)
    after = accepted_minor(award)  # this one is in it already
    before = after - amount.minor
    fee = fee_between(award, before, after)
    tax = tax_between(award, before, after)
    if not amount + fee:
        return  # work without a price moves nothing
    commitment = standing_commitment(award=award, actor=actor, at=at)
    used = liquidate(award=award, commitment=commitment, amount=amount + fee)
    cost = charged_to(award, milestone_id, line=commitment.budget_line_id)
    company, earned = about(award, milestone_id), earned_by(award, milestone_id)
    recovered = recovered_between(award, before, after)
    post_for(
        award=award,
        actor=actor,
        kind=EntryKind.CHARGED,
        source=delivery.pk,
        at=at,
        lines=[
            *used.lines,
            Line.debit(chart.charge_account(award.provider), amount, **cost),
            Line.debit(chart.RECOVERABLE_TAX, tax, **company),
            Line.debit(chart.CENTRAL_SUBSIDY, recovered - amount, **company),
            Line.credit(chart.earning_account(award.provider), recovered + tax, **earned),
            Line.debit(chart.MARKETPLACE_FEE, fee, **cost),
            Line.credit(chart.FEE_RECOVERY, fee, **company),
        ],
        budget_moves=used.budget_moves,
        commitment_moves=used.commitment_moves,
    )
