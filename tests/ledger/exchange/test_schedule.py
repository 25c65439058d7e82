"""Events come in an order that the verbs accept, whatever was published."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.exchange.ocds.schedule import schedule
from tests.ledger.exchange.packages import NOW, bid, release, tale, value

SECOND = timedelta(seconds=1)


def planned(now=NOW, **more):
    (job,) = tale(release(**more)).jobs
    return schedule(job, now=now)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def period(begins, ends):
    return release()["tender"] | {"tenderPeriod": {"startDate": begins, "endDate": ends}}


def test_dates_in_order_stand_as_they_were_published():
    made = planned()

    assert made.remarks == ()
    assert made.published_at == moment("2025-03-01T09:00")
    assert set(made.bids_at.values()) == {moment("2025-03-10T12:00")}
    assert made.closes_at == made.opened_at == moment("2025-03-15T12:00")
    assert made.awarded_at == moment("2025-03-20")
    assert made.charged_at == moment("2025-04-01")


@pytest.mark.parametrize(
    ("at", "expected", "is_told"),
    [
        ("2025-03-15T12:00:00Z", moment("2025-03-15T12:00") - SECOND, False),
        ("2025-03-16T12:00:00Z", moment("2025-03-15T12:00") - SECOND, True),
        ("2025-02-01T12:00:00Z", moment("2025-03-01T09:00"), True),
        (None, moment("2025-03-15T12:00") - SECOND, False),
    ],
)
def test_a_bid_comes_between_publication_and_deadline(at, expected, is_told):
    made = planned(bids={"details": [bid("b2", "harbour", 5, date=at)]})

    assert made.bids_at == {"b2": expected}
    assert bool(made.remarks) is is_told


def test_a_deadline_before_the_publication_stands_and_the_publication_gives_way():
    made = planned(tender=period("2025-03-15T12:00:00Z", "2025-03-15T12:00:00Z"))

    assert made.published_at <= min(made.bids_at.values()) < made.closes_at
    assert "published a day before it" in made.remarks[0][1]


def test_a_choice_before_the_deadline_is_put_at_the_opening():
    award = release()["awards"][0] | {"date": "2025-03-02T00:00:00Z"}

    made = planned(awards=[award])

    assert made.awarded_at == made.opened_at
    assert made.remarks


def test_without_any_date_there_still_is_an_order():
    bare = [one | {"date": None} for one in release()["bids"]["details"]]

    made = planned(tender={"title": "x"}, date=None, bids={"details": bare})

    assert made.published_at < made.closes_at <= made.opened_at <= made.awarded_at


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2025-02-01", "draft"),
        ("2025-03-12", "open"),
        ("2025-03-17", "opened"),
        ("2025-03-25", "awarded"),
        ("2025-04-02", "charged"),
    ],
)
def test_nothing_happens_before_its_time(now, state):
    made = planned(now=moment(now))

    reached = [
        name
        for name, at in [
            ("open", made.published_at),
            ("opened", made.opened_at),
            ("awarded", made.awarded_at),
            ("charged", made.charged_at),
        ]
        if at
    ]
    assert ([*reached][-1:] or ["draft"]) == [state]
    assert len(made.bids_at) == (0 if state == "draft" else 3)


def test_a_cancelled_job_is_never_opened():
    tender = release()["tender"] | {"status": "cancelled"}

    made = planned(tender=tender, awards=[], contracts=[])

    assert made.opened_at is None
    assert made.ended_at == moment("2025-05-01")


def test_a_job_without_a_choice_is_opened_and_then_ended():
    tender = release()["tender"] | {"status": "unsuccessful"}

    made = planned(tender=tender, awards=[], contracts=[])

    assert made.opened_at <= made.ended_at
    assert made.awarded_at is None


dates = st.none() | st.integers(0, 36_000).map(
    lambda hours: f"{moment('1991-01-01') + timedelta(hours=24.5 * hours):%Y-%m-%dT%H:%M:%SZ}"
)
statuses = st.sampled_from(["active", "cancelled", "unsuccessful"])


@given(st.lists(dates, min_size=5, max_size=5), st.lists(dates, max_size=4), statuses)
def test_any_dates_make_a_consistent_order(five, offered, status):
    begins, ends, known, signed, decided = five
    details = [bid(f"b{n}", f"p{n}", n + 1, date=at) for n, at in enumerate(offered)]
    award = {"id": "a", "date": decided, "suppliers": [{"id": "p0"}], "value": value(3)}
    made = planned(
        tender=period(begins, ends) | {"status": status},
        date=known,
        bids={"details": details},
        awards=[award] if decided else [],
        contracts=[{"awardID": "a", "dateSigned": signed}] if decided else [],
    )

    chain = [made.published_at, made.closes_at, made.opened_at, made.awarded_at, made.charged_at]
    happened = [at for at in chain if at]
    assert happened == sorted(happened)
    assert all(made.published_at <= at < made.closes_at for at in made.bids_at.values())
    past = [*made.bids_at.values(), made.opened_at, made.awarded_at, made.charged_at, made.ended_at]
    assert all(at <= NOW for at in past if at)
    if made.ended_at:
        assert made.ended_at >= max([made.published_at, *made.bids_at.values()])
