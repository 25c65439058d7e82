"""Where a payout stands: told by its steps, whatever order they came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from ledger.models.payouts import Payout, PayoutAnswer, PayoutStep, StepKind
from marketplace.compiled import Kept
from marketplace.money import Money

LOCK = 7320  # of advisory locks: the steps of one payout
# Stripe forgets the name of an attempt after a day: until well before, it cannot be done twice.
REMEMBERED = timedelta(hours=20)

# From the least to the most that can be said of an attempt.
RANK = [
    StepKind.APPROVED,
    StepKind.SENDING,
    StepKind.UNKNOWN,
    StepKind.REFUSED,
    StepKind.SENT,
    StepKind.FAILED,
    StepKind.PAID,
    StepKind.REVERSED,
]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payout stands, and since when."""

    word: str  # waiting, declined, or of its last step; “returned” where it had been paid
    since_at: datetime
    attempt: int = 0
    transfer: str = ""  # Stripe's name of it, or the document of a payment by hand
    payment: str = ""  # its name in the vendor's account
    detail: str = ""
    is_paid: bool = False  # as the books have it


def standing(payout: Payout, steps: Iterable[PayoutStep]) -> Standing:
    """Return where a payout stands. Steps of earlier attempts count no more."""
    answer: PayoutAnswer | None = getattr(payout, "answer", None)
    if answer is None:
        return Standing("waiting", payout.asked_at)
    if not answer.is_approved:
        return Standing("declined", answer.answered_at)
    ordered = sorted(steps, key=lambda step: step.happened_at)
    last = max((step.attempt for step in ordered), default=0)
    own = [step for step in ordered if step.attempt == last]
    sent = next((step for step in own if step.kind == StepKind.SENT), None)
    paid = is_paid(own)
    word, step = _word(own, paid=paid)
    return Standing(
        word=word,
        since_at=step.happened_at if step else answer.answered_at,
        attempt=last,
        transfer=sent.reference if sent else "",
        payment=sent.detail if sent else "",
        detail="" if step is None or step is sent else step.detail,
        is_paid=paid,
    )


def is_paid(steps: Iterable[PayoutStep]) -> bool:
    """Whether a payment to the bank stands that did not come back."""
    steps = list(steps)
    failed = {step.reference for step in steps if step.kind == StepKind.FAILED}
    return any(step.kind == StepKind.PAID and step.reference not in failed for step in steps)


def _word(steps: Sequence[PayoutStep], *, paid: bool) -> tuple[str, PayoutStep | None]:
    kinds: dict[str, PayoutStep] = {step.kind: step for step in steps}
    if StepKind.PAID in kinds and not paid and StepKind.REVERSED not in kinds:
        return "returned", kinds.get(StepKind.FAILED)
    for kind in reversed(RANK):
        if kind in kinds:
            return str(kind), kinds[kind]
    return str(StepKind.APPROVED), None


def steps_of(payout_id: UUID) -> list[PayoutStep]:
    """Return the steps of a payout."""
    return _steps.all(payout_id)


@Kept
def _steps(payout: UUID) -> QuerySet[PayoutStep]:
    return PayoutStep.objects.filter(payout=payout).order_by("happened_at", "pk")


def hold(payout_id: UUID) -> None:
    """Hold the steps of a payout until the transaction ends: nobody may lock rows of the record."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(payout_id)])


def amount_of(payout: Payout) -> Money:
    return Money(payout.amount_minor, payout.currency)
