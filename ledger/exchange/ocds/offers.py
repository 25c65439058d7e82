"""The bids of a release."""

from __future__ import annotations

from dataclasses import replace

from ledger.exchange.ocds.facts import OURS, BidFact
from ledger.exchange.ocds.organisations import Organisations
from ledger.exchange.ocds.ours import lines, milestones
from ledger.exchange.ocds.places import Place

# What publishers write where the standard has invited, pending, valid, disqualified, withdrawn.
STANDING = {"", "valid", "pending", "active", "qualified", "submitted", "accepted", "unsuccessful"}
OUT = {"disqualified", "not-qualified", "notqualified", "rejected", "invalid", "excluded"}
TAKEN_BACK = {"withdrawn", "cancelled", "deleted"}
NO_BID = {"invited", "draft"}


def bids(release: Place, organisations: Organisations, currency: str) -> list[BidFact]:
    """Return every bid that names a bidder, in the order of the release."""
    found: dict[str, BidFact] = {}
    for place in _details(release.at("bids")):
        bid = _bid(place, organisations, currency, len(found))
        if bid is None:
            continue
        twin = found.get(bid.key)
        if twin and (twin.bidder.key, twin.price) == (bid.bidder.key, bid.price):
            place.remark("the same bid once more; kept once")
            continue
        # An id that two bids share is no identity: the second gets one of its own.
        key = f"{bid.key}~{len(found)}" if twin else bid.key
        found[key] = replace(bid, key=key)
    return list(found.values())


def lots_named(place: Place) -> tuple[str, ...]:
    """Return the lots that a bid or an award is about, in any of the ways they are written."""
    places = [item.at(*key) for item, key in _lot_places(place)]
    places += [place.at(name) for name in ("relatedLot", "lotID", "lotId")]
    named = [one.text(200) for one in places]
    return tuple(dict.fromkeys(name for name in named if name))


def _details(bids: Place) -> list[Place]:
    if isinstance(bids.value, list) and bids.value:
        bids.remark("a list where an object with `details` belongs; read as the bids")
        return bids.objects()
    return bids.at("details").objects() if bids else []


def _bid(
    place: Place, organisations: Organisations, currency: str, position: int
) -> BidFact | None:
    status = place.at("status").text(60).casefold()
    if status in NO_BID:
        place.at("status").remark(f"“{status}” is no bid yet; left out")
        return None
    if status not in STANDING | OUT | TAKEN_BACK:
        place.at("status").remark(f"“{status}” is no status of a bid; taken as valid")
    bidders = place.first("tenderers", "tenderer", "suppliers").items()
    named = [one for one in map(organisations.meant_by, bidders) if one]
    if not named:
        place.remark("a bid that names no bidder; left out")
        return None
    if len(named) > 1:
        place.at("tenderers").remark(f"a joint bid of {len(named)}; kept as the first one's")
    price = place.at("value").money(currency)
    return BidFact(
        key=place.at("id").text(200) or f"bid-{position}",
        bidder=named[0],
        at=place.first("date", "submissionDate").moment(),
        price=price,
        fault=_fault(place, status, is_priced=price is not None),
        is_withdrawn=status in TAKEN_BACK,
        lots=lots_named(place),
        where=place.pointer,
        approach=place.at("description").text(20_000) if place.at(OURS) else "",
        lines=lines(place, price),
        milestones=milestones(place, price),
    )


def _fault(place: Place, status: str, *, is_priced: bool) -> str:
    """Return why a bid cannot be chosen; nothing when it can."""
    if status in OUT:
        said = place.at(OURS, "disqualification").text(2000)
        said = said or place.first("statusDetails", "description").text(300)
        return said or f"The publication says “{status}” and gives no reason."
    return "" if is_priced else "The publication has no price for it."


def _lot_places(place: Place) -> list[tuple[Place, tuple[str, ...]]]:
    """Return the members of `relatedLots`, each with the way to the lot's id inside it."""
    if not place.at("relatedLots"):
        return []
    found: list[tuple[Place, tuple[str, ...]]] = []
    for item in place.at("relatedLots").items():
        if isinstance(item.value, dict):
            key = next((name for name in ("lotId", "lotID", "id") if item.at(name)), "id")
            found.append((item, (key,)))
        else:
            found.append((item, ()))
    return found
