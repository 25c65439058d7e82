"""A standstill, an objection and a choice that was withdrawn, as a release tells them."""

from __future__ import annotations

import json

import pytest

from ledger.exchange.ocds.export.exporting import ocds_releases
from ledger.exchange.ocds.export.plain import as_json
from ledger.exchange.ocds.reading import read
from ledger.withdrawing import decline_award
from tests.builders import DAY, HOUR
from tests.ledger import builders
from tests.ledger.builders import CHOICE
from tests.ledger.exchange.ocds_rules import faults, with_the_schema
from tests.ledger.formal import WRONG, formal_choice, object_to, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def chosen_anew(cast):
    """The team's choice was withdrawn on Vera's objection, and Otto's bid chosen."""
    builders.grant(cast)
    contest, first = formal_choice(cast)
    rule(cast, object_to(cast, contest), upheld=True, reason="It was overlooked.")
    otto = contest.job.bids.get(provider=cast.otto_co)
    return first, builders.choose(cast, otto, at=CHOICE + 2 * DAY)


def released(person):
    (told,) = ocds_releases(actor=person)
    return json.loads(as_json(told))


def test_the_choice_that_was_withdrawn_stays_told_with_what_led_to_it(cast, chosen_anew):
    first, second = chosen_anew

    withdrawn, stands = released(cast.ada)["awards"]

    assert (withdrawn["id"], withdrawn["status"]) == (str(first.pk), "cancelled")
    assert (stands["id"], stands["status"]) == (str(second.pk), "active")
    (objection,) = withdrawn["choicebook"]["objections"]
    assert objection["provider"]["name"] == "Vera & Co"
    assert (objection["reason"], objection["upheld"]) == (WRONG, True)
    assert objection["ruling"] == "It was overlooked."
    assert withdrawn["choicebook"]["withdrawal"]["cause"] == "objection"
    assert withdrawn["choicebook"]["standstillUntil"] == "2026-03-12T12:00:00Z"
    assert "override" not in stands["choicebook"]


@with_the_schema
def test_it_is_valid_and_read_back_to_the_choice_that_stands(cast, chosen_anew):
    release = released(cast.ada)
    head = {"uri": "https://x.example/p.json", "version": "1.1", "publisher": {"name": "House"}}

    assert faults({**head, "publishedDate": release["date"], "releases": [release]}) == []

    (job,) = read(release["ocid"], release).jobs
    assert job.choice is not None
    assert job.choice.bid_key == release["awards"][1]["relatedBids"][0]


def test_a_choice_that_was_declined_and_not_made_anew_is_told_as_taken_back(cast):
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)
    decline_award(actor=cast.pia, award_id=award.pk, reason="We are ill.", at=CHOICE + HOUR)

    release = released(cast.maya)

    (told,) = release["awards"]
    assert told["status"] == "cancelled"
    assert told["choicebook"]["withdrawal"]["reason"] == "We are ill."
    assert release["tender"]["status"] == "active"
    assert release["date"] == told["choicebook"]["withdrawal"]["date"]
