"""Chapters of the books: what few jobs meet, each played once, so that every page has something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from ledger.budget_moves import move_budget, sign_move, state_signing_limit
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.currencies import state_rate
from ledger.demonstration import playing
from ledger.demonstration.founding import Company
from ledger.demonstration.months import close_the_books
from ledger.demonstration.past import EVENTS, IT, PRINT
from ledger.demonstration.playing import Play
from ledger.demonstration.present import Present
from ledger.models.awards import Award, Milestone
from ledger.models.budgets import BudgetLine
from ledger.models.retentions import Retention
from ledger.overriding import override_choice
from ledger.pricing import state_price_rule
from ledger.retention import release_retention
from marketplace.models.jobs import Criterion
from marketplace.money import Money
from marketplace.policies import change_policy, policy_in_force, state_policy

CAREFUL = "careful"  # the rules under which a part of a vendor's price is kept back

OVERRIDDEN = Present(
    78,
    "overridden",
    "marketing",
    "events",
    "Dinner for the hundred oldest customers",
    "One evening that says thank you, and means it.",
    26_000,
    EVENTS,
    "events-team",
    "price",
    "The lowest price for an evening whose programme we know.",
)
KEPT_BACK = Present(
    62,
    "kept back",
    "people",
    "it",
    "Time sheets that fill themselves in",
    "Fewer clicks at the end of the month, and no lost hour.",
    17_000,
    IT,
    "brightwire",
    "quality",
    "They watched us fill one in before they wrote a word.",
)
CALLED_OFF = Present(
    57,
    "called off",
    "sales",
    "print",
    "Brochure for the handheld series",
    "6,000 copies, 16 pages, ready for the autumn fairs.",
    9_000,
    PRINT,
    "paperline",
    "dates",
    "The only ones with the press free in that week.",
)
IN_DOLLARS = Present(
    53,
    "in dollars",
    "research",
    "it",
    "Reader for the calibration tags",
    "A page and an app for tags that our American laboratory writes.",
    16_000,
    IT,
    "brightwire",
    "experience",
    "Their people in Boston sit beside the laboratory.",
)
CHAPTERS = (OVERRIDDEN, KEPT_BACK, CALLED_OFF, IN_DOLLARS)


def state_the_rules(company: Company, *, at: datetime, now: datetime) -> None:
    """State rates, limits, prices inside and careful rules, before the jobs that follow them."""
    finn, adam = company.people["finn"], company.people["adam"]
    for day, rate in ((at, "0.9125"), (now - timedelta(days=90), "0.9215")):
        state_rate(
            actor=finn, currency="USD", into="EUR", rate=rate, in_force_on=day.date(), at=day,
            reason="The central bank's rate of the evening before.",
        )  # fmt: skip
    state_signing_limit(
        actor=adam,
        limit=Money.of(5_000, "EUR"),
        reason="Smaller moves are daily work.",
        at=at,
    )
    state_price_rule(
        actor=finn,
        team_id=company.providers["events-team"],
        rule="dual",
        basis_points=11_000,
        in_force_on=(now - timedelta(days=60)).date(),
        reason="The team trains apprentices for the whole company, which departments do not pay.",
        at=now - timedelta(days=61),
    )
    _state_policies(company, at=at, now=now)


def _state_policies(company: Company, *, at: datetime, now: datetime) -> None:
    finn = company.people["finn"]
    standard = policy_in_force("standard", at.date())
    state_policy(
        actor=finn,
        code=CAREFUL,
        at=at,
        in_force_on=at.date(),
        explanation="For what must stand for a while: a tenth is kept back for sixty days.",
        budget_control=standard.budget_control,
        minimum_days=standard.minimum_days,
        needs_team_and_vendor=True,
        fee_basis_points=standard.fee_basis_points,
        retention_basis_points=1_000,
        retention_days=60,
        administration_minor=standard.administration_minor,
    )
    change_policy(
        actor=finn,
        code="standard",
        in_force_on=(now - timedelta(days=100)).date(),
        explanation="Heads asked for more time to look at what was delivered.",
        acceptance_days=20,
        at=now - timedelta(days=100),
    )


def play_chapters(company: Company, *, now: datetime) -> None:
    """Play each chapter once, then close the months behind, and the year before."""
    _overridden(company, now)
    _kept_back(company, now)
    _called_off(company, now)
    _in_dollars(company, now)
    _moved(company, now)
    close_the_books(company, now)


def _choose(company: Company, story: Present, now: datetime, *, currency: str = "EUR") -> Play:
    """Play a job up to its choice."""
    play = Play(company, story, now.astimezone(UTC), Random(story.title))  # noqa: S311 - prices to look at
    code = CAREFUL if story is KEPT_BACK else "standard"
    job = playing.draft(play, days_open=9, policy_code=code, currency=currency)
    playing.publish(play, job)
    for days, bidder in enumerate(story.bidders, start=3):
        playing.bid(play, job, bidder, days=days)
    playing.open_all(play, job)
    playing.score(play, job)
    play.award = playing.choose(play, job)
    return play


def _overridden(company: Company, now: datetime) -> None:
    play = _choose(company, OVERRIDDEN, now)
    first = play.award
    assert first is not None
    award = override_choice(
        actor=company.people["gerda"],
        job_id=first.job_id,
        bid_id=play.bids["lumen"],
        reason_code="quality",
        reason="These guests decide about the next ten years. Commercial pays the difference.",
        decisive_criterion_id=Criterion.objects.filter(job=first.job_id)
        .order_by("position")
        .values_list("pk", flat=True)[0],
        followed_view="charged",
        at=play.after(first.chosen_at, 2, 10, 15),
    )
    play.story = replace(play.story, chosen="lumen")
    _accept(play, _milestone(award, 1), play.after(award.chosen_at, 8, 15))


def _kept_back(company: Company, now: datetime) -> None:
    play = _choose(company, KEPT_BACK, now)
    award = play.award
    assert award is not None
    first = play.after(award.chosen_at, 8, 15)
    _accept(play, _milestone(award, 1), first)
    _accept(play, _milestone(award, 2), play.after(first, 10, 14))
    kept = Retention.objects.get(milestone=_milestone(award, 1))
    release_retention(actor=play.head, retention_id=kept.pk, at=play.after(first, 15, 9, 30))


def _called_off(company: Company, now: datetime) -> None:
    play = _choose(company, CALLED_OFF, now)
    award = play.award
    assert award is not None
    offered_at = play.after(award.chosen_at, 3, 16)
    offer = offer_cancellation(
        actor=play.head,
        award_id=award.pk,
        fee=Money.of(600, "EUR"),
        reason="The series comes in spring; the paper was ordered already.",
        at=offered_at,
    )
    lead = company.lead_of("paperline")
    agree_cancellation(actor=lead, offer_id=offer.pk, at=play.after(offered_at, 1, 9, 10))


def _in_dollars(company: Company, now: datetime) -> None:
    play = _choose(company, IN_DOLLARS, now, currency="USD")
    assert play.award is not None
    _accept(play, _milestone(play.award, 1), play.after(play.award.chosen_at, 9, 15))


def _moved(company: Company, now: datetime) -> None:
    """Moves of budget: a small one at once, one that was signed, and one that waits."""
    line = BudgetLine.objects.get(
        department=company.departments["marketing"], fiscal_year=now.year, category=None
    )
    for days, to, amount, reason in (
        (40, "events", 3_000, "The stand is built by Events this time."),
        (30, "sales", 12_000, "Sales brings the customers to the winter fair."),
        (2, "research", 8_000, "Research prints the calendars for both."),
    ):
        at = now - timedelta(days=days)
        wanted = move_budget(
            actor=company.people["finn"],
            move_id=uuid5(NAMESPACE_URL, f"move/{to}"),
            from_line_id=line.pk,
            to_department_id=company.departments[to],
            amount=Money.of(amount, "EUR"),
            reason=reason,
            at=at,
        )
        if to == "sales":
            sign_move(actor=company.people["selma"], move_id=wanted.pk, at=at + timedelta(hours=5))


def _accept(play: Play, milestone: Milestone, at: datetime) -> None:
    delivery = playing.deliver(play, milestone, at)
    playing.accept(play, delivery, play.after(at, 1, 10))


def _milestone(award: Award, position: int) -> Milestone:
    return award.milestones.get(position=position)
