"""The work after a choice: milestones, what was handed over, accepted, returned, changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from ledger.models.awards import (
    Award,
    ChangeOrder,
    Delivery,
    Dispute,
    Milestone,
)
from ledger.models.cancellations import CancellationOffer
from ledger.permissions import may_rate
from ledger.reports.board_ends import end_on, override_on, with_fees
from ledger.reports.board_parts import (
    Board,
    BoardChange,
    BoardDelivery,
    BoardDispute,
    BoardEnd,
    BoardMilestone,
    BoardOverride,
    BoardRetention,
    Foreseen,
)
from ledger.reports.board_rows import BoardReader, milestone_on
from ledger.reports.custody import rate_until
from ledger.reports.reading import reader_of
from ledger.showback import is_shown
from ledger.standstill import standstill_until
from marketplace.models.people import User
from marketplace.money import Money, total
from marketplace.refusals import Unknown

__all__ = [
    "Board",
    "BoardChange",
    "BoardDelivery",
    "BoardDispute",
    "BoardEnd",
    "BoardMilestone",
    "BoardOverride",
    "BoardRetention",
    "Foreseen",
    "delivery_board",
]


def delivery_board(*, actor: User, job_id: UUID, at: datetime) -> Board:
    """
    Return the milestones of a job's award, for the department, the provider, finance, auditors.

    :raises Unknown: there is no award on such a job that the actor may see.
    """
    award = _award(actor, job_id)
    side = reader_of(actor).side(award.department_id)
    desk = BoardReader.of(actor, award, at, side=side)
    milestones = tuple(milestone_on(each, desk) for each in award.milestones.all())
    completion = getattr(award, "completion", None)
    until = rate_until(award) if completion else None
    price, agreed = award.price, total((each.agreed for each in milestones), award.currency)
    return Board(
        award_id=award.pk,
        job_id=award.job_id,
        reference=award.job.reference,
        title=award.job.title,
        department_id=award.department_id,
        department_name=award.department.name,
        provider_id=award.provider_id,
        provider_name=award.provider.name,
        provider_is_in_house=award.provider.is_in_house,
        side=side,
        chosen_at=award.chosen_at,
        chosen_by=award.chosen_by.name,
        reason_label=award.get_reason_code_display(),
        reason=award.reason.text,
        is_shown_only=is_shown(award),
        price=price,
        fee=None if side == "provider" else agreed.share(award.fee_basis_points),
        changes=agreed - total((each.price for each in milestones), award.currency),
        accepted=total((each.charged for each in milestones if each.charged), award.currency),
        credited=_credited(milestones, award.currency),
        milestones=milestones,
        retained=_retained(milestones, award.currency),
        override=override_on(award),
        end=end_on(award, actor),
        can_offer_end=desk.is_going_on and _may_offer_end(desk),
        standstill_until=standstill_until(award),
        is_waiting=desk.is_waiting,
        can_decline=desk.is_going_on and _may_decline(desk),
        completed_at=completion.completed_at if completion else None,
        rate_until=until,
        can_rate=until is not None and at < until and _may_still_rate(actor, award),
    )


def _credited(milestones: tuple[BoardMilestone, ...], currency: str) -> Money:
    credits = (one.credit for each in milestones for one in each.disputes if one.credit)
    return total(credits, currency)


def _retained(milestones: tuple[BoardMilestone, ...], currency: str) -> Money:
    kept = (each.retention for each in milestones if each.retention)
    return total((one.amount for one in kept if not one.released_at), currency)


def _award(actor: User, job_id: UUID) -> Award:
    deliveries = Delivery.objects.select_related(
        "delivered_by", "note", "acceptance__accepted_by", "returned__missing"
    ).order_by("delivered_at")
    changes = ChangeOrder.objects.select_related(
        "reason", "proposed_by", "agreed_by", "award", "signature__signed_by"
    )
    disputes = Dispute.objects.select_related("reason", "raised_by", "resolution__reason")
    milestones = (
        with_fees(Milestone.objects.all())
        .select_related("acceptance", "retention__release", "late_charge")
        .prefetch_related(Prefetch("deliveries", deliveries))
        .prefetch_related(
            Prefetch("change_orders", changes.defer("award__comparison").order_by("proposed_at"))
        )
        .prefetch_related(Prefetch("disputes", disputes.order_by("raised_at")))
        .order_by("position")
    )
    offers = CancellationOffer.objects.select_related("reason", "offered_by")
    award = (
        Award.objects.visible_to(actor)
        .filter(job=job_id)
        .select_related(
            *("job__policy", "department", "provider", "chosen_by", "reason", "budget_line"),
            "completion",
            *("reveal", "standstill", "override__department", "cancellation__agreed_by"),
            *("replaces__provider", "replaces__chosen_by"),
        )
        .defer("comparison", "job__need", "replaces__comparison")
        .prefetch_related(Prefetch("cancellation_offers", offers))
        .prefetch_related(Prefetch("milestones", milestones))
        .prefetch_related("ratings")
        .first()
    )
    if award is None:
        raise Unknown("There is no such work.")
    return award


def _may_offer_end(desk: BoardReader) -> bool:
    return not desk.is_waiting and (desk.binds_department or desk.binds_provider)


def _may_decline(desk: BoardReader) -> bool:
    """The provider, while nothing was handed over and no change agreed."""
    parts = desk.award.milestones.all()
    changed = any(change.agreed_at for part in parts for change in part.change_orders.all())
    return desk.binds_provider and not changed and not any(part.deliveries.all() for part in parts)


def _may_still_rate(actor: User, award: Award) -> bool:
    if hasattr(award, "reveal"):
        return False
    rated = {rating.side for rating in award.ratings.all()}
    return any(
        may_rate(actor, award, side) for side in ("department", "provider") if side not in rated
    )
