"""A milestone on a delivery board, with what was handed over, changed and contested on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ledger.bearing import shares
from ledger.models.awards import (
    Acceptance,
    Award,
    ChangeOrder,
    Delivery,
    Dispute,
    Milestone,
)
from ledger.permissions import (
    may_accept,
    may_commit_department,
    may_commit_provider,
    may_deliver,
    may_resolve,
    may_sign,
    proposed_by_providers,
)
from ledger.reports.board_ends import charge_until, fee_on, retention_on
from ledger.reports.board_parts import (
    BoardChange,
    BoardDelivery,
    BoardDispute,
    BoardMilestone,
    Foreseen,
)
from ledger.reports.custody import end_of, waiting_delivery
from ledger.standstill import is_waiting
from marketplace.models.people import User
from marketplace.money import Money, total


@dataclass(frozen=True, slots=True)
class BoardReader:
    """What the reader may do with this award, asked once; and what is needed to say so."""

    award: Award
    at: datetime
    delivers: bool
    accepts: bool
    binds_department: bool
    binds_provider: bool
    resolves: bool
    actor: User
    by_provider: frozenset[UUID]  # the changes that the provider's side proposed
    is_going_on: bool
    is_waiting: bool  # a standstill runs, or an objection is open
    grown: int  # by the changes agreed so far
    accepted: int  # so far, net
    reads_as_provider: bool  # who is not told what the marketplace asks of the department

    @classmethod
    def of(cls, actor: User, award: Award, at: datetime, *, side: str) -> BoardReader:
        return cls(
            award=award,
            at=at,
            delivers=may_deliver(actor, award),
            accepts=may_accept(actor, award),
            binds_department=may_commit_department(actor, award),
            binds_provider=may_commit_provider(actor, award),
            resolves=may_resolve(actor),
            actor=actor,
            by_provider=frozenset(
                proposed_by_providers(
                    change for part in award.milestones.all() for change in part.change_orders.all()
                )
            ),
            is_going_on=not hasattr(award, "completion") and not hasattr(award, "cancellation"),
            is_waiting=is_waiting(award, at=at),
            grown=sum(
                change.difference_minor
                for part in award.milestones.all()
                for change in part.change_orders.all()
                if change.agreed_at
            ),
            accepted=sum(
                delivery.amount_minor
                for part in award.milestones.all()
                for delivery in part.deliveries.all()
                if hasattr(delivery, "acceptance")
            ),
            reads_as_provider=side == "provider",
        )

    def is_large(self, change: ChangeOrder) -> bool:
        """Whether a change that is not agreed yet needs a second head."""
        rule = self.award.job.policy.large_change_basis_points
        grown = self.grown + change.difference_minor
        return change.difference_minor > 0 and grown * 10_000 > self.award.price_minor * rule

    def money(self, minor: int) -> Money:
        return Money(minor, self.award.currency)


def milestone_on(milestone: Milestone, desk: BoardReader) -> BoardMilestone:
    """Return one milestone as the reader may see it, with what they may do on it."""
    acceptance: Acceptance | None = getattr(milestone, "acceptance", None)
    deliveries = list(milestone.deliveries.all())
    waiting = waiting_delivery(milestone)
    changes = list(milestone.change_orders.all())
    agreed = milestone.price_minor + sum(
        change.difference_minor for change in changes if change.agreed_at
    )
    is_open = acceptance is None and waiting is None and desk.is_going_on and not desk.is_waiting
    charged = next((d.amount_minor for d in deliveries if hasattr(d, "acceptance")), None)
    until = _dispute_until(acceptance, desk)
    charge_by = charge_until(milestone, desk.award)
    return BoardMilestone(
        milestone_id=milestone.pk,
        position=milestone.position,
        title=milestone.title,
        due_on=milestone.due_on,
        price=desk.money(milestone.price_minor),
        agreed=desk.money(agreed),
        state=_state(milestone, waiting, desk),
        accepted_at=acceptance.accepted_at if acceptance else None,
        charged=None if charged is None else desk.money(charged),
        fee=None if desk.reads_as_provider else fee_on(milestone),
        dispute_until=until,
        deliveries=tuple(_delivery(delivery, desk) for delivery in deliveries),
        changes=tuple(_change(change, desk, is_open=is_open) for change in changes),
        disputes=tuple(_dispute(dispute, desk) for dispute in milestone.disputes.all()),
        can_deliver=is_open and desk.delivers,
        can_accept=waiting is not None and desk.accepts,
        can_change=is_open and (desk.binds_department or desk.binds_provider),
        can_dispute=bool(charged)
        and until is not None
        and desk.at < until
        and desk.binds_department,
        retention=retention_on(milestone, desk.award, binds_department=desk.binds_department),
        charge_until=charge_by,
        can_allow_late=is_open and charge_by is not None and charge_by <= desk.at and desk.resolves,
    )


def _dispute_until(acceptance: Acceptance | None, desk: BoardReader) -> datetime | None:
    if acceptance is None:
        return None
    return acceptance.accepted_at + timedelta(days=desk.award.job.policy.dispute_days)


def _state(milestone: Milestone, waiting: Delivery | None, desk: BoardReader) -> str:
    if hasattr(milestone, "acceptance"):
        return "accepted"
    if waiting is not None:
        return "delivered"
    if hasattr(desk.award, "cancellation"):
        return "called_off"
    due_at = end_of(milestone.due_on)
    if due_at is not None and due_at < desk.at:
        return "late"
    return "returned" if milestone.deliveries.all() else "waiting"


def _delivery(delivery: Delivery, desk: BoardReader) -> BoardDelivery:
    acceptance = getattr(delivery, "acceptance", None)
    returned = getattr(delivery, "returned", None)
    return BoardDelivery(
        delivery_id=delivery.pk,
        delivered_at=delivery.delivered_at,
        delivered_by=delivery.delivered_by.name,
        amount=desk.money(delivery.amount_minor),
        note=delivery.note.text if delivery.note else "",
        silent_at=delivery.silent_at,
        state="accepted" if acceptance else "returned" if returned else "waiting",
        accepted_at=acceptance.accepted_at if acceptance else None,
        accepted_by=acceptance.accepted_by.name if acceptance else "",
        by_silence=acceptance is not None and acceptance.by_silence,
        returned_at=returned.returned_at if returned else None,
        missing=returned.missing.text if returned else "",
        foreseen=None if acceptance or returned else _foreseen(delivery, desk),
    )


def _foreseen(delivery: Delivery, desk: BoardReader) -> Foreseen | None:
    """Return what accepting a delivery now would book; the provider's side does not read it."""
    if desk.reads_as_provider:
        return None
    own, *others = shares(desk.award, desk.accepted, desk.accepted + delivery.amount_minor)
    elsewhere = total((share.total for share in others), own.cost.currency) if others else None
    return Foreseen(cost=own.cost, fee=own.fee, elsewhere=elsewhere)


def _change(change: ChangeOrder, desk: BoardReader, *, is_open: bool) -> BoardChange:
    by_provider = change.pk in desk.by_provider
    binds = desk.binds_department if by_provider else desk.binds_provider
    asked = binds and change.proposed_by_id != desk.actor.pk
    signature = getattr(change, "signature", None)
    is_large = change.agreed_at is None and desk.is_large(change)
    unsigned = is_large and (signature is None or signature.signed_by_id == desk.actor.pk)
    return BoardChange(
        change_id=change.pk,
        difference=desk.money(change.difference_minor),
        reason=change.reason.text,
        proposed_by=change.proposed_by.name,
        proposed_at=change.proposed_at,
        proposed_by_provider=by_provider,
        agreed_at=change.agreed_at,
        agreed_by=change.agreed_by.name if change.agreed_by else "",
        can_agree=is_open and change.agreed_at is None and asked and not unsigned,
        is_large=is_large,
        signed_at=signature.signed_at if signature else None,
        signed_by=signature.signed_by.name if signature else "",
        can_sign=is_open
        and is_large
        and signature is None
        and may_sign(desk.actor, change, desk.award),
    )


def _dispute(dispute: Dispute, desk: BoardReader) -> BoardDispute:
    resolution = getattr(dispute, "resolution", None)
    return BoardDispute(
        dispute_id=dispute.pk,
        amount=desk.money(dispute.amount_minor),
        reason=dispute.reason.text,
        raised_by=dispute.raised_by.name,
        raised_at=dispute.raised_at,
        resolved_at=resolution.resolved_at if resolution else None,
        credit=desk.money(resolution.credit_minor) if resolution else None,
        resolution=resolution.reason.text if resolution else "",
        can_resolve=resolution is None and desk.resolves,
    )
