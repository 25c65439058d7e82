"""The awards of a release, each with the contract that followed it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.exchange.ocds.facts import OURS, AwardFact, Organisation
from ledger.exchange.ocds.offers import lots_named
from ledger.exchange.ocds.organisations import Organisations
from ledger.exchange.ocds.ours import grounds
from ledger.exchange.ocds.places import Place
from marketplace.money import Money

DECIDED = {"", "active", "complete", "completed", "accepted", "awarded", "signed"}
UNDECIDED = {"pending"}
NOT_SIGNED = {"pending", "planned"}
NEVER_DONE = {"cancelled", "canceled", "withdrawn", "invalid"}


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as published."""

    award_key: str
    suppliers: tuple[Organisation, ...]
    at: datetime | None
    value: Money | None
    is_signed: bool
    place: Place


def awards(release: Place, organisations: Organisations, currency: str) -> list[AwardFact]:
    """Return every award that was decided, in the order of the release."""
    found: dict[str, AwardFact] = {}
    for place in release.at("awards").objects():
        award = _award(place, organisations, currency, len(found))
        if award:
            key = f"{award.key}~{len(found)}" if award.key in found else award.key
            found[key] = replace(award, key=key)
    for place in release.at("contracts").objects():
        _add(found, _contract(place, organisations, currency), place.at("id").text(200))
    return [award for award in found.values() if _is_decided(award, release)]


def ended_without_choice(release: Place) -> bool:
    """Whether awards were published, and every one of them says that nobody was chosen."""
    statuses = {place.at("status").text(60) for place in release.at("awards").objects()}
    return statuses == {"unsuccessful"}


def ending_reason(release: Place) -> str:
    """Return why nobody was chosen, or why the job was called off; where a release of ours says."""
    told = [
        place.at(OURS, "reason").text(2000)
        for place in release.at("awards").objects()
        if place.at("status").text(60).casefold() not in NEVER_DONE
    ]
    return release.at("tender", OURS, "cancellation").text(2000) or next(iter(told), "")


def _is_decided(award: AwardFact, release: Place) -> bool:
    """Whether an award counts: a pending one does as soon as its contract is signed."""
    if award.is_pending and award.is_contracted:
        release.notes.add(award.where, "pending, and yet its contract is signed; taken as decided")
    return award.is_contracted or not award.is_pending


def _award(
    place: Place, organisations: Organisations, currency: str, position: int
) -> AwardFact | None:
    status = place.at("status").text(60).casefold()
    if status == "unsuccessful":
        return None
    if status in NEVER_DONE:
        if not place.at(OURS):  # one of ours, overridden or withdrawn: it stands no more
            place.remark("an award that was taken back; left out")
        return None
    if place.at(OURS, "override"):
        place.at(OURS, "override").remark("overridden; the department is charged for all of it")
    if status not in DECIDED | UNDECIDED:
        place.at("status").remark(f"“{status}” is no status of an award; taken as decided")
    related = place.first("relatedBids", "relatedBid", "bidID")
    named = [related] if isinstance(related.value, str) else related.items()
    return AwardFact(
        key=place.at("id").text(200) or f"award-{position}",
        suppliers=_suppliers(place, organisations),
        related=tuple(item.text(200) for item in named),
        at=place.at("date").moment(),
        agreed=place.at("value").money(currency),
        reason=place.first("rationale", "description", "statusDetails").text(1000),
        is_pending=status in UNDECIDED,
        lots=lots_named(place),
        where=place.pointer,
        grounds=grounds(place),
    )


def _suppliers(place: Place, organisations: Organisations) -> tuple[Organisation, ...]:
    members = place.first("suppliers", "supplier").items()
    return tuple(one for one in map(organisations.meant_by, members) if one)


def _contract(place: Place, organisations: Organisations, currency: str) -> Contract:
    status = place.at("status").text(60).casefold()
    if status in NEVER_DONE:
        place.remark("a contract that was taken back; nothing is charged for it")
    if place.at(OURS, "cancellation"):
        place.remark("work that was called off; the choice is kept, and nothing is charged")
    # One of ours says when the work was done; what is under way is promised, and not charged yet.
    done = place.at(OURS, "completedAt") if place.at(OURS) else place.first("dateSigned", "date")
    is_done = bool(done) or not place.at(OURS)
    return Contract(
        award_key=place.first("awardID", "awardId").text(200),
        suppliers=_suppliers(place, organisations),
        at=done.moment(),
        value=place.at("value").money(currency),
        is_signed=is_done and status not in NOT_SIGNED | NEVER_DONE,
        place=place,
    )


def _add(found: dict[str, AwardFact], contract: Contract, key: str) -> None:
    """Join a contract to its award; one that has none tells of an award by itself."""
    award = found.get(contract.award_key)
    if award is None and len(found) == 1 and not contract.award_key:
        award = next(iter(found.values()))
        contract.place.at("awardID").remark("names no award; taken as that of the only one")
    if award is None:
        _imply(found, contract, key)
        return
    if award.agreed is None and contract.value is not None:
        contract.place.at("value").remark("the award states no value; the contract's is taken")
        award = replace(award, agreed=contract.value)
    elif contract.value not in (None, award.agreed):
        contract.place.at("value").remark("differs from the award's value, which is charged")
    found[award.key] = replace(
        award,
        is_contracted=award.is_contracted or contract.is_signed,
        contracted_at=award.contracted_at or contract.at,
    )


def _imply(found: dict[str, AwardFact], contract: Contract, key: str) -> None:
    if not contract.suppliers or not contract.is_signed:
        contract.place.remark("a contract whose award is not published; left out")
        return
    contract.place.remark("a contract whose award is not published; taken as the award too")
    key = f"contract:{key or len(found)}"
    found.setdefault(
        key,
        AwardFact(
            key=key,
            suppliers=contract.suppliers,
            related=(),
            at=contract.at,
            agreed=contract.value,
            reason="",
            is_contracted=True,
            contracted_at=contract.at,
            lots=lots_named(contract.place),
            where=contract.place.pointer,
        ),
    )
