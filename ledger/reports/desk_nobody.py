"""On the desk of administrators: what waits for a second person where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from ledger.models.corrections import Correction
from ledger.models.moves import MoveWanted
from ledger.models.payees import Payee
from ledger.models.payouts import Payout
from ledger.models.publications import PublicationWanted
from ledger.models.signatures import ChoiceWanted
from ledger.reports.choosing import to_decide
from ledger.reports.desk_jobs import MOST
from ledger.reports.open_items import OpenItem, companys_item
from ledger.reports.reading import Reader
from ledger.reports.second_heads import (
    heads_by_department,
    kept_from_choosing,
    kept_from_publishing,
)
from ledger.signing import waiting_publication
from marketplace.models.departments import Department
from marketplace.models.people import Office
from marketplace.notices import holders
from marketplace.together import gathered

Waiting = Iterable[tuple[datetime, UUID, frozenset[UUID]]]  # since when, what, not by whom


def nobody_items(reader: Reader) -> Iterator[OpenItem]:
    """Return, for administrators, where nobody may sign until they name another person."""
    if Office.ADMINISTRATOR not in reader.offices:
        return
    yield from gathered(_finance, _choices, _publications)


def _finance() -> Iterator[OpenItem]:
    """One item, however much waits: naming one more person of finance answers all of it."""
    waiting = [*_payouts(), *_payees(), *_corrections(), *_moves()]
    if not waiting:
        return
    finance = {one.pk for one in holders(Office.FINANCE)}
    stuck = sorted(one for one in waiting if not finance - one[2])
    if stuck:
        since_at, subject_id, _ = stuck[0]
        yield companys_item(
            "name_finance",
            "Name another person of finance",
            subject=subject_id,
            what="Something waits for a second person of finance, and there is none who may.",
            who="You",
            is_mine=True,
            since=since_at,
            then="They find it on their home page, and answer it.",
        )


def _payouts() -> Waiting:
    found = Payout.objects.filter(answer=None, needs_signature=True).select_related("payee")
    for one in found.order_by("asked_at")[:MOST]:
        yield one.asked_at, one.pk, frozenset([one.asked_by_id, one.payee.set_by_id])


def _payees() -> Waiting:
    later = Payee.objects.filter(provider=OuterRef("provider"), set_at__gt=OuterRef("set_at"))
    found = Payee.objects.filter(~Exists(later), confirmation=None).order_by("set_at")
    for one in found[:MOST]:
        yield one.set_at, one.pk, frozenset([one.set_by_id])


def _corrections() -> Waiting:
    for one in Correction.objects.waiting().order_by("asked_at")[:MOST]:
        yield one.asked_at, one.pk, frozenset([one.asked_by_id])


def _moves() -> Waiting:
    for one in MoveWanted.objects.waiting().order_by("proposed_at")[:MOST]:
        yield one.proposed_at, one.pk, frozenset([one.proposed_by_id])


def _choices() -> Iterator[OpenItem]:
    found = ChoiceWanted.objects.filter(to_decide("job"), answer=None)
    return _heads(found.select_related("job__department"))


def _publications() -> Iterator[OpenItem]:
    found = PublicationWanted.objects.filter(answer=None, job__published_at=None)
    return _heads(found.select_related("job__department", "job__waiver"))


def _heads(
    found: QuerySet[ChoiceWanted] | QuerySet[PublicationWanted],
) -> Iterator[OpenItem]:
    """What a second head signs, one item a department: which job it is, is not theirs to read."""
    waiting: list[ChoiceWanted | PublicationWanted] = [
        *found.filter(job__cancelled_at=None).order_by("wanted_at")[:MOST]
    ]
    heads = heads_by_department() if waiting else {}
    choices = kept_from_choosing(one.job for one in waiting if isinstance(one, ChoiceWanted))
    drafts = kept_from_publishing(one.job for one in waiting if isinstance(one, PublicationWanted))
    kept_off = choices | drafts  # no job is both a draft and opened
    named: set[UUID] = set()
    for one in waiting:
        department: Department = one.job.department
        if department.pk in named or _others(one, heads, kept_off):
            continue
        if isinstance(one, PublicationWanted) and waiting_publication(one.job) != one:
            continue  # the draft has changed since: nobody is asked to sign that one
        named.add(department.pk)
        yield companys_item(
            "name_head",
            f"Name another head of {department}, or of a department above it",
            subject=department.pk,
            what="Something waits there for the signature of a second head,"
            " and there is none who may.",
            who="You",
            is_mine=True,
            since=one.wanted_at,
            then="They find it on their home page, and sign it or send it back.",
        )


def _others(
    one: ChoiceWanted | PublicationWanted,
    heads: dict[UUID, set[UUID]],
    kept_off: dict[UUID, set[UUID]],
) -> set[UUID]:
    """Who may sign it, of those who head the department or one above it."""
    lineage = one.job.department.lineage
    others = {head for each in lineage for head in heads.get(each, ())} - {one.wanted_by_id}
    if not others:
        return others
    return others - kept_off[one.job_id]
