"""What was offered: the section `bids` of a release. Before the opening there is none."""

from __future__ import annotations

from typing import Any

from bids.models.bids import Bid, OpenedPrice
from ledger.exchange.ocds.export.gathering import JobFile
from ledger.exchange.ocds.export.parties import Parties
from ledger.exchange.ocds.export.plain import Plain, day, moment, value
from ledger.exchange.ocds.export.sight import Sight
from ledger.reports.terms import is_valid, price_of
from marketplace.models.jobs import Job
from marketplace.money import Money

ENOUGH = 3  # finance is told what rivals asked where so many did, so that none stands alone


def offered(file: JobFile, parties: Parties, sight: Sight) -> Plain:
    """Return the bids that stood at the opening, and their figures."""
    job = file.job
    if not sight.knows_bidders(job):
        return {}
    reads_all = sight.reads_bids(job)
    details = [
        _bid(bid, file, parties, is_read=reads_all or bid is file.chosen) for bid in file.bids
    ]
    return {"statistics": _statistics(file, tells_prices=reads_all), "details": details}


def bid_status(bid: Bid) -> str:
    """Return how a bid stands, in the words of OCDS; one whose price is sealed yet is pending."""
    if hasattr(bid, "disqualified"):
        return "disqualified"
    return "valid" if price_of(bid) else "pending"


def _bid(bid: Bid, file: JobFile, parties: Parties, *, is_read: bool) -> Plain:
    bare = {
        "id": bid.reference,
        "date": moment(bid.submitted_at),
        "status": bid_status(bid),
        "submissionType": "bid",
        "tenderers": [parties.provider(bid.provider, "tenderer")],
        "variant": bid.variant > 0,
    }
    if not is_read:
        return bare
    opened, price = getattr(bid, "opened", None), price_of(bid)
    compared = file.compared.get(str(bid.pk), {})
    return bare | {
        "value": value(price.quoted) if price else None,
        "description": opened.approach if opened else None,
        "validityPeriod": {"endDate": day(opened.valid_until_on) if opened else None},
        "hasRank": "place" in compared,
        "rank": compared.get("place"),
        "choicebook": {
            "fingerprint": bytes(bid.fingerprint).hex(),
            "disqualification": bid.disqualified.reason.text
            if hasattr(bid, "disqualified")
            else None,
            "startsOn": day(opened.starts_on) if opened else None,
            "finishesOn": day(opened.finishes_on) if opened else None,
            "answers": _answers(opened.answers if opened else {}),
            **(_price(price) if price else {}),
            "comparison": _comparison(compared, file.job),
        },
    }


def _answers(answers: dict[str, str]) -> list[Plain]:
    return [{"criterion": criterion, "text": text} for criterion, text in answers.items()]


def _price(price: OpenedPrice) -> Plain:
    """Return what a price is made of."""
    currency = price.currency
    tax = Money(price.tax_minor, currency)
    return {
        "tax": value(tax) if tax else None,
        "lines": [
            {
                "kind": line.kind,
                "description": line.text,
                "value": value(Money(line.amount_minor, currency)),
            }
            for line in price.lines.all()
        ],
        "milestones": [
            {
                "title": part["title"],
                "dueDate": part.get("due_on") and f"{part['due_on']}T00:00:00Z",
                "value": value(Money(part["amount_minor"], currency)),
            }
            for part in price.milestones
        ],
    }


def _comparison(compared: dict[str, Any], job: Job) -> Plain:
    """Return a bid's figures in the comparison that the choice froze: both views of money."""

    def amount(name: str) -> Plain | None:
        minor = compared.get(name)
        return None if minor is None else value(Money(minor, job.currency))

    return {
        "comparableCost": amount("comparable_minor"),
        "companySpend": amount("spent_minor"),
        "evaluatedCost": amount("evaluated_minor"),
        "quality": compared.get("quality"),
        "place": compared.get("place"),
        "companySpendPlace": compared.get("spent_place"),
        "scores": [
            {"criterion": criterion, "quarters": quarters}
            for criterion, _scorer, quarters in compared.get("scores", [])
        ],
        "agreedScores": [
            {"criterion": criterion, "quarters": quarters}
            for criterion, quarters in compared.get("agreed", [])
        ],
        "pastRating": _past_rating(compared.get("past_rating")),
    }


def _past_rating(figures: list[Any] | None) -> Plain | None:
    """Return what the bidder's earlier work was rated when the bids were opened, if it counted."""
    if figures is None:
        return None
    mean, ratings, usual, usual_ratings = figures
    return {"mean": mean, "ratings": ratings, "usual": usual, "usualRatings": usual_ratings}


def _statistics(file: JobFile, *, tells_prices: bool) -> list[Plain]:
    """Return the counts of bids and bidders, and the lowest and highest valid price."""
    valid = [bid for bid in file.bids if is_valid(bid, file.job.currency)]
    out = [bid for bid in file.bids if hasattr(bid, "disqualified")]
    counted = {
        "bids": len(file.bids),
        "validBids": len(valid),
        "disqualifiedBids": len(out),
        "bidders": len({bid.provider_id for bid in file.bids}),
    }
    told: list[Plain] = [
        {"id": name, "measure": name, "value": count} for name, count in counted.items()
    ]
    if valid and (tells_prices or (file.is_decided and len(valid) >= ENOUGH)):
        prices = sorted(bid.price.quoted for bid in valid)
        ends = {"lowestValidBidValue": prices[0], "highestValidBidValue": prices[-1]}
        told += [
            {"id": name, "measure": name, "value": price.amount, "currency": price.currency}
            for name, price in ends.items()
        ]
    return told
