"""One release, many choices: into which jobs its bids and awards fall."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ledger.exchange.ocds.facts import AwardFact, BidFact, LotFact
from ledger.exchange.ocds.places import Notes
from marketplace.money import Money


@dataclass(slots=True)
class Part:
    """What becomes one job: a lot or the whole, its bids, and its awards so far."""

    key: str  # empty for the whole of a release
    title: str
    lot: LotFact | None = None
    bids: list[BidFact] = field(default_factory=list)
    awards: list[AwardFact] = field(default_factory=list)


def by_lot(
    lots: list[LotFact], bids: list[BidFact], awards: list[AwardFact], notes: Notes
) -> list[Part]:
    """
    Return one part per lot, where bids or awards tell lots apart; one part otherwise.

    A bid that is about several lots has one price, which cannot be divided: it stays whole
    with the first of them. An award over several lots is divided, see `_divided`.
    """
    named = [lot for bid in bids for lot in bid.lots]
    named += [lot for award in awards for lot in award.lots]
    known = {lot.key: lot for lot in lots}
    keys = list(dict.fromkeys([*known, *named])) if named else []
    if len(keys) < 2:
        lot = next(iter(lots)) if len(lots) == 1 else None
        return [Part("", "", lot, list(bids), list(awards))]
    parts = {key: Part(key, known[key].title if key in known else key) for key in keys}
    for key in keys:
        parts[key].lot = known.get(key)
        if key not in known:
            notes.add("/tender/lots", f"the lot {key} is named and not described")
    for bid in bids:
        if len(bid.lots) != 1:
            notes.add(bid.where, f"names {len(bid.lots)} lots; kept whole with one of them")
        parts[(bid.lots or (keys[0],))[0]].bids.append(bid)
    for award in awards:
        for key, share in _divided(award, parts, keys[0], notes):
            parts[key].awards.append(share)
    return list(parts.values())


def by_award(part: Part) -> list[Part]:
    """
    Return one part per award: a job has one choice.

    The first keeps every bid that no other award chose, so that no bid is told twice.
    """
    if len(part.awards) < 2:
        return [part]
    ordered = sorted(part.awards, key=lambda award: (award.at is None, str(award.at)))
    taken: set[str] = set()
    chosen: dict[str, BidFact | None] = {}
    for award in ordered:
        chosen[award.key] = bid = bid_chosen(award, part.bids, taken)
        if bid:
            taken.add(bid.key)
    first, *others = ordered
    elsewhere = {bid.key for award in others if (bid := chosen[award.key])}
    kept = [bid for bid in part.bids if bid.key not in elsewhere]
    return [replace(part, bids=kept, awards=[first])] + [
        replace(
            part,
            key=f"{part.key}/{award.key}".strip("/"),
            title=f"{part.title} ({number} of {len(ordered)})".strip(),
            bids=[bid] if (bid := chosen[award.key]) else [],
            awards=[award],
        )
        for number, award in enumerate(others, start=2)
    ]


def bid_chosen(award: AwardFact, bids: list[BidFact], taken: set[str]) -> BidFact | None:
    """Return the bid an award is about: the one it names, else one of the provider it names."""
    free = [bid for bid in bids if bid.key not in taken]
    for key in award.related:
        for bid in free:
            if bid.key == key:
                return bid
    suppliers = {supplier.key for supplier in award.suppliers}
    own = [bid for bid in free if bid.bidder.key in suppliers]
    fits = [bid for bid in own if bid.price is not None and bid.price == award.agreed]
    sound = [bid for bid in own if not bid.fault and not bid.is_withdrawn]
    return next(iter([*fits, *sound, *own]), None)


def _divided(
    award: AwardFact, parts: dict[str, Part], first: str, notes: Notes
) -> list[tuple[str, AwardFact]]:
    """
    Return an award's share of each lot that it is about.

    Its value is divided in proportion to the bids that its provider made for these lots, to
    the last minor unit; without such bids it stays whole with the first lot.
    """
    if len(award.lots) == 1:
        return [(award.lots[0], award)]
    bids = {lot: bid for lot in award.lots if (bid := bid_chosen(award, parts[lot].bids, set()))}
    weights = [bid.price.minor if bid.price else 0 for bid in bids.values()]
    if len(bids) < 2 or not sum(weights) or award.agreed is None:
        named = next(iter(bids), None) or next(iter(award.lots), None)
        holder = named or next((key for key in parts if _knows(parts[key], award)), first)
        notes.add(award.where, f"names {len(award.lots)} lots; kept whole with one of them")
        return [(holder, award)]
    notes.add(award.where, f"names {len(award.lots)} lots; its value is divided between them")
    shares, so_far, given = [], 0, 0
    for lot, weight in zip(bids, weights, strict=True):
        so_far += weight
        upto = award.agreed.minor * so_far // sum(weights)
        agreed = Money(upto - given, award.agreed.currency)
        shares.append((lot, replace(award, agreed=agreed, related=(bids[lot].key,))))
        given = upto
    return shares


def _knows(part: Part, award: AwardFact) -> bool:
    """Whether one of the part's bids is the one that an award without a lot is about."""
    return bid_chosen(award, part.bids, set()) is not None
