"""Payments on their way into the books: looked up together, booked together, refused alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

from ledger.entries import Entry
from ledger.models.budgets import BudgetLine
from ledger.models.years import OutsideSpend
from ledger.outside_entries import (
    AlreadyRecorded,
    Known,
    NotAPayment,
    Payment,
    TakenBack,
    entry_of,
    refuse_impossible,
    tax_of,
)
from ledger.periods import period_of
from ledger.posting import (
    BookedDifferently,
    InsufficientFunds,
    NotPosted,
    PeriodClosed,
    post_entries,
    reversed_of,
)
from ledger.spelling import column, quoted
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.money import Money
from marketplace.refusals import Refusal

# Each document is found by one look into the index, however many there are.
EARLIER = """
SELECT * FROM ledger_outsidespend WHERE id = ANY (%s::uuid[]) OR id = ANY (ARRAY(
    SELECT (
        SELECT o.id FROM ledger_outsidespend AS o
        WHERE o.department_id = t.department AND o.payee = t.payee AND o.document = t.document
        ORDER BY o.again DESC LIMIT 1
    ) FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS t (department, payee, document)
))
"""
KEEP = """
COPY ledger_outsidespend (
    id, department_id, category_id, provider_id, payee, document, paid_on, currency, net_minor,
    tax_minor, recorded_by_id, recorded_at, again
) FROM STDIN
"""


@dataclass(slots=True)
class Told:
    """A payment that was told of. With an entry it is new; with a refusal it is not recorded."""

    payment: Payment
    refusal: Refusal | None = None
    entry: Entry | None = None
    again: int = 0  # how often its document was recorded and reversed before
    is_looked_up: bool = False

    @property
    def document(self) -> tuple[UUID, str, str]:
        """Whose books, who was paid, and by which document."""
        of = self.payment
        return of.department_id, of.payee.strip(), of.document.strip()


def book(told: Sequence[Told], *, known: Known, at: datetime) -> None:
    """
    Record them, and refuse what cannot be: each comes out as if they came one after the other.

    They are booked by one call, at the end, so that all locks are taken in one order: two groups
    never wait for each other. What is tried before leaves no lock behind.
    """
    while True:
        run = _firsts(told)
        if unknown := [one for one in run if not one.is_looked_up]:
            look_up(unknown, known=known, at=at)
        elif _is_written([one for one in run if one.entry], known=known, at=at):
            break
    # What names an earlier one of the group is known by what was just written.
    if others := [one for one in told if not one.is_looked_up]:
        look_up(others, known=known, at=at)


def _firsts(told: Sequence[Told]) -> list[Told]:
    """Return those that are not refused, and name no earlier one that is not."""
    firsts: list[Told] = []
    ids: set[UUID] = set()
    documents: set[tuple[UUID, str, str]] = set()
    for one in told:
        if one.refusal or one.payment.id in ids or one.document in documents:
            continue
        firsts.append(one)
        ids.add(one.payment.id)
        documents.add(one.document)
    return firsts


def look_up(run: Sequence[Told], *, known: Known, at: datetime) -> None:
    """Find out which are recorded already, which entry each other becomes, and what cannot be."""
    departments, payees, documents = zip(*(one.document for one in run), strict=True)
    values = [
        column(str(one.payment.id) for one in run),
        column(map(str, departments)),
        column(map(quoted, payees)),
        column(map(quoted, documents)),
    ]
    rows = list(OutsideSpend.objects.raw(EARLIER, values))
    by_id = {row.pk: row for row in rows}
    by_document = {(row.department_id, row.payee, row.document): row for row in rows}
    gone = reversed_of(list(by_id))
    for one in run:
        one.is_looked_up, one.entry = True, None
        try:
            known.department(one.payment.department_id)
            known.refuse_unknown(one.payment)
            refuse_impossible(one.payment, at=at)
            before = by_id.get(one.payment.id) or by_document.get(one.document)
            if before is not None and (before.pk == one.payment.id or before.pk not in gone):
                _refuse_another(one.payment, before, gone)
                continue
            one.again = before.again + 1 if before else 0
            one.entry = entry_of(one.payment, known=known)
        except Refusal as refusal:
            one.refusal = refusal


def _refuse_another(payment: Payment, before: OutsideSpend, gone: set[UUID]) -> None:
    recorded = (
        f"“{before.document}” of {before.payee} was recorded on {before.recorded_at:%d %B %Y}"
    )
    if before.pk in gone:
        raise TakenBack(
            f"{recorded} and reversed since. Record it anew; its document is free again."
        )
    if before.pk != payment.id:
        raise AlreadyRecorded(f"{recorded}.")
    told = (payment.department_id, payment.category_id, payment.provider_id, payment.paid_on)
    there = (before.department_id, before.category_id, before.provider_id, before.paid_on)
    names = (payment.payee.strip(), payment.document.strip())
    amounts = (payment.net.currency, payment.net.minor, tax_of(payment).minor)
    stood = (before.currency, before.net_minor, before.tax_minor)
    if (*told, *names, *amounts) != (*there, before.payee, before.document, *stood):
        raise BookedDifferently(f"{recorded}, with other figures.")


def _is_written(new: Sequence[Told], *, known: Known, at: datetime) -> bool:
    """Book them; where that cannot be, refuse those that it cannot be for, and book none."""
    try:
        is_written = _is_countable(new, known=known, at=at)
    except PeriodClosed as refusal:  # to every payment of that month
        closed = period_of(new[refusal.place].payment.paid_on)
        for one in new:
            if period_of(one.payment.paid_on) == closed:
                one.refusal = refusal
    except InsufficientFunds as refusal:
        new[refusal.place].refusal = refusal
        _refuse_uncovered([one for one in new if one.refusal is None])
    except NotPosted as refusal:
        new[refusal.place].refusal = refusal
    except IntegrityError:
        look_up(new, known=known, at=at)  # some may have been recorded meanwhile
        if all(one.entry for one in new):
            raise
    else:
        return is_written
    return False


def _is_countable(new: Sequence[Told], *, known: Known, at: datetime) -> bool:
    """
    Book them, or refuse the first that is too much to be counted. What keeps one before it from
    being booked is raised: it has another reason, and its own place.
    """
    try:
        _write(new, known=known, at=at)
    except DataError:
        one = new[_first_wrong(new, known=known, at=at)]
        one.refusal = NotAPayment("This is more than the books can count.")
        return False
    return True


def _write(new: Sequence[Told], *, known: Known, at: datetime) -> None:
    if not new:
        return
    with transaction.atomic():  # what is refused leaves nothing behind, no lock either
        entries = [one.entry for one in new if one.entry]
        post_entries(actor=known.actor, entries=entries, at=at)
        _keep(new, actor=known.actor, at=at)


def _refuse_uncovered(new: Sequence[Told]) -> None:
    """
    Refuse what the budget lines will not cover, as far as can be told without their locks: so
    that a group of which much is refused is not tried anew for each. The booking has the word.
    """
    moves = [(one, move) for one in new if one.entry for move in one.entry.budget_moves]
    found = BudgetLine.objects.filter(pk__in={move.line_id for _, move in moves})
    lines = {line.pk: line for line in found if line.control == BudgetControl.HARD}
    for one, move in moves:
        line = lines.get(move.line_id)
        if line is None:
            continue
        left, spent = line.available_minor, move.charged
        if spent > 0 and left - spent < -line.tolerance_minor:
            available, wanted = Money(left, line.currency), Money(spent, line.currency)
            one.refusal = InsufficientFunds.of(available, wanted)
        else:
            line.available_minor = left - spent


def _first_wrong(new: Sequence[Told], *, known: Known, at: datetime) -> int:
    """Return the place of the first that is too much to be counted after those before it."""
    good, wrong = 0, len(new)
    while wrong - good > 1:
        middle = (good + wrong) // 2
        try:
            with transaction.atomic():
                _write(new[:middle], known=known, at=at)
                transaction.set_rollback(True)
            good = middle
        except DataError:
            wrong = middle
    return wrong - 1


def _keep(new: Sequence[Told], *, actor: User, at: datetime) -> None:
    # Documents are claimed in one order, as facts are.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(KEEP) as copy,
    ):
        for one in sorted(new, key=attrgetter("document")):
            of = one.payment
            department, payee, document = one.document
            about = (of.id, department, of.category_id, of.provider_id, payee, document)
            amounts = (of.net.currency, of.net.minor, tax_of(of).minor)
            copy.write_row((*about, of.paid_on, *amounts, actor.pk, at, one.again))
