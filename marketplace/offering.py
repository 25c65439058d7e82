"""Which rules of the house jobs may be written under: those that finance offers, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.models.policies import Policy, PolicyOffer
from marketplace.permissions import may_administer, may_manage_money
from marketplace.policies import IMPORTED, STANDARD, PolicyInThePast, policy_in_force
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep


class PolicyNotOffered(Refusal):
    """A job is written under rules that finance offers on that day."""

    code = "policy_not_offered"
    field = "policy_code"


class OfferedSo(Refusal):
    """What is offered is not offered again, and what is not is not taken away."""

    code = "offered_so"
    field = "is_offered"


class StandardStays(Refusal):
    """Every job needs rules that it can be written under."""

    code = "standard_stays"
    field = "is_offered"


@dataclass(frozen=True, slots=True)
class PolicyAsks:
    """What rules ask of whoever writes a job under them."""

    minimum_days: int  # from publication to the deadline
    needs_team_and_vendor: bool
    formal_above_minor: int | None  # in the department's currency
    fee_basis_points: int
    acceptance_days: int  # of silence, until it is acceptance


@dataclass(frozen=True, slots=True)
class OfferedPolicy:
    """Rules of a name as they stand on a day, and whether jobs may be written under them."""

    code: str
    explanation: str
    in_force_on: date | None  # none yet: they begin later
    is_offered: bool
    since_on: date | None  # of the last word on the offer, if any was said
    reason: str
    said_by: str
    asks: PolicyAsks | None = None  # of a job; none while they are not in force


@transaction.atomic(savepoint=False)
def offer_policy(
    *, actor: User, code: str, is_offered: bool, from_on: date, reason: str, at: datetime
) -> PolicyOffer:
    """
    Say that jobs may be written under rules from a day on, or may not any more. Jobs published
    before keep theirs; a draft under rules that are not offered any more names others first.

    :raises Unknown: there are no rules of this name.
    :raises Forbidden: finance and administrators say so.
    :raises StandardStays, ReasonMissing, PolicyInThePast, OfferedSo: the rules say no.
    """
    require(may_manage_money(actor) or may_administer(actor))
    if code == IMPORTED or not Policy.objects.filter(code=code).exists():
        raise Unknown(f"There are no rules called “{code}” that could be offered.")
    if code == STANDARD and not is_offered:
        raise StandardStays("The standard rules are always offered. Change them instead.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why; whoever posts jobs reads it.")
    if from_on < at.date():
        raise PolicyInThePast("An offer changes from today at the earliest.")
    if PolicyOffer.objects.filter(code=code, from_on=from_on).exists():
        raise OfferedSo(f"This was said for {from_on} already; name a later day.")
    if is_offered_on(code, from_on) == is_offered:
        raise OfferedSo(f"“{code}” {'is' if is_offered else 'is not'} offered on {from_on}.")

    offer = PolicyOffer.objects.create(
        code=code,
        from_on=from_on,
        is_offered=is_offered,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {
        "code": code,
        "from_on": from_on.isoformat(),
        "is_offered": int(is_offered),
        "reason_digest": offer.reason.digest.hex(),
    }
    record(actor, "policy.offered", offer, at=at, audience=Audience.COMPANY, facts=facts)
    return offer


def is_offered_on(code: str, on: date) -> bool:
    """Whether jobs may be written under these rules on a day: unless it was taken back."""
    return _is_offered(code, _last_words(on, code).get(code))


def _is_offered(code: str, last: PolicyOffer | None) -> bool:
    return code != IMPORTED and (last is None or last.is_offered)


def refuse_not_offered(actor: User, code: str, on: date) -> None:
    """:raises PolicyNotOffered: nobody but the importer writes a job under these rules."""
    if not actor.is_system and not is_offered_on(code, on):
        names = ", ".join(offered_codes(on))
        raise PolicyNotOffered(f"The rules “{code}” are not offered now. Choose from: {names}.")


def offered_codes(on: date) -> list[str]:
    """Return the names of the rules that a job may be written under on a day."""
    in_force = Policy.objects.filter(in_force_on__lte=on).values_list("code", flat=True)
    codes = sorted(set(in_force))
    last = _last_words(on, *codes)
    return [code for code in codes if _is_offered(code, last.get(code))]


def offered_policies(*, actor: User, on: date) -> Sequence[OfferedPolicy]:
    """Return all rules but those for records, with what was said last of their offer."""
    del actor  # the rules of the house are for everybody to read
    named = Policy.objects.exclude(code=IMPORTED).values_list("code", flat=True).distinct()
    codes = list(named.order_by("code"))
    last = _last_words(on, *codes)
    return [_paper(code, on, last.get(code)) for code in codes]


def _paper(code: str, on: date, last: PolicyOffer | None) -> OfferedPolicy:
    try:
        policy: Policy | None = policy_in_force(code, on)
    except Unknown:
        policy = None
    return OfferedPolicy(
        code=code,
        explanation=policy.explanation if policy else "",
        in_force_on=policy.in_force_on if policy else None,
        is_offered=policy is not None and _is_offered(code, last),
        since_on=last.from_on if last else None,
        reason=last.reason.text if last else "",
        said_by=last.stated_by.name if last else "",
        asks=PolicyAsks(
            minimum_days=policy.minimum_days,
            needs_team_and_vendor=policy.needs_team_and_vendor,
            formal_above_minor=policy.formal_above_minor,
            fee_basis_points=policy.fee_basis_points,
            acceptance_days=policy.acceptance_days,
        )
        if policy
        else None,
    )


def _last_words(on: date, *codes: str) -> dict[str, PolicyOffer]:
    """Return what was said last, by a day, of the offer of each of these; in one statement."""
    said = PolicyOffer.objects.filter(code__in=codes, from_on__lte=on)
    return {one.code: one for one in said.select_related("reason", "stated_by").order_by("from_on")}
