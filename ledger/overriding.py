"""Overriding a choice: a head above names another bid, and bears what it costs more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.awarding import record_award, tell_the_others, write_award
from ledger.eligibility import refuse_both_sides, valid_bid
from ledger.grounds import Grounds, refuse_without_grounds
from ledger.models.awards import Award, ChangeOrder, Delivery
from ledger.models.cancellations import Cancellation
from ledger.models.overrides import Override
from ledger.permissions import overriding_department
from ledger.promising import promise
from ledger.reports.weighing import freeze
from ledger.standstill import refuse_open_objection
from marketplace.history import record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.notices import people_of_department, people_of_providers, tell
from marketplace.refusals import Forbidden, Refusal


class NothingChosen(Refusal):
    """There is no choice yet to override."""

    code = "nothing_chosen"


class BelowTheLimit(Refusal):
    """Small choices are the department's own."""

    code = "below_the_limit"


class AlreadyOverridden(Refusal):
    """A choice is overridden once."""

    code = "already_overridden"


class WorkBegun(Refusal):
    """Once work was handed over, or a change agreed, the choice stands."""

    code = "work_begun"


class SameBid(Refusal):
    """An override names another bid."""

    code = "same_bid"
    field = "bid_id"


@transaction.atomic(savepoint=False)
def override_choice(
    *,
    actor: User,
    job_id: UUID,
    bid_id: UUID,
    reason_code: str,
    reason: str,
    at: datetime,
    decisive_criterion_id: UUID | None = None,
    followed_view: str = "",
) -> Award:
    """
    Choose another bid than the department's head did. The department goes on bearing what its own
    choice would have cost; the difference is borne by the department of whoever overrides, and both
    budgets are checked at once (entry 4b of the chart). The first choice stays on the record.

    :raises Unknown: the actor cannot see the job.
    :raises Forbidden: only a head above the department overrides.
    :raises NothingChosen, AlreadyOverridden, BelowTheLimit, WorkBegun, ObjectionOpen, BothSides,
        SameBid, BidNotValid, ReasonMissing, NoSuchReason, CriterionMissing, ViewMissing: the rules
        say no.
    :raises NoBudget, InsufficientFunds: one of the two departments cannot pay.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)
    payer = overriding_department(actor, job)
    if payer is None:
        raise Forbidden("Only a head above the department overrides its choice.")
    first = _overridable(job)
    refuse_open_objection(first)
    refuse_both_sides(actor, job)
    if first.bid_id == bid_id:
        raise SameBid("This bid is the one that was chosen. Name another.")
    paper = freeze(job)
    bid = valid_bid(job, bid_id, paper=paper)
    grounds = Grounds(reason_code, reason.strip(), decisive_criterion_id, followed_view, False)
    refuse_without_grounds(grounds, bid=bid, paper=paper)

    award = write_award(
        bid=bid,
        actor=actor,
        grounds=grounds,
        price=bid.price.quoted,
        paper=paper,
        at=at,
        replaces=first,
    )
    override = _divide(award, first, payer)
    promise(actor=actor, award=award, job=job, at=at)
    _record(award, override, at=at)
    _tell(award, override, at=at)
    return award


def _overridable(job: Job) -> Award:
    """Return the choice that may be overridden. Call it under the lock."""
    award = Award.objects.select_related("budget_line", "provider").filter(job=job).first()
    if award is None:
        raise NothingChosen("Nothing was chosen yet. The head of the department chooses first.")
    if hasattr(award, "override"):
        raise AlreadyOverridden("This choice was overridden before.")
    limit = job.policy.override_above_minor
    if limit is None or award.price_minor < limit:
        own = f"This one is {job.department}'s own."
        if limit is None:
            raise BelowTheLimit(f"The rules of this job know no override. {own}")
        least = Money(limit, job.currency)
        raise BelowTheLimit(f"Only a choice of at least {least} can be overridden. {own}")
    agreed = ChangeOrder.objects.filter(award=award, agreed_at__isnull=False)
    delivered = Delivery.objects.filter(milestone__award=award)
    ended = Cancellation.objects.filter(award=award)
    if agreed.exists() or delivered.exists() or ended.exists():
        raise WorkBegun("The work has begun. It can be changed or called off with the provider.")
    award.job = job
    return award


def _divide(award: Award, first: Award, payer: Department) -> Override:
    """Write who bears what: the department no more than its own choice would have cost."""
    own = min(first.price_minor, award.price_minor)
    return Override.objects.create(
        award=award,
        department=payer,
        own_minor=own,
        difference_minor=award.price_minor - own,
    )


def _record(award: Award, override: Override, *, at: datetime) -> None:
    first, actor = award.replaces, award.chosen_by
    assert first is not None
    record(
        actor,
        "award.replaced",
        first,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=first.provider,
    )
    record_award(
        award=award,
        kind="award.overridden",
        actor=actor,
        at=at,
        more={
            "replaces": str(first.pk),
            "payer": str(override.department_id),
            "own_minor": override.own_minor,
            "difference_minor": override.difference_minor,
        },
    )


def _tell(award: Award, override: Override, *, at: datetime) -> None:
    """Tell both providers, both departments and the other bidders, each their part of it."""
    job, first = award.job, award.replaces
    assert first is not None
    difference = Money(override.difference_minor, award.currency)
    paid = f" {override.department} pays the difference of {difference}." if difference else ""
    choice = f"{award.chosen_by.name} overrode the choice for “{job.title}”"
    departments = [
        *people_of_department(award.department),
        *people_of_department(override.department),
    ]
    told = [
        (
            "award.made",
            people_of_providers([award.provider_id]),
            f"Your bid for “{job.title}” was chosen after all, at {award.price}.",
            "your team or firm bid for it",
        ),
        (
            "award.replaced",
            people_of_providers([first.provider_id]),
            f"The choice of your bid for “{job.title}” was overridden. Your debrief says why.",
            "your team or firm bid for it",
        ),
        (
            "award.department",
            departments,
            f"{choice}: {award.provider}, at {award.price}.{paid}",
            "it is your department's job, or your budget",
        ),
    ]
    for kind, people, text, because in told:
        tell(kind, recipients=people, text=text, because=because, at=at, job=job, subject=award)
    tell_the_others(award, told={award.provider_id, first.provider_id}, at=at)
