"""A release of any publisher, valid or not, as facts: it never raises."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ledger.exchange.ocds.decisions import awards, ended_without_choice, ending_reason
from ledger.exchange.ocds.facts import (
    OURS,
    AwardFact,
    BidFact,
    Choice,
    Ending,
    JobFact,
    LotFact,
    Problem,
    Tale,
)
from ledger.exchange.ocds.offers import bids
from ledger.exchange.ocds.organisations import Organisations, publisher_of
from ledger.exchange.ocds.ours import terms
from ledger.exchange.ocds.parts import Part, bid_chosen, by_award, by_lot
from ledger.exchange.ocds.places import Notes, Place
from marketplace.money import Money

NO_CURRENCY = "XXX"  # ISO 4217: no currency is involved
ENDINGS = {
    "cancelled": Ending.CANCELLED,
    "withdrawn": Ending.CANCELLED,
    "unsuccessful": Ending.UNSUCCESSFUL,
}
NOT_YET = {"planning", "planned"}
STORIES = ("tender", "bids", "awards", "contracts")


def read(ocid: str, release: object, *, releases: int = 1) -> Tale:
    """
    Return what a compiled release tells.

    What is not as the standard has it is read as it must be meant, or left out; either way
    a problem says so. A release that tells of no job still tells who the buyer is.

    :param releases: how many releases were compiled into this one.
    """
    notes = Notes()
    place = Place(release, "", notes)
    organisations = Organisations(place)
    buyer = organisations.buyer(place)
    if buyer is None:
        place.at("buyer").remark("no buyer; the job stands with a department for such jobs")
    if any(place.at(story) for story in STORIES):
        jobs = _jobs(ocid, place, organisations)
    else:
        jobs = []
        place.at("tender").remark("only a plan so far: there is no job to replay")
    problems = tuple(Problem(ocid, where, why) for where, why in notes)
    return Tale(ocid, publisher_of(ocid), buyer, tuple(jobs), problems, releases)


def _jobs(ocid: str, release: Place, organisations: Organisations) -> list[JobFact]:
    currency = _currency(release)
    offered = bids(release, organisations, currency)
    decided = awards(release, organisations, currency)
    whole = by_lot(_lots(release, currency), offered, decided, release.notes)
    parts = [part for one in whole for part in by_award(one)]
    outline = _outline(ocid, release, currency)
    stated = terms(
        release.at("tender", OURS),
        organisations,
        currency,
        has_ceiling=outline.estimate is not None,
    )
    outline = replace(outline, terms=stated, ending_reason=ending_reason(release))
    return [_job(outline, part, release) for part in parts]


def _outline(ocid: str, release: Place, currency: str) -> JobFact:
    tender = release.at("tender")
    told = release.first("awards", "contracts").objects()
    title = tender.at("title").text(450) or tender.at("description").text(120)
    title = title or next((text for one in told if (text := one.at("title").text(450))), "")
    if not title:
        tender.at("title").remark("no title; the ocid stands for it")
    status = tender.at("status").text(60).casefold()
    period = tender.at("tenderPeriod")
    return JobFact(
        key=ocid,
        title=title or ocid,
        need=tender.at("description").text(8000),
        category=tender.at("mainProcurementCategory").text(40).casefold(),
        currency=currency,
        estimate=tender.at("value").money(currency) if tender else None,
        published_at=period.at("startDate").moment() or tender.at("datePublished").moment(),
        closes_at=period.at("endDate").moment(),
        known_at=release.at("date").moment(),
        is_published=status not in NOT_YET,
        ending=Ending.UNSUCCESSFUL if ended_without_choice(release) else ENDINGS.get(status),
    )


def _lots(release: Place, currency: str) -> list[LotFact]:
    found: dict[str, LotFact] = {}
    for position, place in enumerate(release.at("tender", "lots").objects()):
        key = place.first("id", "lotId").text(200) or f"lot-{position + 1}"
        found.setdefault(
            key,
            LotFact(
                key=key,
                title=place.at("title").text(200) or place.at("description").text(200),
                ending=ENDINGS.get(place.at("status").text(60).casefold()),
                estimate=place.at("value").money(currency),
            ),
        )
    return list(found.values())


def _job(outline: JobFact, part: Part, release: Place) -> JobFact:
    """Return the job that one part of a release becomes."""
    notes = release.notes
    award = part.awards[0] if part.awards else None
    currency = _currency_of(part, outline.currency)
    offered = _comparable(part.bids, currency, notes)
    choice, offered = _choice(award, offered, currency, notes) if award else (None, offered)
    ending = (part.lot.ending if part.lot else None) or outline.ending
    if choice and ending:
        notes.add("/tender/status", f"“{ending.value}”, and yet awarded; the award is followed")
    estimate = part.lot.estimate if part.lot and part.key else outline.estimate
    return replace(
        outline,
        key=f"{outline.key}/{part.key}".rstrip("/"),
        title=f"{outline.title}: {part.title}" if part.title else outline.title,
        currency=currency,
        estimate=estimate if estimate and estimate.currency == currency else None,
        is_published=outline.is_published or bool(offered),
        ending=None if choice else ending,
        bids=_with_variants(offered),
        choice=choice,
    )


def _choice(
    award: AwardFact, offered: list[BidFact], currency: str, notes: Notes
) -> tuple[Choice | None, list[BidFact]]:
    """Return what an award chose, and the bids in which that choice makes sense."""
    if award.agreed is None:
        notes.add(award.where, "no value; the choice is kept, at nothing, and nothing is charged")
    agreed = Money(0, currency) if award.agreed is None else award.agreed
    if len(award.suppliers) > 1:
        notes.add(award.where, f"names {len(award.suppliers)} providers; the first is followed")
    chosen = bid_chosen(award, offered, set())
    if chosen is None and not award.suppliers:
        notes.add(award.where, "names neither a bid nor a provider; left out")
        return None, offered
    if chosen is None:
        notes.add(award.where, "names a provider without a bid; a bid at its value is implied")
        chosen = BidFact(f"award:{award.key}", award.suppliers[0], None, agreed, is_implied=True)
        return Choice(chosen.key, agreed, award), [*offered, chosen]
    if award.suppliers and chosen.bidder.key not in {one.key for one in award.suppliers}:
        notes.add(award.where, "names another provider than the bid it names; the bid is followed")
    return Choice(chosen.key, agreed, award), [
        _made_sound(bid, agreed, notes) if bid is chosen else bid for bid in offered
    ]


def _made_sound(bid: BidFact, agreed: Money, notes: Notes) -> BidFact:
    """Return a chosen bid as it must have been to be chosen: priced, valid, not withdrawn."""
    if bid.price is None:
        notes.add(bid.where, "chosen without a price; the awarded value stands for it")
    elif bid.fault or bid.is_withdrawn:
        notes.add(bid.where, "chosen, although not valid; taken as valid")
    price = agreed if bid.price is None else bid.price
    return replace(bid, price=price, fault="", is_withdrawn=False)


def _comparable(offered: list[BidFact], currency: str, notes: Notes) -> list[BidFact]:
    """Return the bids, those in another currency than the job's without their price."""
    return [_comparable_one(bid, currency, notes) for bid in offered]


def _comparable_one(bid: BidFact, currency: str, notes: Notes) -> BidFact:
    if bid.price is None or bid.price.currency == currency:
        return bid
    notes.add(bid.where, f"in {bid.price.currency}, the job in {currency}; its price is left out")
    return replace(bid, price=None, fault=bid.fault or "Its price is in another currency.")


def _with_variants(offered: list[BidFact]) -> tuple[BidFact, ...]:
    """Count each bidder's bids for a job: the second is a variant beside the first."""
    seen: Counter[str] = Counter()
    found = []
    for bid in offered:
        found.append(replace(bid, variant=seen[bid.bidder.key]))
        seen[bid.bidder.key] += 1
    return tuple(found)


def _currency_of(part: Part, currency: str) -> str:
    """Return the currency of a job: that of its award, else of most of its bids."""
    agreed = [award.agreed.currency for award in part.awards if award.agreed is not None]
    offered = Counter(bid.price.currency for bid in part.bids if bid.price is not None)
    return next(iter([*agreed, *(code for code, _ in offered.most_common(1)), currency]))


def _currency(release: Place) -> str:
    """Return the currency that amounts without one are in: the first that the release states."""
    tender = release.at("tender")
    values = [tender.at("value"), tender.at("minValue")]
    for name in ("awards", "contracts"):
        if isinstance(release.at(name).value, list):
            values += [place.at("value") for place in release.at(name).objects()]
    details = release.at("bids", "details") if isinstance(release.at("bids").value, dict) else None
    if details:
        values += [place.at("value") for place in details.objects()]
    return next((code for value in values if (code := value.currency())), NO_CURRENCY)
