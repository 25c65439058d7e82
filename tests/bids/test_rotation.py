"""The wrapping key is changed while bids lie sealed, and a wrong one is refused at the start."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import Error

from bids.drafts import bid_draft, save_bid_draft
from bids.drill import findings
from bids.files import attach_file, bid_file
from bids.final_opening import open_final_bids
from bids.final_round import ask_for_final_bids, submit_final_bid
from bids.models.bids import Bid, BidDraft, Disqualification, OpenedPrice
from bids.models.files import BidFile, SealedFile, SealKey
from bids.opened import opened_bids
from bids.reading import my_bid
from bids.rotation import KeyLost, WrongKey, register_key, rotate_keys
from bids.seals import key_wrapper
from bids.unsealing import KeyMissing
from ledger.record_check import verify_record
from ledger.recording import record_rows
from marketplace.log.sealer import seal
from marketplace.project.checks import refuse_a_wrong_key
from marketplace.system import the_clock
from tests.bids.builders import MORNING_AFTER, offer, open_all, refused, submit
from tests.builders import DAY, DEADLINE, HOUR, NOON, a_published_job
from tests.cast import Cast

PDF = b"%PDF-1.7\nA long table under the lindens."
NEW = base64.b64encode(bytes(range(96, 128))).decode()
THIRD = base64.b64encode(bytes(range(128, 160))).decode()


@pytest.fixture
def sealed(founded: Cast) -> Any:
    """A bid with a file, and a draft of somebody else's; committed."""
    cast = founded
    job = a_published_job(cast)
    register_key(at=NOON)
    ours = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
    theirs = {"actor": cast.vera, "job_id": job.pk, "provider_id": cast.vera_co.pk}
    file = attach_file(**ours, name="plan.pdf", content=PDF, at=NOON + HOUR)
    bid = submit(cast, job)
    save_bid_draft(**theirs, content=offer("8000"), at=MORNING_AFTER)
    return cast, job, bid, file, theirs


def change_keys(settings: Any) -> None:
    settings.BID_SEAL_KEYS_BEFORE = [settings.BID_SEAL_KEY]
    settings.BID_SEAL_KEY = NEW


def test_everything_opens_before_while_and_after_the_key_is_changed(sealed, as_role, settings):
    cast, job, bid, file, theirs = sealed
    change_keys(settings)
    # Meanwhile both read.
    assert my_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR).content.files == (file,)

    as_role("owner")
    assert rotate_keys(at=MORNING_AFTER + HOUR) == 4
    as_role("replay")
    settings.BID_SEAL_KEYS_BEFORE = []

    name = key_wrapper().name
    for model in (Bid, BidDraft, SealedFile, BidFile):
        assert set(model.objects.values_list("key_name", flat=True)) == {name}
    assert bid_draft(**theirs, at=DEADLINE).quoted == offer("8000").quoted
    open_all(job)
    (opened,) = opened_bids(actor=cast.maya, job_id=job.pk)
    assert (opened.quoted, opened.disqualified) == (offer().quoted, None)
    at = DEADLINE + HOUR
    assert bid_file(actor=cast.maya, bid_id=bid.pk, file_id=file.file_id, at=at).content == PDF


def test_a_final_bid_opens_after_the_key_was_changed(founded, as_role, settings):
    cast = founded
    job = a_published_job(cast)
    register_key(at=NOON)
    mine, theirs = submit(cast, job), submit(cast, job, provider=cast.vera_co)
    open_all(job)
    ask_for_final_bids(
        actor=cast.maya,
        job_id=job.pk,
        bid_ids=[mine.pk, theirs.pk],
        question="What is your best price?",
        closes_at=DEADLINE + 2 * DAY,
        at=DEADLINE + HOUR,
    )
    final = submit_final_bid(
        actor=cast.pia, bid_id=mine.pk, content=offer("8500"), at=DEADLINE + DAY
    )
    change_keys(settings)
    as_role("owner")
    assert rotate_keys(at=DEADLINE + DAY) == 3
    as_role("replay")
    settings.BID_SEAL_KEYS_BEFORE = []

    assert list(findings()) == []
    open_final_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE + 2 * DAY)
    assert OpenedPrice.objects.get(bid=final.pk).quoted == offer("8500").quoted


def test_the_drill_tells_of_final_bids_and_of_files_that_no_bid_has_yet(sealed, settings):
    cast, job, *_ = sealed
    theirs = {"actor": cast.vera, "job_id": job.pk, "provider_id": cast.vera_co.pk}
    change_keys(settings)
    refuse_a_wrong_key()
    attach_file(**theirs, name="idea.pdf", content=PDF, at=MORNING_AFTER)
    settings.BID_SEAL_KEY, settings.BID_SEAL_KEYS_BEFORE = settings.BID_SEAL_KEYS_BEFORE[0], []

    [found] = findings()

    assert found.what.startswith("file ")


def test_a_half_done_change_stops_the_process_and_keeps_the_opening_waiting(sealed, settings):
    cast, job, *_ = sealed
    old = settings.BID_SEAL_KEY
    change_keys(settings)
    refuse_a_wrong_key()
    submit(cast, job, provider=cast.vera_co, at=MORNING_AFTER + HOUR)
    settings.BID_SEAL_KEYS_BEFORE = []

    with pytest.raises(ImproperlyConfigured, match="BID_SEAL_KEYS_BEFORE"):
        refuse_a_wrong_key()
    with refused(KeyMissing):
        open_all(job)

    settings.BID_SEAL_KEYS_BEFORE = [old]
    assert (open_all(job).receipts_matched, Disqualification.objects.count()) == (2, 0)


def test_bids_with_receipts_of_two_keys_are_opened_with_both_and_wait_for_them(sealed, settings):
    cast, job, *_ = sealed
    old = settings.RECEIPT_KEY
    settings.RECEIPT_KEY = NEW
    submit(cast, job, provider=cast.vera_co)
    with refused(KeyMissing, match="receipts"):
        open_all(job)

    settings.RECEIPT_KEYS_BEFORE = [old]
    assert (open_all(job).receipts_matched, Disqualification.objects.count()) == (2, 0)


def test_a_second_run_finds_nothing_to_do(sealed, as_role, settings):
    change_keys(settings)
    as_role("owner")
    rotate_keys(at=MORNING_AFTER)

    assert rotate_keys(at=MORNING_AFTER + HOUR) == 0
    assert SealKey.objects.filter(retired_at=None).get().name == key_wrapper().name


def test_a_retired_key_seals_nothing_any_more(sealed, as_role, settings):
    cast, job, *_ = sealed
    old = settings.BID_SEAL_KEY
    change_keys(settings)
    as_role("owner")
    rotate_keys(at=MORNING_AFTER)
    as_role("replay")
    settings.BID_SEAL_KEY = old

    with pytest.raises(Error, match="was retired"), transaction.atomic():
        submit(cast, job, provider=cast.otto_co)
    with refused(WrongKey, match="could be opened"):
        register_key(at=MORNING_AFTER)


def test_a_wrong_key_stops_the_process_at_its_start(sealed, settings):
    settings.BID_SEAL_KEY = THIRD

    with pytest.raises(ImproperlyConfigured, match="Start with that key"):
        refuse_a_wrong_key()


def test_the_first_key_and_the_right_one_let_it_start(sealed, settings):
    refuse_a_wrong_key()
    change_keys(settings)
    refuse_a_wrong_key()

    assert SealKey.objects.filter(retired_at=None).count() == 2


def test_nothing_is_retired_when_something_is_wrapped_by_a_lost_key(sealed, as_role, settings):
    change_keys(settings)
    as_role("owner")
    rotate_keys(at=MORNING_AFTER)
    settings.BID_SEAL_KEYS_BEFORE = [NEW]
    settings.BID_SEAL_KEY = THIRD
    BidDraft.objects.update(key=b"x" * 60)

    with pytest.raises(KeyLost, match="draft"):
        rotate_keys(at=MORNING_AFTER + HOUR)
    assert SealKey.objects.filter(retired_at=None).count() == 2


@pytest.mark.parametrize("role", ["web", "worker", "replay"])
def test_no_role_but_the_owner_wraps_keys_anew(sealed, as_role, role):
    as_role(role)
    for table in ("bids_bid SET quality_key", "bids_sealedfile SET key", "bids_bidfile SET key"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} = ''")


def test_the_record_stays_true_when_the_keys_of_opened_bids_are_changed(sealed, as_role, settings):
    _, job, *_ = sealed
    open_all(job)
    bind(as_role, DEADLINE + HOUR)
    change_keys(settings)
    as_role("owner")
    rotate_keys(at=DEADLINE + HOUR)
    bind(as_role, DEADLINE + 2 * HOUR)

    as_role("owner")
    report = verify_record()
    assert report.ok, report


def bind(as_role: Any, at: Any) -> None:
    as_role("worker")
    for _ in range(2):
        seal(at=at)
        record_rows(at=at)
    seal(at=at)


def test_a_drill_opens_a_dump_with_the_escrowed_key_and_with_no_other(
    sealed, committed, as_role, settings, tmp_path: Path, monkeypatch, capsys
):
    from tests.database import URLS, point_at

    before = {name: os.environ[name] for name in URLS.values()}
    point_at(committed)
    try:
        key = tmp_path / "escrow"
        key.write_text(settings.BID_SEAL_KEY)
        call_command("restore_drill", key_file=key)
        assert "this dump and this key are enough" in capsys.readouterr().out

        key.write_text(THIRD)
        with pytest.raises(CommandError, match="is not at hand"):
            call_command("restore_drill", key_file=key)
    finally:
        os.environ.update(before)
