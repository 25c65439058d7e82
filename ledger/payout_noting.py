"""
Noting what is certain of a payout, and booking it. It may be noted in any order and any number of
times: a step is taken once, and an entry booked once for a fact. The payout is held.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from ledger import chart
from ledger.models.payouts import Payout, StepKind
from ledger.part_backs import note_part_back
from ledger.payout_booking import book, left_of, note, record_step
from ledger.payout_states import Standing, amount_of, is_paid, standing, steps_of
from ledger.posting import EntryKind
from ledger.stripe_reasons import why_failed
from ledger.stripe_words import BankPayout, Transfer
from marketplace.models.people import Office, Role, User
from marketplace.notices import holders, people_of_provider, tell


def refuse(*, payout: Payout, attempt: int, text: str, actor: User, at: datetime) -> None:
    """Note that an attempt was definitely refused: what it was for is owed again (entry 17)."""
    if not note(
        payout=payout, attempt=attempt, kind=StepKind.REFUSED, detail=text, actor=actor, at=at
    ):
        return
    lines = [(chart.PAYOUT_IN_PROCESS, chart.VENDOR_PAYABLE)]
    book(
        payout=payout,
        kind=EntryKind.PAYOUT_REFUSED,
        occurrence=str(attempt),
        accounts=lines,
        actor=actor,
        at=at,
    )
    record_step(actor=actor, kind="payout.refused", payout=payout, at=at)
    tell(
        "payout.refused",
        recipients=holders(Office.FINANCE),
        text=f"{amount_of(payout)} to “{payout.provider}” were refused: {text}",
        because="finance pays vendors",
        at=at,
        subject=payout,
    )


def note_transfer(*, payout: Payout, made: Transfer, actor: User, at: datetime) -> None:
    """
    Note a transfer of ours and what of it was taken back (entries 15, 12c and 18b). The vendor and
    the payout are held. One that differs from what was approved is left to the reconciliation.
    """
    if made.amount != amount_of(payout) or made.payout_id != payout.pk:
        return
    if note(
        payout=payout,
        attempt=made.attempt,
        kind=StepKind.SENT,
        reference=made.id,
        detail=made.payment,
        actor=actor,
        at=at,
    ):
        lines = [(chart.IN_TRANSIT, chart.STRIPE_BALANCE)]
        book(
            payout=payout,
            kind=EntryKind.PAYOUT_SENT,
            occurrence=str(made.attempt),
            accounts=lines,
            actor=actor,
            at=at,
        )
        record_step(actor=actor, kind="payout.sent", payout=payout, at=at)
    is_whole = made.reversed_minor == made.amount.minor
    for back in made.reversals[:-1] if is_whole else made.reversals:
        note_part_back(payout=payout, attempt=made.attempt, said=back, actor=actor, at=at)
    if is_whole and made.reversals:
        reverse(
            payout=payout,
            attempt=made.attempt,
            reference=made.reversals[-1].id,
            cash=chart.STRIPE_BALANCE,
            actor=actor,
            at=at,
        )


def reverse(
    *, payout: Payout, attempt: int, reference: str, cash: str, actor: User, at: datetime
) -> None:
    """Note that the money is back: it is owed again (entry 18b)."""
    paid = is_paid(step for step in steps_of(payout.pk) if step.attempt == attempt)
    left = left_of(payout)
    if not note(
        payout=payout,
        attempt=attempt,
        kind=StepKind.REVERSED,
        reference=reference,
        actor=actor,
        at=at,
    ):
        return
    lines = (
        [(cash, chart.VENDOR_PAYABLE)]
        if paid
        else [(cash, chart.IN_TRANSIT), (chart.PAYOUT_IN_PROCESS, chart.VENDOR_PAYABLE)]
    )
    book(
        payout=payout,
        kind=EntryKind.PAYOUT_REVERSED,
        occurrence=str(attempt),
        accounts=lines,
        actor=actor,
        at=at,
    )
    record_step(actor=actor, kind="payout.reversed", payout=payout, at=at)
    tell(
        "payout.reversed",
        recipients=[
            *holders(Office.FINANCE),
            *people_of_provider(payout.provider, Role.LEAD),
        ],
        text=f"{left} to “{payout.provider}” came back and are owed again.",
        because="you look after this money",
        at=at,
        subject=payout,
    )


def note_bank_payout(*, payout: Payout, said: BankPayout, actor: User, at: datetime) -> None:
    """
    Note what became of a payment to the vendor's bank (entries 16 and 18a). The payout is held.
    A payment that failed stays failed: whoever tries again does so under another name.
    """
    stands: Standing = standing(payout, steps_of(payout.pk))
    own = [step for step in steps_of(payout.pk) if step.attempt == stands.attempt]
    known = {step.kind for step in own if step.reference == said.id}
    gone_back = any(step.kind == StepKind.REVERSED for step in own)
    step = partial(
        note, payout=payout, attempt=stands.attempt, reference=said.id, actor=actor, at=at
    )
    if said.status == "paid" and not known and not gone_back:
        if stands.is_paid:
            return
        step(kind=StepKind.PAID)
        lines = [(chart.PAYOUT_IN_PROCESS, chart.IN_TRANSIT)]
        book(
            payout=payout,
            kind=EntryKind.PAYOUT_PAID,
            occurrence=said.id,
            accounts=lines,
            actor=actor,
            at=at,
        )
        record_step(actor=actor, kind="payout.paid", payout=payout, at=at)
    elif said.status in ("failed", "canceled") and StepKind.FAILED not in known:
        step(kind=StepKind.FAILED, detail=said.failure)
        if StepKind.PAID in known and not gone_back:
            lines = [(chart.IN_TRANSIT, chart.PAYOUT_IN_PROCESS)]
            book(
                payout=payout,
                kind=EntryKind.PAYOUT_RETURNED,
                occurrence=said.id,
                accounts=lines,
                actor=actor,
                at=at,
            )
        record_step(actor=actor, kind="payout.failed", payout=payout, at=at)
        _tell_failed(payout, said, at=at)


def _tell_failed(payout: Payout, said: BankPayout, *, at: datetime) -> None:
    why = why_failed(said.failure) or "It gave no reason."
    tell(
        "payout.failed",
        recipients=[
            *holders(Office.FINANCE),
            *people_of_provider(payout.provider, Role.LEAD),
        ],
        text=f"The bank of “{payout.provider}” did not take {amount_of(payout)}. {why}"
        " They are in its account at Stripe.",
        because="you look after this money",
        at=at,
        subject=payout,
    )
