"""Which bids may be chosen, and by whom: what every verb that chooses asks."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from bids.final_round import refuse_round_open
from bids.judging import Judging, judging
from bids.models.bids import Bid
from bids.permissions import stands_aside
from bids.prices import NotAgreed
from ledger.models.awards import Award
from ledger.reports.weighing import Frozen
from marketplace.compiled import Kept
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.refusals import Refusal
from marketplace.sides import stands_with_bidder


class BidNotValid(Refusal):
    """Only a standing, priced bid on this job that was not disqualified can be chosen."""

    code = "bid_not_valid"
    field = "bid_id"


class BelowKnockOut(BidNotValid):
    """The job said below which level a bid is out, before anybody bid."""

    code = "below_knock_out"


class BothSides(Refusal):
    """Nobody chooses in a contest that their own team or firm is in."""

    code = "both_sides"


class StandsAside(Refusal):
    """Who has an interest in a job does not decide on it."""

    code = "stands_aside"


class PriceIsTheBids(Refusal):
    """The price of an award is the price of the bid."""

    code = "price_is_the_bids"
    field = "agreed"


def refuse_both_sides(actor: User, job: Job) -> None:
    """:raises BothSides, StandsAside: the person is on the bidding side, or has an interest."""
    if actor.is_system:
        return
    bidders = Provider.objects.filter(
        bids__in=Bid.objects.standing().filter(job=job)
    ).select_related("department")
    if (name := stands_with_bidder(actor, job, bidders.distinct())) is not None:
        raise BothSides(f"You stand on the side of {name}, which bids. Another head chooses.")
    if stands_aside(actor, job):
        raise StandsAside("You have declared, or have still to declare, an interest in this job.")


def refuse_unjudged(job: Job) -> Judging:
    """
    Return how the job was judged.

    :raises NotAgreed, RoundOpen: the panel has not agreed, or final bids may still come.
    """
    judged = judging(job)
    if judged.has_panel and not judged.is_agreed:
        raise NotAgreed("The panel has not agreed on its scores yet. Then a bid is chosen.")
    refuse_round_open(job)
    return judged


def valid_bid(job: Job, bid_id: UUID, *, paper: Frozen) -> Bid:
    """:raises BidNotValid, BelowKnockOut: this bid cannot be chosen."""
    bid = paper.valid.get(bid_id)
    if bid is None:
        raise BidNotValid("Choose one of the valid bids on this job.")
    if bid_id in paper.knocked_out:
        raise BelowKnockOut("This bid was judged below a level under which the job rules bids out.")
    if _withdrawn_of.exists(bid_id):
        raise BidNotValid("This bid was chosen before, and the choice withdrawn. Choose another.")
    bid.job = job
    return bid


def withdrawn_choice(job: Job) -> Award | None:
    """Return the withdrawn choice that the next one takes the place of; None at the first."""
    return _withdrawn.first(job.pk)


@Kept
def _withdrawn(job: UUID) -> QuerySet[Award]:
    return Award.record.filter(job=job, replaced_by=None, withdrawal__isnull=False)


@Kept
def _withdrawn_of(bid: UUID) -> QuerySet[Award]:
    return Award.record.filter(bid=bid, withdrawal__isnull=False)


def agreed_price(bid: Bid, *, agreed: Money | None, imported: bool) -> Money:
    """Return the price of a choice. :raises PriceIsTheBids: only other systems know another."""
    quoted = bid.price.quoted
    if agreed is None or agreed == quoted:
        return quoted
    if not imported or agreed.currency != quoted.currency or agreed.minor < 0:
        raise PriceIsTheBids(f"The bid says {quoted}; a change is agreed after the choice.")
    return agreed
