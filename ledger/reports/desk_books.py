"""On the desk of finance, auditors and administrators: what waits for a second person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ledger.models.awards import Delivery, Milestone
from ledger.models.corrections import Correction
from ledger.models.moves import MoveWanted
from ledger.models.periods import Period, PeriodStep, Step
from ledger.models.years import YearEnd
from ledger.reports.desk_jobs import MOST
from ledger.reports.open_items import OpenItem, companys_item
from ledger.reports.reading import Reader
from marketplace.models.people import Office
from marketplace.money import Money
from marketplace.redacting import waiting_redactions
from marketplace.together import gathered

SECOND = "Another person of finance"


def books_items(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    """Return what waits in the books and in the record, for those who keep or watch over them."""
    finance = Office.FINANCE in reader.offices
    asked: list[Callable[[], Iterator[OpenItem]]] = []
    if finance or Office.AUDITOR in reader.offices:
        asked.append(partial(_reopenings, reader, finance=finance))
    if finance:
        asked += [
            partial(_to_close, at),
            _closings,
            partial(_corrections, reader),
            partial(_moves, reader),
        ]
    asked.append(partial(_late_charges, reader, at, finance=finance))
    yield from gathered(*asked, partial(_redactions, reader))


def _reopenings(reader: Reader, *, finance: bool) -> Iterator[OpenItem]:
    asked = PeriodStep.objects.filter(step=Step.ASKED, answer=None)
    for step in asked.select_related("taken_by", "reason", "period").order_by("taken_at")[:MOST]:
        mine = step.taken_by_id != reader.user.pk
        if not (mine or finance):
            continue
        assert step.reason is not None
        yield companys_item(
            "sign_reopening",
            f"Sign the reopening of {step.period}, or decline it"
            if mine
            else f"Wait for {step.period} to be reopened",
            subject=step.pk,
            period=step.period_id,
            what=f"{step.taken_by.name} asked: {step.reason.text}",
            who="You" if mine else "Another person of finance, or an auditor",
            is_mine=mine,
            since=step.taken_at,
            then="Its figures move again, until it is closed anew.",
        )


def _to_close(at: datetime) -> Iterator[OpenItem]:
    """
    The oldest month that ended and is open: one at a time, for they are closed in turn. A year's
    adjusting period waits once the year was ended, and behind the months: it may stay open longer.
    """
    ended_year = YearEnd.objects.filter(fiscal_year=OuterRef("fiscal_year"))
    is_month = Q(starts_on__lt=F("ends_on"))
    found = Period.objects.filter(
        is_month | Exists(ended_year), closing_at=None, ends_on__lt=at.date()
    )
    waiting = sorted(found, key=lambda one: (one.starts_on == one.ends_on, one.pk))
    if not waiting:
        return
    oldest, count = waiting[0], len(waiting)
    yield companys_item(
        "begin_closing",
        f"Close {oldest}",
        subject=UUID(int=oldest.pk),
        period=oldest.pk,
        what="It is over, and its books are open."
        if count == 1
        else f"{count} months are over, and their books are open.",
        who="You",
        is_mine=True,
        since=datetime.combine(oldest.ends_on + timedelta(days=1), time(), UTC),
        then="It is sealed, and its figures never move again.",
    )


def _closings() -> Iterator[OpenItem]:
    begun = Period.objects.filter(closing_at__isnull=False, closed_at=None)
    for period in begun.order_by("pk")[:MOST]:
        assert period.closing_at is not None
        yield companys_item(
            "close_month",
            f"Close {period}, or stop closing it",
            subject=UUID(int=period.pk),
            period=period.pk,
            what="Nothing can be booked in it meanwhile.",
            who="You",
            is_mine=True,
            since=period.closing_at,
            then="It is sealed, and its figures never move again.",
        )


def _corrections(reader: Reader) -> Iterator[OpenItem]:
    waiting = Correction.objects.waiting().select_related("entry", "asked_by", "reason")
    for one in waiting.order_by("asked_at")[:MOST]:
        mine = one.asked_by_id != reader.user.pk
        kind = one.entry.get_kind_display()
        yield companys_item(
            "sign_correction",
            f"Sign the reversal of “{kind}”, or decline it"
            if mine
            else f"Wait for the reversal of “{kind}” to be signed",
            subject=one.pk,
            what=f"{one.asked_by.name} asked: {one.reason.text}",
            who="You" if mine else SECOND,
            is_mine=mine,
            since=one.asked_at,
            then="Its opposite is booked in the open month.",
        )


def _moves(reader: Reader) -> Iterator[OpenItem]:
    waiting = MoveWanted.objects.waiting().select_related(
        "from_line__department", "to_department", "proposed_by", "reason"
    )
    for one in waiting.order_by("proposed_at")[:MOST]:
        mine = one.proposed_by_id != reader.user.pk
        amount = Money(one.amount_minor, one.from_line.currency)
        places = f"from {one.from_line.department} to {one.to_department}"
        yield companys_item(
            "sign_move",
            "Sign a move of budget, or decline it" if mine else "Wait for a move of budget",
            subject=one.pk,
            what=f"{amount} {places}. {one.proposed_by.name}: {one.reason.text}",
            who="You" if mine else SECOND,
            is_mine=mine,
            since=one.proposed_at,
            then="It is booked at once, and both heads are told.",
        )


def _late_charges(reader: Reader, at: datetime, *, finance: bool) -> Iterator[OpenItem]:
    """Work that was sent back, and whose days to be charged are over."""
    for one in _sent_back(reader, finance=finance):
        work = one.award
        first_at = min(delivery.delivered_at for delivery in one.deliveries.all())
        over_at = first_at + timedelta(days=work.job.policy.charging_days)
        if at < over_at:
            continue
        yield OpenItem(
            kind="allow_late_charge",
            act="Allow a late charge, or leave it" if finance else "Wait for a late charge",
            job_id=work.job_id,
            job_title=work.job.title,
            subject_id=one.pk,
            what=f"The days in which {work.provider.name} could charge “{one.title}” are over.",
            who="You" if finance else "Finance",
            is_mine=finance,
            since_at=over_at,
            due_at=None,
            is_late=False,
            then="Allowed, it may be handed over again; left, it is never charged.",
        )


def _sent_back(reader: Reader, *, finance: bool) -> QuerySet[Milestone]:
    """Return what was delivered, sent back, and neither delivered again nor charged for."""
    delivered = Delivery.objects.filter(milestone=OuterRef("pk"))
    found = (
        Milestone.objects.filter(
            Q() if finance else Q(award__provider__in=reader.providers),
            Exists(delivered),
            ~Exists(delivered.filter(returned=None)),
            acceptance=None,
            late_charge=None,
            award__completion=None,
            award__cancellation=None,
            award__replaced_by=None,
            award__withdrawal=None,
        )
        .order_by("award__chosen_at", "pk")
        .values("pk")
    )
    # Which, apart from what is read of them, as the works of a desk.
    return (
        Milestone.objects.filter(pk__in=found[:MOST])
        .prefetch_related("deliveries")
        .select_related("award__job__policy", "award__provider")
        .defer("award__comparison", "award__job__need")
        .order_by("award__chosen_at", "pk")
    )


def _redactions(reader: Reader) -> Iterator[OpenItem]:
    for one in waiting_redactions(reader.user):
        mine = not one.is_own
        yield companys_item(
            "agree_redaction",
            "Agree that words are taken off the record" if mine else "Wait for words to be taken",
            subject=one.wanted_id,
            what=f"{one.wanted_by} asked: {one.reason}",
            who="You" if mine else "Another auditor or administrator",
            is_mine=mine,
            since=one.wanted_at,
            then="The words are gone for ever; that they were there stays provable.",
        )
