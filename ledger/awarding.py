"""Choosing a bid: one author, one reason, one frozen comparison, and the money promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bids.models.bids import Bid
from ledger.budgeting import budget_line_for, carry_estimate_along
from ledger.commissioning import mark_decided, refuse_undecidable
from ledger.eligibility import (
    agreed_price,
    refuse_both_sides,
    refuse_unjudged,
    valid_bid,
    withdrawn_choice,
)
from ledger.grounds import Grounds, refuse_without_grounds
from ledger.models.awards import Award, Milestone
from ledger.permissions import may_choose
from ledger.promising import promise
from ledger.rates import rate_in_force
from ledger.reports.weighing import Frozen, freeze
from ledger.signing import signed_above
from ledger.standstill import stand_still, standstill_until, waiting_words
from marketplace.calendar import spoken
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.notices import nobody_listens, people_of_department, people_of_providers, tell
from marketplace.policies import IMPORTED
from marketplace.refusals import Refusal, require
from marketplace.rows import insert, insert_all
from marketplace.words import keep


class SecondHeadNeeded(Refusal):
    """Above a limit two heads choose together."""

    code = "second_head_needed"


@transaction.atomic(savepoint=False)
def choose_bid(
    *,
    actor: User,
    job_id: UUID,
    bid_id: UUID,
    reason_code: str,
    reason: str,
    at: datetime,
    decisive_criterion_id: UUID | None = None,
    followed_view: str = "",
    agreed: Money | None = None,
) -> Award:
    """
    Choose any valid bid. Its price and fee are promised from the department's budget, what was
    compared is frozen, its milestones are agreed, and everybody who bid is told.

    :param decisive_criterion_id: needed where the bid is not the best value, unless only its price
        decided.
    :param followed_view: needed where the two views of money disagree.
    :param agreed: another price than the bid's; only another system's record may know one.
    :raises Unknown: the actor cannot see the job.
    :raises Forbidden: only a head of the department chooses.
    :raises JobCancelled, NotYetOpened, AlreadyAwarded, AlreadyEnded, BothSides, StandsAside,
        NotAgreed, RoundOpen, BidNotValid, BelowKnockOut, ReasonMissing, NoSuchReason,
        CriterionMissing,
        ViewMissing, PriceIsTheBids, SecondHeadNeeded: the rules say no.
    :raises NoBudget, InsufficientFunds: the department cannot pay.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)
    require(may_choose(actor, job))
    refuse_undecidable(job)
    refuse_both_sides(actor, job)
    paper = freeze(job, refuse_unjudged(job))
    bid = valid_bid(job, bid_id, paper=paper)
    imported = _is_imported(job, actor)
    price = agreed_price(bid, agreed=agreed, imported=imported)
    grounds = Grounds(reason_code, reason.strip(), decisive_criterion_id, followed_view, imported)
    refuse_without_grounds(grounds, bid=bid, paper=paper)
    if not imported and (limit := signed_above(job, price, at=at)) is not None:
        raise SecondHeadNeeded(f"Above {limit} a second head signs. Ask for their signature.")
    return make_choice(bid=bid, actor=actor, grounds=grounds, price=price, paper=paper, at=at)


def make_choice(
    *, bid: Bid, actor: User, grounds: Grounds, price: Money, paper: Frozen, at: datetime
) -> Award:
    """Make a choice that nothing speaks against, for a verb that holds the job's lock."""
    job = bid.job
    award = write_award(
        bid=bid,
        actor=actor,
        grounds=grounds,
        price=price,
        paper=paper,
        at=at,
        replaces=withdrawn_choice(job),
    )
    mark_decided(actor=actor, job=job, at=at)
    promise(actor=actor, award=award, job=job, at=at)
    record_award(award=award, kind="award.made", actor=actor, at=at)
    _tell(award, at=at)
    return award


def _is_imported(job: Job, actor: User) -> bool:
    # Other systems' records know no reasons, and may agree on another price than the bid's. A
    # person who chooses on an imported job knows both.
    return job.policy.code == IMPORTED and actor.is_system


def write_award(
    *,
    bid: Bid,
    actor: User,
    grounds: Grounds,
    price: Money,
    paper: Frozen,
    at: datetime,
    replaces: Award | None = None,
) -> Award:
    """Write a choice with its milestones. :raises NoBudget, NoRate: nobody could pay for it."""
    job = bid.job
    carry_estimate_along(job=job, actor=actor, at=at)
    line = budget_line_for(job, at.date())
    rate = rate_in_force(price.currency, line.currency, at.date())
    award = insert(
        Award(
            job=job,
            bid=bid,
            replaces=replaces,
            department=job.department,
            provider=bid.provider,
            chosen_by=actor,
            chosen_at=at,
            reason_code=grounds.code,
            reason=keep(grounds.reason, at=at),
            decisive_criterion_id=grounds.criterion_id,
            followed_view=grounds.view,
            currency=price.currency,
            price_minor=price.minor,
            fee_basis_points=job.policy.fee_basis_points,
            retention_basis_points=job.policy.retention_basis_points,
            rate_numerator=rate.numerator,
            rate_denominator=rate.denominator,
            budget_line=line,
            comparison=paper.text,
            comparison_digest=paper.digest,
        )
    )
    insert_all(_milestones(award, bid))
    stand_still(award, actor=actor)
    return award


def _milestones(award: Award, bid: Bid) -> list[Milestone]:
    """Return the bid's milestones, or one for the whole work."""
    planned = bid.price.milestones
    if not planned or award.price != bid.price.quoted:
        due_on = bid.opened.finishes_on or award.job.ends_on
        title = award.job.title[:200]
        price = award.price_minor
        return [Milestone(award=award, position=1, title=title, due_on=due_on, price_minor=price)]
    return [
        Milestone(
            award=award,
            position=position,
            title=part["title"],
            due_on=date.fromisoformat(part["due_on"]) if part.get("due_on") else None,
            price_minor=part["amount_minor"],
        )
        for position, part in enumerate(planned, start=1)
    ]


def record_award(
    *,
    award: Award,
    kind: str,
    actor: User,
    at: datetime,
    more: Mapping[str, Fact] | None = None,
) -> None:
    """Record a choice with its grounds, and with `more` where there is more to say."""
    criterion = award.decisive_criterion_id
    record(
        actor,
        kind,
        award,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "bid": str(award.bid_id),
            "price_minor": award.price_minor,
            "currency": award.currency,
            "fee_basis_points": award.fee_basis_points,
            "reason_code": award.reason_code,
            "reason_digest": bytes(award.reason.digest).hex(),
            "comparison_digest": bytes(award.comparison_digest).hex(),
            "decisive_criterion": str(criterion) if criterion else None,
            "followed_view": award.followed_view or None,
            **(more or {}),
        },
    )


def _tell(award: Award, *, at: datetime) -> None:
    """Tell the provider chosen, the other bidders and the department, each their part of it."""
    job = award.job
    waits = waiting_words(award)
    told = [
        (
            "award.made",
            people_of_providers([award.provider_id]),
            f"At {award.price} your bid for “{job.title}” was chosen.",
            "your team or firm bid for it",
        ),
        (
            "award.department",
            people_of_department(award.department),
            f"At {award.price}, {award.provider} was chosen for “{job.title}”.",
            "it is your department's job",
        ),
    ]
    for kind, people, chosen, because in told:
        text = f"{chosen}{waits}"
        tell(kind, recipients=people, text=text, because=because, at=at, job=job, subject=award)
    tell_the_others(award, told={award.provider_id}, at=at)


def tell_the_others(award: Award, *, told: set[UUID], at: datetime) -> None:
    """Tell the bidders that another was chosen; those in `told` know."""
    if nobody_listens():
        return
    others = Bid.objects.standing().filter(job=award.job).exclude(provider__in=told)
    until = standstill_until(award)
    objecting = f" You may object until {spoken(until)}." if until else ""
    tell(
        "award.debrief",
        recipients=people_of_providers(others.values_list("provider_id", flat=True)),
        text=f"Another bid was chosen for “{award.job.title}”. Your debrief says why.{objecting}",
        because="your team or firm bid for it",
        at=at,
        job=award.job,
        subject=award,
    )
