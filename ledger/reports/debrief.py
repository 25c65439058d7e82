"""What a bidder is told once the choice is made: its own judgement, never a rival's content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median_low
from typing import Any
from uuid import UUID

from bids.judging import whole_judgements
from bids.models.bids import Bid
from bids.models.panels import AgreedScore, Score
from ledger.models.awards import Award, NoAward
from ledger.reports.bands import PriceSpread, price_band, price_spread
from ledger.reports.past_ratings import PastRating
from ledger.reports.terms import price_of
from ledger.reports.weighing import Weighed, quality_figure, weigh
from ledger.standstill import standstill_until
from marketplace.models.jobs import CriterionKind, Job, Procedure
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal, Unknown


class NotDecided(Refusal):
    """The job has no outcome yet."""

    code = "not_decided"


@dataclass(frozen=True, slots=True)
class DebriefScore:
    """How the bidder's own answer was judged on one criterion."""

    criterion_name: str
    weight: int
    levels: tuple[str, ...]
    quarters: int | None
    words: str
    reasons: tuple[str, ...]
    is_below_knock_out: bool
    past_rating: PastRating | None  # the bidder's own; None where people judge

    @property
    def points(self) -> Decimal | None:
        """What past ratings give, of the weight."""
        return self.past_rating.points(self.weight) if self.past_rating else None


@dataclass(frozen=True, slots=True)
class Debrief:
    """The result for one bidder."""

    job_id: UUID
    reference: str
    title: str
    department_name: str
    provider_id: UUID
    provider_name: str
    bid_id: UUID
    outcome: str  # chosen, not_chosen, disqualified, no_award, cancelled
    decided_at: datetime
    decided_by: str
    own_price: Money | None
    own_quality: Decimal | None
    own_place: int | None
    bids_counted: int | None  # None where no bid was ever opened
    scores: tuple[DebriefScore, ...]
    disqualified: str  # the reason
    chosen_name: str
    chosen_is_in_house: bool | None
    chosen_quality: Decimal | None
    chosen_from: Money | None  # the band in which the price chosen lies; where the rules of the
    # job say so, the price itself, twice
    chosen_to: Money | None
    spread: PriceSpread | None  # of all valid bids; None under five, or without a choice
    reason_code: str
    reason_label: str
    reason: str
    decisive_criterion: str
    standstill_until: datetime | None  # until then a bidder who was not chosen may object


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How the job ended, and who said so."""

    word: str
    at: datetime
    by: str
    reason: str
    award: Award | None = None


def debrief(*, actor: User, job_id: UUID, provider_id: UUID | None = None) -> Debrief:
    """
    Return what a bidder of this job is told; of several own providers, `provider_id` says which.

    :raises Unknown: the actor has no bid on such a job.
    :raises NotDecided: the choice is not made yet.
    """
    own = _own_bid(actor, job_id, provider_id)
    job = Job.objects.select_related("department", "policy", "cancelled_by", "cancellation").get(
        pk=job_id
    )
    outcome = _outcome(job)
    weighed = weigh(job, with_reasons=True) if job.opened_at else None
    mine = _best_of_mine(own, weighed, outcome)
    row = weighed.figures.get(mine.pk) if weighed else None
    award = outcome.award
    chosen = weighed.figures.get(award.bid_id) if weighed and award else None
    price = price_of(mine) if weighed else None
    return Debrief(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        department_name=job.department.name,
        provider_id=mine.provider_id,
        provider_name=mine.provider.name,
        bid_id=mine.pk,
        outcome=_word(mine, outcome),
        decided_at=outcome.at,
        decided_by=outcome.by,
        own_price=price.quoted if price else None,
        own_quality=quality_figure(row.quality) if row else None,
        own_place=row.rank if row else None,
        bids_counted=len(weighed.bids) if weighed else None,
        scores=_scores(mine, weighed) if weighed else (),
        disqualified=mine.disqualified.reason.text if hasattr(mine, "disqualified") else "",
        chosen_name=award.provider.name if award else "",
        chosen_is_in_house=award.provider.is_in_house if award else None,
        chosen_quality=quality_figure(chosen.quality) if chosen else None,
        **_prices_told(award, weighed, job),
        reason_code=award.reason_code if award else "",
        reason_label=award.get_reason_code_display() if award else "",
        reason=outcome.reason,
        decisive_criterion=_criterion_name(award),
        standstill_until=standstill_until(award) if award else None,
    )


def _criterion_name(award: Award | None) -> str:
    criterion = award.decisive_criterion if award else None
    return criterion.name if criterion else ""


def _prices_told(award: Award | None, weighed: Weighed | None, job: Job) -> dict[str, Any]:
    if award is None or weighed is None:
        return {"chosen_from": None, "chosen_to": None, "spread": None}
    is_exact = job.policy.tells_exact_price
    low, high = (award.price, award.price) if is_exact else price_band(award.price)
    valid = (bid for bid in weighed.bids if bid.pk in weighed.valid_ids)
    spread = price_spread(valid)
    return {"chosen_from": low, "chosen_to": high, "spread": spread}


def _own_bid(actor: User, job_id: UUID, provider_id: UUID | None) -> Bid:
    """:raises Unknown: there is none."""
    bids = Bid.objects.standing().of_provider_of(actor).filter(job=job_id)
    if provider_id is not None:
        bids = bids.filter(provider=provider_id)
    own = bids.select_related("provider").order_by("variant", "submitted_at").first()
    if own is None:
        raise Unknown("There is no such bid of yours.")
    return own


def _outcome(job: Job) -> _Outcome:
    """:raises NotDecided: there is none yet."""
    if job.cancelled_at and job.cancelled_by and job.cancellation:
        return _Outcome("cancelled", job.cancelled_at, job.cancelled_by.name, job.cancellation.text)
    award = (
        Award.objects.filter(job=job)
        .select_related("provider", "chosen_by", "reason", "decisive_criterion", "standstill")
        .first()
    )
    if award is not None:
        return _Outcome(
            "not_chosen", award.chosen_at, award.chosen_by.name, award.reason.text, award
        )
    ended = NoAward.objects.filter(job=job).select_related("decided_by", "reason").first()
    if ended is None:
        if Award.record.filter(job=job).exists():
            raise NotDecided("The choice was withdrawn. A bid is chosen anew; you are told of it.")
        raise NotDecided("The choice is not made yet. You are told the minute it is.")
    return _Outcome("no_award", ended.decided_at, ended.decided_by.name, ended.reason.text)


def _best_of_mine(own: Bid, weighed: Weighed | None, outcome: _Outcome) -> Bid:
    """Return the bid to speak of: the one chosen, else the provider's best placed."""
    if weighed is None:
        return own
    mine = [bid for bid in weighed.bids if bid.provider_id == own.provider_id]
    chosen = outcome.award.bid_id if outcome.award else None
    return next((bid for bid in mine if bid.pk == chosen), mine[0])


def _word(mine: Bid, outcome: _Outcome) -> str:
    if outcome.award is not None and outcome.award.bid_id == mine.pk:
        return "chosen"
    if hasattr(mine, "disqualified"):
        return "disqualified"
    return outcome.word


def _scores(mine: Bid, weighed: Weighed) -> tuple[DebriefScore, ...]:
    scores = []
    said = _said(weighed)
    bid_id = mine.final_of.earlier_id if hasattr(mine, "final_of") else mine.pk
    for criterion in weighed.criteria:
        given = [
            score for score in said if score.bid_id == bid_id and score.criterion_id == criterion.pk
        ]
        quarters = median_low(score.quarters for score in given) if given else None
        scores.append(
            DebriefScore(
                criterion_name=criterion.name,
                weight=criterion.weight,
                levels=tuple(criterion.levels),
                quarters=quarters,
                words="" if quarters is None else criterion.levels[quarters],
                reasons=tuple(score.reason.text for score in given),
                is_below_knock_out=quarters is not None and quarters < (criterion.knock_out or 0),
                past_rating=weighed.past.get(mine.provider_id)
                if criterion.kind == CriterionKind.PAST_RATINGS
                else None,
            )
        )
    return tuple(scores)


def _said(weighed: Weighed) -> Iterable[Score | AgreedScore]:
    """Return the scores that a bidder is told: those that count, or would have."""
    judged = weighed.judged
    if judged.has_panel:
        # A panel speaks with one voice: what its members said alone stays among them.
        return judged.agreed.values() if judged.is_agreed else ()
    if weighed.job.procedure != Procedure.FORMAL:
        return weighed.scores
    # Half a judgement is nobody's, also where the job ended before its prices were opened.
    first = [
        bid
        for bid in weighed.bids
        if not hasattr(bid, "disqualified") and not hasattr(bid, "final_of")
    ]
    places = [
        (bid.pk, each.pk)
        for bid in first
        for each in weighed.criteria
        if each.kind == CriterionKind.JUDGED
    ]
    whole = whole_judgements(weighed.scores, places)
    return [score for score in weighed.scores if score.scorer_id in whole]
