"""Both proofs can fail: each fault is put in by hand, and the proof that should see it does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail

from bids import access
from bids.models.bids import Bid, BidAccess
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.notices import send_due_notices, tell
from tests.cast import Cast
from tests.permissions.operations import operations
from tests.permissions.world import Ids
from tests.secrecy import rivals
from tests.secrecy.needles import AMOUNT, FILE, hits
from tests.secrecy.test_two_worlds import SHORT, both, differing
from tests.secrecy.worlds import NOW

STORY = rivals.STORY
LOG = ("GET api/v1/log/checkpoint/",)
pytestmark = pytest.mark.proof


def test_the_canary_sees_a_files_name_in_a_line_of_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("choicebook.files").debug("attached %s", FILE)

    assert hits([caplog.text.encode()])


def test_the_canary_sees_an_amount_in_a_mail(founded: Cast, told: Ids):
    text = f"{founded.otto_co.name} bids {AMOUNT}"
    tell("bid.noted", recipients=[founded.maya], text=text, because="You asked.", at=NOW)
    send_due_notices(at=NOW)

    assert hits(f"{one.subject}\n{one.body}".encode() for one in mail.outbox)


def noted_in_the_record(*, bid: Bid, kind: str, actor: Any, at: Any) -> BidAccess:
    """What is done with a bid, as an event of the record at once."""
    record(actor, f"bid.{kind}", bid, at=at, audience=Audience.COMPANY, job=bid.job)
    return BidAccess.objects.create(bid=bid, kind=kind, actor=actor, happened_at=at)


FAULTS: dict[str, Callable[[], Any]] = {
    "an event of the record at submission": lambda: patch.object(
        access, "note", noted_in_the_record
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_two_worlds_differ_with(committed: str, fault: str):
    some = [one for one in operations() if str(one) in (*SHORT, *LOG)]
    with FAULTS[fault]():
        alone, contested = both("HD", some)

    assert differing(alone, contested)
