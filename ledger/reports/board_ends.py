"""What a delivery board says beside the milestones: overrides, retentions, the end of the work."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from ledger import chart
from ledger.models.awards import Award, Milestone
from ledger.models.cancellations import CancellationOffer
from ledger.models.journal import EntryKind, Posting
from ledger.models.retentions import Retention
from ledger.permissions import may_agree_to_end
from ledger.reports.board_parts import BoardEnd, BoardOverride, BoardRetention
from ledger.reports.states import noted
from marketplace.models.people import User
from marketplace.money import Money


def override_on(award: Award) -> BoardOverride | None:
    """Return what an award replaced; None where the choice is the department's own."""
    first, override = award.replaces, getattr(award, "override", None)
    if first is None or override is None:
        return None
    return BoardOverride(
        first_provider_name=first.provider.name,
        first_price=first.price,
        first_chosen_by=first.chosen_by.name,
        payer_name=override.department.name,
        difference=Money(override.difference_minor, award.currency),
    )


def with_fees(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """Let each milestone carry the fee as it was booked, or shown, with its charge."""
    account = chart.FEE_RECOVERY
    booked = Posting.objects.filter(
        milestone=OuterRef("pk"),
        account__code__in=[account, chart.SHOWN[account]],
        entry__kind=EntryKind.CHARGED,
    )
    return milestones.annotate(
        fee_minor=Subquery(booked.values("credit_minor")[:1]),
        fee_currency=Subquery(booked.values("currency")[:1]),
    )


def fee_on(milestone: Milestone) -> Money | None:
    """Return the fee that `with_fees` found; None where nothing was charged, or none with it."""
    minor = noted(milestone, "fee_minor")
    return None if minor is None else Money(minor, noted(milestone, "fee_currency"))


def end_on(award: Award, actor: User) -> BoardEnd | None:
    """Return the newest offer to end the work, with its agreement; None without any."""
    offers: list[CancellationOffer] = list(award.cancellation_offers.all())
    if not offers:
        return None
    ended = getattr(award, "cancellation", None)
    offer = max(offers, key=lambda each: each.offered_at)
    is_over = ended is not None or hasattr(award, "completion")
    if is_over and ended is None:
        return None  # the work was finished: what was offered before is past
    return BoardEnd(
        offer_id=offer.pk,
        fee=Money(offer.fee_minor, award.currency),
        reason=offer.reason.text,
        offered_by=offer.offered_by.name,
        offered_at=offer.offered_at,
        offered_by_provider=offer.by_provider,
        agreed_at=ended.agreed_at if ended else None,
        agreed_by=ended.agreed_by.name if ended else "",
        can_agree=not is_over and may_agree_to_end(actor, offer, award),
    )


def retention_on(
    milestone: Milestone, award: Award, *, binds_department: bool
) -> BoardRetention | None:
    """Return what is kept back of a milestone; None where nothing is."""
    kept: Retention | None = getattr(milestone, "retention", None)
    if kept is None:
        return None
    release = getattr(kept, "release", None)
    contested = any(not hasattr(each, "resolution") for each in milestone.disputes.all())
    return BoardRetention(
        retention_id=kept.pk,
        amount=Money(kept.amount_minor, award.currency),
        due_at=kept.due_at,
        released_at=release.released_at if release else None,
        released=Money(release.amount_minor, award.currency) if release else None,
        can_release=release is None and not contested and binds_department,
    )


def charge_until(milestone: Milestone, award: Award) -> datetime | None:
    """Return until when what was sent back may be charged without leave."""
    deliveries = list(milestone.deliveries.all())
    if not deliveries or hasattr(milestone, "late_charge") or hasattr(milestone, "acceptance"):
        return None
    first = min(delivery.delivered_at for delivery in deliveries)
    return first + timedelta(days=award.job.policy.charging_days)
