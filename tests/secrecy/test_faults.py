"""Both proofs can fail: each fault is put in by hand, and the proof that should see it does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail

from bids import access, drafts
from bids.models.bids import Bid, BidAccess, BidQuerySet
from marketplace.history import record
from marketplace.letters import send_due_notices
from marketplace.models.events import Audience
from marketplace.notices import tell
from tests.cast import Cast
from tests.permissions.asking import People
from tests.permissions.operations import operations
from tests.permissions.world import Ids
from tests.secrecy import rivals
from tests.secrecy.needles import AMOUNT, FILE, hits
from tests.secrecy.test_canary import all_that
from tests.secrecy.test_two_worlds import SHORT, both_lived, differing
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


def everybodys(self: BidQuerySet, actor: Any) -> BidQuerySet:
    """A filter less: each bid is everybody's."""
    return self.all()


def nothing_required(may: Any) -> None:
    """A permission less: whoever knows the address may."""


# A bid's own filter less, and a draft's permission less, with the addresses that would tell.
LESS: dict[str, tuple[str, Callable[[], Any]]] = {
    "a filter among bids": (
        "bid_id",
        lambda: patch.object(BidQuerySet, "of_provider_of", everybodys),
    ),
    "a permission at drafts": (
        "provider_id",
        lambda: patch.object(drafts, "require", nothing_required),
    ),
}


@pytest.mark.parametrize("fault", LESS)
def test_the_canary_sees_what_is_let_through_without(founded: Cast, told: Ids, fault: str):
    part, put_in = LESS[fault]
    here = {name: told[name] for name in ("own", "taking bids")}
    near = [
        one
        for one in operations()
        if one.verb == "GET" and part in one.parts and one.address.startswith("api/v1/")
        if "bid" in one.address
    ]
    people = People(founded)
    assert hits(all_that(people, "AU", here, near)) == []

    with put_in():
        came = all_that(people, "AU", here, near)

    assert b"plumeria" in hits(came)


FAULTS: dict[str, Callable[[], Any]] = {
    "an event of the record at submission": lambda: patch.object(
        access, "note", noted_in_the_record
    ),
    "a filter less among a provider's bids": LESS["a filter among bids"][1],
}
OF_BIDDERS = ("GET bids/", "GET api/v1/bids/")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_two_worlds_differ_with(committed: str, fault: str):
    some = [one for one in operations() if str(one) in (*SHORT, *LOG, *OF_BIDDERS)]
    with FAULTS[fault](), both_lived() as worlds:
        alone, contested = (one.shown_to("HD", some) for one in worlds)

    assert differing(alone, contested)
