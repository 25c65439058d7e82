"""A provider's record: the six needs, whether they would be chosen again, promises kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from uuid import UUID

from django.db.models import Count, Q

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.models.ratings import DEPARTMENT_ASKED, Again
from ledger.reports.columns import columns
from ledger.reports.opinions import (
    ENOUGH,
    Kept,
    Market,
    Opinion,
    chosen_again,
    kept_by,
    market_of,
    markets,
    opinions_of,
    revealed,
)
from ledger.reports.reading import Reader, reader_of
from ledger.reports.shrinkage import THOUSANDTH, shrunk_mean, shrunk_share
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money

DAY = timedelta(days=1)
LAST = 10
NEEDS = {
    "informed": "Informed",
    "in_control": "In control",
    "choices": "Choices",
    "friendly": "Friendly",
    "knowledgeable": "Knowledgeable",
    "attentive": "Attentive",
    "result": "Result",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of so many. Never a bare percentage."""

    part: int
    whole: int


NOTHING = Counted(0, 0)


@dataclass(frozen=True, slots=True)
class NeedFigure:
    """One of the seven questions: the provider's shrunk mean beside the market's."""

    code: str
    name: str
    mean: Decimal | None  # None where too few rated
    n: int
    market: Decimal | None
    market_n: int


@dataclass(frozen=True, slots=True)
class LastJob:
    """A job the provider was chosen for."""

    job_id: UUID
    title: str
    department_name: str
    chosen_at: datetime
    price: Money | None  # where the reader may know it


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote with a rating, after the reveal."""

    job_title: str
    department_name: str
    text: str
    rated_at: datetime


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


COLUMNS = columns(
    "provider_name",
    "kind",
    "n",
    "again_yes",
    "again_n",
    "again_mean",
    "dates_kept",
    "dates_promised",
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
    is_mine = provider_id in reader.providers
    tells_all = is_mine or reader.audits
    said = opinions_of([provider_id])[provider_id]
    kinds = [(kind.pk, kind.code, kind.name) for kind in provider.categories.all()]
    market = market_of(
        markets(), {opinion.category_id for opinion in said} or {kind[0] for kind in kinds}
    )
    kept = kept_by([provider_id], today=at.date())[provider_id]
    again = Counted(sum(opinion.again == Again.YES for opinion in said), len(said))
    returned = Counted(*chosen_again(provider_id))
    chosen = _chosen(provider_id)
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
        first_time=Counted(kept.first_time, kept.accepted),
        chosen=chosen if tells_all or chosen.whole >= ENOUGH else NOTHING,
        last_jobs=_last_jobs(reader, provider_id),
        remarks=_remarks(reader, provider_id, tells_all=tells_all),
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
        rows.append(_rating_row(provider, mine, market, kept[provider.pk], at, tells_all))
    return tuple(sorted(rows, key=_best_first))


def need_figures(
    said: Sequence[Opinion], market: Market, *, at: datetime, tells_all: bool
) -> tuple[NeedFigure, ...]:
    """Return the questions with a provider's shrunk means beside the market's."""
    figures = []
    for code in DEPARTMENT_ASKED:
        points = [
            (opinion.points[code], (at - opinion.rated_at) / DAY)
            for opinion in said
            if code in opinion.points
        ]
        mean, n = market.needs[code]
        enough = bool(points) if tells_all else len(points) >= ENOUGH
        figures.append(
            NeedFigure(
                code=code,
                name=NEEDS[code],
                mean=shrunk_mean(points, mean) if enough and n else None,
                n=len(points),
                market=Decimal(mean).quantize(THOUSANDTH) if n >= ENOUGH else None,
                market_n=n,
            )
        )
    return tuple(figures)


def again_mean(again: Counted, market: Market, *, tells_all: bool) -> Decimal | None:
    """Return the share that would choose them again, with the market's prior."""
    enough = again.whole > 0 if tells_all else again.whole >= ENOUGH
    if not enough or not market.again_n:
        return None
    return shrunk_share(again.part, again.whole, market.again_yes / market.again_n)


def _rating_row(
    provider: Provider,
    said: Sequence[Opinion],
    market: Market,
    kept: Kept,
    at: datetime,
    tells_all: bool,
) -> RatingRow:
    again = Counted(sum(opinion.again == Again.YES for opinion in said), len(said))
    return RatingRow(
        provider_id=provider.pk,
        provider_name=provider.name,
        kind="in_house" if provider.is_in_house else "outside",
        n=len(said),
        needs=need_figures(said, market, at=at, tells_all=tells_all),
        again_yes=again.part,
        again_n=again.whole,
        again_mean=again_mean(again, market, tells_all=tells_all),
        dates_kept=kept.dates_kept,
        dates_promised=kept.dates_promised,
        is_new=len(kept.finished) < ENOUGH,
    )


def _best_first(row: RatingRow) -> tuple[bool, Decimal, str]:
    result = row.needs[-1].mean
    return (result is None, -(result or Decimal(0)), row.provider_name)


def _chosen(provider_id: UUID) -> Counted:
    bids = Bid.objects.standing().filter(provider=provider_id, opened__isnull=False)
    counts = bids.filter(job__award__isnull=False).aggregate(part=Count("award"), whole=Count("pk"))
    return Counted(counts["part"], counts["whole"])


def _last_jobs(reader: Reader, provider_id: UUID) -> tuple[LastJob, ...]:
    awards = (
        Award.objects.filter(provider=provider_id)
        .filter(job__in=Job.objects.visible_to(reader.user).values("pk"))
        .select_related("job", "department")
        .defer("comparison", "job__need")
        .order_by("-chosen_at", "-pk")[:LAST]
    )
    return tuple(
        LastJob(
            job_id=award.job_id,
            title=award.job.title,
            department_name=award.department.name,
            chosen_at=award.chosen_at,
            price=award.price
            if reader.reads_all_books
            or reader.buys(award.department_id)
            or provider_id in reader.incomes
            else None,
        )
        for award in awards
    )


def _remarks(reader: Reader, provider_id: UUID, *, tells_all: bool) -> tuple[Remark, ...]:
    said = revealed().filter(award__provider=provider_id, text__isnull=False)
    if not tells_all:
        said = said.filter(award__department__in=reader.departments)
    said = said.select_related("text", "award__job", "award__department")
    said = said.defer("award__comparison", "award__job__need").order_by("-rated_at")[:LAST]
    return tuple(
        Remark(
            job_title=rating.award.job.title,
            department_name=rating.award.department.name,
            text=rating.text.text,
            rated_at=rating.rated_at,
        )
        for rating in said
        if rating.text and rating.text.text
    )
