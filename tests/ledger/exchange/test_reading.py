"""What a release becomes, whole or spoilt."""

from decimal import Decimal

import pytest

from ledger.exchange.ocds.facts import Ending
from marketplace.money import Money
from tests.ledger.exchange.packages import bid, party, release, tale, value, whys


def eur(minor):
    return Money(minor, "EUR")


def test_a_whole_release_is_told_without_a_problem():
    told = tale(release())

    assert told.problems == ()
    assert told.buyer.name == "Parks"
    (job,) = told.jobs
    assert (job.title, job.category, job.estimate) == (
        "A stage for the summer fair", "services", eur(13_000_00)
    )  # fmt: skip
    assert [(one.bidder.name, one.price, bool(one.fault)) for one in job.bids] == [
        ("Lumen", eur(11_900_00), False),
        ("Harbour", eur(12_400_50), False),
        ("Fern", None, True),
    ]
    assert (job.choice.bid_key, job.choice.agreed) == ("b2", eur(12_400_50))
    assert job.choice.award.is_contracted


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"bids": {"details": "none"}}, "not a list"),
        ({"bids": [bid("b2", "harbour", 1)]}, "a list where an object"),
        ({"buyer": None}, "no buyer"),
        ({"awards": {"id": "a1", "suppliers": [party("harbour", "H")]}}, "an object where a list"),
        ({"date": "yesterday", "tender": ["x"]}, "not an object"),
        ({"tender": {"title": "x", "tenderPeriod": {"endDate": "soon"}}}, "not a date"),
    ],
)
def test_a_wrong_type_is_told_and_the_rest_is_kept(spoilt, why):
    told = tale(release(**spoilt))

    assert why in " ".join(whys(told))
    assert len(told.jobs) == 1
    assert told.jobs[0].choice


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "why"),
    [
        ("11900.00", "EUR", 11_900_00, "a number written as text"),
        (Decimal("11900.005"), "EUR", 11_900_00, "EUR has 2 decimals; rounded"),
        (Decimal("11900.5"), "JPY", 11_900, "JPY has 0 decimals; rounded"),
        (11_900, "JPY", 11_900, None),
        (Decimal("1.234"), "KWD", 1_234, None),
        (0, "EUR", 0, None),
        (-5, "EUR", None, "a negative amount"),
        (Decimal("1e999999"), "EUR", None, "larger than can be booked"),
        (10**30, "EUR", None, "larger than can be booked"),
        ("1,200", "EUR", None, "not a number"),
        (True, "EUR", None, "not a number"),
        ({"x": 1}, "EUR", None, "not a number"),
    ],
)
def test_an_amount_is_booked_to_its_minor_unit_or_left_out(amount, currency, minor, why):
    spoilt = bid("b1", "lumen", amount) | {"value": value(amount, currency)}
    told = tale(release(bids={"details": [spoilt]}, awards=[], contracts=[]))

    price = told.jobs[0].bids[0].price
    assert (None if price is None else price.minor) == minor
    assert (why is None and not told.problems) or why in " ".join(whys(told))


def test_a_currency_that_does_not_exist_is_told_and_the_release_s_own_is_meant():
    spoilt = bid("b1", "lumen", 5) | {"value": value(5, "EURO")}

    told = tale(release(bids={"details": [spoilt]}, awards=[], contracts=[]))

    assert told.jobs[0].bids[0].price == eur(5_00)
    assert "not an ISO 4217 code" in " ".join(whys(told))


def test_the_procuring_entity_buys_where_no_buyer_is_named():
    tender = release()["tender"] | {"procuringEntity": party("P-9", "Roads")}

    assert tale(release(buyer=None, tender=tender)).buyer.name == "Roads"
    by_role = tale(release(buyer=None, parties=[party("P-8", "Docks") | {"roles": ["buyer"]}]))
    assert by_role.buyer.name == "Docks"
    assert tale(release(buyer=None)).buyer is None


def test_a_bidder_twice_has_two_variants_and_both_count():
    twice = [bid("b1", "harbour", 10), bid("b2", "harbour", 9), bid("b3", "lumen", 8)]

    (job,) = tale(release(bids={"details": twice})).jobs

    assert [(one.key, one.variant) for one in job.bids] == [("b1", 0), ("b2", 1), ("b3", 0)]
    assert job.choice.bid_key == "b2"


def test_a_bid_of_nobody_is_left_out_and_a_joint_one_is_the_first_s():
    nobody = bid("b8", "x", 3) | {"tenderers": []}
    joint = bid("b9", "x", 4) | {"tenderers": [party("lumen", "Lumen"), party("fern", "Fern")]}

    told = tale(release(bids={"details": [nobody, joint]}, awards=[], contracts=[]))

    assert [one.bidder.key for one in told.jobs[0].bids] == ["lumen"]
    assert "names no bidder" in " ".join(whys(told))
    assert "a joint bid of 2" in " ".join(whys(told))


def test_an_award_without_a_value_is_kept_at_nothing():
    award = {key: held for key, held in release()["awards"][0].items() if key != "value"}

    told = tale(release(awards=[award]))

    assert told.jobs[0].choice.agreed == eur(0)
    assert next(one for one in told.jobs[0].bids if one.key == "b2").price == eur(12_400_50)
    assert "no value" in " ".join(whys(told))


def test_an_award_may_differ_from_its_bid():
    award = release()["awards"][0] | {"value": value(12_000)}

    assert tale(release(awards=[award])).jobs[0].choice.agreed == eur(12_000_00)


def test_an_award_to_somebody_without_a_bid_implies_one_and_says_so():
    award = release()["awards"][0] | {"relatedBids": [], "suppliers": [party("new", "Newcomer")]}

    told = tale(release(awards=[award]))

    implied = told.jobs[0].bids[-1]
    assert (implied.bidder.name, implied.price, implied.is_implied) == (
        "Newcomer", eur(12_400_50), True
    )  # fmt: skip
    assert "implied" in " ".join(whys(told))


def test_several_awards_become_several_jobs_and_no_bid_is_told_twice():
    first = release()["awards"][0]
    second = first | {"id": "a2", "relatedBids": ["b1"], "suppliers": [party("lumen", "Lumen")]}

    told = tale(release(awards=[first, second]))

    assert [job.key for job in told.jobs] == ["ocds-choice-1", "ocds-choice-1/a2"]
    assert [[one.key for one in job.bids] for job in told.jobs] == [["b2", "b3"], ["b1"]]
    assert [job.choice.bid_key for job in told.jobs] == ["b2", "b1"]


def lots():
    tender = release()["tender"] | {"lots": [{"id": "L1", "title": "Stage"}, {"id": "L2"}]}
    bids = [
        bid("b1", "lumen", 100, relatedLots=["L1"]),
        bid("b2", "lumen", 200, relatedLot="L2"),
        bid("b3", "fern", 150, relatedLots=[{"lotId": "L2"}]),
    ]
    return release(tender=tender, bids={"details": bids}, awards=[], contracts=[])


def test_lots_that_are_bid_for_apart_are_jobs_of_their_own():
    told = tale(lots())

    assert [(job.key, [one.key for one in job.bids]) for job in told.jobs] == [
        ("ocds-choice-1/L1", ["b1"]),
        ("ocds-choice-1/L2", ["b2", "b3"]),
    ]
    assert told.problems == ()


def test_an_award_over_lots_is_divided_to_the_last_unit():
    award = {"id": "a", "suppliers": [party("lumen", "L")], "relatedLots": ["L1", "L2"]}

    told = tale(lots() | {"awards": [award | {"value": value(Decimal("360.01"))}]})

    assert [job.choice.agreed for job in told.jobs] == [eur(120_00), eur(240_01)]
    assert "divided" in " ".join(whys(told))


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("cancelled", Ending.CANCELLED),
        ("withdrawn", Ending.CANCELLED),
        ("unsuccessful", Ending.UNSUCCESSFUL),
        ("active", None),
        ("nonsense", None),
    ],
)
def test_a_job_without_a_choice_ends_as_its_status_says(status, ending):
    tender = release()["tender"] | {"status": status}

    (job,) = tale(release(tender=tender, awards=[], contracts=[])).jobs

    assert job.ending is ending
    assert job.choice is None


def test_an_award_is_followed_against_a_status_that_denies_it():
    tender = release()["tender"] | {"status": "cancelled"}

    told = tale(release(tender=tender))

    assert told.jobs[0].choice
    assert told.jobs[0].ending is None
    assert "yet awarded" in " ".join(whys(told))


@pytest.mark.parametrize("status", ["cancelled", "unsuccessful", "pending"])
def test_an_award_that_was_not_made_is_no_choice(status):
    award = release()["awards"][0] | {"status": status}

    assert tale(release(awards=[award], contracts=[])).jobs[0].choice is None


def test_a_pending_award_counts_once_its_contract_is_signed():
    told = tale(release(awards=[release()["awards"][0] | {"status": "pending"}]))

    assert told.jobs[0].choice.award.is_contracted
    assert "taken as decided" in " ".join(whys(told))


def test_a_contract_alone_tells_of_its_award():
    contract = {"id": "c", "suppliers": [party("x", "X")], "value": value(7)}

    told = tale(release(awards=[], bids=None, contracts=[contract]))

    assert told.jobs[0].choice.agreed == eur(7_00)
    assert told.jobs[0].bids[0].is_implied


def test_a_chosen_bid_that_cannot_have_been_chosen_is_mended_and_told():
    odd = bid("b2", "harbour")

    told = tale(release(bids={"details": [odd]}))

    assert told.jobs[0].bids[0].price == eur(12_400_50)
    assert told.jobs[0].bids[0].fault == ""
    assert "chosen without a price" in " ".join(whys(told))


def test_a_bid_in_another_currency_than_the_job_stands_without_its_price():
    foreign = bid("b7", "fern", 10) | {"value": value(10, "USD")}

    told = tale(release(bids={"details": [*release()["bids"]["details"], foreign]}))

    assert told.jobs[0].bids[-1].price is None
    assert "in USD, the job in EUR" in " ".join(whys(told))


def test_a_plan_alone_is_no_job_and_says_whose_it_is():
    told = tale({"ocid": "ocds-choice-2", "buyer": party("B-1", "Parks"), "planning": [{}]})

    assert told.jobs == ()
    assert told.buyer.key == "B-1"
    assert "only a plan" in " ".join(whys(told))


def test_later_releases_win_and_a_null_takes_nothing_back():
    later = {
        "ocid": "ocds-choice-1",
        "date": "2025-06-01T00:00:00Z",
        "tender": {"title": "A bigger stage", "value": None},
        "awards": [{"id": "a1", "value": value(12_500)}],
    }

    told = tale(later, release())

    assert told.jobs[0].title == "A bigger stage"
    assert told.jobs[0].estimate == eur(13_000_00)
    assert told.jobs[0].choice.agreed == eur(12_500_00)
    assert told.jobs[0].choice.bid_key == "b2"
