"""
Holding the books against the balance at Stripe, line by line. What an entry explains is matched;
everything else is an open exception with its reason, until somebody of finance explains it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from ledger import chart
from ledger.exchanging import book_exchange
from ledger.models.journal import EntryKind, JournalEntry
from ledger.models.payouts import PartBack, PayoutStep, StepKind
from ledger.models.stripe import (
    BalanceMovement,
    MovementException,
    MovementMatch,
    TopUpStep,
)
from ledger.payout_booking import left_of
from ledger.payout_states import amount_of
from ledger.permissions import may_pay, may_send
from ledger.posting import Line, post_entry
from ledger.stripe_events import read_transfer
from ledger.stripe_gateway import gateway
from ledger.stripe_words import Movement, Refused, Unclear
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep

OVERLAP = timedelta(days=3)  # Stripe's list may be a little behind
REVERSAL = "trr_"  # how Stripe names what it takes back
READ_AGAIN = timedelta(days=30)  # what is open for longer is finance's to explain
FEES = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee"})
# Under which name the entry of a movement's fee is booked: one for each movement.
NAMES = UUID("5d0c8f0e-3c64-4e0f-9a55-4a1b7e1f6a10")


class NotAnException(Refusal):
    """The movement is explained."""

    code = "not_an_exception"


class NotAWay(Refusal):
    """A movement is explained as a top-up, a fee, an exchange, or in words alone."""

    code = "not_a_way"
    field = "way"


def read_movements(*, actor: User, at: datetime) -> int:
    """
    Read what moved in the balance at Stripe since the last time, match it, and return how many
    lines are new. What was taken back there is read again until its transfer could be read.

    :raises Forbidden: only the clock reads. :raises NoStripe: no key is set.
    """
    require(may_send(actor))
    said = list(gateway().movements(since=_read_from(at)))
    _read_taken_back(said, actor=actor, at=at)
    with transaction.atomic(savepoint=False):
        known = set(
            BalanceMovement.objects.filter(pk__in=[one.id for one in said]).values_list(
                "pk", flat=True
            )
        )
        new = [one for one in said if one.id not in known]
        BalanceMovement.objects.bulk_create(
            BalanceMovement(
                id=one.id,
                kind=one.kind,
                currency=one.amount.currency,
                amount_minor=one.amount.minor,
                fee_minor=one.fee.minor,
                source=one.source,
                happened_at=one.created_at,
                read_at=at,
            )
            for one in new
        )
        for movement in BalanceMovement.objects.filter(match=None).order_by("happened_at", "pk"):
            _match(movement, actor=actor, at=at)
    return len(new)


def _read_from(at: datetime) -> datetime:
    """
    Return the moment from which on lines are read: the last one, or what is open from before. What
    no entry ever explains must not make each reading longer than the one before.
    """
    lines = BalanceMovement.objects.order_by("happened_at")
    last = lines.last()
    if last is None:
        return datetime.fromtimestamp(0, tz=at.tzinfo)
    since = last.happened_at - OVERLAP
    lately = lines.filter(happened_at__gte=at - READ_AGAIN)
    open_one = lately.filter(match=None, source__startswith=REVERSAL).first()
    return min(since, open_one.happened_at) if open_one else since


def _read_taken_back(said: Iterable[Movement], *, actor: User, at: datetime) -> None:
    """Read again each transfer that was taken back in Stripe's own pages, if nobody told us."""
    backs = {one.source: one.transfer for one in said if one.transfer}
    whole = PayoutStep.objects.filter(kind=StepKind.REVERSED, reference__in=backs)
    parts = PartBack.objects.filter(reference__in=backs)
    for known in (*whole.values_list("reference"), *parts.values_list("reference")):
        backs.pop(known[0], None)
    for transfer in sorted(set(backs.values())):
        with suppress(Refused, Unclear):  # its line stays open, and is read again the next time
            read_transfer(actor=actor, transfer_id=transfer, at=at)


@transaction.atomic(savepoint=False)
def explain_movement(
    *, actor: User, movement_id: str, way: str, reason: str, at: datetime
) -> MovementMatch:
    """
    Explain an exception: as a top-up (1150 / 1100), a fee (5400 / 1150), or a payout that was taken
    from another currency's balance (entry 20), which is booked so; or in words alone.

    :param way: top_up, fee, exchange, words.
    :raises Unknown: there is no such movement. :raises Forbidden: the actor is not of finance.
    :raises NotAnException, NotAWay, NotAnExchange, InsufficientFunds, ReasonMissing: the rules say
        no.
    """
    require(may_pay(actor), "Finance explains what moved at Stripe.")
    movement = BalanceMovement.objects.filter(pk=movement_id).first()
    if movement is None:
        raise Unknown("There is no such movement.")
    if MovementMatch.objects.filter(movement=movement).exists():
        raise NotAnException("This movement is explained.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what it was.")
    amount = Money(movement.amount_minor, movement.currency)
    entry = None
    if way in ("top_up", "fee"):
        kind = EntryKind.TOPPED_UP if way == "top_up" else EntryKind.PAYMENT_FEE
        account = chart.BANK if way == "top_up" else chart.PAYMENT_FEES
        lines = [Line.debit(chart.STRIPE_BALANCE, amount), Line.credit(account, amount)]
        source = uuid5(NAMES, f"explained {movement.pk}")
        entry = post_entry(actor=actor, kind=kind, source=source, at=at, lines=lines)
    elif way == "exchange":
        entry = book_exchange(actor=actor, movement=movement, at=at)
    elif way != "words":
        raise NotAWay("Explain it as a top-up, a fee, an exchange, or in words alone.")
    _book_fee(movement, actor=actor, at=at)
    match = MovementMatch.objects.create(
        movement=movement,
        entry_id=entry,
        reason=keep(reason.strip(), at=at),
        matched_by=actor,
        matched_at=at,
    )
    event = _Named(uuid5(NAMES, movement.pk))
    facts = {"movement": movement.pk, "way": way}
    record(actor, "movement.explained", event, at=at, audience=Audience.COMPANY, facts=facts)
    return match


class _Named:
    """Something of Stripe's, under a name of ours."""

    def __init__(self, id: UUID) -> None:
        self.id = id


def _match(movement: BalanceMovement, *, actor: User, at: datetime) -> None:
    """Find what explains a movement, or say why nothing does."""
    if movement.kind in FEES:
        amount = Money(movement.amount_minor, movement.currency)
        entry: int | None = _fee_entry(movement, -amount, actor=actor, at=at)
    else:
        entry, code, text = _explained(movement)
        if entry is None:
            MovementException.objects.get_or_create(
                movement=movement, defaults={"code": code, "text": text, "found_at": at}
            )
            return
        _book_fee(movement, actor=actor, at=at)
    MovementMatch.objects.create(movement=movement, entry_id=entry, matched_by=actor, matched_at=at)


Explained = tuple[int | None, str, str]


def _part_back(source: str, amount: Money) -> Explained | None:
    """Return what explains the reversal of a part; None where it is none of ours."""
    part = PartBack.objects.filter(reference=source).select_related("payout").first()
    if not source or part is None:
        return None
    back = Money(part.amount_minor, part.payout.currency)
    if amount != back:
        return _differs(amount, back)
    return _entry(EntryKind.PAYOUT_PART_REVERSED, part.payout_id, source), "", ""


def _explained(movement: BalanceMovement) -> Explained:
    """Return the entry that explains a movement, or a code and the reason why none does."""
    amount = Money(movement.amount_minor, movement.currency)
    source = movement.source
    step = (
        PayoutStep.objects.filter(kind__in=[StepKind.SENT, StepKind.REVERSED], reference=source)
        .select_related("payout")
        .first()
    )
    if source and step is not None:
        sent = step.kind == StepKind.SENT
        booked = amount_of(step.payout) if sent else left_of(step.payout)
        kind = EntryKind.PAYOUT_SENT if sent else EntryKind.PAYOUT_REVERSED
        if amount == (-booked if sent else booked):
            return _entry(kind, step.payout_id, str(step.attempt)), "", ""
        return _differs(amount, -booked if sent else booked)
    arrived = TopUpStep.objects.filter(reference=source, kind="arrived").select_related("top_up")
    if source and (found := arrived.first()) is not None:
        booked = Money(found.top_up.amount_minor, found.top_up.currency)
        is_back = amount.minor < 0
        kind = EntryKind.TOP_UP_RETURNED if is_back else EntryKind.TOPPED_UP
        if amount == (-booked if is_back else booked):
            return _entry(kind, found.top_up_id, "0"), "not_booked", "It is not booked yet."
        return _differs(amount, -booked if is_back else booked)
    text = f"Nothing here asked for {source or movement.kind}."
    return _part_back(source, amount) or (None, "not_ours", text)


def _differs(amount: Money, booked: Money) -> tuple[None, str, str]:
    code = "other_amount" if amount.currency == booked.currency else "other_currency"
    return None, code, f"Stripe moved {amount}; the books have {booked}."


def _entry(kind: str, source: UUID, occurrence: str) -> int | None:
    found = JournalEntry.objects.filter(kind=kind, source=source, occurrence=occurrence)
    return found.values_list("pk", flat=True).first()


def _book_fee(movement: BalanceMovement, *, actor: User, at: datetime) -> None:
    if movement.fee_minor:
        _fee_entry(movement, Money(movement.fee_minor, movement.currency), actor=actor, at=at)


def _fee_entry(movement: BalanceMovement, fee: Money, *, actor: User, at: datetime) -> int:
    """Book what Stripe took for itself (entry 15 of the chart)."""
    return post_entry(
        actor=actor,
        kind=EntryKind.PAYMENT_FEE,
        source=uuid5(NAMES, movement.pk),
        at=at,
        lines=[Line.debit(chart.PAYMENT_FEES, fee), Line.credit(chart.STRIPE_BALANCE, fee)],
    )
