"""In-house and outside bids on one scale: a tie is a tie, and a differential is printed."""

from __future__ import annotations

from typing import Any

import pytest

from bids.content import BidContent, PriceLine
from ledger.currencies import state_rate
from ledger.reports.comparison import Comparison, comparison
from marketplace.money import Money
from marketplace.policies import state_policy
from marketplace.readiness import FormalNeeded
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

pytestmark = pytest.mark.django_db


def priced(*lines: tuple[str, str]) -> BidContent:
    return BidContent(
        approach="A long table under the lindens.",
        currency="EUR",
        lines=tuple(PriceLine(kind, eur(amount).minor) for kind, amount in lines),
    )


def compared(cast: Cast, **rules: Any) -> Comparison:
    """The team asks 71,000 (labour 50,000), Vera & Co 69,500; an outside contract costs 1,500."""
    words = {
        "actor": cast.fin,
        "code": "standard",
        "at": NOON - 2 * DAY,
        "in_force_on": (NOON - 2 * DAY).date(),
        "explanation": "An outside contract costs us 1,500 to look after.",
        "budget_control": "hard",
        "minimum_days": 3,
        "needs_team_and_vendor": True,
        "administration_minor": 1_500_00,
    }
    state_policy(**(words | rules))
    builders.grant(cast)
    job = builders.publish(cast, ceiling=eur("80000"), mode="lowest_cost", point=None)
    team = priced(("labour", "50000"), ("materials", "21000"))
    builders.submit(cast, job, cast.events_team, team)
    builders.submit(cast, job, cast.vera_co, priced(("labour", "69500")))
    builders.open_job(job)
    return comparison(actor=cast.maya, job_id=job.pk, at=CHOICE)


def test_71000_in_house_against_69500_and_1500_is_a_tie(cast: Cast):
    paper = compared(cast)

    assert {bid.comparable for bid in paper.bids} == {eur("71000")}
    assert [(bid.place, bid.is_tied) for bid in paper.bids] == [(1, True), (1, True)]
    assert paper.stage.differential is None


def test_with_a_10_percent_differential_the_outside_bid_counts_76000(cast: Cast):
    paper = compared(cast, differential_basis_points=1_000)

    figures = {bid.provider_name: (bid.comparable, bid.place) for bid in paper.bids}
    assert figures == {"Events": (eur("71000"), 1), "Vera & Co": (eur("76000"), 2)}
    assert paper.stage.differential == eur("5000")
    assert '"differential_minor":500000' in paper.text
    # What the company really spends knows no protection.
    spent = {bid.provider_name: bid.spent for bid in paper.bids}
    assert spent == {"Events": eur("21000"), "Vera & Co": eur("71000")}


def test_jobs_of_one_kind_that_lie_under_the_formal_limit_are_flagged(cast: Cast):
    builders.grant(cast)
    builders.publish(cast, title="The morning", at=NOON - DAY, ceiling=eur("30000"))
    here = builders.contest(cast, ceiling=eur("41000"))

    paper = comparison(actor=cast.maya, job_id=here.job.pk, at=CHOICE)

    [flag] = [one for one in paper.flags if one.code == "split_under_limit"]
    assert "EUR 71,000.00" in flag.text or "71,000.00" in flag.text


def test_the_formal_limit_is_in_the_departments_currency(cast: Cast):
    """60,000 dollars are 48,000 euros: under the limit of 50,000; 63,000 dollars are above it."""
    builders.grant(cast)
    state_rate(
        actor=cast.fin,
        currency="USD",
        into="EUR",
        rate="0.8",
        in_force_on=(NOON - DAY).date(),
        reason="As the bank says.",
        at=NOON - DAY,
    )

    def dollars(amount: str) -> dict[str, Any]:
        return {
            "currency": "USD",
            "ceiling": Money.of(amount, "USD"),
            "point": Money.of("75", "USD"),
        }

    assert builders.publish(cast, **dollars("60000")).published_at is not None
    with refused(FormalNeeded):
        builders.publish(cast, **dollars("63000"))
