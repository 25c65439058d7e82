"""A comparison while names are hidden: without what tells, or lets reckon, whose is what."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from bids.sheet import unnamed_file, veiled
from ledger.reports.compared import ComparedBid, Comparison
from ledger.reports.stage import Stage

NOBODY = UUID(int=0)


def without_names(paper: Comparison, *, has_past: bool) -> Comparison:
    """Return a comparison with bids by number, in the order of their random references."""
    in_order = sorted(paper.bids, key=lambda one: one.reference)
    bids = tuple(_unnamed(bid, number, has_past) for number, bid in enumerate(in_order))
    return replace(
        paper,
        bids=bids,
        flags=(),
        leader_ids=(),
        spent_leader_ids=(),
        views_disagree=False,
        turning_point=None,
        turning_bid_id=None,
        text="",  # it holds the ids of providers
        stage=_unnamed_stage(paper.stage, {bid.bid_id: bid.provider_name for bid in bids}),
    )


def _unnamed_stage(stage: Stage, names: dict[UUID, str]) -> Stage:
    """Call the bid that one head would choose by its number; their words may say whose it is."""
    if stage.wanted is None:
        return stage
    name = names.get(stage.wanted.bid_id, "")
    return replace(stage, wanted=replace(stage.wanted, provider_name=name, reason=""))


def _unnamed(bid: ComparedBid, number: int, has_past: bool) -> ComparedBid:
    return replace(
        bid,
        provider_id=NOBODY,
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
            replace(one, name=unnamed_file(one.name, file)) for file, one in enumerate(bid.files, 1)
        ),
    )
