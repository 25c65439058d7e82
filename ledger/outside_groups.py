"""Payments on their way into the books: looked up together, booked together, refused alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

from ledger.entries import Entry
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
from ledger.posting import BookedDifferently, NotPosted, PeriodClosed, post_entries, reversed_of
from ledger.spelling import column, quoted
from marketplace.models.people import User
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

    @property
    def document(self) -> tuple[UUID, str, str]:
        """Whose books, who was paid, and by which document."""
        of = self.payment
        return of.department_id, of.payee.strip(), of.document.strip()


def runs(told: Sequence[Told]) -> Iterator[list[Told]]:
    """Divide them so that none names an earlier one of its run: that one is looked up first."""
    run: list[Told] = []
    ids: set[UUID] = set()
    documents: set[tuple[UUID, str, str]] = set()
    for one in told:
        if one.payment.id in ids or one.document in documents:
            yield run
            run, ids, documents = [], set(), set()
        run.append(one)
        ids.add(one.payment.id)
        documents.add(one.document)
    if run:
        yield run


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
        one.entry = None
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


def write(new: Sequence[Told], *, known: Known, at: datetime) -> None:
    """Book them, together where that can be; what is refused says so, and stops no other."""
    if not new:
        return
    try:
        with transaction.atomic():  # what is refused leaves nothing behind
            entries = [one.entry for one in new if one.entry]
            post_entries(actor=known.actor, entries=entries, at=at)
            _keep(new, actor=known.actor, at=at)
    except PeriodClosed as refusal:  # to every payment of that month
        closed = period_of(new[refusal.place].payment.paid_on)
        for one in new:
            if period_of(one.payment.paid_on) == closed:
                one.refusal = refusal
        write([one for one in new if one.refusal is None], known=known, at=at)
    except (NotPosted, IntegrityError, DataError) as problem:
        if len(new) > 1:
            middle = len(new) // 2
            write(new[:middle], known=known, at=at)
            write(new[middle:], known=known, at=at)
        elif isinstance(problem, Refusal):
            new[0].refusal = problem
        elif isinstance(problem, DataError):
            new[0].refusal = NotAPayment("This is more than the books can count.")
        else:
            look_up(new, known=known, at=at)  # it may have been recorded meanwhile
            if new[0].entry:
                raise


def _keep(new: Sequence[Told], *, actor: User, at: datetime) -> None:
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(KEEP) as copy,
    ):
        for one in new:
            of = one.payment
            department, payee, document = one.document
            about = (of.id, department, of.category_id, of.provider_id, payee, document)
            amounts = (of.net.currency, of.net.minor, tax_of(of).minor)
            copy.write_row((*about, of.paid_on, *amounts, actor.pk, at, one.again))
