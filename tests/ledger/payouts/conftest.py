"""Stripe's twin on a port, and the cast on its way to the money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import Cast
from tests.ledger import builders
from tests.stripe_twin.playing import Play, connect
from tests.stripe_twin.server import Twin, running


@pytest.fixture
def twin(settings: Any) -> Iterator[Twin]:
    """A Stripe of our own. What it is asked and answers is held against Stripe's description."""
    with running(Twin()) as one:
        connect(one, settings)
        yield one
    assert one.contract.wrong == []


@pytest.fixture
def play(cast: Cast, twin: Twin) -> Play:
    builders.grant(cast)
    return Play(cast, twin, builders.second_of_finance(cast))
