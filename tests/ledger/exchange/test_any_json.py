"""No JSON value whatever makes the reader raise, and what it tells is always sound."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.exchange.ocds.facts import Problem
from ledger.exchange.ocds.merging import compiled, is_too_deep
from ledger.exchange.ocds.reading import read
from ledger.exchange.ocds.schedule import schedule
from tests.ledger.exchange.packages import NOW, release

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["2025-01-01", "active", "cancelled", "b1", "lumen", "EUR", "ocds-x-1"])
)
KEYS = """
    id ocid date status buyer parties name roles identifier scheme tender title tenderPeriod
    startDate endDate value amount currency lots relatedLots relatedLot lotId bids details
    tenderers awards suppliers relatedBids contracts awardID dateSigned procuringEntity
""".split()  # noqa: SIM905 - thirty lines of quotes would say no more
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)


def paths(value, path=()):
    yield path
    members = value.items() if isinstance(value, dict) else ()
    members = enumerate(value) if isinstance(value, list) else members
    for key, inner in members:
        yield from paths(inner, (*path, key))


WAYS = sorted((path for path in paths(release()) if path), key=str)


def with_changed(value, path, new):
    key, *rest = path
    copy = value.copy()
    copy[key] = with_changed(copy[key], rest, new) if rest else new
    return copy


def check(told):
    for job in told.jobs:
        assert job.key.startswith("ocds-x-1")
        assert len(job.title) <= 1000
        keys = [bid.key for bid in job.bids]
        assert len(keys) == len(set(keys))
        slots = [(bid.bidder.key, bid.variant) for bid in job.bids]
        assert len(slots) == len(set(slots))
        for bid in job.bids:
            assert bid.price is None or (
                bid.price.currency == job.currency and bid.price.minor >= 0
            )
            assert bid.price is not None or bid.fault
        if job.choice:
            (chosen,) = [bid for bid in job.bids if bid.key == job.choice.bid_key]
            assert chosen.price is not None
            assert not chosen.fault
            assert job.choice.agreed.currency == job.currency
        schedule(job, now=NOW)
    assert len({job.key for job in told.jobs}) == len(told.jobs)
    assert all(isinstance(one, Problem) and one.where for one in told.problems)


@given(values)
@settings(max_examples=300)
def test_any_value_is_read(value):
    check(read("ocds-x-1", value))


@given(st.sampled_from(WAYS), values, st.sampled_from(WAYS), values)
@settings(max_examples=300)
def test_a_release_spoilt_in_two_places_is_read(way, new, other, newer):
    spoilt = with_changed(release(), way, new)
    if other[: len(way)] != way:
        spoilt = with_changed(spoilt, other, newer)

    check(read("ocds-x-1", spoilt))


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), values, max_size=6), max_size=3))
def test_any_releases_are_compiled(releases):
    assert isinstance(compiled(releases), dict)


def test_a_value_that_is_nested_too_deep_is_known_as_such():
    deep = value = {}
    for _ in range(500):
        value["a"] = [{}]
        value = value["a"][0]

    assert is_too_deep(deep)
    assert not is_too_deep(release() | {"x": Decimal(1)})
