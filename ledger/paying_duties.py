"""What the clock does with Stripe; without a key, nothing. Each thing by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from ledger.models.payees import Payee, PayMethod
from ledger.models.payouts import PartWanted, PayoutStep, SendBack, StepKind
from ledger.models.stripe import Poll, StripeEvent, TopUp, TopUpStep
from ledger.paying import send_payout
from ledger.reconciling import read_movements
from ledger.sending_back import reverse_part_wanted, reverse_wanted
from ledger.stripe_events import poll_account, work_event
from ledger.stripe_gateway import is_connected
from ledger.topping_up import note_top_up_again, send_top_up
from marketplace.compiled import Kept
from marketplace.system import the_clock

log = structlog.stdlib.get_logger("choicebook.duties")

AT_ONCE = 100  # what is left over comes next time
STRIPE = "stripe"
POLL_MINUTES = 15  # how often is read what may have been announced without our hearing it
GIVEN_UP = 50  # an event that failed so often is for people

Name = TypeVar("Name")


def run(*, at: datetime) -> dict[str, int]:
    """Do what is due, and return how much of each was done."""
    if not is_connected():
        return {}
    return {
        "events_worked": work_events(at=at),
        "payouts_sent": send_payouts(at=at),
        "top_ups_sent": send_top_ups(at=at),
        "transfers_reversed": reverse_transfers(at=at),
        "parts_reversed": reverse_parts(at=at),
    }


def poll_when_due(*, at: datetime) -> dict[str, int]:
    """
    Read again what webhooks may not have told, if a quarter of an hour is over since the last
    time. A worker that was away reads at once when it is back, and then goes on from there.
    """
    if not is_connected():
        return {}
    with transaction.atomic():
        stored, _ = Poll.objects.get_or_create(name=STRIPE, defaults={"due_at": at})
        due = Poll.objects.select_for_update(skip_locked=True).filter(pk=stored.pk, due_at__lte=at)
        if (mine := due.first()) is None:
            return {}
        turn = mine.turn
        due.update(due_at=at + timedelta(minutes=POLL_MINUTES), turn=turn + 1)
    return poll(at=at, turn=turn)


def poll(*, at: datetime, turn: int = 0) -> dict[str, int]:
    """Read all again that webhooks may not have told, and hold the books against the balance."""
    clock = the_clock()
    payees = Payee.objects.filter(method=PayMethod.STRIPE).order_by("set_at", "pk")
    waiting = TopUp.objects.filter(~Exists(_steps("arrived")), ~Exists(_steps("refused")))
    return {
        "accounts_read": _each(
            "poll_account",
            _turn(list(payees.values_list("pk", flat=True)), turn),
            lambda id: poll_account(actor=clock, payee_id=id, at=at),
        ),
        "top_ups_read": _each(
            "note_top_up",
            waiting.values_list("pk", flat=True),
            lambda id: note_top_up_again(actor=clock, top_up_id=id, at=at),
        ),
        "balances_read": _each(
            "read_movements", [at], lambda at: read_movements(actor=clock, at=at)
        ),
    }


def _turn(names: list[Name], turn: int) -> list[Name]:
    """Return those whose turn it is: what waits for people must not keep others waiting."""
    turn %= max(1, ceil(len(names) / AT_ONCE))
    return names[turn * AT_ONCE : (turn + 1) * AT_ONCE]


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60


def work_events(*, at: datetime) -> int:
    """Work what Stripe announced, the oldest first."""
    clock = the_clock()
    return _each(
        "work_event",
        _to_work.all(),
        lambda id: work_event(actor=clock, event_id=id, at=at),
    )


@Kept
def _to_work() -> QuerySet[StripeEvent, str]:
    due = StripeEvent.objects.filter(worked_at=None, tried__lt=GIVEN_UP)
    return due.order_by("received_at").values_list("pk", flat=True)[:AT_ONCE]


def send_payouts(*, at: datetime) -> int:
    """Send what is approved, and look up what is unclear."""
    clock = the_clock()
    return _each(
        "send_payout",
        _turn(_to_send.all(), _minute(at)),
        lambda id: send_payout(actor=clock, payout_id=id, at=at),
    )


@Kept
def _to_send() -> QuerySet[PayoutStep, UUID]:
    same = PayoutStep.objects.filter(payout=OuterRef("payout"), attempt=OuterRef("attempt"))
    clear = same.filter(kind__in=[StepKind.SENT, StepKind.REFUSED])
    due = PayoutStep.objects.filter(
        ~Exists(clear), kind=StepKind.APPROVED, payout__payee__method=PayMethod.STRIPE
    )
    return due.order_by("happened_at").values_list("payout_id", flat=True)


def send_top_ups(*, at: datetime) -> int:
    """Ask Stripe for the top-ups that finance wants."""
    clock = the_clock()
    return _each(
        "send_top_up",
        _turn(_to_bring.all(), _minute(at)),
        lambda id: send_top_up(actor=clock, top_up_id=id, at=at),
    )


@Kept
def _to_bring() -> QuerySet[TopUp, UUID]:
    due = TopUp.objects.filter(steps=None).order_by("asked_at")
    return due.values_list("pk", flat=True)


def reverse_transfers(*, at: datetime) -> int:
    """Ask Stripe for the transfers back that finance wants back."""
    clock = the_clock()
    return _each(
        "reverse_transfer",
        _turn(_to_reverse.all(), _minute(at)),
        lambda id: reverse_wanted(actor=clock, payout_id=id, at=at),
    )


@Kept
def _to_reverse() -> QuerySet[SendBack, UUID]:
    due = SendBack.objects.filter(~Exists(_backs())).order_by("wanted_at")
    return due.values_list("payout_id", flat=True)


def reverse_parts(*, at: datetime) -> int:
    """Ask Stripe for the parts of transfers back that finance wants back."""
    clock = the_clock()
    return _each(
        "reverse_part",
        _turn(_parts_to_reverse.all(), _minute(at)),
        lambda id: reverse_part_wanted(actor=clock, part_id=id, at=at),
    )


@Kept
def _parts_to_reverse() -> QuerySet[PartWanted, UUID]:
    due = PartWanted.objects.filter(~Exists(_backs()), back=None).order_by("wanted_at")
    return due.values_list("pk", flat=True)


def _backs() -> QuerySet[PayoutStep]:
    return PayoutStep.objects.filter(payout=OuterRef("payout"), kind=StepKind.REVERSED)


def _steps(kind: str) -> QuerySet[TopUpStep]:
    return TopUpStep.objects.filter(top_up=OuterRef("pk"), kind=kind)


def _each(duty: str, due: Iterable[Name], act: Callable[[Name], object]) -> int:
    """Act on each by itself: what one refuses or breaks must not keep the others waiting."""
    done = 0
    for name in list(due)[:AT_ONCE]:
        try:
            worked = act(name)
        except Exception:  # whatever it was, the next one is still due
            log.warning("duty put off", duty=duty, subject=str(name), exc_info=True)
        else:
            done += worked is not False
    return done
