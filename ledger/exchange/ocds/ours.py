"""What a marketplace like this one tells beside the standard. See extension/README.md."""

from __future__ import annotations

import re

from bids.content import KINDS, PlannedMilestone, PriceLine
from ledger.exchange.ocds.facts import OURS, Grounds, Terms
from ledger.exchange.ocds.organisations import Organisations
from ledger.exchange.ocds.places import Place
from ledger.models.awards import MoneyView, ReasonCode
from marketplace.details import (
    CriterionDraft,
    CriterionNotUsable,
    refuse_unusable_criteria,
)
from marketplace.models.jobs import CriterionKind, Mode
from marketplace.money import Money

SLUG = re.compile(r"[-a-zA-Z0-9_]{1,60}")


def terms(
    job: Place, organisations: Organisations, currency: str, *, has_ceiling: bool
) -> Terms | None:
    """Return what bids are judged on and who was invited; None where the release is no such one."""
    if not job:
        return None
    mode, criteria = job.at("mode").text(20), _criteria(job)
    point = job.at("pointValue").money(currency)
    lacks_ceiling = mode == Mode.FIXED_PRICE and not has_ceiling
    lacks_point = mode == Mode.QUALITY_TO_PRICE and not (point and point.currency == currency)
    if mode not in Mode.values or criteria is None or lacks_point or lacks_ceiling:
        job.remark("mode, criteria and worth of a point do not fit together; price decides")
        mode, criteria, point = Mode.LOWEST_COST.value, (), None
    code = job.at("category", "code").text(60)
    invited = [
        organisations.meant_by(one.at("provider"))
        for one in job.at("invitations").items()
        if one.at("provider")
    ]
    return Terms(
        mode=mode,
        point=point,
        criteria=criteria,
        criterion_keys=tuple(one.at("id").text(100) for one in job.at("criteria").items()),
        category_name=job.at("category", "name").text(100) if SLUG.fullmatch(code) else "",
        category_code=code,
        shows_ceiling=job.at("ceilingIsShown").value is True,
        invited=tuple(one for one in invited if one),
    )


def grounds(award: Place) -> Grounds | None:
    """Return why a bid was chosen, as the head said it."""
    ours = award.at(OURS)
    code, reason = ours.at("reasonCode").text(20), ours.at("reason").text(2000)
    if not code or not reason:
        return None
    if code not in ReasonCode.values:
        ours.at("reasonCode").remark(f"“{code}” is no reason that is known here; not taken over")
        code = ReasonCode.IMPORTED.value
    view = ours.at("followedView").text(10)
    return Grounds(
        code=code,
        reason=reason,
        criterion_key=ours.at("decisiveCriterion", "id").text(100),
        view=view if view in MoneyView.values else "",
    )


def lines(bid: Place, price: Money | None) -> tuple[PriceLine, ...]:
    """Return what a price is made of; nothing where the lines do not add up to it."""
    found = []
    for place in bid.at(OURS, "lines").items():
        amount, kind = place.at("value").money(""), place.at("kind").text(20)
        if (
            amount is None
            or kind not in KINDS
            or price is None
            or amount.currency != price.currency
        ):
            place.remark("not a line of a price; the price is kept in one sum")
            return ()
        found.append(PriceLine(kind, amount.minor, place.at("description").text(200)))
    return tuple(found) if _is_sum([line.amount_minor for line in found], price) else ()


def milestones(bid: Place, price: Money | None) -> tuple[PlannedMilestone, ...]:
    """Return what the bidder planned; nothing where the parts do not add up to the price."""
    found = []
    for place in bid.at(OURS, "milestones").items():
        amount, due = place.at("value").money(""), place.at("dueDate").moment()
        title = place.at("title").text(200)
        if amount is None or price is None or amount.currency != price.currency:
            return ()
        found.append(PlannedMilestone(title, due.date() if due else None, amount.minor))
    return tuple(found) if _is_sum([part.amount_minor for part in found], price) else ()


def _is_sum(parts: list[int], price: Money | None) -> bool:
    return price is not None and sum(parts) == price.minor


def _criteria(job: Place) -> tuple[CriterionDraft, ...] | None:
    """Return the criteria as stated; None where they are not usable as they stand."""
    found = tuple(_criterion(place) for place in job.at("criteria").items())
    try:
        refuse_unusable_criteria(found)
    except CriterionNotUsable:
        return None
    if not found:
        return found if job.at("mode").text(20) == Mode.LOWEST_COST else None
    return found if sum(one.weight for one in found) == 100 else None


def _criterion(place: Place) -> CriterionDraft:
    return CriterionDraft(
        name=place.at("name").text(120),
        weight=_whole(place.at("weight")) or 0,
        question=place.at("question").text(2000),
        levels=tuple(one.text(500) for one in place.at("levels").items()),
        knock_out=_whole(place.at("knockOut")),
        kind=place.at("kind").text(20) or CriterionKind.JUDGED,
    )


def _whole(place: Place) -> int | None:
    """Return a share of a hundred or a level; -1, which is neither, for any other number."""
    number = place.number()
    if number is None:
        return None
    return int(number) if 0 <= number <= 100 and number == int(number) else -1
