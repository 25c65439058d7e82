"""The real side of the state machine: a company with jobs at every step, and the verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from ledger.acceptance import accept_delivery
from ledger.awarding import choose_bid
from ledger.budget_moves import move_budget, sign_move, state_signing_limit
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.changing import agree_change, propose_change, sign_change
from ledger.closing import begin_closing
from ledger.commissioning import cancel_job, end_without_award, publish_job
from ledger.crediting import resolve_dispute
from ledger.delivering import deliver_milestone, return_delivery
from ledger.disputing import raise_dispute
from ledger.granting import grant_budget
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.retentions import Retention
from ledger.overriding import override_choice
from ledger.retention import release_retention
from ledger.year_end import close_year
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.policies import state_policy
from marketplace.system import the_clock
from tests.builders import DAY, HOUR, MINUTE, a_draft
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import AUTUMN
from tests.ledger.model.rules import StrictBooks
from tests.ledger.model.things import Job

PUBLISHED = AUTUMN + 4 * HOUR  # noon of a Monday, late enough in a year to see its end
CLOSES = PUBLISHED + 7 * DAY
CHOICE = CLOSES + DAY
WORK = CHOICE + 2 * DAY
MONTH, YEAR = 202511, 2025  # in which all happens until it is closed
FEE_BASIS_POINTS = 200
RETENTION_BASIS_POINTS = 500
GRANTED = 20_000_00
GRANTED_ELSEWHERE = {"House": 500_00, "Services": 1_000_00}
GRANTED_ANEW = {"Marketing": 2_000_00, "House": 100_00}  # in the new year
LIMIT = 100_00
OVERRIDE_FROM = 1_000_00
DISPUTE_DAYS = 100  # so that a charge of the old year is contested in the new one
DRAFTS = (3_000_00, 15_000_00, 45_000_00)  # their ceilings
# What team and vendor ask part by part, the vendor's tax, and the estimate that was reserved.
# Odd cents, so that roundings matter; one bid beyond every budget, and one nearly for nothing.
CONTESTS: tuple[tuple[tuple[str, ...], tuple[str, ...], str, str | None], ...] = (
    (("1500.33", "2000.33", "0.01"), ("1499.99", "2000", "333.33"), "0", "4000"),
    (("100", "100", "100"), ("33.33", "33.33", "33.34"), "19.01", None),
    (("5000",), ("4000.50", "999.49"), "950.03", "5000"),
    (("40000", "0.49"), ("0", "0.24"), "0", None),
    (("900", "333.33"), ("900.10", "333.33", "0.02"), "234.34", None),
    (("66.67", "66.67", "66.66"), ("200",), "0", "150"),
    (("120.50",), ("150",), "0", None),
)
# Work under way, by the numbers of the jobs; the drafts come first.
CHOSEN = {7: "vendor", 8: "vendor", 9: "team"}


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@dataclass
class Desk:
    """Each act as the people of the cast do it. Jobs and parts are named by their numbers."""

    cast: Cast
    jobs: list[UUID]
    bids: dict[int, dict[str, UUID]]
    criteria: dict[int, UUID]
    leads: dict[int, User] = field(default_factory=dict)
    parts: dict[int, list[UUID]] = field(default_factory=dict)
    awards: dict[int, UUID] = field(default_factory=dict)
    lines: tuple[UUID, UUID] | None = None
    fay: User | None = None
    changes: dict[tuple[int, int], list[tuple[UUID, bool]]] = field(default_factory=dict)
    deliveries: dict[tuple[int, int], UUID] = field(default_factory=dict)
    disputes: dict[tuple[int, int], list[UUID]] = field(default_factory=dict)
    delivered: dict[tuple[int, int], datetime] = field(default_factory=dict)
    accepted: dict[tuple[int, int], datetime] = field(default_factory=dict)
    moves: list[UUID] = field(default_factory=list)
    offers: dict[int, list[tuple[UUID, bool]]] = field(default_factory=dict)
    later: timedelta = timedelta(0)  # once March is closed, all happens in April

    def fresh(self) -> Desk:
        """Return the same company before anything was done."""
        return Desk(
            self.cast,
            self.jobs,
            self.bids,
            self.criteria,
            dict(self.leads),
            dict(self.parts),
            awards=dict(self.awards),
            lines=self.lines,
            fay=self.fay,
        )

    @property
    def now(self) -> datetime:
        """When the work is being done: in November, December or, the year over, in January."""
        return WORK + self.later

    def grant(self, minor: int, into_closed: bool) -> None:
        self.grant_to("Marketing", minor, at=PUBLISHED if into_closed else self.now)

    def grant_to(self, name: str, minor: int, *, at: datetime) -> BudgetLine:
        return grant_budget(
            actor=self.cast.fin,
            department_id=getattr(self.cast, name.lower()).pk,
            fiscal_year=at.year,
            amount=eur(minor),
            at=at,
            grant_id=uuid4(),
        )

    def move(self, minor: int) -> None:
        """Fin moves budget to Services, or back from there."""
        places = (self.cast.marketing.pk, self.cast.services.pk)
        move = move_budget(
            actor=self.cast.fin,
            move_id=uuid4(),
            from_line_id=self.lines[minor < 0],
            to_department_id=places[minor >= 0],
            amount=eur(abs(minor)),
            reason="The party grew.",
            at=self.now,
        )
        self.moves.append(move.pk)

    def sign_move(self, number: int) -> None:
        sign_move(actor=self.fay, move_id=self.moves[number], at=self.now)

    def close_month(self) -> None:
        """Finance closes November, in the first days of December."""
        if self.later:
            begin_closing(actor=self.cast.fin, period_id=MONTH, at=builders.after(MONTH))
        builders.close_month(self.cast, MONTH)
        self.later = 31 * DAY

    def end_year(self) -> None:
        """Finance closes December and ends the year; once more, it finds nothing new."""
        january = builders.after(MONTH + 1)
        is_new = self.later < 62 * DAY
        if is_new:
            builders.close_month(self.cast, MONTH + 1)
        close_year(actor=self.cast.fin, fiscal_year=YEAR, at=january)
        self.later = 62 * DAY
        for name, minor in GRANTED_ANEW.items() if is_new else ():
            self.grant_to(name, minor, at=january)

    def publish(self, job: int, estimate: int | None) -> None:
        reserved = None if estimate is None else eur(estimate)
        publish_job(actor=self.cast.maya, job_id=self.jobs[job], estimate=reserved, at=PUBLISHED)

    def cancel(self, job: int) -> None:
        reason = "The sun is out."
        at = PUBLISHED + HOUR + self.later
        cancel_job(actor=self.cast.maya, job_id=self.jobs[job], reason=reason, at=at)

    def end_without_award(self, job: int) -> None:
        reason = "None fits."
        at = CHOICE + self.later
        end_without_award(actor=self.cast.maya, job_id=self.jobs[job], reason=reason, at=at)

    def choose(self, job: int, who: str) -> None:
        self.awarded(job, who, choose_bid(actor=self.cast.maya, **self.choice(job, who)))

    def override(self, job: int, who: str) -> None:
        """Gerd, the head above, names the other bid, and House bears what it costs more."""
        award = override_choice(actor=self.cast.gerd, **self.choice(job, who))
        for of_parts in (self.changes, self.deliveries):
            for key in [key for key in of_parts if key[0] == job]:
                del of_parts[key]
        self.offers.pop(job, None)
        self.awarded(job, who, award)

    def choice(self, job: int, who: str) -> dict[str, Any]:
        return {
            "job_id": self.jobs[job],
            "bid_id": self.bids[job][who] if job in self.bids else uuid4(),
            "reason_code": "quality",
            "reason": "Their idea for the rain convinced us.",
            "decisive_criterion_id": self.criteria.get(job),
            "followed_view": "charged",
            "at": CHOICE + self.later,
        }

    def awarded(self, job: int, who: str, award: Award) -> None:
        self.awards[job] = award.pk
        self.leads[job] = self.cast.pia if who == "team" else self.cast.vera
        self.parts[job] = [part.pk for part in builders.milestones(award)]

    def propose(self, job: int, part: int, difference: int, by_head: bool) -> None:
        change = propose_change(
            actor=self.cast.maya if by_head else self.leads[job],
            milestone_id=self.parts[job][part],
            difference=eur(difference),
            reason="One day more or less.",
            at=self.now,
        )
        self.changes.setdefault((job, part), []).append((change.pk, by_head))

    def agree(self, job: int, part: int, number: int) -> None:
        change, by_head = self.changes[job, part][number]
        asked = self.leads[job] if by_head else self.cast.maya
        agree_change(actor=asked, change_id=change, at=self.now)

    def sign(self, job: int, part: int, number: int) -> None:
        """Gerd, the head above, is the second who signs."""
        change, _ = self.changes[job, part][number]
        sign_change(actor=self.cast.gerd, change_id=change, at=self.now)

    def deliver(self, job: int, part: int, amount: int) -> None:
        delivery = deliver_milestone(
            actor=self.leads[job],
            milestone_id=self.parts[job][part],
            amount=eur(amount),
            at=self.now,
        )
        self.deliveries[job, part], self.delivered[job, part] = delivery.pk, self.now

    def send_back(self, job: int, part: int) -> None:
        return_delivery(
            actor=self.cast.rolf,
            delivery_id=self.deliveries[job, part],
            missing="The plan.",
            at=self.now,
        )

    def accept(self, job: int, part: int, how: str) -> None:
        at = self.delivered[job, part] + (14 if how == "too early" else 15) * DAY
        if how == "by Rolf" or (how == "by silence" and at < self.now):
            at = self.now + HOUR
        accept_delivery(
            actor=self.cast.rolf if how == "by Rolf" else the_clock(),
            delivery_id=self.deliveries[job, part],
            by_silence=how != "by Rolf",
            at=at,
        )
        self.accepted[job, part] = at

    def contest(self, job: int, part: int, amount: int, too_late: bool) -> None:
        dispute = raise_dispute(
            actor=self.cast.maya,
            milestone_id=self.parts[job][part],
            amount=eur(amount),
            reason="The band was half.",
            at=self.since_accepted(job, part, DISPUTE_DAYS + 10 if too_late else 1),
        )
        self.disputes.setdefault((job, part), []).append(dispute.pk)

    def resolve(self, job: int, part: int, number: int, credit: int) -> None:
        resolve_dispute(
            actor=self.cast.fin,
            dispute_id=self.disputes[job, part][number],
            credit=eur(credit),
            reason="Half of it was there.",
            at=self.since_accepted(job, part, 2),
        )

    def since_accepted(self, job: int, part: int, days: int) -> datetime:
        """Return so many days after the acceptance, or what of the open month comes next."""
        at = self.accepted.get((job, part), WORK) + days * DAY
        return max(at, builders.after(MONTH) + self.later - 31 * DAY) if self.later else at

    def release(self, job: int, part: int, how: str) -> None:
        """Maya gives what was kept back, or the clock does when its 90 days are over."""
        kept = Retention.objects.filter(milestone=self.parts[job][part]).values_list("pk").get()[0]
        by_head = how == "by Maya"
        release_retention(
            actor=self.cast.maya if by_head else the_clock(),
            retention_id=kept,
            by_time=not by_head,
            at=self.since_accepted(job, part, 80 if how == "too early" else 90),
        )

    def offer(self, job: int, fee: int, by_head: bool) -> None:
        mine = self.offers.setdefault(job, [])
        offer = offer_cancellation(
            actor=self.cast.maya if by_head else self.leads[job],
            award_id=self.awards[job],
            fee=eur(fee),
            reason="The courtyard is sold.",
            at=self.now + len(mine) * MINUTE,
        )
        mine.append((offer.pk, by_head))

    def call_off(self, job: int, number: int) -> None:
        offer, by_head = self.offers[job][number]
        asked = self.leads[job] if by_head else self.cast.maya
        agree_cancellation(actor=asked, offer_id=offer, at=self.now + HOUR)


def state_rules(cast: Cast) -> None:
    """Finance keeps back 5 % for 90 days; House may override what costs 1,000.00 or more."""
    state_policy(
        actor=cast.fin,
        code="careful",
        at=AUTUMN,
        in_force_on=AUTUMN.date(),
        explanation="What is built must stand for a season.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        fee_basis_points=FEE_BASIS_POINTS,
        retention_basis_points=RETENTION_BASIS_POINTS,
        retention_days=90,
        override_above_minor=OVERRIDE_FROM,
        dispute_days=DISPUTE_DAYS,
        charging_days=100,
    )


def opened(cast: Cast) -> Desk:
    """Marketing with a budget, drafts, and jobs whose bids are open."""
    desk = Desk(cast, [], {}, {}, fay=builders.second_of_finance(cast, at=AUTUMN))
    at = AUTUMN + HOUR
    line = desk.grant_to("Marketing", GRANTED, at=at)
    others = {name: desk.grant_to(name, minor, at=at) for name, minor in GRANTED_ELSEWHERE.items()}
    desk.lines = (line.pk, others["Services"].pk)
    words = {"limit": eur(LIMIT), "reason": "Small moves need one."}
    state_signing_limit(actor=cast.adam, at=at, **words)
    state_rules(cast)
    days = {"closes_at": CLOSES, "questions_until": CLOSES - 2 * DAY}
    for ceiling in DRAFTS:
        draft = a_draft(cast, at=PUBLISHED - HOUR, ceiling=eur(ceiling), **days)
        desk.jobs.append(draft.pk)
    for number, (team, vendor, tax, estimate) in enumerate(CONTESTS, start=len(DRAFTS)):
        contest = builders.contest(
            cast,
            team=team,
            vendor=vendor,
            vendor_tax=tax,
            estimate=estimate,
            ceiling=eur(5_000_00),
            shows_ceiling=False,
            policy_code="careful",
            at=PUBLISHED,
            **days,
        )
        desk.jobs.append(contest.job.pk)
        desk.bids[number] = {"team": contest.team_bid.pk, "vendor": contest.vendor_bid.pk}
        desk.criteria[number] = contest.job.criteria.earliest("position").pk
    for number, who in CHOSEN.items():
        desk.choose(number, who)
    return desk


def on_paper() -> StrictBooks:
    """The same company in the model."""
    books = StrictBooks(FEE_BASIS_POINTS, RETENTION_BASIS_POINTS, LIMIT, OVERRIDE_FROM)
    for name, minor in {"Marketing": GRANTED, **GRANTED_ELSEWHERE}.items():
        books.grant(name, minor)
    books.jobs = [Job(ceiling) for ceiling in DRAFTS]
    for team, vendor, tax, estimate in CONTESTS:
        job = Job(
            5_000_00, bids={"team": (minors(team), 0), "vendor": (minors(vendor), minor_of(tax))}
        )
        books.publish(job, None if estimate is None else minor_of(estimate))
        job.opened = True
        books.jobs.append(job)
    for number, who in CHOSEN.items():
        books.choose(books.jobs[number], who)
    return books


def minor_of(amount: str) -> int:
    return Money.of(amount, "EUR").minor


def minors(amounts: tuple[str, ...]) -> list[int]:
    return [minor_of(amount) for amount in amounts]
