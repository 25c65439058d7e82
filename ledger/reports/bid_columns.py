"""The columns of a comparison: one for each opened bid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median
from typing import Any
from uuid import UUID

from bids.content import files_of
from bids.evaluation import EvaluatedBid, rounded
from bids.models.bids import Bid, LineKind, OpenedBid, OpenedPrice
from bids.models.panels import Score
from ledger.models.awards import Award
from ledger.models.objections import Withdrawal
from ledger.reports.compared import (
    ComparedBid,
    ComparedFile,
    ComparedLine,
    ComparedScore,
    Record,
)
from ledger.reports.needs import need_figures
from ledger.reports.opinions import ENOUGH, kept_by, market_of, markets, opinions_of
from ledger.reports.terms import price_of
from ledger.reports.weighing import Weighed, quality_figure
from marketplace.models.jobs import Job
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.together import together

THE_PANEL = "The panel, together"
DECIMALS = range(4, 21)  # of a quality: twenty retrace any amount that a bid can name


@dataclass(frozen=True, slots=True)
class _Field:
    """What a bid is measured against: the other valid bids of the job."""

    weighed: Weighed
    lowest: int | None
    middle: Fraction | None
    best_quality: Fraction | None

    @classmethod
    def of(cls, weighed: Weighed) -> _Field:
        rows = weighed.evaluation.rows
        asked = [Fraction(row.charged.minor) for row in rows]
        return cls(
            weighed=weighed,
            lowest=min((row.charged.minor for row in rows), default=None),
            middle=median(asked) if asked else None,
            best_quality=max((row.quality for row in rows if row.quality), default=None),
        )


def bid_columns(
    weighed: Weighed, *, scores: Sequence[Score], award: Award | None, at: datetime
) -> tuple[ComparedBid, ...]:
    """Return the bids with their figures, and what the past says of who made them."""
    field, figures = _Field.of(weighed), weighed.figures
    records = records_of({bid.provider_id for bid in weighed.bids}, job=weighed.job, at=at)
    levels = {criterion.pk: criterion.levels for criterion in weighed.criteria}
    given: dict[UUID, list[ComparedScore]] = {bid.pk: [] for bid in weighed.bids}
    for one in weighed.judged.agreed.values() if weighed.judged.is_agreed else ():
        words = levels[one.criterion_id][one.quarters]
        given[one.bid_id].append(
            ComparedScore(one.criterion_id, one.quarters, words, one.reason.text, THE_PANEL)
        )
    for score in scores:
        given[score.bid_id].append(
            ComparedScore(
                criterion_id=score.criterion_id,
                quarters=score.quarters,
                words=levels[score.criterion_id][score.quarters],
                reason=score.reason.text,
                scorer_name=score.scorer.name,
                scorer_id=score.scorer_id,
            )
        )
    chosen = award.bid_id if award else None
    withdrawn = _withdrawn(weighed.job) if award is None else {}
    for bid in weighed.bids:
        if hasattr(bid, "final_of"):  # what was said of the bid that it follows
            given[bid.pk] = given[bid.final_of.earlier_id]
    return tuple(
        _column(
            bid,
            row=figures.get(bid.pk),
            field=field,
            scores=tuple(given[bid.pk]),
            record=records[bid.provider_id],
            is_chosen=bid.pk == chosen,
            withdrawn=withdrawn.get(bid.pk, ""),
        )
        for bid in weighed.bids
    )


def records_of(provider_ids: Iterable[UUID], *, job: Job, at: datetime) -> dict[UUID, Record]:
    """Return what the past says of these providers, in three statements."""
    ids = list(provider_ids)
    said, kept, every_market = together(
        lambda: opinions_of(ids), lambda: kept_by(ids, today=at.date()), markets
    )
    market = market_of(every_market, {job.category_id})
    records = {}
    for id in ids:
        result = need_figures(said.get(id, []), market, at=at, tells_all=False)[-1]
        work = kept[id]
        records[id] = Record(
            result_mean=result.mean,
            ratings=result.n,
            dates_kept=work.dates_kept,
            dates_promised=work.dates_promised,
            is_new=len(work.finished) < ENOUGH,
        )
    return records


def is_above_ceiling(bid: Bid, job: Job) -> bool:
    """Whether a bid asks more than the department said it would pay, in the same currency."""
    price, ceiling = price_of(bid), job.ceiling
    if price is None or ceiling is None or price.currency != ceiling.currency:
        return False
    return price.quoted > ceiling


def _column(
    bid: Bid,
    *,
    row: EvaluatedBid | None,
    field: _Field,
    scores: tuple[ComparedScore, ...],
    record: Record,
    is_chosen: bool,
    withdrawn: str,
) -> ComparedBid:
    price, provider, terms = price_of(bid), bid.provider, field.weighed.terms
    opened, job = getattr(bid, "opened", None), field.weighed.job
    return ComparedBid(
        bid_id=bid.pk,
        reference=bid.reference,
        provider_id=bid.provider_id,
        provider_name=provider.name,
        is_in_house=provider.is_in_house,
        team_of=provider.department.name if provider.department else "",
        submitted_at=bid.submitted_at,
        lines=_lines(price),
        quoted=price.quoted if price else None,
        tax=Money(price.tax_minor, price.currency) if price else None,
        administration=_outside(provider, terms.administration, job),
        changeover=_outside(provider, terms.changeover, job),
        to_median=_to_median(row, field),
        **_figures(row, terms.point),
        is_best_quoted=row is not None and row.charged.minor == field.lowest,
        is_best_quality=row is not None and None is not row.quality == field.best_quality,
        is_above_ceiling=is_above_ceiling(bid, job),
        disqualified=bid.disqualified.reason.text if hasattr(bid, "disqualified") else "",
        approach=opened.approach if opened else "",
        starts_on=opened.starts_on if opened else None,
        finishes_on=opened.finishes_on if opened else None,
        valid_until_on=opened.valid_until_on if opened else None,
        answers=_answers(opened.answers if opened else {}),
        files=_files(opened),
        scores=scores,
        record=record,
        past_rating=field.weighed.past.get(bid.provider_id),
        is_chosen=is_chosen,
        withdrawn=withdrawn,
        is_final=hasattr(bid, "final_of"),
        is_followed=hasattr(bid, "final"),
    )


def _figures(row: EvaluatedBid | None, point: Money) -> dict[str, Any]:
    """Return what the arithmetic says of a bid; nothing where it has no price yet, or is out."""
    return {
        "comparable": row.comparable if row else None,
        "spent": row.spent if row else None,
        "quality": retraceable_quality(row, point) if row else None,
        "evaluated": row.evaluated if row else None,
        "place": row.rank if row else None,
        "spent_place": row.rank_spent if row else None,
        "is_tied": row is not None and row.is_tied,
        "is_knocked_out": row is not None and row.is_knocked_out,
    }


def _withdrawn(job: Job) -> dict[UUID, str]:
    """Return why choices of this job were withdrawn, by the bid that was chosen."""
    if job.decided_at is None:
        return {}
    found = Withdrawal.objects.filter(award__job=job).select_related("award", "reason")
    return {one.award.bid_id: f"{one.get_cause_display()}. {one.reason.text}" for one in found}


def _outside(provider: Provider, amount: Money, job: Job) -> Money:
    """Return what only an outside contract costs, and a team nothing."""
    return Money(0, job.currency) if provider.is_in_house else amount


def _files(opened: OpenedBid | None) -> tuple[ComparedFile, ...]:
    named = files_of(opened.files) if opened else ()
    return tuple(ComparedFile(one.file_id, one.name, one.size) for one in named)


def _lines(price: OpenedPrice | None) -> tuple[ComparedLine, ...]:
    if price is None:
        return ()
    return tuple(
        ComparedLine(
            kind=line.kind,
            label=LineKind(line.kind).label,
            text=line.text,
            amount=Money(line.amount_minor, price.currency),
        )
        for line in price.lines.all()
    )


def _to_median(row: EvaluatedBid | None, field: _Field) -> Money | None:
    if row is None or field.middle is None:
        return None
    return rounded(row.charged.minor - field.middle, row.charged.currency)


def _answers(answers: dict[str, str]) -> tuple[tuple[UUID, str], ...]:
    return tuple((UUID(criterion), text) for criterion, text in answers.items())


def retraceable_quality(row: EvaluatedBid, point: Money) -> Decimal | None:
    """
    Return Q with four decimals, or with as many as it takes to work out the evaluated cost from
    it to the last minor unit: four are too few for a mean of three judges and a dear point. Both
    are rounded as amounts are, half away from zero; to even, a cost could be one unit off.
    """
    figure = quality_figure(row.quality)
    if figure is None or row.quality is None or row.exact in (None, row.comparable.minor):
        return figure  # nothing is worked out from it
    exact = Decimal(row.quality.numerator) / row.quality.denominator
    for places in DECIMALS:
        figure = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        worth = point.minor * Fraction(figure)
        costs = (row.comparable, row.spent)
        told = [rounded(each.minor - worth, each.currency) for each in costs]
        if told == [row.evaluated, row.evaluated_spent]:
            break
    return figure
