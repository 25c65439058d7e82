"""Why a bid was chosen: a code, a sentence, and what else the comparison asks for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bids.models.bids import Bid
from ledger.models.awards import MoneyView, ReasonCode
from ledger.reports.weighing import Frozen
from marketplace.refusals import ReasonMissing, Refusal


class NoSuchReason(Refusal):
    """The reason code is one of the list."""

    code = "no_such_reason"
    field = "reason_code"


class CriterionMissing(Refusal):
    """
    A choice of another bid than the best value says which criterion decided, or that the price
    did, where it asks for less than each bid of the best value.
    """

    code = "criterion_missing"
    field = "decisive_criterion_id"


class ViewMissing(Refusal):
    """
    Where the two views of money disagree, the choice says which was followed: neither, only for a
    bid that leads in neither.
    """

    code = "view_missing"
    field = "followed_view"


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a bid was chosen."""

    code: str
    reason: str
    criterion_id: UUID | None
    view: str
    is_imported: bool  # told by another system's record, which may know no reason


def refuse_without_grounds(grounds: Grounds, *, bid: Bid, paper: Frozen) -> None:
    """Refuse a choice whose reason does not say what it must."""
    imported = grounds.is_imported
    known = [code for code in ReasonCode.values if imported or code != ReasonCode.IMPORTED]
    if grounds.code not in known:
        raise NoSuchReason(f"Give one of these reasons: {', '.join(known)}.")
    if not grounds.reason:
        raise ReasonMissing("Say in a sentence why you choose this bid.")
    if grounds.view and grounds.view not in MoneyView.values:
        raise ViewMissing("Say “charged”, “spent” or “neither”.")
    criteria, criterion_id = bid.job.criteria, grounds.criterion_id
    if criterion_id is not None and not criteria.filter(pk=criterion_id).exists():
        raise CriterionMissing("Name one of this job's criteria.")
    if imported:
        return  # what the other system did not ask cannot be asked now
    # Before every bid is scored nobody leads: there is no best value yet to depart from.
    is_best = bid.pk in paper.leader_ids or not paper.leader_ids
    if not is_best and criterion_id is None and criteria.exists():
        _refuse_other_than_price(grounds, bid=bid, paper=paper)
    if paper.views_disagree and not grounds.view:
        raise ViewMissing("The two views of money disagree. Say which one you followed.")
    leads = bid.pk in {*paper.leader_ids, *paper.spent_leader_ids}
    if grounds.view == MoneyView.NEITHER and leads:
        raise ViewMissing("This bid leads in one of the two views of money. Say which one.")


def _refuse_other_than_price(grounds: Grounds, *, bid: Bid, paper: Frozen) -> None:
    """Refuse a choice for which no criterion decided, unless the price did by the numbers."""
    best = [paper.valid[id].price.quoted for id in paper.leader_ids]
    if not all(bid.price.quoted < one for one in best):
        raise CriterionMissing("This is not the best value. Say which criterion decided.")
    if grounds.code != ReasonCode.PRICE:
        raise CriterionMissing(
            "This is not the best value. Say which criterion decided; if only the lower price did,"
            " give that as the reason, too."
        )
