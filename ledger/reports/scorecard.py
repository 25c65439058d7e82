"""A provider's record: the six needs, whether they would be chosen again, promises kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from operator import itemgetter
from uuid import UUID

from django.db.models import Q

from ledger.reports.columns import Column, columns
from ledger.reports.needs import (
    NEEDS,
    NOTHING,
    Counted,
    NeedFigure,
    again_mean,
    again_of,
    need_figures,
)
from ledger.reports.opinions import (
    ENOUGH,
    Kept,
    chosen_again,
    kept_by,
    market_of,
    markets,
    opinions_of,
)
from ledger.reports.reading import Reader, reader_of
from ledger.reports.references import LastJob, Remark, chosen_of, last_jobs, remarks
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.together import together

__all__ = ["COLUMNS", "Counted", "LastJob", "NeedFigure", "RatingRow", "Remark", "Scorecard",
           "ratings", "scorecard"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuarterCounted:
    """So many of so many, in one quarter."""

    key: str  # 2026-Q4
    part: int
    whole: int


QUARTER_COLUMNS: tuple[Column[QuarterCounted], ...] = columns(
    quarter=lambda row: row.key, kept=lambda row: row.part, promised=lambda row: row.whole
)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The profile of a provider."""

    provider_id: UUID
    name: str
    is_in_house: bool
    department_name: str
    description: str
    categories: tuple[tuple[str, str], ...]  # code, name
    admitted_at: datetime
    is_suspended: bool
    is_new: bool  # fewer than three finished jobs: neutral
    jobs_finished: int
    needs: tuple[NeedFigure, ...]
    again: Counted  # yes, of all who answered
    again_mean: Decimal | None  # with the market's prior; None where too few rated
    returned: Counted  # departments that chose them again, of those that could
    dates: Counted  # promised dates met
    dates_by_quarter: tuple[QuarterCounted, ...]  # the same, the oldest first
    first_time: Counted  # milestones accepted without a return
    chosen: Counted  # of the bids opened; whole 0 where the reader may not know
    last_jobs: tuple[LastJob, ...]
    remarks: tuple[Remark, ...]  # for the provider's own people and auditors
    is_mine: bool


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One provider in the list of ratings."""

    provider_id: UUID
    provider_name: str
    kind: str  # in_house, outside
    n: int
    needs: tuple[NeedFigure, ...]
    again_yes: int
    again_n: int
    again_mean: Decimal | None
    dates_kept: int
    dates_promised: int
    is_new: bool


def _of_need(row: RatingRow, *, code: str, part: str) -> Decimal | int | None:
    """Return the shrunk mean of one need, or how many rated it."""
    return next((getattr(one, part) for one in row.needs if one.code == code), None)


COLUMNS: tuple[Column[RatingRow], ...] = columns(
    "provider_name",
    "kind",
    "n",
    "again_yes",
    "again_n",
    "again_mean",
    "dates_kept",
    "dates_promised",
    **{
        f"{code}_{part}": partial(_of_need, code=code, part=part)
        for code in NEEDS
        for part in ("mean", "n")
    },
)


def scorecard(*, actor: User, provider_id: UUID, at: datetime) -> Scorecard:
    """
    Return a provider's record. No average under three ratings, except for its own people.

    :raises Unknown: the actor cannot see the provider.
    """
    reader = reader_of(actor)
    provider = (
        Provider.objects.visible_to(actor)
        .select_related("department")
        .prefetch_related("categories")
        .one(provider_id)
    )
    return card_of(reader, provider, at=at)


def card_of(reader: Reader, provider: Provider, *, at: datetime) -> Scorecard:
    """Return the record of a provider that the reader may see."""
    provider_id = provider.pk
    is_mine = provider_id in reader.providers
    tells_all = is_mine or reader.audits
    said, kinds, every_market, kept, returned, chosen, last, remarked = together(
        lambda: opinions_of([provider_id])[provider_id],
        lambda: [(kind.pk, kind.code, kind.name) for kind in provider.categories.all()],
        markets,
        lambda: kept_by([provider_id], today=at.date())[provider_id],
        lambda: Counted(*chosen_again(provider_id)),
        lambda: chosen_of(provider_id),
        lambda: last_jobs(reader, provider_id),
        lambda: remarks(reader, provider_id, tells_all=tells_all),
    )
    known = {opinion.category_id for opinion in said} or {kind[0] for kind in kinds}
    market = market_of(every_market, known)
    again = again_of(said, tells_all=tells_all)
    return Scorecard(
        provider_id=provider.pk,
        name=provider.name,
        is_in_house=provider.is_in_house,
        department_name=provider.department.name if provider.department else "",
        description=provider.description,
        categories=tuple((code, name) for _, code, name in sorted(kinds, key=itemgetter(2))),
        admitted_at=provider.admitted_at,
        is_suspended=provider.suspended_at is not None,
        is_new=len(kept.finished) < ENOUGH,
        jobs_finished=len(kept.finished),
        needs=need_figures(said, market, at=at, tells_all=tells_all),
        again=again,
        again_mean=again_mean(again, market, tells_all=tells_all),
        returned=returned if tells_all or returned.whole >= ENOUGH else NOTHING,
        dates=Counted(kept.dates_kept, kept.dates_promised),
        dates_by_quarter=tuple(QuarterCounted(q, *n) for q, n in sorted(kept.by_quarter.items())),
        first_time=Counted(kept.first_time, kept.accepted),
        chosen=chosen if tells_all or chosen.whole >= ENOUGH else NOTHING,
        last_jobs=last,
        remarks=remarked,
        is_mine=is_mine,
    )


def ratings(*, actor: User, at: datetime, category: str = "") -> tuple[RatingRow, ...]:
    """Return the providers the actor may see with their ratings, the best result first."""
    reader = reader_of(actor)
    providers = Provider.objects.visible_to(actor).filter(suspended_at=None)
    if category:
        providers = providers.filter(
            Q(categories__code=category) | Q(awards__job__category__code=category)
        ).distinct()
    found = list(providers.prefetch_related("categories").defer("description"))
    ids = [provider.pk for provider in found]
    said, all_markets = opinions_of(ids, category=category), markets()
    kept = kept_by(ids, today=at.date())
    rows = []
    for provider in found:
        mine = said.get(provider.pk, [])
        kinds = {opinion.category_id for opinion in mine}
        market = market_of(all_markets, kinds or {kind.pk for kind in provider.categories.all()})
        tells_all = reader.audits or provider.pk in reader.providers
        figures = need_figures(mine, market, at=at, tells_all=tells_all)
        again = again_of(mine, tells_all=tells_all)
        mean = again_mean(again, market, tells_all=tells_all)
        rows.append(_rating_row(provider, len(mine), figures, (again, mean), kept[provider.pk]))
    return tuple(sorted(rows, key=_best_first))


def _rating_row(
    provider: Provider,
    n: int,
    figures: tuple[NeedFigure, ...],
    again: tuple[Counted, Decimal | None],
    kept: Kept,
) -> RatingRow:
    return RatingRow(
        provider_id=provider.pk,
        provider_name=provider.name,
        kind="in_house" if provider.is_in_house else "outside",
        n=n,
        needs=figures,
        again_yes=again[0].part,
        again_n=again[0].whole,
        again_mean=again[1],
        dates_kept=kept.dates_kept,
        dates_promised=kept.dates_promised,
        is_new=len(kept.finished) < ENOUGH,
    )


def _best_first(row: RatingRow) -> tuple[bool, Decimal, str]:
    result = row.needs[-1].mean
    return (result is None, -(result or Decimal(0)), row.provider_name)
