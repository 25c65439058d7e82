"""Jobs around this moment: the machines' requests are stamped by the real clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ledger.models.awards import Award, Milestone
from marketplace.models.jobs import Job
from tests.api.conftest import DAY, NOW
from tests.cast import Cast
from tests.ledger import builders as ledger

HOUR = timedelta(hours=1)


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def granted(cast: Cast) -> None:
    """Marketing has money, in last year's budget too when the year has just begun."""
    for at in {moment.year: moment for moment in (NOW - 40 * DAY, NOW)}.values():
        ledger.grant(cast, "100000", at=at)


def open_job(cast: Cast, **changes: Any) -> Job:
    """Published four days ago; three days are left to ask and to bid."""
    granted(cast)
    words = {"questions_until": NOW + 2 * DAY, "closes_at": NOW + 3 * DAY}
    return ledger.publish(cast, at=NOW - 4 * DAY, **(words | changes))


def contest(cast: Cast, **words: Any) -> ledger.Contest:
    """Closed and opened two days ago, with a bid of the events team and one of Vera & Co."""
    granted(cast)
    return ledger.contest(
        cast,
        at=NOW - 9 * DAY,
        questions_until=NOW - 4 * DAY,
        closes_at=NOW - 2 * DAY,
        **words,
    )


def awarded(cast: Cast, **words: Any) -> Award:
    """Vera & Co's bid was chosen yesterday."""
    return ledger.choose(cast, contest(cast, **words).vendor_bid, at=NOW - DAY)


def first_milestone(award: Award) -> Milestone:
    return ledger.milestones(award)[0]


def details_body(cast: Cast, **changes: Any) -> dict[str, Any]:
    """A job that could be published as it is."""
    usual = {
        "department_id": str(cast.marketing.pk),
        "title": "Winter party",
        "category_id": str(cast.events.pk),
        "need": "Warm drinks in the courtyard.",
        "ceiling": money("10000.00"),
        "point": money("75.00"),
        "closes_at": (NOW + 10 * DAY).isoformat(),
        "questions_until": (NOW + 8 * DAY).isoformat(),
        "criteria": [{"name": "Idea", "weight": 60}, {"name": "Care", "weight": 40}],
        "invited": [str(cast.events_team.pk), str(cast.vera_co.pk)],
    }
    return usual | changes


def bid_body(provider: Any, amount: str = "9000.00", **changes: Any) -> dict[str, Any]:
    """A bid of one line."""
    usual = {
        "provider_id": str(provider.pk),
        "currency": "EUR",
        "approach": "A long table under the lindens.",
        "lines": [{"kind": "labour", "amount": money(amount), "text": "Four people"}],
    }
    return usual | changes
