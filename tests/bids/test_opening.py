"""The opening, by the clock: every seal at once, each against its receipt."""

from __future__ import annotations

import base64
import json

import pytest

from bids.disqualification import AlreadyDisqualified, disqualify_bid
from bids.models.bids import Bid, BidAccess, Disqualification, OpenedBid, OpenedPrice
from bids.opened import minutes, opened_bids
from bids.opening import open_bids
from bids.prices import PricesAlreadyOpen, ScoresMissing, open_prices
from bids.submission import withdraw_bid
from bids.unsealing import KeyMissing
from marketplace.addenda import add_addendum
from marketplace.history import moment
from marketplace.models.events import Event, Notice
from marketplace.openness import AlreadyCancelled
from marketplace.publishing import AlreadyOpened, NotClosed, cancel_job
from marketplace.refusals import Forbidden, NotOpened, ReasonMissing, Unknown
from marketplace.system import the_clock, the_importer
from tests.bids import builders
from tests.bids.builders import MORNING_AFTER, close, offer, open_all, refused
from tests.builders import DAY, DEADLINE, HOUR, MINUTE, a_published_job, an_imported_job, eur


@pytest.fixture
def three(submit, cast):
    """Three bids: Events 9,000.00, Vera 8,000.00, Otto 7,000.00."""
    return {
        "events": submit(content=offer("9000")),
        "vera": submit(provider=cast.vera_co, content=offer("8000")),
        "otto": submit(provider=cast.otto_co, content=offer("7000")),
    }


def test_every_bid_that_stands_is_opened_with_its_price(three, job, cast):
    opening = open_all(job)

    found = {
        each.provider_name: each.quoted for each in opened_bids(actor=cast.maya, job_id=job.pk)
    }
    assert found == {
        "Events": eur("9000"),
        "Vera & Co": eur("8000"),
        "Otto Events": eur("7000"),
    }
    assert (opening.bids_counted, opening.receipts_matched) == (3, 3)


def test_an_opened_bid_says_all_that_was_offered(submit, job, cast):
    idea = job.criteria.get(name="Idea")
    content = offer("9000", answers={idea.pk: "The long table"}, tax_minor=1_710_00)
    submit(content=content)
    open_all(job)

    [opened] = opened_bids(actor=cast.rolf, job_id=job.pk)
    assert opened.approach == content.approach
    assert opened.lines == content.lines
    assert opened.answers == {idea.pk: "The long table"}
    assert opened.tax == eur("1710")
    assert (opened.starts_on, opened.finishes_on) == (content.starts_on, content.finishes_on)
    assert opened.is_in_house and opened.is_valid


def test_before_the_opening_there_is_nothing_to_read(three, job, cast):
    assert opened_bids(actor=cast.maya, job_id=job.pk) == []
    with refused(Unknown):
        minutes(actor=cast.maya, job_id=job.pk)


def test_a_withdrawn_bid_is_never_opened(three, job, cast):
    withdraw_bid(actor=cast.vera, bid_id=three["vera"].pk, at=MORNING_AFTER + HOUR)
    opening = open_all(job)

    assert opening.bids_counted == 2
    assert not OpenedBid.objects.filter(bid=three["vera"]).exists()


def test_no_person_opens_bids_and_nobody_opens_them_early_or_twice(three, job, cast):
    with refused(NotClosed):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    close(job)
    for person in (cast.maya, cast.gerd, cast.adam, cast.ada, cast.fin):
        with refused(Forbidden):
            open_bids(actor=person, job_id=job.pk, at=DEADLINE)
    with refused(NotClosed):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE - MINUTE)
    open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    with refused(AlreadyOpened):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)


def test_nobodys_bid_on_a_cancelled_job_is_ever_opened(three, job, cast):
    cancel_job(actor=cast.maya, job_id=job.pk, reason="No party.", at=MORNING_AFTER + HOUR)

    with refused(AlreadyCancelled):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)


def test_a_job_without_a_bid_opens_too(job, cast):
    assert open_all(job).bids_counted == 0
    assert "deadline: 0" in minutes(actor=cast.maya, job_id=job.pk).text


def test_a_bid_not_confirmed_after_the_last_addendum_is_out(three, job, cast):
    add_addendum(actor=cast.maya, job_id=job.pk, text="Rain.", at=MORNING_AFTER + HOUR)
    later = builders.submit(cast, job, at=MORNING_AFTER + 2 * HOUR)

    open_all(job)

    valid = [each.bid_id for each in opened_bids(actor=cast.maya, job_id=job.pk) if each.is_valid]
    assert valid == [later.pk]
    assert "after addendum 1" in Disqualification.objects.first().reason.text


def test_no_bid_is_ruled_out_because_the_marketplace_was_started_with_a_wrong_key(
    three, job, cast, settings
):
    close(job)
    right = settings.BID_SEAL_KEY
    settings.BID_SEAL_KEY = base64.b64encode(bytes(32)).decode()
    with refused(KeyMissing):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)

    settings.BID_SEAL_KEY = right
    open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)

    assert all(bid.is_valid for bid in opened_bids(actor=cast.maya, job_id=job.pk))


def test_nor_because_it_was_started_with_another_key_for_receipts(three, job, cast, settings):
    close(job)
    right = settings.RECEIPT_KEY
    settings.RECEIPT_KEY = base64.b64encode(bytes(32)).decode()
    with refused(KeyMissing, match="receipts"):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)

    settings.RECEIPT_KEY = right
    open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)

    assert all(bid.is_valid for bid in opened_bids(actor=cast.maya, job_id=job.pk))


def test_a_bid_without_a_price_is_out(cast):
    job = an_imported_job(cast)
    builders.submit(cast, job, actor=the_importer(), content=offer(lines=(), is_priced=False))
    open_all(job)

    [opened] = opened_bids(actor=cast.maya, job_id=job.pk)
    assert (opened.quoted, opened.disqualified) == (None, "It has no price.")


def test_a_bid_above_a_hidden_ceiling_is_marked_at_the_opening(cast):
    job = a_published_job(cast, shows_ceiling=False, point=eur("60"))
    builders.submit(cast, job, content=offer("10000.01"))
    builders.submit(cast, job, provider=cast.vera_co, content=offer("10000.00"))
    open_all(job)

    marked = {
        each.provider_name: each.is_above_ceiling
        for each in opened_bids(actor=cast.maya, job_id=job.pk)
    }
    assert marked == {"Events": True, "Vera & Co": False}


def test_what_waited_outside_the_record_enters_it_at_the_opening(three, job, cast):
    withdraw_bid(actor=cast.vera, bid_id=three["vera"].pk, at=MORNING_AFTER + HOUR)
    open_all(job)

    about = Event.objects.about(three["vera"].pk)
    assert [(event.kind, event.happened_at) for event in about] == [
        ("bid.submitted", MORNING_AFTER),
        ("bid.withdrawn", MORNING_AFTER + HOUR),
    ]
    about = Event.objects.about(three["otto"].pk)
    assert [event.kind for event in about] == ["bid.submitted", "bid.opened"]
    opened = about.get(kind="bid.opened")
    assert json.loads(opened.body)["quoted_minor"] == 7_000_00
    assert json.loads(opened.body)["submitted_at"] == moment(MORNING_AFTER)
    assert not BidAccess.objects.filter(recorded_at=None).exists()


def test_the_bidder_sees_who_opened_the_bid(three, job):
    open_all(job)

    access = BidAccess.objects.get(bid=three["otto"], kind="opened")
    assert access.actor == the_clock()


def test_bidders_are_told_of_their_own_bid_only(three, job, cast):
    open_all(job)

    told = Notice.objects.filter(kind="bid.opened", recipient=cast.vera)
    assert [notice.subject_id for notice in told] == [three["vera"].pk]


@pytest.mark.parametrize("person", ["maya", "rolf", "gerd", "ada"])
def test_the_department_and_auditors_read_opened_bids_and_minutes(three, job, cast, person):
    open_all(job)

    assert len(opened_bids(actor=getattr(cast, person), job_id=job.pk)) == 3
    assert minutes(actor=getattr(cast, person), job_id=job.pk).bids_counted == 3


@pytest.mark.parametrize("person", ["pia", "paul", "vera", "sam", "fin", "adam"])
def test_nobody_else_reads_opened_bids(three, job, cast, person):
    open_all(job)

    with refused(Unknown):
        opened_bids(actor=getattr(cast, person), job_id=job.pk)


@pytest.mark.parametrize("person", ["pia", "vera", "sam", "adam"])
def test_bidders_read_no_minutes(three, job, cast, person):
    open_all(job)

    with refused(Unknown):
        minutes(actor=getattr(cast, person), job_id=job.pk)


def test_finance_reads_the_minutes(three, job, cast):
    open_all(job)

    read = minutes(actor=cast.fin, job_id=job.pk)
    assert (read.opened_at, read.prices_opened_at) == (DEADLINE, DEADLINE)


# --- Disqualifying ----------------------------------------------------------------------------


def test_a_head_takes_an_opened_bid_out_for_a_reason(three, job, cast):
    open_all(job)
    disqualify_bid(
        actor=cast.maya, bid_id=three["otto"].pk, reason="No insurance.", at=DEADLINE + HOUR
    )

    out = [each for each in opened_bids(actor=cast.maya, job_id=job.pk) if not each.is_valid]
    assert [(each.provider_name, each.disqualified) for each in out] == [
        ("Otto Events", "No insurance.")
    ]
    assert Notice.objects.filter(kind="bid.disqualified", recipient=cast.otto).exists()


def test_a_bid_is_taken_out_once_when_open_and_with_a_reason(three, job, cast):
    words = {"actor": cast.maya, "bid_id": three["otto"].pk}
    with refused(Unknown):
        disqualify_bid(**words, reason="Too dear.", at=MORNING_AFTER + HOUR)
    open_all(job)
    with refused(NotOpened):
        disqualify_bid(**words, reason="Too dear.", at=DEADLINE - MINUTE)
    with refused(ReasonMissing):
        disqualify_bid(**words, reason="  ", at=DEADLINE + HOUR)
    disqualify_bid(**words, reason="No insurance.", at=DEADLINE + HOUR)
    with refused(AlreadyDisqualified):
        disqualify_bid(**words, reason="No insurance.", at=DEADLINE + HOUR)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [("rolf", Forbidden), ("ada", Forbidden), ("vera", Unknown), ("otto", Forbidden)],
)
def test_nobody_else_takes_a_bid_out(three, job, cast, person, refusal):
    open_all(job)

    with refused(refusal):
        disqualify_bid(
            actor=getattr(cast, person),
            bid_id=three["otto"].pk,
            reason="No insurance.",
            at=DEADLINE + HOUR,
        )


# --- The formal procedure: prices after scores ------------------------------------------------


@pytest.fixture
def formal(cast):
    job = a_published_job(cast, procedure="formal")
    builders.submit(cast, job, content=offer("9000"))
    builders.submit(cast, job, provider=cast.vera_co, content=offer("8000"))
    open_all(job)
    return job


def score_all(cast, job, *, by, quarters=3, skip=None):
    from bids.scoring import score_bid

    for bid in Bid.objects.standing().filter(job=job):
        for criterion in job.criteria.all():
            if (bid.provider_id, criterion.name) != skip:
                score_bid(
                    actor=by,
                    bid_id=bid.pk,
                    criterion_id=criterion.pk,
                    quarters=quarters,
                    reason=builders.REASON,
                    at=DEADLINE + HOUR,
                )


def test_a_formal_jobs_prices_stay_sealed_at_the_opening(formal, cast):
    assert [each.quoted for each in opened_bids(actor=cast.maya, job_id=formal.pk)] == [None, None]
    assert not OpenedPrice.objects.exists()
    assert minutes(actor=cast.maya, job_id=formal.pk).prices_opened_at is None


def test_prices_are_opened_once_every_bid_is_scored(formal, cast):
    score_all(cast, formal, by=cast.rolf)

    assert open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE + DAY) == 2

    prices = {each.quoted for each in opened_bids(actor=cast.maya, job_id=formal.pk)}
    assert prices == {eur("9000"), eur("8000")}


def test_half_a_judgement_opens_no_price(formal, cast):
    with refused(ScoresMissing):
        open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE + DAY)
    score_all(cast, formal, by=cast.rolf)
    score_all(cast, formal, by=cast.maya, skip=(cast.vera_co.pk, "Care"))

    with refused(ScoresMissing):
        open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE + DAY)


def test_prices_are_opened_once_by_whoever_publishes_and_not_before(formal, cast, job):
    with refused(NotOpened):
        open_prices(actor=cast.maya, job_id=job.pk, at=DEADLINE)
    with refused(NotOpened):
        open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE - MINUTE)
    score_all(cast, formal, by=cast.rolf)
    for person in (cast.rolf, cast.ada, cast.vera):
        with refused(Forbidden):
            open_prices(actor=person, job_id=formal.pk, at=DEADLINE + DAY)
    open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE + DAY)
    with refused(PricesAlreadyOpen):
        open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE + DAY)


def test_a_quick_jobs_prices_are_open_already(three, job, cast):
    open_all(job)

    with refused(PricesAlreadyOpen):
        open_prices(actor=cast.maya, job_id=job.pk, at=DEADLINE + DAY)


def test_a_panel_member_sees_only_their_own_scores_until_all_are_in(formal, cast):
    score_all(cast, formal, by=cast.rolf)

    def scorers(person):
        return {
            score.scorer_name
            for each in opened_bids(actor=person, job_id=formal.pk)
            for score in each.scores
        }

    assert (scorers(cast.rolf), scorers(cast.maya)) == ({"Rolf"}, set())
    open_prices(actor=cast.maya, job_id=formal.pk, at=DEADLINE + DAY)
    assert scorers(cast.maya) == {"Rolf"}
