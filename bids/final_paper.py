"""What a bidder on a shortlist is asked, and the bid that would follow from theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bids.bidding import refuse_two_bidders
from bids.content import BidContent, PlannedMilestone, PriceLine, milestones_of
from bids.models.bids import Bid
from bids.models.panels import FinalOffer
from marketplace.models.people import User
from marketplace.money import Money, total
from marketplace.refusals import Unknown


@dataclass(frozen=True, slots=True)
class FinalPaper:
    """An own bid on a shortlist: the question, the deadline, and what may be improved."""

    bid_id: UUID
    job_id: UUID
    title: str
    question: str
    closes_at: datetime
    quoted: Money
    content: BidContent
    reference: str  # of the final bid submitted so far; empty if none was
    submitted_at: datetime | None

    @property
    def lines(self) -> tuple[PriceLine, ...]:
        return tuple(self.content.lines)


def final_paper(*, actor: User, bid_id: UUID) -> FinalPaper:
    """
    Return what the bidder of an own bid is asked for.

    :raises Unknown, SitsWithTwo: no bid of the actor's on a shortlist, or of two of theirs.
    """
    mine = Bid.objects.of_provider_of(actor).filter(shortlisted__isnull=False)
    bid = (
        mine.select_related("job", "opened", "price", "shortlisted__round__question")
        .filter(pk=bid_id)
        .first()
    )
    if bid is None:
        raise Unknown("There is no such bid.")
    refuse_two_bidders(actor, bid.job, bid.provider_id)
    asked = bid.shortlisted.round
    sealed = FinalOffer.objects.filter(earlier=bid, replaced_at=None).first()
    return FinalPaper(
        bid_id=bid.pk,
        job_id=bid.job_id,
        title=bid.job.title,
        question=asked.question.text,
        closes_at=asked.closes_at,
        quoted=bid.price.quoted,
        content=_content(bid),
        reference=sealed.reference if sealed else "",
        submitted_at=sealed.submitted_at if sealed else None,
    )


def final_content(paper: FinalPaper, *, amounts: Sequence[Money], answer: str) -> BidContent:
    """Return the bid with these amounts on its lines; milestones keep their shares of the price."""
    lines = tuple(
        replace(line, amount_minor=amount.minor)
        for line, amount in zip(paper.lines, amounts, strict=True)
    )
    price = total(amounts, paper.quoted.currency)
    return replace(
        paper.content,
        approach=f"{answer.strip()}\n\n{paper.content.approach}".strip(),
        lines=lines,
        milestones=_shared(paper.content.milestones, price, before=paper.quoted),
    )


def _shared(
    milestones: Sequence[PlannedMilestone], price: Money, *, before: Money
) -> tuple[PlannedMilestone, ...]:
    if not milestones or not before.minor:
        return ()
    parts = [one.amount_minor * price.minor // before.minor for one in milestones]
    parts[-1] += price.minor - sum(parts)
    return tuple(
        replace(one, amount_minor=part) for one, part in zip(milestones, parts, strict=True)
    )


def _content(bid: Bid) -> BidContent:
    return BidContent(
        approach=bid.opened.approach,
        currency=bid.price.currency,
        lines=tuple(
            PriceLine(line.kind, line.amount_minor, line.text)
            for line in bid.price.lines.order_by("position")
        ),
        milestones=milestones_of(bid.price.milestones),
        starts_on=bid.opened.starts_on,
        finishes_on=bid.opened.finishes_on,
        valid_until_on=bid.opened.valid_until_on,
        answers={UUID(key): text for key, text in bid.opened.answers.items()},
        tax_minor=bid.price.tax_minor,
    )
