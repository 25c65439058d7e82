"""Jobs on their way through the ledger, made with the verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, Sum

from bids.closing import close_due_job
from bids.content import BidContent, PlannedMilestone, PriceLine
from bids.models.bids import Bid
from bids.opening import open_bids
from bids.submission import submit_bid
from ledger.acceptance import accept_delivery
from ledger.awarding import choose_bid
from ledger.books import check_books
from ledger.closing import begin_closing, close_period
from ledger.commissioning import publish_job
from ledger.delivering import deliver_milestone
from ledger.granting import grant_budget
from ledger.models.awards import Award, Delivery, Milestone
from ledger.models.budgets import BudgetLine
from ledger.models.journal import Account, Posting
from ledger.models.periods import Period, PeriodStep
from ledger.models.ratings import Rating
from ledger.rating import rate
from marketplace.drafting import draft_job
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.offices import grant_office
from marketplace.people import add_person
from marketplace.policies import IMPORTED, state_policy
from marketplace.system import the_clock, the_importer
from tests.builders import DAY, DEADLINE, HOUR, NOON, details, eur
from tests.cast import FOUNDED, Cast

CHOICE = DEADLINE + DAY


def grant(cast: Cast, amount: str = "100000", *, at: datetime = NOON - DAY) -> BudgetLine:
    """Finance gives Marketing a budget."""
    return grant_budget(
        actor=cast.fin,
        department_id=cast.marketing.pk,
        fiscal_year=at.year,
        amount=eur(amount),
        at=at,
        grant_id=uuid4(),
    )


def state_imported_policy(cast: Cast) -> None:
    """Finance states the rules for other systems' records: budgets are tracked, not limited."""
    state_policy(
        actor=cast.fin,
        code=IMPORTED,
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="Other systems' records are taken as they are.",
        budget_control="tracked",
        minimum_days=0,
        needs_team_and_vendor=False,
    )


def publish(
    cast: Cast,
    *,
    estimate: str | None = None,
    policy_code: str = "standard",
    at: datetime = NOON,
    **changes: Any,
) -> Job:
    """Maya publishes Rolf's draft, with a ceiling of 45,000.00 unless a test says otherwise."""
    job = draft_job(
        actor=the_importer() if policy_code == IMPORTED else cast.rolf,
        department_id=cast.marketing.pk,
        details=details(cast, **({"ceiling": eur("45000")} | changes)),
        policy_code=policy_code,
        at=at - HOUR,
    )
    reserved = None if estimate is None else Money.of(estimate, job.currency)
    return publish_job(actor=cast.maya, job_id=job.pk, estimate=reserved, at=at)


def bid_of(amounts: Sequence[str], *, tax: str = "0", kind: str = "labour") -> BidContent:
    """A bid in so many milestones, one price line each."""
    return BidContent(
        approach="We have done this before, and will do it again.",
        currency="EUR",
        lines=tuple(PriceLine(kind, eur(amount).minor) for amount in amounts),
        milestones=tuple(
            PlannedMilestone(f"Part {number}", date(2026, 3 + number, 15), eur(amount).minor)
            for number, amount in enumerate(amounts, start=1)
        ),
        finishes_on=date(2026, 6, 20),
        tax_minor=eur(tax).minor,
    )


def bid_in_one(amount: str) -> BidContent:
    """A bid that plans no milestones."""
    return replace(bid_of([amount]), milestones=())


def submit(cast: Cast, job: Job, provider: Provider, content: BidContent) -> Bid:
    """The provider's lead bids, two days before the deadline."""
    lead = {cast.events_team: cast.pia, cast.vera_co: cast.vera, cast.otto_co: cast.otto}
    assert job.closes_at is not None
    return submit_bid(
        actor=lead[provider],
        job_id=job.pk,
        provider_id=provider.pk,
        content=content,
        at=job.closes_at - 2 * DAY,
    )


def open_job(job: Job) -> Job:
    """The clock closes the job at its deadline and opens its bids."""
    assert job.closes_at is not None
    close_due_job(job_id=job.pk, at=job.closes_at)
    open_bids(actor=the_clock(), job_id=job.pk, at=job.closes_at)
    job.refresh_from_db()
    return job


@dataclass
class Contest:
    """An opened job with one bid each of the events team and of Vera & Co."""

    job: Job
    team_bid: Bid
    vendor_bid: Bid


THREE_PARTS = ("15000", "20000", "5000")


def contest(
    cast: Cast,
    *,
    team: Sequence[str] = THREE_PARTS,
    vendor: Sequence[str] = THREE_PARTS,
    vendor_tax: str = "0",
    **words: Any,
) -> Contest:
    """Both bid the same, unless a test says otherwise; the bids are open."""
    job = publish(cast, **words)
    team_bid = submit(cast, job, cast.events_team, bid_of(team))
    vendor_bid = submit(cast, job, cast.vera_co, bid_of(vendor, tax=vendor_tax))
    return Contest(open_job(job), team_bid, vendor_bid)


def choose(cast: Cast, bid: Bid, **words: Any) -> Award:
    """Maya chooses, with every reason that could be asked for."""
    first = bid.job.criteria.order_by("position").first()
    grounds = {
        "actor": cast.maya,
        "reason_code": "quality",
        "reason": "Their idea for the rain convinced us.",
        "decisive_criterion_id": first.pk if first else None,
        "followed_view": "charged",
        "at": CHOICE,
    }
    return choose_bid(job_id=bid.job_id, bid_id=bid.pk, **(grounds | words))


def milestones(award: Award) -> list[Milestone]:
    return list(award.milestones.order_by("position"))


def lead_of(cast: Cast, award: Award) -> User:
    """Who works for an award: Pia for the team, Vera for her firm."""
    return cast.pia if award.provider == cast.events_team else cast.vera


def deliver(
    cast: Cast, milestone: Milestone, *, amount: str | None = None, at: datetime
) -> Delivery:
    """The provider's lead hands a milestone over."""
    return deliver_milestone(
        actor=lead_of(cast, milestone.award),
        milestone_id=milestone.pk,
        amount=None if amount is None else eur(amount),
        at=at,
    )


def accept(
    cast: Cast, milestone: Milestone, *, amount: str | None = None, at: datetime
) -> Delivery:
    """The provider delivers, and Rolf accepts a day later."""
    delivery = deliver(cast, milestone, amount=amount, at=at)
    accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=at + DAY)
    return delivery


def finish(cast: Cast, award: Award, *, at: datetime = CHOICE + 30 * DAY) -> None:
    """Every milestone is delivered, and accepted a day later."""
    for milestone in milestones(award):
        accept(cast, milestone, at=at)


def after(period_id: int) -> datetime:
    """Noon of the second day after a month."""
    first = datetime(period_id // 100, period_id % 100, 1, 12, tzinfo=UTC)
    return (first + 31 * DAY).replace(day=2)


def close_month(cast: Cast, period_id: int, *, at: datetime | None = None) -> PeriodStep:
    """Finance closes a month and all that are open before it, two days after it is over."""
    waiting = Period.objects.filter(pk__lte=period_id, closed_at=None).order_by("pk")
    while month := waiting.first():  # closing one opens the next
        begin_closing(actor=cast.fin, period_id=month.pk, at=at or after(period_id))
        closed = close_period(actor=cast.fin, period_id=month.pk, at=at or after(period_id))
    return closed


def second_of_finance(cast: Cast, *, at: datetime = FOUNDED) -> User:
    """Fay, who keeps the money beside Fin."""
    fay = add_person(actor=cast.adam, email="fay@house.example", name="Fay", at=at)
    grant_office(actor=cast.adam, user_id=fay.pk, office="finance", at=at)
    return fay


ANSWERS: Mapping[str, Mapping[str, int]] = {
    "department": {"informed": 5, "result": 4},
    "provider": {"clear_need": 4, "timely_answers": 3},
}


def rate_as(cast: Cast, award: Award, side: str, **words: Any) -> Rating:
    """Rolf rates for Marketing, the lead for the provider."""
    usual = {
        "actor": cast.rolf if side == "department" else lead_of(cast, award),
        "points": ANSWERS.get(side, {}),
        "again": "yes",
        "text": "",
    }
    return rate(award_id=award.pk, side=side, **(usual | words))


def stands(code: str, **about: UUID) -> Money:
    """What stands on an account, on its normal side, by the postings with these dimensions."""
    postings = Posting.objects.filter(account__code=code, **about)
    net = sum(posting.debit_minor - posting.credit_minor for posting in postings)
    side = Account.objects.get(code=code).normal_side
    return Money(net if side == "debit" else -net, "EUR")


def books_stand() -> dict[str, str]:
    """Every account on which anything stands, on its normal side: like {"5100": "40000.00"}."""
    sums = Posting.objects.values_list("account__code", "account__normal_side").annotate(
        net=Sum(F("debit_minor") - F("credit_minor"))
    )
    return {
        code: str(Money(int(net if side == "debit" else -net), "EUR").amount)
        for code, side, net in sums.order_by("account__code")
        if net
    }


def line_stands(line: BudgetLine) -> dict[str, str]:
    """Every figure of a budget line that is not zero, and what is available."""
    line.refresh_from_db()
    names = ("budget", "carried_in", "precommitted", "committed", "charged", "available")
    figures = {name: Money(getattr(line, f"{name}_minor"), line.currency) for name in names}
    return {
        name: str(amount.amount)
        for name, amount in figures.items()
        if amount or name == "available"
    }


def assert_books_hold() -> None:
    """Everything that is stored is what the postings say, and every entry balances."""
    connection.check_constraints()
    assert check_books().wrong == ()


AUTUMN = datetime(2025, 11, 3, 8, tzinfo=UTC)  # a company founded then has an earlier year
LATE = datetime(2025, 12, 1, 12, tzinfo=UTC)  # a Monday: what is published then is chosen
DECEMBER = datetime(2025, 12, 9, 12, tzinfo=UTC)  # on this day,
JANUARY = datetime(2026, 1, 12, 12, tzinfo=UTC)  # and may well be accepted on this one


def award_of_december(
    cast: Cast, *, provider: str = "vendor", choice: Mapping[str, Any] | None = None, **words: Any
) -> Award:
    """Marketing's job of late autumn, chosen in December: the vendor's bid, or the team's."""
    days = {"closes_at": LATE + 7 * DAY, "questions_until": LATE + 5 * DAY}
    bids = contest(cast, **({"at": LATE} | days | words))
    bid = bids.team_bid if provider == "team" else bids.vendor_bid
    return choose(cast, bid, at=DECEMBER, **(choice or {}))
