"""A paper takes as many SQL statements for ten rows as for two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bids.drafts import save_bid_draft
from ledger.models.awards import Award
from ledger.reports.budget_status import budget_status
from ledger.reports.choice_share import choice_share, contests_won
from ledger.reports.choice_totals import choice_totals
from ledger.reports.choices import choices
from ledger.reports.commitments import commitments
from ledger.reports.comparison import comparison
from ledger.reports.debrief import debrief
from ledger.reports.delivery_board import delivery_board
from ledger.reports.desk import desk
from ledger.reports.journal import journal
from ledger.reports.my_team import my_team
from ledger.reports.register import register
from ledger.reports.scorecard import ratings, scorecard
from ledger.reports.spend import spend
from ledger.reports.statement import provider_statement, statement
from ledger.reports.timeline import timeline
from ledger.reports.trial_balance import trial_balance
from tests.builders import DAY, HOUR, NOON, a_draft
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

pytestmark = pytest.mark.django_db
AT = CHOICE + 32 * DAY
YEAR = {"since_on": date(2026, 1, 1), "until_on": date(2026, 12, 31)}

PAPERS: dict[str, Callable[[Cast], Any]] = {
    "register": lambda cast: register(actor=cast.maya, at=AT),
    "register of a bidder": lambda cast: register(actor=cast.vera, at=AT),
    "desk": lambda cast: desk(actor=cast.maya, at=AT),
    "desk of a bidder": lambda cast: desk(actor=cast.pia, at=AT),
    "statement": lambda cast: statement(actor=cast.maya, department_id=cast.marketing.pk, **YEAR),
    "provider_statement": lambda cast: provider_statement(
        actor=cast.pia, provider_id=cast.events_team.pk, **YEAR
    ),
    "budget_status": lambda cast: budget_status(actor=cast.fin),
    "commitments": lambda cast: commitments(actor=cast.fin, at=AT, only_open=False),
    "choices": lambda cast: choices(actor=cast.fin),
    "choice_totals": lambda cast: choice_totals(actor=cast.fin),
    "choice_share": lambda cast: choice_share(actor=cast.fin),
    "contests_won": lambda cast: contests_won(actor=cast.pia, provider_id=cast.events_team.pk),
    "scorecard": lambda cast: scorecard(actor=cast.maya, provider_id=cast.events_team.pk, at=AT),
    "ratings": lambda cast: ratings(actor=cast.maya, at=AT),
    "my_team": lambda cast: my_team(actor=cast.pia, provider_id=cast.events_team.pk, at=AT),
    "trial_balance": lambda cast: trial_balance(actor=cast.fin, since_period=202603),
    "journal": lambda cast: journal(actor=cast.fin),
    "journal of a head": lambda cast: journal(actor=cast.maya),
    "spend": lambda cast: spend(actor=cast.fin, group_by=("provider", "month"), **YEAR),
}


def work(cast: Cast, number: int) -> Award:
    """
    A draft, a bid begun, a job out for bids, one to choose from, work that goes on, and finished
    work rated by both.
    """
    a_draft(cast)
    begun = builders.publish(cast, closes_at=AT + DAY)
    ours = {"job_id": begun.pk, "provider_id": cast.events_team.pk}
    save_bid_draft(actor=cast.pia, **ours, content=builders.bid_of(["80"]), at=NOON + HOUR)
    builders.submit(cast, builders.publish(cast), cast.vera_co, builders.bid_of(["90"]))
    builders.contest(cast, team=("100",), vendor=("90",))
    going_on = builders.contest(cast, team=("100", "50"), vendor=("90",))
    builders.choose(cast, going_on.team_bid, at=CHOICE + number * HOUR)
    fought = builders.contest(cast, team=("100", "50"), vendor=("90",))
    award = builders.choose(cast, fought.team_bid, at=CHOICE + number * HOUR)
    builders.finish(cast, award, at=CHOICE + 30 * DAY)
    builders.rate_as(cast, award, "department", at=CHOICE + 31 * DAY, text="Good band.")
    builders.rate_as(cast, award, "provider", at=CHOICE + 31 * DAY)
    return award


def test_papers_take_as_many_statements_for_many_rows_as_for_few(
    cast: Cast, statements: Callable[[Callable[[], object]], int]
):
    builders.grant(cast, "900000")
    for number in range(2):
        work(cast, number)
    few = {name: statements(lambda read=read: read(cast)) for name, read in PAPERS.items()}
    for number in range(2, 6):
        work(cast, number)
    many = {name: statements(lambda read=read: read(cast)) for name, read in PAPERS.items()}

    assert many == few


def test_the_papers_of_one_job_do_not_grow_with_it(
    cast: Cast, statements: Callable[[Callable[[], object]], int]
):
    builders.grant(cast, "900000")

    def papers(parts: int) -> list[int]:
        fought = builders.contest(cast, team=["10"] * parts, vendor=["9"] * parts)
        award = builders.choose(cast, fought.team_bid)
        for milestone in builders.milestones(award)[1:]:
            builders.accept(cast, milestone, at=CHOICE + DAY)
        job_id = award.job_id
        return [
            statements(lambda: comparison(actor=cast.maya, job_id=job_id, at=AT)),
            statements(lambda: debrief(actor=cast.vera, job_id=job_id)),
            statements(lambda: timeline(actor=cast.maya, job_id=job_id, at=AT)),
            statements(lambda: delivery_board(actor=cast.maya, job_id=job_id, at=AT)),
        ]

    assert papers(3) == papers(8)
