"""What the opening brought: every bid of a job with its price, its scores, and the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch

from bids.content import AttachedFile, PlannedMilestone, PriceLine, files_of, milestones_of
from bids.judging import judging
from bids.models.bids import Bid, OpenedPrice, Opening
from bids.models.panels import Score
from bids.permissions import may_read_bids_on, sits_with_a_bidder
from marketplace.models.jobs import Job, Procedure
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.permissions import holds
from marketplace.refusals import Unknown
from marketplace.together import together


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """One person's judgement of one bid on one criterion: so many quarters, and why."""

    criterion_id: UUID
    scorer_id: UUID
    scorer_name: str
    quarters: int
    reason: str
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedBidFacts:
    """One opened bid. A price of None: it had none, or prices are not open yet."""

    bid_id: UUID
    reference: str
    provider_id: UUID
    provider_name: str
    is_in_house: bool
    submitted_at: datetime
    opened_at: datetime
    approach: str
    starts_on: date | None
    finishes_on: date | None
    valid_until_on: date | None
    answers: Mapping[UUID, str]
    files: tuple[AttachedFile, ...]
    quoted: Money | None
    tax: Money | None
    lines: tuple[PriceLine, ...]
    milestones: tuple[PlannedMilestone, ...]
    disqualified: str | None
    is_above_ceiling: bool
    scores: tuple[ScoreFacts, ...]

    @property
    def is_valid(self) -> bool:
        """Whether it may be chosen."""
        return self.quoted is not None and self.disqualified is None


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was written at the opening."""

    opened_at: datetime
    opened_by: str
    bids_counted: int
    receipts_matched: int
    text: str
    prices_opened_at: datetime | None


def opened_bids(*, actor: User, job_id: UUID) -> list[OpenedBidFacts]:
    """
    Return every bid that stood at the opening, valid or not, by provider; none before it.

    :raises Unknown: the person is neither of the department nor an auditor.
    """
    job = _readable(actor, job_id)
    if job.opened_at is None:
        return []
    scores = Score.objects.filter(replaced_at=None).select_related("scorer", "reason")
    if judges_alone(job):
        # Each panel member judges alone: the others' scores show once all are in.
        scores = scores.filter(scorer=actor)
    bids = (
        Bid.objects.standing()
        .filter(job=job)
        .select_related("provider", "opened", "price", "disqualified__reason")
        .prefetch_related("price__lines", Prefetch("scores", scores.order_by("scored_at", "id")))
        .order_by("provider__name", "variant", "id")
    )
    return [_facts(job, bid) for bid in bids]


def minutes(*, actor: User, job_id: UUID) -> Minutes:
    """
    Return the minutes of an opening.

    :raises Unknown: not opened yet, or the person is not of the department, finance or auditing.
    """
    job = Job.objects.visible_to(actor).select_related("department").one(job_id)
    keeps_money = holds(actor, Office.FINANCE) and not sits_with_a_bidder(actor, job)
    if not (may_read_bids_on(actor, job) or keeps_money):
        raise Unknown("There is no such opening.")
    opening, first_price = together(
        Opening.objects.filter(job=job).select_related("opened_by").first,
        OpenedPrice.objects.filter(bid__job=job).order_by("opened_at").first,
    )
    if opening is None:
        raise Unknown("There is no such opening.")
    return Minutes(
        opened_at=opening.opened_at,
        opened_by=opening.opened_by.name,
        bids_counted=opening.bids_counted,
        receipts_matched=opening.receipts_matched,
        text=opening.minutes,
        prices_opened_at=first_price.opened_at if first_price else None,
    )


def _readable(actor: User, job_id: UUID) -> Job:
    job = Job.objects.visible_to(actor).select_related("department").one(job_id)
    if not may_read_bids_on(actor, job):
        raise Unknown("There is no such job.")
    return job


def judges_alone(job: Job) -> bool:
    """Whether each still judges without knowing what the others say."""
    now = judging(job)
    if now.has_panel:
        return not (now.is_in or now.is_agreed)
    prices = OpenedPrice.objects.filter(bid__job=job)
    return job.procedure == Procedure.FORMAL and not prices.exists()


def _facts(job: Job, bid: Bid) -> OpenedBidFacts:
    opened = getattr(bid, "opened", None)
    price: OpenedPrice | None = getattr(bid, "price", None)
    why = getattr(bid, "disqualified", None)
    assert job.opened_at is not None
    return OpenedBidFacts(
        bid_id=bid.pk,
        reference=bid.reference,
        provider_id=bid.provider_id,
        provider_name=bid.provider.name,
        is_in_house=bid.provider.is_in_house,
        submitted_at=bid.submitted_at,
        opened_at=job.opened_at,
        approach=opened.approach if opened else "",
        starts_on=opened.starts_on if opened else None,
        finishes_on=opened.finishes_on if opened else None,
        valid_until_on=opened.valid_until_on if opened else None,
        answers={UUID(key): text for key, text in opened.answers.items()} if opened else {},
        files=files_of(opened.files) if opened else (),
        quoted=price.quoted if price else None,
        tax=Money(price.tax_minor, price.currency) if price else None,
        lines=_lines(price),
        milestones=milestones_of(price.milestones) if price else (),
        disqualified=why.reason.text if why else None,
        is_above_ceiling=bool(price and job.ceiling is not None and price.quoted > job.ceiling),
        scores=tuple(
            ScoreFacts(
                criterion_id=score.criterion_id,
                scorer_id=score.scorer_id,
                scorer_name=score.scorer.name,
                quarters=score.quarters,
                reason=score.reason.text,
                scored_at=score.scored_at,
            )
            for score in bid.scores.all()
        ),
    )


def _lines(price: OpenedPrice | None) -> tuple[PriceLine, ...]:
    if price is None:
        return ()
    lines = sorted(price.lines.all(), key=lambda line: line.position)
    return tuple(PriceLine(line.kind, line.amount_minor, line.text) for line in lines)
