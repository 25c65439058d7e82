"""What a budget line does not say itself: what was moved to it, and what waits to be charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from ledger.bearing import shares
from ledger.models.awards import Delivery, DeliveryQuerySet
from ledger.models.budgets import Commitment
from ledger.models.journal import BudgetMovement, EntryKind, JournalEntry
from ledger.models.moves import MoveAnswer
from ledger.reports.known import Known
from marketplace.compiled import Kept


def moved_on(lines: list[UUID], known: Known) -> Mapping[UUID, int]:
    """
    Return what other lines gave to each of these, less what it gave them; a line that no move
    touched is not among them.
    """
    rows = _moved.all(lines) if known.is_now else _moves(lines).filter(known.of("entry__"))
    return {line: int(moved) for line, moved in rows}


def accrued_on(lines: list[UUID], known: Known) -> Mapping[UUID, int]:
    """
    Return what each of these will be charged for work that was handed over and neither accepted
    nor sent back, the fee and its part of an override included; then by the moments of each.
    """
    accrued: defaultdict[UUID, int] = defaultdict(int)
    for held in _waiting.all(lines) if known.is_now else _waited(lines, known):
        before = int(held.accepted)
        borne = shares(held.award, before, before + int(held.waiting))
        accrued[held.budget_line_id] += borne[held.line - 1].total.minor
    return accrued


@Kept
def _moved(lines: list[UUID]) -> QuerySet[BudgetMovement, tuple[Any, ...]]:
    return _moves(lines)


def _moves(lines: list[UUID]) -> QuerySet[BudgetMovement, tuple[Any, ...]]:
    made = MoveAnswer.objects.filter(is_made=True)
    moves = BudgetMovement.objects.filter(
        entry__kind=EntryKind.BUDGET_MOVED,
        entry__source__in=made.values("wanted"),
        budget_line__among=lines,
    )
    sums = moves.order_by().values("budget_line").annotate(moved=Sum("budget_minor"))
    return sums.values_list("budget_line", "moved")


@Kept
def _waiting(lines: list[UUID]) -> QuerySet[Commitment, Any]:
    """The promises on which deliveries wait."""
    standing = Commitment.objects.filter(
        budget_line__among=lines, open_minor__gt=0, followed_by=None
    )
    return _with_work(standing, _of_it().waiting(), _of_it().filter(acceptance__isnull=False))


def _waited(lines: list[UUID], known: Known) -> QuerySet[Commitment, Any]:
    """The same as it was: each promise on the line that held it then."""
    carried = JournalEntry.objects.filter(
        known.of(), kind=EntryKind.PROMISE_CARRIED, source=OuterRef("pk")
    )
    standing = Commitment.objects.filter(
        ~Exists(carried.filter(occurrence="out")),
        Q(follows=None) | Exists(carried.filter(occurrence="in")),
        budget_line__among=lines,
    )
    until = known.until
    open_then = Q(acceptance=None) | Q(acceptance__accepted_at__gt=until)
    not_returned = Q(returned=None) | Q(returned__returned_at__gt=until)
    waiting = _of_it().filter(open_then, not_returned, delivered_at__lte=until)
    return _with_work(standing, waiting, _of_it().filter(acceptance__accepted_at__lte=until))


def _of_it() -> DeliveryQuerySet:
    return Delivery.objects.filter(milestone__award=OuterRef("award"))


def _with_work(
    held: QuerySet[Commitment], waiting: DeliveryQuerySet, accepted: DeliveryQuerySet
) -> QuerySet[Commitment, Any]:
    """Each promise with what waits, if anything does, and with what was accepted before."""
    told = held.annotate(waiting=_sum(waiting), accepted=_sum(accepted)).filter(waiting__gt=0)
    named = told.select_related("award__budget_line", "award__override", "award__provider")
    return named.defer("award__comparison").order_by("pk")


def _sum(deliveries: DeliveryQuerySet) -> Coalesce:
    sums = deliveries.order_by().values("milestone__award").annotate(sum=Sum("amount_minor"))
    return Coalesce(Subquery(sums.values("sum")), 0)
