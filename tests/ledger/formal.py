"""A formal job on its way to a choice, made with the verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bids.models.bids import Bid
from bids.prices import open_prices
from bids.scoring import score_bid
from ledger.models.awards import Award
from ledger.models.objections import Objection, Ruling
from ledger.objecting import decide_objection, raise_objection
from marketplace.models.jobs import Job
from tests.builders import DAY, HOUR
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest, bid_of

STANDSTILL_OVER = CHOICE + 2 * DAY  # chosen on a Tuesday, at noon
WRONG = "Our answer on care was scored without being read."


def scored(cast: Cast, job: Job) -> None:
    """Rolf scores every bid alike, and Maya opens the prices."""
    judged(cast, job)
    open_prices(actor=cast.maya, job_id=job.pk, at=job.closes_at + 2 * HOUR)


def judged(cast: Cast, job: Job) -> None:
    """Rolf scores every bid alike."""
    for bid in Bid.objects.standing().filter(job=job):
        for criterion in job.criteria.all():
            score_bid(
                actor=cast.rolf,
                bid_id=bid.pk,
                criterion_id=criterion.pk,
                quarters=3,
                reason="Three parties of this size, with names.",
                at=job.closes_at + HOUR,
            )


def formal_contest(cast: Cast, **words: Any) -> Contest:
    """Of a formal job: the team at 40,000.00, Vera & Co at 45,000.00, Otto at 44,000.00."""
    job = builders.publish(cast, procedure="formal", **words)
    team_bid = builders.submit(cast, job, cast.events_team, bid_of(("15000", "20000", "5000")))
    vendor_bid = builders.submit(cast, job, cast.vera_co, bid_of(("15000", "20000", "10000")))
    builders.submit(cast, job, cast.otto_co, bid_of(("44000",)))
    builders.open_job(job)
    scored(cast, job)
    job.refresh_from_db()
    return Contest(job, team_bid, vendor_bid)


def chosen_lately(cast: Cast, now: datetime) -> tuple[Contest, Award]:
    """The same a few days ago and an hour ago, for pages and addresses, which go by the clock."""
    days = {"closes_at": now - DAY, "questions_until": now - 2 * DAY}
    contest = formal_contest(cast, at=now - 9 * DAY, **days)
    return contest, builders.choose(cast, contest.team_bid, at=now - HOUR)


def formal_choice(cast: Cast, **words: Any) -> tuple[Contest, Award]:
    """Maya chooses the team, on Tuesday at noon."""
    contest = formal_contest(cast, **words)
    return contest, builders.choose(cast, contest.team_bid)


def object_to(cast: Cast, contest: Contest, **words: Any) -> Objection:
    """Vera objects, three hours after the choice."""
    usual = {
        "actor": cast.vera,
        "provider_id": cast.vera_co.pk,
        "reason": WRONG,
        "at": CHOICE + 3 * HOUR,
    }
    return raise_objection(job_id=contest.job.pk, **(usual | words))


def rule(cast: Cast, objection: Objection, **words: Any) -> Ruling:
    """Gerd, who heads the house above Marketing, decides a day later."""
    usual = {
        "actor": cast.gerd,
        "upheld": False,
        "reason": "The score was given on what the bid says.",
        "at": CHOICE + DAY,
    }
    return decide_objection(objection_id=objection.pk, **(usual | words))
