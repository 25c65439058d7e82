"""How a contest was led: signatures, panel, best and final bids, what bidders said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bids.models.panels import FinalRound
from ledger.exchange.ocds.export.parties import Parties
from ledger.exchange.ocds.export.plain import Plain, moment
from ledger.exchange.ocds.export.sight import Sight
from ledger.models.hearings import Hearing
from ledger.models.publications import PublicationAnswer
from marketplace.models.jobs import Job
from marketplace.models.panels import PanelSeat


@dataclass(slots=True)
class Contested:
    """The rows that tell how one job's contest was led."""

    signed_at: datetime | None = None  # a second head signed its publication
    seats: list[PanelSeat] = field(default_factory=list)
    final_round: FinalRound | None = None
    hearings: list[Hearing] = field(default_factory=list)


def gather_contests(jobs: Iterable[Job], sight: Sight) -> Mapping[UUID, Contested]:
    """Return them by job, as far as the reader may know them."""
    found = {job.pk: Contested() for job in jobs}
    invited = [job.pk for job in jobs if sight.knows_invited(job)]
    opened = [job.pk for job in jobs if sight.reads_bids(job)]
    signed = PublicationAnswer.objects.filter(wanted__job__in=invited, reason=None)
    for answer in signed.select_related("wanted"):
        found[answer.wanted.job_id].signed_at = answer.answered_at
    seats = PanelSeat.objects.filter(job__in=opened).select_related("interest")
    for seat in seats.order_by("appointed_at", "pk"):
        found[seat.job_id].seats.append(seat)
    rounds = FinalRound.objects.filter(job__in=opened).select_related("question", "opening")
    for one in rounds.prefetch_related("shortlist__bid"):
        found[one.job_id].final_round = one
    heard = Hearing.objects.filter(job__in=opened).select_related(
        "provider__department", "words", "reply__words"
    )
    for hearing in heard.order_by("heard_at", "pk"):
        found[hearing.job_id].hearings.append(hearing)
    return found


def contested(job: Job, rows: Contested, parties: Parties) -> Plain:
    """Return what the standard has no place for. Of persons only how many, and when."""
    return {
        "publicationSignedAt": moment(rows.signed_at),
        "panel": _panel(job, rows),
        "finalRound": _final_round(rows.final_round),
        "hearings": [_hearing(one, parties) for one in rows.hearings],
    }


def _panel(job: Job, rows: Contested) -> Plain | None:
    if not rows.seats:
        return None
    agreement = getattr(job, "agreement", None)
    return {
        "appointedAt": moment(rows.seats[0].appointed_at),
        "judges": sum(seat.left_at is None for seat in rows.seats),
        "interestsDeclared": sum(hasattr(seat, "interest") for seat in rows.seats),
        "agreedAt": moment(agreement.agreed_at) if agreement else None,
        "sheetDigest": bytes(agreement.digest).hex() if agreement else None,
    }


def _final_round(one: FinalRound | None) -> Plain | None:
    if one is None:
        return None
    opening = getattr(one, "opening", None)
    return {
        "date": moment(one.asked_at),
        "question": one.question.text,
        "closesAt": moment(one.closes_at),
        "openedAt": moment(opening.opened_at) if opening else None,
        "bidsCounted": opening.bids if opening else None,
        "shortlist": sorted(each.bid.reference for each in one.shortlist.all()),
    }


def _hearing(one: Hearing, parties: Parties) -> Plain:
    reply = getattr(one, "reply", None)
    return {
        "id": str(one.pk),
        "provider": parties.provider(one.provider, "tenderer"),
        "date": moment(one.heard_at),
        "reasons": one.reasons,
        "fairness": one.fairness,
        "effort": one.effort,
        "text": one.words.text if one.words else None,
        "reply": reply.words.text if reply else None,
        "replyDate": moment(reply.replied_at) if reply else None,
    }
