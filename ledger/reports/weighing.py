"""The opened bids of one job, weighed: what the comparison shows and a choice freezes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from bids.content import PriceLine
from bids.evaluation import (
    Candidate,
    EvaluatedBid,
    Evaluation,
    Terms,
    evaluate,
)
from bids.judging import Judging, judging, whole_judgements
from bids.models.bids import SEALED, Bid, OpenedPriceLine
from bids.models.panels import Score
from ledger.reports.past_ratings import PastRating, past_ratings
from ledger.reports.terms import (
    Levels,
    differential_of,
    is_valid,
    levels_of,
    price_of,
    terms_of,
)
from marketplace.compiled import Kept
from marketplace.models.jobs import Criterion, CriterionKind, Job, Procedure
from marketplace.together import together

PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A job's opened bids with their figures."""

    job: Job
    criteria: tuple[Criterion, ...]
    bids: tuple[Bid, ...]  # standing; those without a place last
    scores: tuple[Score, ...]  # current ones, without their reasons
    terms: Terms
    evaluation: Evaluation
    valid_ids: frozenset[UUID]  # may be chosen
    judged: Judging
    past: Mapping[UUID, PastRating]  # by provider; empty where past ratings do not count

    @property
    def figures(self) -> dict[UUID, EvaluatedBid]:
        return {row.bid_id: row for row in self.evaluation.rows}

    @property
    def is_scored(self) -> bool:
        """Whether each valid bid has a level on each criterion."""
        return all(row.quality is not None for row in self.evaluation.rows)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A comparison as a choice keeps it: its canonical text and the SHA-256 of that."""

    text: str
    digest: bytes
    leader_ids: tuple[UUID, ...]  # the best value: first place on what is charged
    spent_leader_ids: tuple[UUID, ...]
    views_disagree: bool
    valid: Mapping[UUID, Bid]  # with price, provider and what was opened
    knocked_out: frozenset[UUID]  # judged below a level under which a bid is out


def weigh(job: Job, *, with_reasons: bool = False, judged: Judging | None = None) -> Weighed:
    """Return the opened bids of a job with their figures. The caller has asked who may see them."""
    bids, criteria, panel = together(
        lambda: _bids(job), lambda: tuple(_criteria.all(job.pk)), lambda: judged or judging(job)
    )
    scores = Score.objects.filter(criterion__in=criteria, bid__withdrawn_at=None, replaced_at=None)
    scores = scores.order_by("scored_at", "id")
    if panel.has_panel:
        scores = scores.filter(scorer__in=panel.judges)
    if with_reasons:
        scores = scores.select_related("reason", "scorer")
    kept = _that_count(scores, bids, criteria, job) if not panel.has_panel else tuple(scores)
    terms = terms_of(job, criteria)
    valid = [bid for bid in bids if is_valid(bid, job.currency)]
    levels = levels_of(bids, kept, panel)
    past = _add_past(levels, job, criteria, bids)
    terms = replace(terms, differential=differential_of(job, valid))
    evaluation = evaluate([_candidate(bid, levels[bid.pk]) for bid in valid], terms)
    order = {row.bid_id: place for place, row in enumerate(evaluation.rows)}
    bids.sort(key=lambda bid: (order.get(bid.pk, len(order)), bid.submitted_at, str(bid.pk)))
    return Weighed(
        job=job,
        criteria=criteria,
        bids=tuple(bids),
        scores=kept,
        terms=terms,
        evaluation=evaluation,
        valid_ids=frozenset(bid.pk for bid in valid),
        judged=panel,
        past=past,
    )


def _bids(job: Job) -> list[Bid]:
    bids = _standing.all(job.pk)
    lines = Prefetch("price__lines", OpenedPriceLine.objects.order_by("position"))
    prefetch_related_objects(bids, lines)
    return bids


@Kept
def _standing(job: UUID) -> QuerySet[Bid]:
    return (
        Bid.objects.standing()
        .filter(job=job)
        .defer(*SEALED)
        .select_related("provider__department", "opened", "price", "disqualified__reason")
        .select_related("final", "final_of")
    )


@Kept
def _criteria(job: UUID) -> QuerySet[Criterion]:
    return Criterion.objects.filter(job=job).order_by("position")


def _that_count(
    scores: Iterable[Score], bids: list[Bid], criteria: tuple[Criterion, ...], job: Job
) -> tuple[Score, ...]:
    """Return scores without those of whoever left a formal job's judging half done."""
    kept = tuple(scores)
    if job.procedure != Procedure.FORMAL or not any(price_of(bid) for bid in bids):
        return kept
    judged = [one for one in bids if not hasattr(one, "disqualified") and price_of(one)]
    first = [one for one in judged if not hasattr(one, "final_of")]
    people = [each.pk for each in criteria if each.kind == CriterionKind.JUDGED]
    whole = whole_judgements(kept, [(bid.pk, each) for bid in first for each in people])
    return tuple(score for score in kept if score.scorer_id in whole)


def _add_past(
    levels: Levels, job: Job, criteria: tuple[Criterion, ...], bids: list[Bid]
) -> Mapping[UUID, PastRating]:
    """Give each bid its level on past ratings, if they count, and return them by provider."""
    counted = [one.pk for one in criteria if one.kind == CriterionKind.PAST_RATINGS]
    if not counted or job.opened_at is None:
        return {}
    past = past_ratings(job, {bid.provider_id for bid in bids})
    for bid in bids:
        levels[bid.pk][counted[0]] = past[bid.provider_id].level
    return past


def freeze(job: Job, judged: Judging | None = None) -> Frozen:
    """
    Return the comparison of an opened job as a choice keeps it. Asks nobody: the verb has locked
    the job and knows that the actor chooses.
    """
    weighed = weigh(job, judged=judged)
    text = canonical(weighed)
    return Frozen(
        text=text,
        digest=sha256(text.encode()).digest(),
        leader_ids=weighed.evaluation.leaders_charged,
        spent_leader_ids=weighed.evaluation.leaders_spent,
        views_disagree=weighed.evaluation.views_disagree,
        valid={bid.pk: bid for bid in weighed.bids if bid.pk in weighed.valid_ids},
        knocked_out=frozenset(row.bid_id for row in weighed.evaluation.rows if row.is_knocked_out),
    )


def canonical(weighed: Weighed) -> str:
    """Return the one text of a comparison: ids, whole numbers and strings, keys sorted."""
    job, figures = weighed.job, weighed.figures
    quarters: dict[UUID, list[Any]] = defaultdict(list)
    judged = weighed.judged
    # While each judges alone, the paper's text may not tell what the others say.
    is_open = judged.is_in or judged.is_agreed if judged.has_panel else not sealed_prices(weighed)
    for score in weighed.scores if is_open else ():
        quarters[score.bid_id].append(
            [str(score.criterion_id), str(score.scorer_id), score.quarters]
        )
    facts = {
        "v": 1,
        "job": str(job.pk),
        "fingerprint": bytes(job.fingerprint or b"").hex(),
        "currency": job.currency,
        "mode": job.mode,
        "point_minor": weighed.terms.point.minor,
        "administration_minor": weighed.terms.administration.minor,
        "changeover_minor": weighed.terms.changeover.minor,
        **_sometimes(weighed),
        "criteria": [[str(criterion.pk), criterion.weight] for criterion in weighed.criteria],
        "bids": [
            {**_facts(bid, figures.get(bid.pk)), "scores": sorted(quarters[bid.pk])}
            for bid in weighed.bids
        ],
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sealed_prices(weighed: Weighed) -> bool:
    """Whether a formal job's prices wait for its scores."""
    is_formal = weighed.job.procedure == Procedure.FORMAL
    return is_formal and not any(price_of(bid) for bid in weighed.bids)


def _sometimes(weighed: Weighed) -> dict[str, Any]:
    """
    Return what only some comparisons have: what a panel agreed on, a differential, past ratings.
    """
    facts: dict[str, Any] = {}
    if weighed.past:
        facts["past_ratings"] = sorted(
            [str(provider), f"{one.mean}", one.ratings, f"{one.usual}", one.usual_ratings]
            for provider, one in weighed.past.items()
        )
    if weighed.terms.differential is not None:
        facts["differential_minor"] = weighed.terms.differential.minor
    if weighed.judged.is_agreed:
        facts["agreed"] = sorted(
            [str(bid), str(criterion), one.quarters]
            for (bid, criterion), one in weighed.judged.agreed.items()
        )
    return facts


def quality_figure(quality: Fraction | None) -> Decimal | None:
    """Return Q, 0 to 100, as a figure with four decimals, half away from zero."""
    if quality is None:
        return None
    return (Decimal(quality.numerator) / quality.denominator).quantize(PLACES, ROUND_HALF_UP)


def _facts(bid: Bid, row: EvaluatedBid | None) -> dict[str, Any]:
    facts = {
        "bid": str(bid.pk),
        "provider": str(bid.provider_id),
        "fingerprint": bytes(bid.fingerprint).hex(),
        "disqualified": hasattr(bid, "disqualified"),
    }
    price = price_of(bid)
    if price is not None:
        facts |= {"quoted_minor": price.quoted_minor, "currency": price.currency}
    if row is not None:
        evaluated = row.evaluated
        facts |= {
            "comparable_minor": row.comparable.minor,
            "spent_minor": row.spent.minor,
            "quality": "" if row.quality is None else f"{quality_figure(row.quality)}",
            "evaluated_minor": None if evaluated is None else evaluated.minor,
            "place": row.rank,
            "spent_place": row.rank_spent,
        }
    return {key: value for key, value in facts.items() if value is not None}


def _candidate(bid: Bid, levels: dict[UUID, Fraction]) -> Candidate:
    return Candidate(
        bid_id=bid.pk,
        quoted=bid.price.quoted,
        lines=tuple(
            PriceLine(line.kind, line.amount_minor, line.text) for line in bid.price.lines.all()
        ),
        is_in_house=bid.provider.is_in_house,
        levels=levels,
    )
