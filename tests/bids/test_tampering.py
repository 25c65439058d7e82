"""Somebody who holds the database's owner alters what lies sealed. It shows, bid by bid."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from bids.files import attach_file, bid_file
from bids.models.bids import Bid, Disqualification
from bids.models.files import BidFile, SealedFile
from bids.opened import opened_bids
from bids.prices import open_prices
from bids.reading import CannotBeRead
from bids.scoring import score_bid
from marketplace.models.jobs import Job
from tests.bids.builders import MORNING_AFTER, REASON, offer, open_all, refused, submit
from tests.builders import DAY, DEADLINE, HOUR, a_published_job
from tests.cast import Cast


@dataclass
class Sealed:
    cast: Cast
    job: Job
    events: Bid
    vera: Bid
    otto: Bid


@pytest.fixture
def sealed(founded: Cast, request: pytest.FixtureRequest) -> Sealed:
    """Three sealed bids, committed."""
    cast = founded
    job = a_published_job(cast, procedure=getattr(request, "param", "quick"))
    events = submit(cast, job, content=offer("9000"))
    vera = submit(cast, job, provider=cast.vera_co, content=offer("8000"))
    otto = submit(cast, job, provider=cast.otto_co, content=offer("7000"))
    return Sealed(cast, job, events, vera, otto)


@pytest.fixture
def alter(as_role: Any) -> Any:
    """Alter a sealed bid past its trigger, as the owner of the tables can."""

    def altered(bid: Bid, **columns: Any) -> None:
        as_role("owner")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE bids_bid DISABLE TRIGGER bids_are_never_changed")
        Bid.objects.filter(pk=bid.pk).update(**columns)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE bids_bid ENABLE TRIGGER bids_are_never_changed")
        as_role("replay")

    return altered


def flipped(stored: bytes | memoryview, place: int) -> bytes:
    changed = bytearray(bytes(stored))
    changed[place] ^= 1
    return bytes(changed)


def valid(sealed: Sealed) -> list[str]:
    opened = opened_bids(actor=sealed.cast.maya, job_id=sealed.job.pk)
    return [each.provider_name for each in opened if each.is_valid]


@pytest.mark.parametrize(
    "column", ["price_envelope", "price_key", "quality_envelope", "fingerprint"]
)
def test_one_altered_byte_disqualifies_that_bid_alone(sealed, alter, column):
    alter(sealed.vera, **{column: flipped(getattr(sealed.vera, column), 20)})

    opening = open_all(sealed.job)

    assert valid(sealed) == ["Events", "Otto Events"]
    assert (opening.bids_counted, opening.receipts_matched) == (3, 2)
    assert f"Out: {sealed.vera.reference}. The seal does not open" in opening.minutes


def test_envelopes_that_changed_places_disqualify_both(sealed, alter):
    columns = ["quality_envelope", "quality_key", "price_envelope", "price_key", "fingerprint"]
    mine = {column: getattr(sealed.events, column) for column in columns}
    theirs = {column: getattr(sealed.vera, column) for column in columns}
    alter(sealed.events, **theirs)
    alter(sealed.vera, **mine)

    open_all(sealed.job)

    assert valid(sealed) == ["Otto Events"]


def test_a_bid_moved_in_time_does_not_match_its_receipt(sealed, alter):
    alter(sealed.vera, submitted_at=MORNING_AFTER - HOUR)

    open_all(sealed.job)

    out = Disqualification.objects.get()
    assert out.bid == sealed.vera
    assert out.reason.text == "The bid is not the one that its receipt names."


def test_receipts_that_name_no_key_rule_their_bids_out_and_keep_no_job_waiting(sealed, alter):
    for bid in (sealed.events, sealed.vera, sealed.otto):
        alter(bid, receipt="Received with thanks.")

    opening = open_all(sealed.job)

    assert (opening.bids_counted, opening.receipts_matched) == (3, 0)
    assert valid(sealed) == []


def test_a_receipt_whose_key_is_named_wrongly_rules_its_own_bid_out_alone(sealed, alter):
    body, mark, signed = sealed.vera.receipt.rpartition(" ")
    raw = bytearray(base64.b64decode(signed))
    raw[0] ^= 1
    alter(sealed.vera, receipt=f"{body}{mark}{base64.b64encode(raw).decode()}\n")

    opening = open_all(sealed.job)

    assert (opening.bids_counted, opening.receipts_matched) == (3, 2)
    assert valid(sealed) == ["Events", "Otto Events"]


@pytest.mark.parametrize("sealed", ["formal"], indirect=True)
def test_a_price_altered_after_the_quality_was_read_is_out_alone(sealed, alter):
    open_all(sealed.job)
    alter(sealed.vera, price_envelope=flipped(sealed.vera.price_envelope, 20))
    for bid in (sealed.events, sealed.vera, sealed.otto):
        for criterion in sealed.job.criteria.all():
            score_bid(
                actor=sealed.cast.rolf,
                bid_id=bid.pk,
                criterion_id=criterion.pk,
                quarters=3,
                reason=REASON,
                at=DEADLINE + HOUR,
            )

    open_prices(actor=sealed.cast.maya, job_id=sealed.job.pk, at=DEADLINE + DAY)

    assert valid(sealed) == ["Events", "Otto Events"]


@pytest.mark.parametrize(
    ("model", "column"), [(SealedFile, "envelope"), (BidFile, "key"), (BidFile, "file_id")]
)
def test_one_altered_byte_of_a_file_stops_its_bid_alone_and_says_so(
    founded, as_role, model, column
):
    cast = founded
    job = a_published_job(cast)
    files = {
        provider.pk: attach_file(
            actor=actor,
            job_id=job.pk,
            provider_id=provider.pk,
            name="lindens.pdf",
            content=b"%PDF-1.7\nA long table under the lindens.",
            at=MORNING_AFTER - HOUR,
        )
        for actor, provider in ((cast.pia, cast.events_team), (cast.vera, cast.vera_co))
    }
    bid = submit(cast, job)
    other = submit(cast, job, provider=cast.vera_co)
    file_id = files[cast.events_team.pk].file_id
    of_it = {"pk": file_id} if model is SealedFile else {"file_id": file_id}
    as_role("owner")
    row = model.objects.get(**of_it)
    altered = files[cast.vera_co.pk].file_id
    if column != "file_id":
        altered = flipped(getattr(row, column), 40)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
    model.objects.filter(pk=row.pk).update(**{column: altered})
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")
    as_role("replay")

    opening = open_all(job)

    out = {one.bid_id: one.disqualified for one in opened_bids(actor=cast.maya, job_id=job.pk)}
    assert out[bid.pk] == "Its file “lindens.pdf” does not open: it is not what was sealed."
    assert out[other.pk] is None
    assert f"Out: {bid.reference}. Its file" in opening.minutes
    with refused(CannotBeRead):
        bid_file(actor=cast.pia, bid_id=bid.pk, file_id=file_id, at=DEADLINE + HOUR)
