"""Contests of every kind: a panel at work, a standstill with an objection, an award declined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from bids.agreeing import agree_score, consent
from bids.judging import judging
from bids.prices import open_prices
from bids.scoring import score_bid
from ledger.cosigning import want_publication
from ledger.demonstration import playing
from ledger.demonstration.founding import Company
from ledger.demonstration.past import EVENTS, HOUSE, IT
from ledger.demonstration.playing import Play
from ledger.demonstration.present import Present
from ledger.hearing import hear_bidder
from ledger.objecting import raise_objection
from ledger.publishing_limits import state_publishing_limit
from ledger.withdrawing import decline_award
from marketplace.interests import declare_interest
from marketplace.models.jobs import Criterion, Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.panels import appoint_panel
from marketplace.templates import keep_template

JUDGED = Present(
    15,
    "judged",
    "marketing",
    "events",
    "Hannover fair: three evenings for customers",
    "Three evenings for 60 customers each, within a walk of the fair.",
    46_000,
    EVENTS,
    days_open=10,
)
STANDING_STILL = Present(
    13,
    "standing still",
    "people",
    "it",
    "Learning platform for the apprentices",
    "Courses, tests and a record for 40 apprentices in three trades.",
    33_000,
    IT,
    "brightwire",
    "quality",
    "They let an apprentice try it, and changed it overnight.",
    days_open=8,
)
DECLINED = Present(
    17,
    "declined",
    "sales",
    "facilities",
    "Demonstration room in building 4",
    "A quiet room for eight with water, air and a view of the line.",
    19_000,
    HOUSE,
    "cleanway",
    "price",
    "The lowest price, with the walls done in the holidays.",
    days_open=9,
)
TO_SIGN = Present(
    1,
    "to sign",
    "sales",
    "it",
    "Price lists that customers configure themselves",
    "A customer picks range, tag and cable, and reads the price and the date.",
    58_000,
    (),
)
CONTESTS = (JUDGED, STANDING_STILL, DECLINED, TO_SIGN)
FORMAL = "formal"


def play_contests(company: Company, *, now: datetime) -> None:
    """Play each of them up to where it stands today."""
    state_publishing_limit(
        actor=company.people["adam"],
        department_id=company.departments["commercial"],
        job_limit=Money.of(60_000, "EUR"),
        year_limit=None,
        reason="Two heads look at what binds a department for most of a year.",
        at=now - timedelta(days=2),
    )
    _judged(company, now)
    _standing_still(company, now)
    _declined(company, now)
    _to_sign(company, now)


def _judged(company: Company, now: datetime) -> None:
    """Two judges have scored alone, and two levels apart; nothing is agreed, prices are sealed."""
    play = _play(company, JUDGED, now)
    judges = (company.people["rolf"], company.people["gerda"])
    job = _opened(play, judges)
    _scored(play, job, judges)


def _standing_still(company: Company, now: datetime) -> None:
    """Agreed on, prices opened, chosen within the standstill; the team that lost objects."""
    play = _play(company, STANDING_STILL, now)
    judges = (company.people["hanna"], company.people["edda"])
    job = _opened(play, judges)
    _scored(play, job, judges)
    at = play.after(job.opened_at or now, 2, 9)
    _agreed(play, job, judges, at=at)
    open_prices(actor=play.head, job_id=job.pk, at=at + timedelta(minutes=30))
    award = playing.choose(play, job, at=now - timedelta(hours=20))
    later = award.chosen_at + timedelta(hours=3)
    raise_objection(
        actor=company.lead_of("it-studio"),
        job_id=job.pk,
        provider_id=company.providers["it-studio"],
        reason="Our answer on care names a second person; the score says that none is named.",
        at=later,
    )
    hear_bidder(
        actor=company.lead_of("it-studio"),
        job_id=job.pk,
        provider_id=company.providers["it-studio"],
        reasons=2,
        fairness=4,
        effort=3,
        text="Which of our answers would have had to say more?",
        at=later,
    )
    keep_template(
        actor=play.head,
        job_id=job.pk,
        name="Software for a few dozen people",
        milestones=("A trial with five people", "All of them at work with it"),
        at=later,
    )


def _declined(company: Company, now: datetime) -> None:
    """Chosen, and declined by the provider: the department chooses freely again."""
    play = _play(company, DECLINED, now)
    job = _opened(play, ())
    playing.score(play, job)
    award = playing.choose(play, job)
    decline_award(
        actor=company.lead_of("cleanway"),
        award_id=award.pk,
        reason="Our crew for dry walls is held at another site until spring.",
        at=min(award.chosen_at + timedelta(hours=5), now),
    )


def _to_sign(company: Company, now: datetime) -> None:
    """A draft above the limit waits for the head above."""
    play = _play(company, TO_SIGN, now)
    job = playing.draft(play, days_open=14, procedure=FORMAL)
    want_publication(actor=play.head, job_id=job.pk, at=now - timedelta(hours=3))


def _play(company: Company, story: Present, now: datetime) -> Play:
    return Play(company, story, now.astimezone(UTC), Random(story.title))  # noqa: S311 - prices to look at


def _opened(play: Play, judges: Sequence[User]) -> Job:
    """Publish, seat the judges, let the bids come, and open them."""
    procedure = FORMAL if judges else "quick"
    days_open = play.story.days_open if isinstance(play.story, Present) else 9
    job = playing.draft(play, days_open=days_open, procedure=procedure)
    playing.publish(play, job)
    if judges:
        at = play.at(1, 10)
        appoint_panel(actor=play.head, job_id=job.pk, user_ids=[one.pk for one in judges], at=at)
        for one in judges:
            declare_interest(actor=one, job_id=job.pk, has_some=False, at=at)
    for days, code in enumerate(play.story.bidders, start=2):
        playing.bid(play, job, code, days=days)
    playing.open_all(play, job)
    job.refresh_from_db()
    return job


def _scored(play: Play, job: Job, judges: Sequence[User]) -> None:
    """Let each judge score alone: the first as always, the second a level below where it can."""
    assert job.opened_at is not None
    at = play.after(job.opened_at, 1, 14)
    for bid_id, criterion, usual in _places(play, job):
        for lower, judge in enumerate(judges):
            quarters = max(usual - lower, 0)
            score_bid(
                actor=judge,
                bid_id=bid_id,
                criterion_id=criterion.pk,
                quarters=quarters,
                reason=play.reason(criterion, quarters),
                at=at,
            )


def _agreed(play: Play, job: Job, judges: Sequence[User], *, at: datetime) -> None:
    for bid_id, criterion, usual in _places(play, job):
        agree_score(
            actor=judges[0],
            bid_id=bid_id,
            criterion_id=criterion.pk,
            quarters=usual,
            reason=play.reason(criterion, usual),
            was_talked_over=True,
            at=at,
        )
    digest = judging(job).digest
    for judge in judges:
        consent(actor=judge, job_id=job.pk, digest=digest, at=at + timedelta(minutes=10))


def _places(play: Play, job: Job) -> list[tuple[UUID, Criterion, int]]:
    """Return bid, criterion and the level that such a bidder usually has."""
    criteria = list(Criterion.objects.filter(job=job).judged().order_by("position"))
    return [
        (bid_id, criterion, min(4, playing.BY_CODE[code].quality + (code == play.story.chosen)))
        for code, bid_id in play.bids.items()
        for criterion in criteria
    ]
