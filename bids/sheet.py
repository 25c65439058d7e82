"""The sheet on which a panel agrees: what each said alone, once all are in, and what all say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bids.judging import Judging, judging
from bids.models.bids import Bid, OpenedPrice
from bids.models.panels import AgreedScore, Agreement, Consent, Score
from bids.permissions import may_disqualify, may_read_bids_on, may_score
from marketplace.models.jobs import Criterion, Job, Procedure
from marketplace.models.people import User
from marketplace.refusals import NotOpened, Refusal, require


class NoPanel(Refusal):
    """Where no panel judges, the department's scores count as they are."""

    code = "no_panel"


@dataclass(frozen=True, slots=True)
class SheetScore:
    """What one member said alone."""

    scorer_name: str
    quarters: int
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """One bid on one criterion. `alone` is empty until all scores are in."""

    bid_id: UUID
    criterion_id: UUID
    alone: tuple[SheetScore, ...]
    spread: int  # levels between the lowest and the highest
    needs_talk: bool
    agreed: int | None
    agreed_words: str
    reason: str
    was_talked_over: bool
    noted_by: str


@dataclass(frozen=True, slots=True)
class SheetCriterion:
    """A criterion with its words."""

    criterion_id: UUID
    name: str
    weight: int
    levels: tuple[str, ...]
    places: tuple[SheetPlace, ...]  # in the order of the bids


@dataclass(frozen=True, slots=True)
class SheetBid:
    """A bid by its reference, and by its name unless names are hidden."""

    bid_id: UUID
    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class SheetMember:
    """How far a member is. What they said is not told here."""

    name: str
    done: int
    has_finished: bool
    has_consented: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet. `digest` is what somebody who consents says yes to, in hex."""

    job_id: UUID
    reference: str
    title: str
    is_formal: bool
    bids: tuple[SheetBid, ...]
    criteria: tuple[SheetCriterion, ...]
    members: tuple[SheetMember, ...]
    to_score: int  # places that each member judges
    is_in: bool
    is_complete: bool
    agreed_at: datetime | None
    prices_are_open: bool
    digest: str
    names_hidden: bool
    can_score: bool
    can_agree: bool
    can_consent: bool
    can_open_prices: bool


def sheet(*, actor: User, job_id: UUID, hide_names: bool = False) -> Sheet:
    """
    Return the sheet of a job's panel, for its members, the heads and auditors.

    :raises Unknown, Forbidden: the actor cannot see the job, or not its bids.
    :raises NotOpened, NoPanel: there is nothing to agree on yet, or nobody to agree.
    """
    job = Job.objects.visible_to(actor).select_related("department").one(job_id)
    require(may_read_bids_on(actor, job), "The bids are for the panel to read.")
    if job.opened_at is None:
        raise NotOpened("The bids are sealed. They are judged once they are open.")
    now = judging(job)
    if not now.has_panel:
        raise NoPanel("No panel was appointed for this job.")
    judges = may_score(actor, job) and job.decided_at is None
    agreement = Agreement.objects.filter(job=job).first()
    consents = Consent.objects.filter(job=job, digest=now.digest)
    consented = set(consents.values_list("user", flat=True))
    bids = _bids(now, hide_names=hide_names)
    prices = OpenedPrice.objects.filter(bid__job=job).exists()
    open_to_all = now.is_in and agreement is None and judges
    return Sheet(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        is_formal=job.procedure == Procedure.FORMAL,
        bids=bids,
        criteria=_criteria(job, now, bids),
        members=_members(now, consented),
        to_score=len(now.places),
        is_in=now.is_in,
        is_complete=now.is_complete,
        agreed_at=agreement.agreed_at if agreement else None,
        prices_are_open=prices,
        digest=now.digest.hex(),
        names_hidden=hide_names,
        can_score=judges and not now.is_in and agreement is None,
        can_agree=open_to_all,
        can_consent=open_to_all and now.is_complete and actor.pk not in consented,
        can_open_prices=agreement is not None and not prices and may_disqualify(actor, job),
    )


def unnamed_file(name: str, number: int) -> str:
    """Return what a file is called while names are hidden: its own name often tells whose it is."""
    return f"File {number}.{name.rpartition('.')[2].lower()}"


def veiled(number: int) -> str:
    """Return what a bid is called while names are hidden: by its place, from 0."""
    return f"Bid {number + 1}"


def _bids(now: Judging, *, hide_names: bool) -> tuple[SheetBid, ...]:
    # By their random references: an order of arrival would say who was first.
    found = Bid.objects.filter(pk__in={bid for bid, _ in now.places}).select_related("provider")
    return tuple(
        SheetBid(bid.pk, bid.reference, veiled(number) if hide_names else bid.provider.name)
        for number, bid in enumerate(found.order_by("reference"))
    )


def _members(now: Judging, consented: set[UUID]) -> tuple[SheetMember, ...]:
    people = User.objects.filter(pk__in=now.judges).order_by("name", "pk")
    return tuple(
        SheetMember(
            name=one.name,
            done=sum(one.pk in now.alone.get(place, {}) for place in now.places),
            has_finished=one.pk in now.finished,
            has_consented=one.pk in consented,
        )
        for one in people
    )


def _criteria(job: Job, now: Judging, bids: tuple[SheetBid, ...]) -> tuple[SheetCriterion, ...]:
    scores = Score.objects.none()
    if now.is_in or now.is_agreed:
        scores = Score.objects.filter(
            bid__in=[bid.bid_id for bid in bids], scorer__in=now.judges, replaced_at=None
        )
    said = list(scores.select_related("scorer", "reason").order_by("scorer__name", "pk"))
    return tuple(
        SheetCriterion(
            criterion_id=one.pk,
            name=one.name,
            weight=one.weight,
            levels=tuple(one.levels),
            places=tuple(_place(bid.bid_id, one, now, said) for bid in bids),
        )
        for one in job.criteria.judged().order_by("position")
    )


def _place(bid_id: UUID, criterion: Criterion, now: Judging, said: Iterable[Score]) -> SheetPlace:
    place = (bid_id, criterion.pk)
    agreed: AgreedScore | None = now.agreed.get(place)
    alone = tuple(
        SheetScore(
            score.scorer.name, score.quarters, criterion.levels[score.quarters], score.reason.text
        )
        for score in said
        if (score.bid_id, score.criterion_id) == place
    )
    return SheetPlace(
        bid_id=bid_id,
        criterion_id=criterion.pk,
        alone=alone,
        spread=now.spread(place) if alone else 0,
        needs_talk=bool(alone) and now.needs_talk(place),
        agreed=agreed.quarters if agreed else None,
        agreed_words=criterion.levels[agreed.quarters] if agreed else "",
        reason=agreed.reason.text if agreed else "",
        was_talked_over=agreed.was_talked_over if agreed else False,
        noted_by=agreed.noted_by.name if agreed else "",
    )
