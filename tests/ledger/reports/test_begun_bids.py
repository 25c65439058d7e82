"""Home of a bidder: a bid that is being written waits to be gone on with."""

from __future__ import annotations

import pytest

from bids.discarding import discard_bid_draft
from bids.drafts import save_bid_draft
from ledger.reports.desk import desk
from tests.builders import DAY, DEADLINE, HOUR, NOON
from tests.cast import Cast
from tests.ledger import builders

pytestmark = pytest.mark.django_db


def test_a_bid_that_is_begun_waits_to_be_gone_on_with_and_its_own_side_alone_sees_it(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    people = (cast.maya, cast.rolf, cast.gerd, cast.fin, cast.ada, cast.adam, cast.otto, cast.pia)
    before = [desk(actor=person, at=NOON + DAY) for person in people]
    ours = {"actor": cast.vera, "job_id": job.pk, "provider_id": cast.vera_co.pk}
    save_bid_draft(**ours, content=builders.bid_of(["30000"]), at=NOON + HOUR)

    (item,) = desk(actor=cast.vera, at=NOON + DAY).mine
    assert item.kind == "bid"
    assert (item.act, item.job_id, item.due_at) == ("Go on with your draft", job.pk, DEADLINE)
    assert [desk(actor=person, at=NOON + DAY) for person in people] == before

    discard_bid_draft(**ours, at=NOON + DAY)
    (item,) = desk(actor=cast.vera, at=NOON + DAY).mine
    assert item.act == "Bid, or decline"
