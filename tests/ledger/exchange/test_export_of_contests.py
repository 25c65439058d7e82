"""How a contest was led, as a release tells it: files, panel, rounds, past ratings, hearings."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from bids.agreeing import agree_score, consent
from bids.final_opening import open_final_bids
from bids.final_round import ask_for_final_bids, submit_final_bid
from bids.judging import judging
from bids.prices import open_prices
from bids.scoring import score_bid
from ledger.commissioning import publish_job
from ledger.exchange.ocds.export.exporting import ocds_releases
from ledger.exchange.ocds.export.plain import as_json
from ledger.exchange.ocds.reading import read
from ledger.hearing import hear_bidder, reply_to_hearing
from marketplace.details import CriterionDraft, past_ratings
from marketplace.interests import declare_interest
from marketplace.job_files import attach_job_file
from marketplace.panels import appoint_panel
from marketplace.system import the_clock
from tests.builders import DAY, DEADLINE, HOUR, NOON, a_draft, eur
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest, bid_of
from tests.ledger.exchange.ocds_rules import faults, with_the_schema

pytestmark = pytest.mark.django_db
REASON = "The text answers the question in all its parts."
PLAN = b"%PDF-1.4 the plan of the courtyard %%EOF"
QUESTION = "What is your best price if the tent is ours?"


def published(cast):
    """A formal job with a file and past ratings, and a panel of two who declared."""
    builders.grant(cast)
    criteria = (CriterionDraft("Idea", 80), past_ratings(20))
    job = a_draft(cast, procedure="formal", criteria=criteria, ceiling=eur("45000"))
    attach_job_file(actor=cast.rolf, job_id=job.pk, name="plan.pdf", content=PLAN, at=NOON - HOUR)
    job = publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    people = [cast.rolf, cast.gerd]
    ids = [one.pk for one in people]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    for one in people:
        declare_interest(actor=one, job_id=job.pk, has_some=False, at=NOON + HOUR)
    return job


def agreed(cast, contest):
    """Both give ¾ alone and together, and Maya opens the prices."""
    idea = contest.job.criteria.get(kind="judged")
    for bid in (contest.team_bid, contest.vendor_bid):
        about = {"bid_id": bid.pk, "criterion_id": idea.pk, "quarters": 3, "reason": REASON}
        for one in (cast.rolf, cast.gerd):
            score_bid(actor=one, at=DEADLINE + HOUR, **about)
    for bid in (contest.team_bid, contest.vendor_bid):
        about = {"bid_id": bid.pk, "criterion_id": idea.pk, "quarters": 3, "reason": REASON}
        agree_score(actor=cast.rolf, at=DEADLINE + 2 * HOUR, **about)
    digest = judging(contest.job).digest
    for one in (cast.rolf, cast.gerd):
        consent(actor=one, job_id=contest.job.pk, digest=digest, at=DEADLINE + 3 * HOUR)
    open_prices(actor=cast.maya, job_id=contest.job.pk, at=DEADLINE + 4 * HOUR)


@pytest.fixture
def led(cast):
    """Two bids, agreed on; Vera & Co lowers its price in the end, and the team is chosen."""
    job = published(cast)
    team = builders.submit(cast, job, cast.events_team, bid_of(["40000"]))
    vendor = builders.submit(cast, job, cast.vera_co, bid_of(["30000"]))
    contest = Contest(builders.open_job(job), team, vendor)
    agreed(cast, contest)
    ends = CHOICE + 2 * DAY
    ask_for_final_bids(
        actor=cast.maya,
        job_id=job.pk,
        bid_ids=[team.pk, vendor.pk],
        question=QUESTION,
        closes_at=ends,
        at=CHOICE,
    )
    submit_final_bid(actor=cast.vera, bid_id=vendor.pk, content=bid_of(["28000"]), at=CHOICE + HOUR)
    open_final_bids(actor=the_clock(), job_id=job.pk, at=ends)
    builders.choose(cast, team, at=ends + HOUR)
    said = {"reasons": 2, "fairness": 4, "effort": None, "text": "Which answer lacked what?"}
    heard = hear_bidder(
        actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk, at=ends + DAY, **said
    )
    reply = {"hearing_id": heard.pk, "text": "The rain plan.", "at": ends + DAY + HOUR}
    reply_to_hearing(actor=cast.maya, **reply)
    return contest


def released(person):
    (told,) = ocds_releases(actor=person)
    return json.loads(as_json(told))


def test_an_auditor_is_told_how_it_was_led_and_no_person_s_name(cast, led):
    release = released(cast.ada)
    tender = release["tender"]
    ours = tender["choicebook"]

    (document,) = tender["documents"]
    assert (document["title"], document["documentType"]) == ("plan.pdf", "biddingDocuments")
    assert document["choicebook"]["sha256"] == sha256(PLAN).hexdigest()
    assert (ours["panel"]["judges"], ours["panel"]["interestsDeclared"]) == (2, 2)
    assert ours["finalRound"]["question"] == QUESTION
    assert ours["finalRound"]["bidsCounted"] == 1
    assert ours["finalRound"]["shortlist"] == sorted(
        (led.team_bid.reference, led.vendor_bid.reference)
    )
    (heard,) = ours["hearings"]
    assert (heard["provider"]["name"], heard["reasons"]) == ("Vera & Co", 2)
    assert (heard["text"], heard["reply"]) == ("Which answer lacked what?", "The rain plan.")
    kinds = [(one["name"], one["kind"]) for one in ours["criteria"]]
    assert kinds == [("Idea", "judged"), ("Past ratings", "past_ratings")]
    chosen = next(one for one in release["bids"]["details"] if one["id"] == led.team_bid.reference)
    figures = chosen["choicebook"]["comparison"]
    assert figures["agreedScores"] == [{"criterion": ours["criteria"][0]["id"], "quarters": 3}]
    assert figures["pastRating"] == {
        "mean": "3.000", "ratings": 0, "usual": "3.000", "usualRatings": 0,
    }  # fmt: skip
    for name in (cast.rolf.name, cast.gerd.name, cast.maya.name):
        assert f'"{name}"' not in json.dumps(release)


@with_the_schema
def test_it_is_valid_and_read_back_with_its_criteria_and_its_choice(cast, led):
    release = released(cast.ada)
    head = {"uri": "https://x.example/p.json", "version": "1.1", "publisher": {"name": "House"}}

    assert faults({**head, "publishedDate": release["date"], "releases": [release]}) == []

    (job,) = read(release["ocid"], release).jobs
    assert job.choice is not None
    assert job.choice.bid_key == led.team_bid.reference
    assert [(one.weight, one.kind) for one in job.terms.criteria] == [
        (80, "judged"),
        (20, "past_ratings"),
    ]


def test_finance_reads_files_and_not_what_the_panel_and_bidders_said(cast, led):
    ours = released(cast.fin)["tender"]

    assert [one["title"] for one in ours["documents"]] == ["plan.pdf"]
    assert (
        not {"panel", "finalRound", "hearings", "publicationSignedAt"} & ours["choicebook"].keys()
    )
