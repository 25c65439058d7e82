"""What was known of a choice when it was made, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Func, OuterRef, QuerySet, Subquery, TextField

from ledger.models.awards import Award
from ledger.models.ratings import Rating, RatingSide
from ledger.reports.shrinkage import THOUSANDTH
from marketplace.compiled import Kept
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class AfterRating:
    """What the department's rating came to: the mean of the points it gave, and how many."""

    mean: Decimal | None = None  # 1 to 5, plain and not shrunk; None where no question applied
    n: int = 0  # questions answered


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    """One choice: the money of the chosen bid as it was compared, and the rating it led to."""

    charged: Money | None = None  # what the department is charged; None where never compared
    comparable: Money | None = None  # C: charged, with administration and changeover
    spent: Money | None = None  # what the company really spends
    is_override: bool = False
    rating: AfterRating | None = None  # None before the reveal


NOTHING = ChoiceFacts()


def choice_facts(award_ids: Iterable[UUID]) -> Mapping[UUID, ChoiceFacts]:
    """Return the facts of these choices in one statement, whoever asks."""
    return {
        award: ChoiceFacts(
            **_views(json.loads(compared or "{}"), currency),
            is_override=override is not None,
            rating=None if points is None or reveal is None else _rating(points),
        )
        for award, currency, compared, override, reveal, points in _told.all(list(award_ids))
    }


class _Compared(Func):
    """What a frozen comparison says of one of its bids, as text."""

    template = "jsonb_path_query_first(%(expressions)s))::text"
    arg_joiner = "::jsonb, '$.bids[*] ? (@.bid == $bid)', jsonb_build_object('bid', "
    output_field = TextField()


@Kept
def _told(which: list[UUID]) -> QuerySet[Award, tuple[Any, ...]]:
    given = Rating.objects.filter(award=OuterRef("pk"), side=RatingSide.DEPARTMENT)
    found = Award.record.filter(pk__among=which).annotate(
        compared=_Compared(F("comparison"), F("bid")), said=Subquery(given.values("points")[:1])
    )
    return found.order_by("pk").values_list(
        "pk", "currency", "compared", "override", "reveal", "said"
    )


def _views(compared: dict[str, Any], currency: str) -> dict[str, Money | None]:
    views = {"charged": "quoted_minor", "comparable": "comparable_minor", "spent": "spent_minor"}
    return {
        view: Money(compared[name], currency) if name in compared else None
        for view, name in views.items()
    }


def _rating(points: dict[str, int]) -> AfterRating:
    if not points:
        return AfterRating()
    mean = Decimal(sum(points.values())) / len(points)
    return AfterRating(mean.quantize(THOUSANDTH), len(points))
