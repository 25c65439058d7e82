"""
Booking a part of a transfer that Stripe took back: first against what the vendor owes back
(entry 12c), and what is more is owed again (entry 18b, in part).
"""

from __future__ import annotations

from datetime import datetime

from ledger import chart
from ledger.models.payouts import PartBack, PartWanted, Payout
from ledger.owing import receivable_from
from ledger.payout_booking import about_part, came_back, parts_left, record_step
from ledger.payout_states import is_paid, steps_of
from ledger.posting import EntryKind, Line, post_entry
from ledger.stripe_words import Back
from marketplace.models.people import Office, Role, User
from marketplace.money import Money
from marketplace.notices import holders, people_of_provider, tell


def note_part_back(*, payout: Payout, attempt: int, said: Back, actor: User, at: datetime) -> None:
    """Note that a part came back, once, and book it. The vendor and the payout are held."""
    if PartBack.objects.filter(reference=said.id).exists():
        return
    before = came_back(payout)
    set_off = min(said.minor, receivable_from(payout.provider_id, payout.currency))
    lines = _lines(payout, attempt=attempt, before=before, minor=said.minor, set_off=set_off)
    open_ones = PartWanted.objects.filter(payout=payout, back=None)
    wanted = next((one for one in open_ones if one.pk == said.wanted_id), None)
    PartBack.objects.create(
        payout=payout,
        wanted=wanted,
        reference=said.id,
        amount_minor=said.minor,
        set_off_minor=set_off,
        happened_at=at,
        noted_by=actor,
    )
    post_entry(
        actor=actor,
        kind=EntryKind.PAYOUT_PART_REVERSED,
        source=payout.pk,
        occurrence=said.id,
        at=at,
        lines=lines,
    )
    record_step(actor=actor, kind="payout.part_reversed", payout=payout, at=at)
    _tell(payout, said.minor, set_off, at=at)


def _lines(payout: Payout, *, attempt: int, before: int, minor: int, set_off: int) -> list[Line]:
    amount = Money(minor, payout.currency)
    whole = {"provider": payout.provider_id}
    lines = [Line.debit(chart.STRIPE_BALANCE, amount, **whole)]
    paid = is_paid(step for step in steps_of(payout.pk) if step.attempt == attempt)
    if not paid:
        lines.append(Line.credit(chart.IN_TRANSIT, amount, **whole))
    earlier = parts_left(payout, back=before)
    later = parts_left(payout, back=before + minor)
    for (part, had), (_, has) in zip(earlier, later, strict=True):
        back, about = Money(had - has, payout.currency), about_part(part, payout)
        own = Money(min(set_off, back.minor), payout.currency)
        set_off -= own.minor
        if not paid:
            lines.append(Line.debit(chart.PAYOUT_IN_PROCESS, back, **about))
        lines.append(Line.credit(chart.VENDOR_RECEIVABLE, own, **about))
        lines.append(Line.credit(chart.VENDOR_PAYABLE, back - own, **about))
    return [line for line in lines if not line.is_empty]


def _tell(payout: Payout, minor: int, set_off: int, *, at: datetime) -> None:
    back, own = Money(minor, payout.currency), Money(set_off, payout.currency)
    tell(
        "payout.part_reversed",
        recipients=[*holders(Office.FINANCE), *people_of_provider(payout.provider, Role.LEAD)],
        text=f"Of a payout to “{payout.provider}”, {back} came back: {own} were owed back, and"
        f" {back - own} are owed again.",
        because="you look after this money",
        at=at,
        subject=payout,
    )
