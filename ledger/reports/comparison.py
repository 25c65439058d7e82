"""The bids on one job, side by side: what a head chooses by, and what a choice freezes."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from bids.flags import (
    SPLIT_WITHIN,
    Flag,
    FlaggedBid,
    against_both_views,
    flags,
    split_under_limit,
)
from bids.models.panels import Score
from bids.permissions import may_read_bids_on, may_score, stands_aside
from ledger.models.awards import Award, Delivery
from ledger.permissions import may_choose, overriding_department
from ledger.reports.bid_columns import bid_columns, is_above_ceiling
from ledger.reports.columns import Column, columns
from ledger.reports.compared import (
    ComparedBid,
    ComparedCriterion,
    ComparedFile,
    ComparedFlag,
    ComparedLine,
    ComparedScore,
    Comparison,
    Record,
)
from ledger.reports.stage import stage
from ledger.reports.terms import price_of
from ledger.reports.veiling import without_names
from ledger.reports.weighing import Weighed, canonical, sealed_prices, weigh
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal, require
from marketplace.together import together

__all__ = [
    "COLUMNS",
    "ComparedBid",
    "ComparedCriterion",
    "ComparedFile",
    "ComparedFlag",
    "ComparedLine",
    "ComparedScore",
    "Comparison",
    "Record",
    "StillSealed",
    "comparison",
]


class StillSealed(Refusal):
    """The bids were not opened yet; there is nothing to compare."""

    code = "still_sealed"


COLUMNS: tuple[Column[ComparedBid], ...] = columns(
    "reference",
    "provider_name",
    "is_in_house",
    "quoted",
    "administration",
    "changeover",
    "comparable",
    "spent",
    "quality",
    "evaluated",
    "place",
    "spent_place",
    "disqualified",
    "is_chosen",
)  # of ComparedBid


def comparison(*, actor: User, job_id: UUID, at: datetime, hide_names: bool = False) -> Comparison:
    """
    Return the bids side by side, for the department and auditors, after the opening. Once a bid
    was chosen, `text` and `digest` are the frozen ones. With names hidden, bids are called by
    numbers and stand in the order of their random references; of their figures only the price and
    what judges gave are told, because all others tell who is in-house, or whose past it is.

    :raises Unknown: the actor cannot see the job.
    :raises Forbidden: the actor sees the job but not its bids.
    :raises StillSealed: the bids were not opened.
    """
    job = _opened(actor, job_id)
    of_job = Award.objects.filter(job=job)
    weighed, award = together(lambda: weigh(job, with_reasons=True), of_job.first)
    assert job.opened_at is not None
    text, turn = award.comparison if award else canonical(weighed), weighed.evaluation
    columns_, flagged, now, overrider = together(
        lambda: _columns(weighed, actor, award, at),
        lambda: _flags(weighed, award),
        lambda: stage(weighed=weighed, actor=actor, at=at),
        lambda: _overrider(actor, job, award),
    )
    paper = Comparison(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        department_id=job.department_id,
        department_name=job.department.name,
        currency=job.currency,
        mode=job.mode,
        point=job.point_value,
        ceiling=job.ceiling,
        opened_at=job.opened_at,
        criteria=_criteria(weighed),
        bids=columns_,
        flags=flagged,
        leader_ids=turn.leaders_charged,
        spent_leader_ids=turn.leaders_spent,
        views_disagree=turn.views_disagree,
        turning_point=turn.turning_point,
        turning_bid_id=turn.turning_bid_id,
        is_scored=weighed.is_scored,
        **_chosen(award),
        text=text,
        digest=sha256(text.encode()).hexdigest(),
        can_score=_can_score(weighed, award, actor),
        can_choose=award is None and may_choose(actor, job) and not stands_aside(actor, job),
        stage=now,
        overrider=overrider,
    )
    return without_names(paper, has_past=bool(weighed.past)) if hide_names else paper


def _chosen(award: Award | None) -> dict[str, Any]:
    return {
        "chosen_bid_id": award.bid_id if award else None,
        "chosen_at": award.chosen_at if award else None,
        "followed_view": award.followed_view if award else "",
    }


def _columns(
    weighed: Weighed, actor: User, award: Award | None, at: datetime
) -> tuple[ComparedBid, ...]:
    scores = _readable_scores(weighed, actor)
    return bid_columns(weighed, scores=scores, award=award, at=at)


def _opened(actor: User, job_id: UUID) -> Job:
    job = Job.objects.visible_to(actor).select_related("department", "policy").one(job_id)
    require(may_read_bids_on(actor, job), "The bids are for the department to read.")
    if job.opened_at is None:
        raise StillSealed("The bids are sealed. They are opened by the clock, all together.")
    return job


def _can_score(weighed: Weighed, award: Award | None, actor: User) -> bool:
    judged = weighed.judged
    decided = award is not None or weighed.job.decided_at is not None
    over = decided or (judged.has_panel and (judged.is_in or judged.is_agreed))
    return not over and may_score(actor, weighed.job)


def _overrider(actor: User, job: Job, award: Award | None) -> str:
    """Return the department that would bear the difference if the reader overrode; or nothing."""
    limit = job.policy.override_above_minor
    if award is None or award.replaces_id or limit is None or award.price_minor < limit:
        return ""
    payer = overriding_department(actor, job)
    begun = Delivery.objects.filter(milestone__award=award).exists()
    return payer.name if payer is not None and not begun else ""


def _criteria(weighed: Weighed) -> tuple[ComparedCriterion, ...]:
    return tuple(
        ComparedCriterion(
            criterion_id=criterion.pk,
            name=criterion.name,
            question=criterion.question,
            weight=criterion.weight,
            levels=tuple(criterion.levels),
            knock_out=criterion.knock_out,
            kind=criterion.kind,
        )
        for criterion in weighed.criteria
    )


def _readable_scores(weighed: Weighed, actor: User) -> list[Score]:
    """While each judges alone, each sees only their own."""
    judged = weighed.judged
    alone = not (judged.is_in or judged.is_agreed) if judged.has_panel else sealed_prices(weighed)
    return [score for score in weighed.scores if not alone or score.scorer_id == actor.pk]


def _flags(weighed: Weighed, award: Award | None) -> tuple[ComparedFlag, ...]:
    job = weighed.job
    opened = []
    for bid in weighed.bids:
        if hasattr(bid, "final"):
            continue  # its provider's last word is another
        price = price_of(bid)
        opened.append(
            FlaggedBid(
                bid_id=bid.pk,
                name=bid.provider.name,
                quoted=price.quoted if price and price.currency == job.currency else None,
                is_valid=bid.pk in weighed.valid_ids,
                is_above_ceiling=is_above_ceiling(bid, job),
            )
        )
    found = flags(opened, published_at=job.published_at, closes_at=job.closes_at)
    found += _split(job)
    if award is not None and weighed.evaluation.leaders_charged:
        found += against_both_views(award.bid_id, weighed.evaluation)
    return tuple(ComparedFlag(flag.code, flag.text, flag.bid_ids) for flag in found)


def _split(job: Job) -> list[Flag]:
    """Return a flag where jobs of one kind lie under the formal limit, and above it together."""
    limit, ceiling, published_at = job.policy.formal_above_minor, job.ceiling, job.published_at
    is_known = job.currency == job.department.currency
    if limit is None or ceiling is None or published_at is None or not is_known:
        return []
    alike = Job.objects.published().filter(
        department=job.department_id,
        category=job.category_id,
        currency=job.currency,
        cancelled_at=None,
        ceiling_minor__isnull=False,
        published_at__gte=published_at - SPLIT_WITHIN,
        published_at__lte=published_at,
    )
    earlier = alike.exclude(pk=job.pk).values_list("ceiling_minor", flat=True)
    return split_under_limit(
        limit=Money(limit, job.currency),
        this=ceiling,
        earlier=[Money(minor, job.currency) for minor in earlier if minor is not None],
    )
