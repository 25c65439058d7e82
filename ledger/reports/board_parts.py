"""What a delivery board says: the work of one award, milestone by milestone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an act will cost the department, as it will be booked: in its budget's currency."""

    cost: Money
    fee: Money
    elsewhere: Money | None = None  # what another department bears, price and fee

    @property
    def total(self) -> Money:
        """Return what the department itself bears, the fee included."""
        return self.cost + self.fee


@dataclass(frozen=True, slots=True)
class BoardDelivery:
    """Work handed over, and what became of it."""

    delivery_id: UUID
    delivered_at: datetime
    delivered_by: str
    amount: Money
    note: str
    silent_at: datetime  # the moment at which silence is acceptance
    state: str  # waiting, accepted, returned
    accepted_at: datetime | None
    accepted_by: str
    by_silence: bool
    returned_at: datetime | None
    missing: str
    foreseen: Foreseen | None  # what accepting it costs; where it waits, for the buyer's side only


@dataclass(frozen=True, slots=True)
class BoardChange:
    """A change to what a milestone costs, proposed or agreed."""

    change_id: UUID
    difference: Money
    reason: str
    proposed_by: str
    proposed_at: datetime
    proposed_by_provider: bool
    agreed_at: datetime | None
    agreed_by: str
    can_agree: bool
    is_large: bool  # needs a second head of the department
    signed_at: datetime | None
    signed_by: str
    can_sign: bool


@dataclass(frozen=True, slots=True)
class BoardDispute:
    """A charge that the department contests."""

    dispute_id: UUID
    amount: Money
    reason: str
    raised_by: str
    raised_at: datetime
    resolved_at: datetime | None
    credit: Money | None
    resolution: str
    can_resolve: bool


@dataclass(frozen=True, slots=True)
class BoardRetention:
    """What is kept back of a vendor's milestone, and until when."""

    retention_id: UUID
    amount: Money
    due_at: datetime
    released_at: datetime | None
    released: Money | None  # less than was kept back where a credit took of it
    can_release: bool


@dataclass(frozen=True, slots=True)
class BoardOverride:
    """The choice that this one replaced, and who bears the difference."""

    first_provider_name: str
    first_price: Money
    first_chosen_by: str
    payer_name: str
    difference: Money


@dataclass(frozen=True, slots=True)
class BoardEnd:
    """One side would end the work for a fee, or both have ended it so."""

    offer_id: UUID
    fee: Money
    reason: str
    offered_by: str
    offered_at: datetime
    offered_by_provider: bool
    agreed_at: datetime | None
    agreed_by: str
    can_agree: bool


@dataclass(frozen=True, slots=True)
class BoardMilestone:
    """An agreed part of the work."""

    milestone_id: UUID
    position: int
    title: str
    due_on: date | None
    price: Money  # as agreed at the choice
    agreed: Money  # with the change orders that were agreed
    state: str  # waiting (for the work), late, delivered, returned, accepted, called_off
    accepted_at: datetime | None
    charged: Money | None  # without the fee …
    fee: Money | None  # … charged with it, in the budget's currency, for the buyer's side only
    dispute_until: datetime | None
    deliveries: tuple[BoardDelivery, ...]
    changes: tuple[BoardChange, ...]
    disputes: tuple[BoardDispute, ...]
    can_deliver: bool
    can_accept: bool  # and return
    can_change: bool
    can_dispute: bool
    retention: BoardRetention | None
    charge_until: datetime | None  # what was sent back is charged until then, or with leave
    can_allow_late: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The work of one award."""

    award_id: UUID
    job_id: UUID
    reference: str
    title: str
    department_id: UUID
    department_name: str
    provider_id: UUID
    provider_name: str
    provider_is_in_house: bool
    side: str  # buyer, provider, office
    chosen_at: datetime
    chosen_by: str
    reason_label: str
    reason: str
    is_shown_only: bool  # chosen in a month of showback: its work is shown, not charged
    price: Money
    fee: Money | None  # the marketplace's, for the buyer's side only
    changes: Money
    accepted: Money
    credited: Money
    milestones: tuple[BoardMilestone, ...]
    retained: Money  # kept back now
    override: BoardOverride | None
    end: BoardEnd | None  # the newest offer to end the work, or its end
    can_offer_end: bool
    standstill_until: datetime | None  # of a formal job
    is_waiting: bool  # for the end of the standstill, or for an objection to be decided
    can_decline: bool  # the provider chosen, before any work
    completed_at: datetime | None
    rate_until: datetime | None
    can_rate: bool
