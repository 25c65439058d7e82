"""On the desk of who judges, signs, or is on a shortlist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q

from bids.models.bids import Bid
from bids.models.panels import Agreement, Consent, FinalOffer
from ledger.models.publications import PublicationWanted
from ledger.models.signatures import ChoiceWanted
from ledger.reports.choosing import to_decide
from ledger.reports.desk_jobs import MOST
from ledger.reports.open_items import OpenItem
from ledger.reports.reading import Reader
from ledger.reports.second_heads import kept_from_choosing, kept_from_publishing
from ledger.reports.states import noted
from ledger.signing import waiting_publication
from marketplace.models.panels import PanelSeat
from marketplace.together import gathered


def panel_items(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    """Return what waits around the panels, signatures and shortlists of the reader."""
    asked: list[Callable[[], Iterator[OpenItem]]] = [partial(_seats, reader)]
    if reader.headed:
        asked += [partial(one, reader) for one in (_interests, _signatures, _publications)]
    if reader.leads:
        asked.append(partial(_shortlists, reader, at))
    yield from gathered(*asked)


def _seats(reader: Reader) -> Iterator[OpenItem]:
    job = OuterRef("job")
    seats = (
        PanelSeat.objects.current()
        .filter(user=reader.user, job__decided_at=None, job__cancelled_at=None)
        .filter(Q(interest=None) | Q(interest__has_some=False) | Q(interest__answer__may_stay=True))
        .annotate(
            is_agreed=Exists(Agreement.objects.filter(job=job)),
            said_yes=Exists(Consent.objects.filter(job=job, user=reader.user)),
        )
        .select_related("job__department", "interest")
    )
    for seat in seats.order_by("appointed_at")[:MOST]:
        if not hasattr(seat, "interest"):
            yield _item(
                seat,
                kind="declare",
                act="Declare your interests",
                what=f"{seat.job.department.name} appointed you to judge.",
                then="The opening waits until all have declared.",
            )
        elif seat.job.opened_at is not None and not noted(seat, "is_agreed"):
            yield _item(
                seat,
                kind="judge",
                act="Judge the bids, then agree",
                what="Alone first; once all scores are in they show, and all agree on one sheet.",
                then="When all agree, a bid can be chosen.",
                is_mine=not noted(seat, "said_yes"),
            )


def _item(
    seat: PanelSeat, *, kind: str, act: str, what: str, then: str, is_mine: bool = True
) -> OpenItem:
    job = seat.job
    return OpenItem(
        kind=kind,
        act=act,
        job_id=job.pk,
        job_title=job.title,
        subject_id=seat.pk,
        what=what,
        who="You" if is_mine else "The others on the panel",
        is_mine=is_mine,
        since_at=job.opened_at or seat.appointed_at,
        due_at=job.closes_at if kind == "declare" else None,
        is_late=False,
        then=then,
    )


def _interests(reader: Reader) -> Iterator[OpenItem]:
    seats = PanelSeat.objects.current().filter(
        job__department__parent__in=reader.headed,
        job__decided_at=None,
        job__cancelled_at=None,
        interest__has_some=True,
        interest__answer=None,
    )
    for seat in seats.exclude(user=reader.user).select_related("job", "user", "interest")[:MOST]:
        yield OpenItem(
            kind="answer_interest",
            act="Decide on an interest",
            job_id=seat.job_id,
            job_title=seat.job.title,
            subject_id=seat.pk,
            what=f"{seat.user.name} declared an interest and is out until then.",
            who="You",
            is_mine=True,
            since_at=seat.interest.declared_at,
            due_at=seat.job.closes_at,
            is_late=False,
            then="They judge, or stay off the panel.",
        )


def _signatures(reader: Reader) -> Iterator[OpenItem]:
    waiting = ChoiceWanted.objects.filter(
        to_decide("job"), job__department__in=reader.headed, answer=None
    )
    found = list(waiting.select_related("job__department", "wanted_by").order_by("wanted_at"))
    kept_off = kept_from_choosing(one.job for one in found)
    # Whose signature would be refused is not asked for it, nor told that a choice waits.
    found = [one for one in found if reader.user.pk not in kept_off[one.job_id]]
    for one in found[:MOST]:
        is_mine = one.wanted_by_id != reader.user.pk
        yield OpenItem(
            kind="sign_choice",
            act="Sign a choice, or send it back",
            job_id=one.job_id,
            job_title=one.job.title,
            subject_id=one.pk,
            what=f"{one.wanted_by.name} would choose a bid; above a limit two heads do.",
            who="You" if is_mine else "A second head",
            is_mine=is_mine,
            since_at=one.wanted_at,
            due_at=None,
            is_late=False,
            then="Every bidder is told in the same minute.",
        )


def _publications(reader: Reader) -> Iterator[OpenItem]:
    wanted = PublicationWanted.objects.filter(
        job__department__in=reader.headed, answer=None, job__published_at=None
    )
    about = wanted.select_related("job__waiver", "job__department", "wanted_by")
    found = list(about.order_by("wanted_at"))
    kept_off = kept_from_publishing(one.job for one in found)
    for one in [one for one in found if reader.user.pk not in kept_off[one.job_id]][:MOST]:
        if waiting_publication(one.job) != one:
            continue  # the draft has changed since: nobody is asked to sign that one
        is_mine = one.wanted_by_id != reader.user.pk
        yield OpenItem(
            kind="sign_publication",
            act="Sign a publication, or send it back",
            job_id=one.job_id,
            job_title=one.job.title,
            subject_id=one.pk,
            what=f"{one.wanted_by.name} would publish it; above a limit two heads do.",
            who="You" if is_mine else "A second head",
            is_mine=is_mine,
            since_at=one.wanted_at,
            due_at=one.job.closes_at,
            is_late=False,
            then="It is published, and everybody invited is told.",
        )


def _shortlists(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    sent = FinalOffer.objects.filter(earlier=OuterRef("pk"), replaced_at=None)
    bids = Bid.objects.filter(
        ~Exists(sent),
        provider__in=reader.leads,
        shortlisted__round__closes_at__gt=at,
        disqualified__isnull=True,
        job__decided_at=None,
    ).select_related("job", "shortlisted__round")
    for bid in bids.defer("quality_envelope", "price_envelope", "receipt")[:MOST]:
        yield OpenItem(
            kind="final_bid",
            act="Send your best and final bid",
            job_id=bid.job_id,
            job_title=bid.job.title,
            subject_id=bid.pk,
            what="Your bid is on the shortlist: one question and one deadline for all on it.",
            who="You",
            is_mine=True,
            since_at=bid.shortlisted.round.asked_at,
            due_at=bid.shortlisted.round.closes_at,
            is_late=False,
            then="Without one your bid stands as it is.",
        )
