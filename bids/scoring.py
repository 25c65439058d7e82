"""Judging opened bids: one person, one criterion, a level in quarters, and the reason for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.bidding import refuse_decided
from bids.judging import judging
from bids.models.bids import Bid, Disqualification, OpenedPrice
from bids.models.panels import Score
from bids.permissions import may_score, sits_with_a_bidder
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Criterion, CriterionKind, Job, Procedure
from marketplace.models.people import User
from marketplace.refusals import NotOpened, Refusal, Unknown, require
from marketplace.words import keep

SHORTEST_REASON = 30
HIGHEST = 4


class OwnProvider(Refusal):
    """Nobody judges a contest that their own side is in."""

    code = "own_provider"


class ScoresAreFixed(Refusal):
    """Once prices are known, quality is not judged again."""

    code = "scores_are_fixed"


class LevelOutOfRange(Refusal):
    """A level is 0 to 4 quarters."""

    code = "level_out_of_range"
    field = "quarters"


class RatingsSpeak(Refusal):
    """What past work was rated is on the record; nobody judges it anew."""

    code = "ratings_speak"
    field = "criterion_id"


class ReasonTooShort(Refusal):
    """A bidder who is not chosen learns from reasons."""

    code = "reason_too_short"
    field = "reason"


class Superseded(Refusal):
    """A later judgement of the same person stands."""

    code = "superseded"


@transaction.atomic(savepoint=False)
def score_bid(
    *,
    actor: User,
    bid_id: UUID,
    criterion_id: UUID,
    quarters: int,
    reason: str,
    at: datetime,
) -> Score:
    """
    Judge an opened bid on one criterion. It replaces the person's earlier judgement.

    :raises Unknown, Forbidden: not theirs to see, no criterion of this job, not theirs to judge.
    :raises OwnProvider, RatingsSpeak, NotOpened, JudgingOver, ScoresAreFixed, LevelOutOfRange,
        ReasonTooShort, Superseded: the rules say no.
    """
    found = Bid.objects.visible_to(actor).one(bid_id)
    job = Job.objects.lock(found.job_id)
    if sits_with_a_bidder(actor, job):
        raise OwnProvider("You stand on the bidding side of this job.")
    require(may_score(actor, job))
    bid = Bid.objects.select_related("provider").get(pk=bid_id)
    criterion = judged_criterion(job, criterion_id)
    _refuse_unready(job, bid, at=at)
    if not 0 <= quarters <= HIGHEST:
        raise LevelOutOfRange("Choose one of the five levels.")
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort(f"Give a reason of at least {SHORTEST_REASON} characters.")
    return _write(bid, criterion, quarters, reason, actor=actor, job=job, at=at)


def judged_criterion(job: Job, criterion_id: UUID) -> Criterion:
    """:raises Unknown, RatingsSpeak: there is none, or nobody judges it."""
    criterion = Criterion.objects.filter(pk=criterion_id, job=job).first()
    if criterion is None:
        raise Unknown("There is no such criterion.")
    if criterion.kind == CriterionKind.PAST_RATINGS:
        raise RatingsSpeak(f"“{criterion.name}” is computed from what past work was rated.")
    return criterion


def _refuse_unready(job: Job, bid: Bid, *, at: datetime) -> None:
    is_out = bid.withdrawn_at is not None or Disqualification.objects.filter(bid=bid).exists()
    if hasattr(bid, "final_of"):
        raise ScoresAreFixed("A best and final bid keeps the scores of the one that it follows.")
    if job.opened_at is None or at < job.opened_at or is_out:
        raise NotOpened(f"The bid {bid.reference} is not open, or it is out.")
    refuse_decided(job)
    if job.procedure == Procedure.FORMAL and OpenedPrice.objects.filter(bid__job=job).exists():
        raise ScoresAreFixed("The prices are known; scores do not change any more.")
    now = judging(job)
    if now.is_agreed:
        raise ScoresAreFixed("The panel has agreed; scores do not change any more.")
    # Whoever has seen the others' scores would follow them.
    if now.has_panel and now.is_in:
        raise ScoresAreFixed("All scores are in and shown. Now agree on one together.")


def _write(
    bid: Bid,
    criterion: Criterion,
    quarters: int,
    reason: str,
    *,
    actor: User,
    job: Job,
    at: datetime,
) -> Score:
    earlier = Score.objects.filter(bid=bid, criterion=criterion, scorer=actor, replaced_at=None)
    if earlier.filter(scored_at__gt=at).exists():
        raise Superseded("A later score of yours arrived first, and stands.")
    earlier.update(replaced_at=at)
    words = keep(reason, at=at)
    score = Score.objects.create(
        bid=bid,
        criterion=criterion,
        scorer=actor,
        quarters=quarters,
        reason=words,
        scored_at=at,
    )
    record(
        actor,
        "bid.scored",
        bid,
        at=at,
        audience=Audience.BUYER,
        job=job,
        provider=bid.provider,
        facts={
            "criterion": str(criterion.pk),
            "quarters": quarters,
            "reason_digest": words.digest.hex(),
        },
    )
    return score
