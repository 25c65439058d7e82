"""The rules of the house: stated with a date and an explanation, never changed."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl, Policy
from marketplace.permissions import may_administer, may_manage_money
from marketplace.refusals import Refusal, Unknown, require

STANDARD = "standard"
IMPORTED = "imported"  # under which other systems' records are taken over


class PolicyStated(Refusal):
    """A rule of one day is not stated twice."""

    code = "policy_stated"
    field = "in_force_on"


class PolicyInThePast(Refusal):
    """What was decided under the earlier rules was decided under those."""

    code = "policy_in_the_past"
    field = "in_force_on"


class PolicyUnexplained(Refusal):
    """People must be able to read why the rule is there."""

    code = "policy_unexplained"
    field = "explanation"


class MoreThanAll(Refusal):
    """No more can be kept back than is owed."""

    code = "more_than_all"
    field = "retention_basis_points"


class NothingChanges(Refusal):
    """Rules are stated anew where something becomes otherwise."""

    code = "nothing_changes"


@transaction.atomic(savepoint=False)
def state_policy(
    *,
    actor: User,
    code: str,
    at: datetime,
    in_force_on: date,
    explanation: str,
    budget_control: BudgetControl | str,
    minimum_days: int,
    needs_team_and_vendor: bool,
    allows_variants: bool = False,
    formal_above_minor: int | None = None,
    fee_basis_points: int = 0,
    acceptance_days: int = 15,
    rating_days: int = 14,
    dispute_days: int = 30,
    retention_basis_points: int = 0,
    retention_days: int = 0,
    charging_days: int = 45,
    large_change_basis_points: int = 1_000,
    override_above_minor: int | None = None,
    administration_minor: int = 0,
    changeover_minor: int = 0,
    panel_members: int = 0,
    differential_basis_points: int = 0,
    choice_alone_minor: int | None = None,
    tells_exact_price: bool = False,
) -> Policy:
    """
    State the rules called `code` from a day on. Jobs keep those that they were published under.

    :raises Forbidden: the actor is neither finance nor administrator.
    :param retention_basis_points: of each milestone of a vendor, kept back for `retention_days`.
    :param override_above_minor: a head above may override a choice of at least so much.
    :param panel_members: who judge a formal job, at least; with 0 the department's people may.
    :param differential_basis_points: protects in-house bids; printed wherever it is used.
    :param choice_alone_minor: what a head chooses without a second head's signature.
    :param tells_exact_price: to bidders who were not chosen, instead of a band.
    :raises PolicyUnexplained, PolicyInThePast, PolicyStated, MoreThanAll: the rules say no.
    """
    require(may_manage_money(actor) or may_administer(actor))
    if not explanation.strip():
        raise PolicyUnexplained("Say in a sentence what these rules are for.")
    if in_force_on < at.date() and not actor.is_system:
        raise PolicyInThePast("Rules are in force from today at the earliest.")
    if max(retention_basis_points, differential_basis_points) > 10_000:
        raise MoreThanAll("State up to 10000 basis points, which is all of it.")
    if Policy.objects.filter(code=code, in_force_on=in_force_on).exists():
        raise PolicyStated(f"“{code}” is stated for {in_force_on} already; choose a later day.")

    policy = Policy.objects.create(
        code=code,
        in_force_on=in_force_on,
        explanation=explanation.strip(),
        budget_control=BudgetControl(budget_control),
        minimum_days=minimum_days,
        needs_team_and_vendor=needs_team_and_vendor,
        allows_variants=allows_variants,
        formal_above_minor=formal_above_minor,
        fee_basis_points=fee_basis_points,
        acceptance_days=acceptance_days,
        rating_days=rating_days,
        dispute_days=dispute_days,
        retention_basis_points=retention_basis_points,
        retention_days=retention_days,
        charging_days=charging_days,
        large_change_basis_points=large_change_basis_points,
        override_above_minor=override_above_minor,
        administration_minor=administration_minor,
        changeover_minor=changeover_minor,
        panel_members=panel_members,
        differential_basis_points=differential_basis_points,
        choice_alone_minor=choice_alone_minor,
        tells_exact_price=tells_exact_price,
        stated_at=at,
    )
    facts = {"code": code, "in_force_on": in_force_on.isoformat()}
    record(actor, "policy.stated", policy, at=at, audience=Audience.COMPANY, facts=facts)
    return policy


def change_policy(
    *, actor: User, code: str, at: datetime, in_force_on: date, explanation: str, **changes: Any
) -> Policy:
    """
    State the rules called `code` anew from a day on: as they will stand on that day, but for the
    changes. What is refused besides is what `state_policy` refuses.

    :param changes: any of the rules that `state_policy` names.
    :raises Unknown: there are no rules of that name on that day.
    :raises NothingChanges: they are so already.
    """
    before = policy_in_force(code, in_force_on)
    told_apart = {"id", "code", "in_force_on", "explanation", "stated_at"}
    names = {field.attname for field in Policy._meta.concrete_fields} - told_apart
    rules = {name: getattr(before, name) for name in names}
    if rules == rules | changes:
        raise NothingChanges("The rules are so already. Change at least one of them.")
    return state_policy(
        actor=actor,
        code=code,
        at=at,
        in_force_on=in_force_on,
        explanation=explanation,
        **(rules | changes),
    )


def state_standard_policy(*, actor: User, at: datetime) -> Policy:
    """State the rules that a new company starts with. Finance states others when it has its own."""
    return state_policy(
        actor=actor,
        code=STANDARD,
        at=at,
        in_force_on=at.date(),
        explanation="The rules that every company starts with.",
        budget_control=BudgetControl.HARD,
        minimum_days=3,
        needs_team_and_vendor=True,
        formal_above_minor=50_000_00,
        fee_basis_points=200,
        override_above_minor=10_000_00,
        administration_minor=1_500_00,
    )


def policy_in_force(code: str, on: date) -> Policy:
    """Return the rules called `code` as they stand on a day. :raises Unknown: none do."""
    policy = _in_force.first(code, on)
    if policy is None:
        raise Unknown(f"No rules called “{code}” are in force on {on}.")
    return policy


@Kept
def _in_force(code: str, on: date) -> QuerySet[Policy]:
    return Policy.objects.filter(code=code, in_force_on__lte=on).order_by("-in_force_on")
