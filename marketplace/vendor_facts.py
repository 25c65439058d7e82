"""What the papers of vendors are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    legal_name: str
    register_number: str
    tax_number: str
    country: str
    address: str
    said_by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class DeclarationFacts:
    owners: str
    conflict: str
    declared_by: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class SuspensionFacts:
    reason: str
    suspended_by: str
    suspended_at: datetime
    return_reason: str
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TermsFacts:
    version: int
    text: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class AcceptedFacts:
    version: int
    accepted_by: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """Somebody asked to come in: whom, by whom, until when, and what became of it."""

    id: UUID
    company_name: str
    email: str
    role: str
    provider_id: UUID | None
    invited_by: str
    invited_at: datetime
    ends_at: datetime
    state: str  # waiting, sent, used, withdrawn, ended
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class VendorState:
    """A vendor in a list: where it stands, since when, and what happens next."""

    provider_id: UUID
    name: str
    state: str  # preparing, ready, sent_back, approved, suspended
    since_at: datetime
    then: str
    missing: tuple[str, ...]
