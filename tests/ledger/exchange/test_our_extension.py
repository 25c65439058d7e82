"""What our own extension adds is read back; what of it makes no sense is said and harms nothing."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bids.content import PlannedMilestone, PriceLine
from ledger.exchange.ocds.schedule import schedule
from marketplace.money import Money
from tests.ledger.exchange.packages import NOW, bid, release, tale, value, whys
from tests.ledger.exchange.test_any_json import check, paths, values, with_changed

LEVELS = ["none", "little", "most", "all", "more"]


def criterion(key: str, weight: Any) -> dict[str, Any]:
    return {"id": key, "name": key.title(), "weight": weight, "levels": LEVELS}


def ours(**more: Any) -> dict[str, Any]:
    """Return a release of a marketplace like this one; words replace what its job says."""
    made = release(ocid="ocds-x-1")
    made["parties"] = [
        {"id": "D-2", "name": "Services", "choicebook": {"kind": "department", "costCentre": "12"}},
        {
            "id": "harbour",
            "name": "Harbour",
            "choicebook": {"kind": "team", "department": {"id": "D-2", "name": "Services"}},
        },
        {"id": "lumen", "name": "Lumen", "choicebook": {"kind": "vendor"}},
    ]
    made["tender"]["choicebook"] = {
        "mode": "quality_to_price",
        "pointValue": value(Decimal("90.00")),
        "ceilingIsShown": True,
        "category": {"code": "events", "name": "Events"},
        "criteria": [criterion("idea", 60), criterion("care", 40)],
        "invitations": [{"id": "i1", "provider": {"id": "fern", "name": "Fern"}}],
    } | more
    lines = [("labour", "9000.00"), ("travel", "3400.50")]
    made["bids"]["details"][1] = bid("b2", "harbour", Decimal("12400.50")) | {
        "description": "A stage that folds.",
        "choicebook": {
            "lines": [{"kind": kind, "value": value(Decimal(cost))} for kind, cost in lines],
            "milestones": [
                {"title": "All", "dueDate": "2025-06-01T00:00:00Z", "value": value(12400.5)}
            ],
        },
    }
    made["awards"][0]["choicebook"] = {
        "reasonCode": "quality",
        "reason": "It folds.",
        "decisiveCriterion": {"id": "care", "name": "Care"},
        "followedView": "charged",
    }
    made["contracts"][0]["choicebook"] = {"completedAt": "2025-07-01T00:00:00Z"}
    return made


def the_job(made):
    (job,) = tale(made).jobs
    return job


def test_everything_that_can_be_kept_is_kept():
    job = the_job(ours())

    assert whys(tale(ours())) == []
    assert job.terms.mode == "quality_to_price"
    assert job.terms.point == Money(90_00, "EUR")
    assert [(one.name, one.weight) for one in job.terms.criteria] == [("Idea", 60), ("Care", 40)]
    assert job.terms.category_code == "events"
    assert [one.name for one in job.terms.invited] == ["Fern"]
    team = job.bids[1]
    assert (team.bidder.home.name, team.bidder.home.cost_centre) == ("Services", "12")
    assert job.bids[0].bidder.home is None
    assert team.approach == "A stage that folds."
    assert team.lines == (PriceLine("labour", 900_000), PriceLine("travel", 340_050))
    assert team.milestones == (
        PlannedMilestone("All", datetime(2025, 6, 1, tzinfo=UTC).date(), 1_240_050),
    )
    grounds = job.choice.award.grounds
    assert (grounds.code, grounds.reason, grounds.view) == ("quality", "It folds.", "charged")
    assert grounds.criterion_key == "care"


def test_work_is_charged_when_it_was_done_and_not_before():
    done = ours()
    assert schedule(the_job(done), now=NOW).charged_at == datetime(2025, 7, 1, tzinfo=UTC)

    under_way = ours()
    under_way["contracts"][0]["choicebook"] = {"charged": value(0)}

    plan = schedule(the_job(under_way), now=NOW)
    assert plan.awarded_at
    assert plan.charged_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"criteria": [criterion("idea", 60), criterion("care", 41)]},
        {"criteria": [criterion("idea", 60.5), criterion("care", 39.5)]},
        {"criteria": [criterion("idea", Decimal("1E+999999")), criterion("care", 40)]},
        {"criteria": [{"id": "idea", "weight": 100}]},
        {"criteria": []},
        {"pointValue": None},
        {"pointValue": value(5, "USD")},
        {"mode": "by_lot"},
    ],
)
def test_terms_that_do_not_fit_are_said_and_price_decides(wrong):
    told = tale(ours(**wrong))

    (job,) = told.jobs
    assert (job.terms.mode, job.terms.criteria, job.terms.point) == ("lowest_cost", (), None)
    assert any("do not fit together" in why for why in whys(told))


def test_lines_that_do_not_add_up_are_left_and_the_price_kept():
    made = ours()
    made["bids"]["details"][1]["choicebook"]["lines"].pop()

    team = the_job(made).bids[1]

    assert team.lines == ()
    assert team.price == Money(1_240_050, "EUR")


def test_a_reason_that_is_not_known_here_keeps_its_words():
    made = ours()
    made["awards"][0]["choicebook"]["reasonCode"] = "because"

    told = tale(made)

    assert told.jobs[0].choice.award.grounds.code == "imported"
    assert told.jobs[0].choice.award.grounds.reason == "It folds."
    assert any("“because” is no reason that is known here" in why for why in whys(told))


def test_an_overridden_choice_is_passed_over_and_the_override_said():
    made = ours()
    first = deepcopy(made["awards"][0]) | {"id": "a0", "status": "cancelled", "relatedBids": ["b1"]}
    made["awards"] = [first, made["awards"][0]]
    made["awards"][1]["choicebook"]["override"] = {"overriddenAward": "a0"}

    told = tale(made)

    assert told.jobs[0].choice.bid_key == "b2"
    assert [why for why in whys(told) if "overridden" in why] == [
        "/awards/1/choicebook/override: overridden; the department is charged for all of it"
    ]


OF_OURS = sorted((path for path in paths(ours()) if "choicebook" in path), key=str)


@given(st.sampled_from(OF_OURS), values)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_the_extension_the_release_is_read(path, changed):
    check(tale(with_changed(ours(), path, changed)))
