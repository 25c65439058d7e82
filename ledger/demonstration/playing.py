"""Playing a job's story with the verbs, at the moments at which it happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from bids.closing import close_due_job
from bids.content import BidContent, PlannedMilestone, PriceLine
from bids.opening import open_bids
from bids.scoring import score_bid
from bids.submission import submit_bid
from ledger.acceptance import accept_delivery
from ledger.awarding import choose_bid
from ledger.commissioning import publish_job
from ledger.delivering import deliver_milestone, return_delivery
from ledger.demonstration.company import PROVIDERS, Provider
from ledger.demonstration.founding import Company
from ledger.demonstration.past import Past
from ledger.demonstration.present import Present
from ledger.demonstration.words import ANSWERS as ANSWERED
from ledger.demonstration.words import (
    APPROACHES,
    CRITERIA,
    LEVELS,
    OPENINGS,
    SCORE_REASONS,
    about,
)
from ledger.models.awards import Award, Milestone
from ledger.rating import rate
from marketplace.calendar import business_days_after
from marketplace.details import past_ratings
from marketplace.drafting import CriterionDraft, JobDetails, draft_job
from marketplace.models.jobs import Criterion, Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.policies import STANDARD
from marketplace.questions import answer_question, ask_question
from marketplace.system import the_clock

BY_CODE = {provider.code: provider for provider in PROVIDERS}
NEEDS = ("informed", "in_control", "choices", "friendly", "knowledgeable", "attentive", "result")
ANSWERS = ("clear_need", "timely_answers", "fair_changes", "prompt_acceptance")


@dataclass(slots=True)
class Play:
    """One job's story on the stage: what has been made so far, and the day it was published."""

    company: Company
    story: Past | Present
    now: datetime
    chance: Random
    bids: dict[str, UUID] = field(default_factory=dict)
    award: Award | None = None
    said: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def turn(self) -> int:
        """Where the words of this job begin, so that two jobs do not read the same."""
        return len(self.story.title) + len(self.bids)

    def reason(self, criterion: Criterion, quarters: int) -> str:
        """Return why a judge gives so many quarters, in words not used before in this job."""
        nth = self.said[criterion.name, quarters]
        self.said[criterion.name, quarters] += 1
        return about(SCORE_REASONS[quarters], criterion.name, len(self.story.title) + nth)

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """
        Return a moment so many days after publication, on a weekday: what would be done at a
        weekend is done on the Monday after, but never ahead of now.
        """
        on = self._published_on + timedelta(days=days)
        if days > 0:
            on += timedelta(days=max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)
            return min(datetime.combine(on, time(hour, minute), UTC), self.now)
        return datetime.combine(_weekday_before(on), time(hour, minute), UTC)

    def deadline(self, days: int) -> datetime:
        """Return when bidding ends, so many days after publication or on the Friday before."""
        on = _weekday_before(self._published_on + timedelta(days=days))
        return datetime.combine(on, time(16), UTC)

    @property
    def _published_on(self) -> date:
        return _weekday_before(self.now.date() - timedelta(days=self.story.days_ago))

    def after(self, moment: datetime, days: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment so many business days after another one, but never ahead of now."""
        later = business_days_after(moment, days).replace(hour=hour, minute=minute, second=0)
        return min(later, self.now)

    @property
    def head(self) -> User:
        return self.company.head_of(self.story.department)


def _weekday_before(on: date) -> date:
    """Return the same day; of a Saturday or Sunday, the Friday."""
    return on - timedelta(days=max(0, on.weekday() - 4))


def draft(
    play: Play,
    *,
    days_open: int,
    policy_code: str = STANDARD,
    currency: str = "EUR",
    procedure: str = "quick",
) -> Job:
    """Draft the job: for everybody who works in its category, with criteria and a ceiling."""
    story, company = play.story, play.company
    ceiling = Money(story.price * 125 // 10_000 * 10_000, currency) if story.price else None
    closing = play.deadline(days_open)
    details = JobDetails(
        title=story.title,
        category_id=company.categories[story.category],
        need=story.need,
        procedure=procedure,
        currency=currency,
        ceiling=ceiling,
        # The form's own proposal: 0.3 × ceiling / 40.
        point=ceiling.share(75) if ceiling else None,
        starts_on=(closing + timedelta(days=10)).date(),
        ends_on=(closing + timedelta(days=35)).date(),
        questions_until=closing - timedelta(days=3),
        closes_at=closing,
        criteria=_criteria(story) if story.price else (),
        invited=tuple(company.providers[p.code] for p in PROVIDERS if p.kind == story.category),
    )
    return draft_job(
        actor=play.head,
        department_id=company.departments[story.department],
        details=details,
        policy_code=policy_code,
        at=play.at(-1, 15),
    )


def _criteria(story: Past | Present) -> tuple[CriterionDraft, ...]:
    """Return what the kind of work is judged on, past ratings among it where the story says so."""
    past = story.past if isinstance(story, Present) else 0
    judged = tuple(
        CriterionDraft(name, weight * (100 - past) // 100, question=question, levels=LEVELS)
        for name, weight, question in CRITERIA[story.category]
    )
    return (*judged, past_ratings(past)) if past else judged


def publish(play: Play, job: Job) -> None:
    publish_job(actor=play.head, job_id=job.pk, at=play.at(0, 9, 30))


def ask(play: Play, job: Job, provider: str, text: str) -> tuple[UUID, datetime]:
    """Let a bidder ask, the day after publication; return the question, and when it came."""
    at = play.at(1, 11, 12)
    question = ask_question(
        actor=play.company.lead_of(provider),
        job_id=job.pk,
        provider_id=play.company.providers[provider],
        text=text,
        at=at,
    )
    return question.pk, at


def answer(play: Play, asked: tuple[UUID, datetime], text: str) -> None:
    """Let the head answer on the next business day, and never before the question."""
    question_id, asked_at = asked
    answer_question(
        actor=play.head, question_id=question_id, answer=text, at=play.after(asked_at, 1, 9, 5)
    )


def bid(play: Play, job: Job, code: str, *, days: int) -> None:
    """Let a provider bid, at its usual price and with its usual words."""
    provider = BY_CODE[code]
    content = offer(play, job, provider)
    play.bids[code] = submit_bid(
        actor=play.company.lead_of(code),
        job_id=job.pk,
        provider_id=play.company.providers[code],
        content=content,
        at=play.at(days, 13, play.chance.randrange(60)),
    ).pk


def offer(play: Play, job: Job, provider: Provider) -> BidContent:
    """Return a provider's bid: price lines in whole euros, two milestones, words."""
    story = play.story
    price = round(story.price * provider.price * play.chance.uniform(0.95, 1.05))
    if provider.code == story.chosen and story.reason_code in {"best_value", "price"}:
        price = round(price * 0.9)  # what the head will say of it is so
    labour = round(price * 0.55)
    overhead = round(labour * 0.12) if provider.department else 0
    travel = round(price * 0.05)
    materials = price - labour - overhead - travel
    lines = [("labour", labour), ("overhead", overhead), ("materials", materials)]
    lines += [("travel", travel)]
    first = round(price * 0.4)
    starts, ends = job.starts_on, job.ends_on
    assert starts is not None
    assert ends is not None
    halfway = starts + (ends - starts) // 2
    return BidContent(
        approach=f"{OPENINGS[play.turn % len(OPENINGS)]} {APPROACHES[provider.code]}",
        currency=job.currency,
        lines=tuple(PriceLine(kind, 100 * amount) for kind, amount in lines if amount),
        milestones=(
            PlannedMilestone("Plan and preparation", halfway, 100 * first),
            PlannedMilestone("The work itself", ends, 100 * (price - first)),
        ),
        starts_on=starts,
        finishes_on=ends,
        valid_until_on=ends,
        answers={
            criterion.pk: about(ANSWERED[provider.quality], criterion.name, play.turn + position)
            for position, criterion in enumerate(Criterion.objects.filter(job=job).judged())
        },
    )


def open_all(play: Play, job: Job) -> None:
    """Let the clock close the job at its deadline and open the bids."""
    job.refresh_from_db()
    assert job.closes_at is not None
    close_due_job(job_id=job.pk, at=job.closes_at + timedelta(seconds=4))
    open_bids(actor=the_clock(), job_id=job.pk, at=job.closes_at + timedelta(seconds=9))


def score(play: Play, job: Job) -> None:
    """Let the head score every bid on every criterion, the day after the opening."""
    job.refresh_from_db()
    assert job.opened_at is not None
    at = play.after(job.opened_at, 1, 14, 20)
    for code, bid_id in play.bids.items():
        for position, criterion in enumerate(Criterion.objects.filter(job=job).judged()):
            usual = BY_CODE[code].quality
            better = code == play.story.chosen and position == 0
            quarters = max(1, min(4, usual + better - (play.chance.random() < 0.25)))
            score_bid(
                actor=play.head,
                bid_id=bid_id,
                criterion_id=criterion.pk,
                quarters=quarters,
                reason=play.reason(criterion, quarters),
                at=at,
            )


def choose(play: Play, job: Job, *, at: datetime | None = None) -> Award:
    """Let the head choose, two days after the opening unless told otherwise."""
    story = play.story
    assert job.opened_at is not None
    decisive = None
    if story.reason_code != "best_value":
        decisive = Criterion.objects.filter(job=job).order_by("position")[0].pk
    return choose_bid(
        actor=play.head,
        job_id=job.pk,
        bid_id=play.bids[story.chosen],
        reason_code=story.reason_code,
        reason=story.reason,
        decisive_criterion_id=decisive,
        followed_view="charged",
        at=at or play.after(job.opened_at, 2, 11, 40),
    )


def deliver(play: Play, milestone: Milestone, at: datetime, note: str = "") -> UUID:
    lead = play.company.lead_of(play.story.chosen)
    return deliver_milestone(actor=lead, milestone_id=milestone.pk, note=note, at=at).pk


def accept(play: Play, delivery_id: UUID, at: datetime) -> None:
    accept_delivery(actor=play.head, delivery_id=delivery_id, at=at)


def send_back(play: Play, delivery_id: UUID, missing: str, at: datetime) -> None:
    return_delivery(actor=play.head, delivery_id=delivery_id, missing=missing, at=at)


def rate_provider(play: Play, award: Award, *, liked: int, text: str, at: datetime) -> None:
    usual = BY_CODE[play.story.chosen].kind_to_people
    points = {need: max(1, min(5, usual + liked - (play.chance.random() < 0.3))) for need in NEEDS}
    again = "yes" if usual + liked >= 4 else "if_changed"
    rate(
        actor=play.head,
        award_id=award.pk,
        side="department",
        points=points,
        again=again,
        text=text,
        at=at,
    )


def rate_department(play: Play, award: Award, *, at: datetime) -> None:
    rate(
        actor=play.company.lead_of(play.story.chosen),
        award_id=award.pk,
        side="provider",
        points={answer: play.chance.choice((4, 4, 5)) for answer in ANSWERS},
        again="yes",
        text="",
        at=at,
    )
