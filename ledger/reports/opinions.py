"""What departments said of providers, after the reveal, and what the work itself says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Avg, Count, Exists, IntegerField, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from bids.models.bids import Bid
from ledger.models.awards import Award, Milestone, Return
from ledger.models.ratings import DEPARTMENT_ASKED, Again, Rating, RatingSide

ENOUGH = 3  # no average under so many
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opinion:
    """One revealed rating of a provider."""

    provider_id: UUID
    category_id: UUID
    rated_at: datetime
    points: dict[str, int]
    again: str


@dataclass(frozen=True, slots=True)
class Market:
    """What everybody in some kinds of work was rated: per question the mean and its n."""

    needs: dict[str, tuple[float, int]]
    again_yes: int
    again_n: int


@dataclass(slots=True)
class Kept:
    """Promises of a provider, from the record."""

    dates_kept: int = 0
    dates_promised: int = 0
    first_time: int = 0
    accepted: int = 0
    finished: set[UUID] = field(default_factory=set)
    by_quarter: dict[str, tuple[int, int]] = field(default_factory=dict)  # 2026-Q4: kept, promised


def revealed(*, until: datetime | None = None) -> QuerySet[Rating]:
    """Return the ratings of providers that may be read, or could be just before a moment."""
    found = Rating.objects.filter(side=RatingSide.DEPARTMENT, award__reveal__isnull=False)
    return found if until is None else found.filter(award__reveal__revealed_at__lt=until)


def opinions_of(
    provider_ids: Iterable[UUID], *, category: str = "", until: datetime | None = None
) -> dict[UUID, list[Opinion]]:
    """Return what was said of each of these providers, in one statement."""
    ratings = revealed(until=until).filter(award__provider__in=list(provider_ids))
    if category:
        ratings = ratings.filter(award__job__category__code=category)
    found: dict[UUID, list[Opinion]] = defaultdict(list)
    names = ("award__provider", "award__job__category", "rated_at", "points", "again")
    for provider, kind, rated_at, points, again in ratings.order_by("rated_at", "pk").values_list(
        *names
    ):
        found[provider].append(Opinion(provider, kind, rated_at, points, again))
    return found


def markets(*, until: datetime | None = None) -> dict[UUID, Market]:
    """Return what was said of everybody, for each kind of work, in one statement."""
    points = {name: Cast(KT(f"points__{name}"), IntegerField()) for name in DEPARTMENT_ASKED}
    groups: Iterable[Any] = (
        revealed(until=until)
        .values("award__job__category")
        .annotate(
            yes=Count("pk", filter=Q(again=Again.YES)),
            n=Count("pk"),
            **{f"mean_{name}": Avg(point) for name, point in points.items()},
            **{f"n_{name}": Count(point) for name, point in points.items()},
        )
        .order_by("award__job__category")
    )
    return {
        group["award__job__category"]: Market(
            needs={
                name: (float(group[f"mean_{name}"] or 0), group[f"n_{name}"])
                for name in DEPARTMENT_ASKED
            },
            again_yes=group["yes"],
            again_n=group["n"],
        )
        for group in groups
    }


def market_of(all_markets: dict[UUID, Market], categories: set[UUID]) -> Market:
    """Return these kinds of work taken together; all of them where nothing was said of these."""
    chosen = [market for kind, market in all_markets.items() if kind in categories]
    chosen = chosen or list(all_markets.values())
    needs = {}
    for name in DEPARTMENT_ASKED:
        n = sum(market.needs[name][1] for market in chosen)
        summed = sum(market.needs[name][0] * market.needs[name][1] for market in chosen)
        needs[name] = (summed / n if n else 0.0, n)
    return Market(
        needs=needs,
        again_yes=sum(market.again_yes for market in chosen),
        again_n=sum(market.again_n for market in chosen),
    )


def kept_by(provider_ids: Iterable[UUID], *, today: date) -> dict[UUID, Kept]:
    """Return what each of these providers kept of its promises, in one statement."""
    zone = ZoneInfo(settings.TIME_ZONE)
    sent_back = Return.objects.filter(delivery__milestone=OuterRef("pk"))
    milestones = (
        Milestone.objects.filter(
            award__provider__in=list(provider_ids),
            award__replaced_by=None,
            award__withdrawal=None,
            award__cancellation=None,
        )
        .annotate(sent_back=Exists(sent_back))
        .values_list(
            "award__provider",
            "award__job",
            "due_on",
            "acceptance__delivery__delivered_at",
            "sent_back",
            "award__completion",
        )
    )
    found: dict[UUID, Kept] = defaultdict(Kept)
    for provider, job, due_on, delivered_at, returned, completion in milestones:
        kept = found[provider]
        if completion is not None:
            kept.finished.add(job)
        if delivered_at is not None:
            kept.accepted += 1
            kept.first_time += not returned
        if due_on is not None and (delivered_at is not None or due_on < today):
            in_time = delivered_at is not None and delivered_at.astimezone(zone).date() <= due_on
            kept.dates_promised += 1
            kept.dates_kept += in_time
            quarter = f"{due_on:%Y}-Q{(due_on.month + 2) // 3}"
            before = kept.by_quarter.get(quarter, (0, 0))
            kept.by_quarter[quarter] = (before[0] + in_time, before[1] + 1)
    return found


def chosen_again(provider_id: UUID) -> tuple[int, int]:
    """
    Return the departments that chose a provider again, of those that had a later job of the
    same kind for which it had bid.
    """
    mine = Bid.objects.standing().filter(
        job=OuterRef("job"), provider=provider_id, opened__isnull=False
    )
    fought = (
        Award.objects.filter(Exists(mine))
        .order_by("chosen_at")
        .values_list("job", "department", "job__category", "provider", "chosen_at")
    )
    known: set[tuple[UUID, UUID]] = set()
    could: set[UUID] = set()
    did: set[UUID] = set()
    for _, department, category, chosen, _ in fought:
        if (department, category) in known:
            could.add(department)
            if chosen == provider_id:
                did.add(department)
        if chosen == provider_id:
            known.add((department, category))
    return len(did), len(could)
