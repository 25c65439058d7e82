"""Noting the steps of a payout and booking them, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from ledger import chart
from ledger.models.payouts import PartBack, Payout, PayoutPart, PayoutStep
from ledger.payout_states import amount_of
from ledger.posting import About, EntryKind, Line, post_entry
from marketplace.compiled import Kept
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.rows import insert


def note(
    *,
    payout: Payout,
    attempt: int,
    kind: str,
    actor: User,
    at: datetime,
    reference: str = "",
    detail: str = "",
) -> bool:
    """Note a step, once; whether it is new. The payout is held."""
    if _is_noted.exists(payout.pk, attempt, str(kind), reference):
        return False
    facts = {"payout": payout, "attempt": attempt, "kind": str(kind), "reference": reference}
    insert(PayoutStep(**facts, detail=detail[:500], happened_at=at, noted_by=actor))
    return True


@Kept
def _is_noted(payout: UUID, attempt: int, kind: str, reference: str) -> QuerySet[PayoutStep]:
    facts = {"payout": payout, "attempt": attempt, "kind": kind, "reference": reference}
    return PayoutStep.objects.filter(**facts)


def book(
    *,
    payout: Payout,
    kind: EntryKind,
    occurrence: str,
    accounts: Sequence[tuple[str, str]],
    actor: User,
    at: datetime,
) -> int:
    """Book what is left of a payout from one account to another: pairs of debit and credit."""
    lines = [line for debit, credit in accounts for line in moved(payout, debit, credit)]
    return post_entry(
        actor=actor, kind=kind, source=payout.pk, occurrence=occurrence, at=at, lines=lines
    )


PER_PART = (chart.VENDOR_PAYABLE, chart.PAYOUT_IN_PROCESS)  # what is owed is owed for work


def moved(payout: Payout, debit: str, credit: str) -> list[Line]:
    """Return the lines: what is owed by milestone, what is on its way in one sum."""
    whole: About = {"provider": payout.provider_id}
    lines = []
    for code, side in ((debit, Line.debit), (credit, Line.credit)):
        if code not in PER_PART:
            lines.append(side(code, left_of(payout), **whole))
            continue
        for part, minor in parts_left(payout, back=came_back(payout)):
            amount = Money(minor, payout.currency)
            lines.append(side(code, amount, **about_part(part, payout)))
    return lines


def came_back(payout: Payout) -> int:
    """Return how much of a payout came back in parts, in minor units."""
    return sum(_came_back.all(payout.pk))


@Kept
def _came_back(payout: UUID) -> QuerySet[PartBack, int]:
    return PartBack.objects.filter(payout=payout).values_list("amount_minor", flat=True)


def left_of(payout: Payout) -> Money:
    """Return a payout's amount without the parts that came back."""
    return amount_of(payout) - Money(came_back(payout), payout.currency)


def parts_left(payout: Payout, *, back: int) -> list[tuple[PayoutPart, int]]:
    """Return what each part still pays when so much came back: of the last ones first."""
    left = []
    for part in _latest_parts.all(payout.pk):
        less = min(back, part.amount_minor)
        back -= less
        left.append((part, part.amount_minor - less))
    return left[::-1]


@Kept
def _latest_parts(payout: UUID) -> QuerySet[PayoutPart]:
    parts = PayoutPart.objects.filter(payout=payout).select_related("award__job")
    return parts.order_by("-pk")


def about_part(part: PayoutPart, payout: Payout) -> About:
    """Return what every posting on a part of a payout says of itself."""
    return {
        "category": part.award.job.category_id,
        "job": part.award.job_id,
        "award": part.award_id,
        "milestone": part.milestone_id,
        "provider": payout.provider_id,
    }


def record_step(*, actor: User, kind: str, payout: Payout, at: datetime) -> None:
    """Record what happened to a payout, for the vendor, finance and auditors."""
    record(
        actor,
        kind,
        payout,
        at=at,
        audience=Audience.PROVIDER,
        provider=payout.provider,
        facts={"amount_minor": payout.amount_minor, "currency": payout.currency},
    )
