"""
What accepted work moves in the books, and what a credit moves back. The job is locked by the
verb that calls: the sums read here change under that lock alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, Sum

from bids.models.bids import OpenedPrice
from ledger import chart
from ledger.bearing import Share, is_converted, shares, summed
from ledger.models.awards import Acceptance, Award, ChangeOrder, Delivery, Resolution
from ledger.posting import About, EntryKind, Line
from ledger.pricing import recovered_between
from ledger.promising import commitments_of, liquidate, post
from ledger.rates import part_of
from marketplace.compiled import Kept
from marketplace.models.people import User
from marketplace.money import Money


def about(award: Award, milestone_id: UUID | None) -> About:
    """Return what every posting on a milestone says of itself."""
    return {
        "category": award.job.category_id,
        "job": award.job_id,
        "award": award.pk,
        "milestone": milestone_id,
        "provider": award.provider_id,
    }


def earned_by(award: Award, milestone_id: UUID | None) -> About:
    """A team's recovery stands with the team's department, a vendor's claim with the company."""
    return {**about(award, milestone_id), "department": award.provider.department_id}


def money(award: Award, minor: int) -> Money:
    return Money(minor, award.currency)


def tax_between(award: Award, before: int, after: int) -> Money:
    """
    Return the recoverable tax that a vendor adds to what comes on top of `before` to make
    `after`. Of running totals, so that the taxes of the parts are the tax of the whole.
    """
    if award.provider.is_in_house:
        return money(award, 0)
    price = _price_of.first(award.bid_id)
    if price is None:
        raise OpenedPrice.DoesNotExist(f"The price of {award!r} was never opened.")
    if not price.tax_minor or not price.quoted_minor:
        return money(award, 0)
    then = part_of(before, price.tax_minor, price.quoted_minor)
    return money(award, part_of(after, price.tax_minor, price.quoted_minor) - then)


def retained_between(award: Award, before: int, after: int) -> Money:
    """Return what is kept back of a part of a vendor's price, likewise; of a team's, nothing."""
    if award.provider.is_in_house:
        return money(award, 0)
    rate = award.retention_basis_points
    return money(award, after).share(rate) - money(award, before).share(rate)


def accepted_minor(award: Award) -> int:
    """Return what has been accepted of an award so far, net and before any credit."""
    return sum(_accepted.all(award.pk))


@Kept
def _accepted(award: UUID) -> QuerySet[Delivery, int]:
    accepted = Delivery.objects.filter(milestone__award=award, acceptance__isnull=False)
    return accepted.values_list("amount_minor", flat=True)


@Kept
def _price_of(bid: UUID) -> QuerySet[OpenedPrice]:
    return OpenedPrice.objects.filter(pk=bid)


def promised_minor(award: Award) -> int:
    """Return what the award promises now, net: its price and every change agreed since."""
    agreed = ChangeOrder.objects.filter(award=award, agreed_at__isnull=False)
    return award.price_minor + (agreed.aggregate(sum=Sum("difference_minor"))["sum"] or 0)


def credited_minor(award: Award) -> int:
    """Return what has been credited on an award so far, net."""
    credits = Resolution.objects.filter(dispute__milestone__award=award)
    return credits.aggregate(sum=Sum("credit_minor"))["sum"] or 0


def charge_department(*, actor: User, acceptance: Acceptance, award: Award, at: datetime) -> Money:
    """
    Move accepted work and the fee on it from promised to charged, and credit what the team
    recovers or the vendor is owed (entries 4c, 6, 7, 8 and 20 of the chart). Return what was kept
    back of it.

    :raises InsufficientFunds: it exceeds what was promised, and the budget lacks the rest.
    """
    delivery = acceptance.delivery
    amount = money(award, delivery.amount_minor)
    after = accepted_minor(award)  # this one is in it already
    before = after - amount.minor
    borne = shares(award, before, after)
    held = commitments_of(award=award, actor=actor, at=at)
    recovered = recovered_between(award, before, after)
    kept = retained_between(award, before, after)
    tax = tax_between(award, before, after)
    company = about(award, delivery.milestone_id)
    earned = earned_by(award, delivery.milestone_id)
    post(
        award=award,
        actor=actor,
        kind=EntryKind.CHARGED,
        source=delivery.pk,
        at=at,
        bookings=[
            liquidate(award=award, commitment=commitment, share=share)
            for share, commitment in zip(borne, held, strict=True)
        ],
        lines=[
            *cost_lines(
                award, borne, [each.budget_line_id for each in held], delivery.milestone_id
            ),
            Line.credit(chart.FEE_RECOVERY, summed(borne).fee, **company),
            *clearing_lines(award, amount, summed(borne).cost, delivery.milestone_id),
            Line.debit(chart.RECOVERABLE_TAX, tax, **company),
            Line.debit(chart.CENTRAL_SUBSIDY, recovered - amount, **company),
            Line.credit(chart.earning_account(award.provider), recovered + tax - kept, **earned),
            Line.credit(chart.RETENTION, kept, **earned),
        ],
    )
    return kept


def cost_lines(
    award: Award,
    borne: Iterable[Share],
    paying: Iterable[UUID],
    milestone_id: UUID | None,
) -> list[Line]:
    """Return what each department is charged, price and fee; each names its budget line."""
    lines = []
    for share, line in zip(borne, paying, strict=True):
        cost: About = {
            **about(award, milestone_id),
            "department": share.department,
            "budget_line": line,
        }
        lines += [
            Line.debit(share.account, share.cost, **cost),
            Line.debit(chart.MARKETPLACE_FEE, share.fee, **cost),
        ]
    return lines


def clearing_lines(
    award: Award, amount: Money, cost: Money, milestone_id: UUID | None
) -> list[Line]:
    """Return what joins two currencies: what is owed in the one, what it costs in the other."""
    if not is_converted(award):
        return []
    company = about(award, milestone_id)
    return [
        Line.debit(chart.CURRENCY_CLEARING, amount, **company),
        Line.credit(chart.CURRENCY_CLEARING, cost, **company),
    ]
