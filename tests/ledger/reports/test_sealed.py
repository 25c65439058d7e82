"""No paper says, to anybody but its author, that a sealed bid is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bids.submission import withdraw_bid
from ledger.reports.budget_status import budget_status
from ledger.reports.choice_totals import choice_totals
from ledger.reports.choices import choices
from ledger.reports.comparison import comparison
from ledger.reports.debrief import debrief
from ledger.reports.delivery_board import delivery_board
from ledger.reports.desk import desk
from ledger.reports.journal import journal
from ledger.reports.my_team import my_team
from ledger.reports.rating_paper import rating_paper
from ledger.reports.register import register
from ledger.reports.scorecard import ratings, scorecard
from ledger.reports.timeline import timeline
from marketplace.models.jobs import Job
from marketplace.refusals import Refusal
from tests.builders import DEADLINE, HOUR
from tests.cast import Cast
from tests.ledger import builders

pytestmark = pytest.mark.django_db
OTHERS = ("rolf", "maya", "gerd", "pia", "paul", "otto", "sam", "fin", "ada", "adam")


def told(cast: Cast, who: str, job: Job) -> Iterator[str]:
    """Everything that the papers tell a person, refusals included."""
    actor, at, vendor = getattr(cast, who), DEADLINE - HOUR, cast.vera_co.pk
    papers = [
        lambda: register(actor=actor, at=at),
        lambda: register(actor=actor, at=at, mine=True, order="deadline"),
        lambda: desk(actor=actor, at=at),
        lambda: timeline(actor=actor, job_id=job.pk, at=at),
        lambda: comparison(actor=actor, job_id=job.pk, at=at),
        lambda: debrief(actor=actor, job_id=job.pk),
        lambda: delivery_board(actor=actor, job_id=job.pk, at=at),
        lambda: rating_paper(actor=actor, job_id=job.pk, at=at),
        lambda: scorecard(actor=actor, provider_id=vendor, at=at),
        lambda: ratings(actor=actor, at=at),
        lambda: my_team(actor=actor, provider_id=vendor, at=at),
        lambda: my_team(actor=actor, provider_id=cast.events_team.pk, at=at),
        lambda: budget_status(actor=actor),
        lambda: choices(actor=actor),
        lambda: choice_totals(actor=actor),
        lambda: journal(actor=actor),
    ]
    for paper in papers:
        try:
            yield repr(paper())
        except Refusal as refusal:
            yield f"{refusal.code}: {refusal}"


def test_a_world_with_a_sealed_bid_reads_like_one_without(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    without = {who: list(told(cast, who, job)) for who in OTHERS}
    author = list(told(cast, "vera", job))

    builders.submit(cast, job, cast.vera_co, builders.bid_of(["30000"]))
    second = builders.submit(cast, job, cast.vera_co, builders.bid_of(["29000"]))
    with_a_bid = {who: list(told(cast, who, job)) for who in OTHERS}
    assert with_a_bid == without
    assert list(told(cast, "vera", job)) != author

    withdraw_bid(actor=cast.vera, bid_id=second.pk, at=DEADLINE - 2 * HOUR)
    assert {who: list(told(cast, who, job)) for who in OTHERS} == without
