"""What the papers are read from: contests of the events team and Vera & Co."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models.awards import Award
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import Contest


@pytest.fixture
def contest(cast: Cast) -> Contest:
    """The team asks 40,000.00, Vera & Co 30,000.00; the bids are open, none is chosen."""
    builders.grant(cast, "900000")
    return builders.contest(cast, vendor=("10000", "20000"))


@pytest.fixture
def award(cast: Cast, contest: Contest) -> Award:
    """Maya chose the dearer bid of the team, for its idea."""
    return builders.choose(cast, contest.team_bid)


@pytest.fixture
def statements() -> Callable[[Callable[[], object]], int]:
    """How many SQL statements reading something takes."""

    def count(read: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            read()
        return len(captured)

    return count
