"""The columns of a comparison while names are hidden: without what tells, or lets reckon, whose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bids.evaluation import Evaluation
from bids.sheet import unnamed_file, veiled
from ledger.reports.compared import ComparedBid

NOBODY_LEADS = Evaluation((), (), (), None, None)  # who leads is told with the names


def without_names(bids: Iterable[ComparedBid], *, has_past: bool) -> tuple[ComparedBid, ...]:
    """Return bids by their numbers, in the order of their random references."""
    return tuple(
        replace(
            bid,
            provider_name=veiled(number),
            team_of="",
            is_in_house=False,
            # Only outside work has what finance's table adds, and only a team has its overhead.
            lines=(),
            administration=None,
            changeover=None,
            comparable=None,
            spent=None,
            evaluated=None,
            place=None,
            spent_place=None,
            is_tied=False,
            record=None,
            past_rating=None,
            # Less what judges gave, it would leave the points of the past.
            quality=None if has_past else bid.quality,
            is_best_quality=bid.is_best_quality and not has_past,
            files=tuple(
                replace(one, name=unnamed_file(one.name, file))
                for file, one in enumerate(bid.files, 1)
            ),
        )
        for number, bid in enumerate(sorted(bids, key=lambda one: one.reference))
    )
