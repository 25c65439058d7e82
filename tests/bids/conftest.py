"""The company and its job, for every test about bids."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from marketplace.models.jobs import Job
from tests.bids import builders
from tests.builders import a_published_job
from tests.cast import Cast, assemble_again


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble_again()


@pytest.fixture
def job(cast: Cast) -> Job:
    """Marketing's summer party, open for bids for a week."""
    return a_published_job(cast)


@pytest.fixture
def submit(cast: Cast, job: Job) -> Any:
    """Pia bids for the Events team, unless a test says otherwise."""
    return partial(builders.submit, cast, job)
