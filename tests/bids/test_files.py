"""Files of a bid: only what they say they are, sealed as they arrive, and nobody else's."""

from __future__ import annotations

import base64
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.db.utils import Error

from bids.bidding import BiddingClosed
from bids.discarding import (
    KEPT_FOR,
    DraftUnderWay,
    discard_bid_draft,
    forget_bid_drafts,
    restore_bid_draft,
)
from bids.drafts import bid_draft, save_bid_draft
from bids.file_seals import rewrapped
from bids.files import attach_file, attached_file, attached_files, bid_file, detach_file
from bids.models.bids import OpenedBid
from bids.models.files import BidFile, SealedFile
from bids.opened import opened_bids
from bids.reading import my_bid
from bids.submission import withdraw_bid
from marketplace.file_kinds import (
    LARGEST_BYTES,
    FileNotTaken,
    FileTooLarge,
    TooManyFiles,
    kind_of,
    plain_name,
)
from marketplace.refusals import Forbidden, Unknown
from tests.bids.builders import MORNING_AFTER, offer, open_all, refused
from tests.builders import DEADLINE, HOUR, MINUTE, NOON

PDF = b"%PDF-1.7\nA long table under the lindens."
LATER = MORNING_AFTER + HOUR


@pytest.fixture
def attach(cast, job) -> Any:
    """Pia attaches a file for the Events team, unless a test says otherwise."""

    def act(name: str = "lindens.pdf", content: bytes = PDF, **changes: Any) -> Any:
        words = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
        return attach_file(
            **(words | {"name": name, "content": content, "at": NOON + HOUR} | changes)
        )

    return act


def office(*parts: str) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for part in ("[Content_Types].xml", *parts):
            file.writestr(part, "<x/>")
    return packed.getvalue()


TAKEN = {
    "offer.pdf": PDF,
    "plan.PNG": b"\x89PNG\r\n\x1a\n....",
    "tent.jpg": b"\xff\xd8\xff\xe0....",
    "tent.jpeg": b"\xff\xd8\xff\xe0....",
    "words.docx": office("word/document.xml"),
    "rates.xlsx": office("xl/workbook.xml"),
    "notes.txt": "Zelte, süß".encode(),
    "rates.csv": b"kind;amount\nlabour;1\n",
}
NOT_TAKEN = {
    "page.html": b"<script>1</script>",
    "picture.svg": b"<svg onload='1'/>",
    "offer.pdf": b"<html>not a document</html>",
    "offer.pdf.exe": b"MZ",
    "plan.png": PDF,
    "words.docx": office("xl/workbook.xml"),
    "rates.xlsx": office("xl/workbook.xml", "xl/vbaProject.bin"),
    "words.docm": office("word/document.xml", "word/vbaProject.bin"),
    "notes.txt": b"\x00\x01",
    "empty.txt": b"",
    "pdf": PDF,
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_is_taken_when_its_bytes_are_what_its_name_says(name):
    assert "/" in kind_of(name, TAKEN[name])


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_a_file_is_not_taken_when_they_are_not_or_it_could_run(name):
    with pytest.raises(FileNotTaken):
        kind_of(name, NOT_TAKEN[name])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/plan.pdf", "plan.pdf"),
        ("C:\\offers\\plan.pdf", "plan.pdf"),
        ("pl\u202ean\x00.pdf", "plan.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_files_name_leads_nowhere_and_turns_no_screen(given, kept):
    assert plain_name(given) == kept


def test_a_file_without_a_name_is_not_taken():
    with pytest.raises(FileNotTaken):
        plain_name("../.pdf")


def test_files_have_limits(attach):
    with refused(FileTooLarge, match="10 MB"):
        attach(content=PDF + b"x" * LARGEST_BYTES)
    for number in range(10):
        attach(f"{number}.pdf")
    with refused(TooManyFiles):
        attach("eleven.pdf")


def test_all_files_together_have_a_limit(attach):
    for _ in range(2):
        attach(content=PDF + b"x" * (LARGEST_BYTES - len(PDF)))
    with refused(FileTooLarge, match="25 MB"):
        attach(content=PDF + b"x" * (6_000_000))


def test_a_file_goes_with_the_bid_and_opens_with_it(attach, submit, cast, job):
    file = attach()
    bid = submit()

    assert my_bid(actor=cast.pia, bid_id=bid.pk, at=LATER).content.files == (file,)
    assert bid_file(actor=cast.paul, bid_id=bid.pk, file_id=file.file_id, at=LATER).content == PDF

    open_all(job)
    (opened,) = opened_bids(actor=cast.maya, job_id=job.pk)
    assert opened.files == (file,)
    assert opened.disqualified is None
    paper = bid_file(actor=cast.maya, bid_id=bid.pk, file_id=file.file_id, at=DEADLINE + HOUR)
    assert (paper.facts.name, paper.content) == ("lindens.pdf", PDF)


def test_each_reading_of_a_file_stands_in_the_bids_access_log(attach, submit, cast, job):
    file = attach()
    bid = submit()
    open_all(job)
    bid_file(actor=cast.rolf, bid_id=bid.pk, file_id=file.file_id, at=DEADLINE + HOUR)

    log = my_bid(actor=cast.pia, bid_id=bid.pk, at=DEADLINE + 2 * HOUR).accesses
    assert ("file_read", "Rolf") in [(one.kind, one.actor_name) for one in log]


@pytest.mark.parametrize("person", ["adam", "fin", "ada", "gerd", "maya", "rolf", "sam", "vera"])
def test_before_the_opening_a_file_is_there_for_its_own_side_alone(
    attach, submit, cast, job, person
):
    file = attach()
    bid = submit()

    with refused(Unknown):
        bid_file(actor=getattr(cast, person), bid_id=bid.pk, file_id=file.file_id, at=LATER)
    with pytest.raises((Unknown, Forbidden)), transaction.atomic():
        attached_files(actor=getattr(cast, person), job_id=job.pk, provider_id=cast.events_team.pk)


@pytest.mark.parametrize("person", ["adam", "fin", "vera", "otto", "sam"])
def test_after_the_opening_a_file_is_for_who_reads_the_bids(attach, submit, cast, job, person):
    file = attach()
    bid = submit()
    open_all(job)

    with refused(Unknown):
        bid_file(
            actor=getattr(cast, person), bid_id=bid.pk, file_id=file.file_id, at=DEADLINE + HOUR
        )


def test_a_file_of_another_bid_is_unknown_under_this_one(attach, submit, cast):
    theirs = attach(actor=cast.vera, provider_id=cast.vera_co.pk)
    submit(provider=cast.vera_co)
    mine = submit()

    with refused(Unknown):
        bid_file(actor=cast.pia, bid_id=mine.pk, file_id=theirs.file_id, at=LATER)
    with refused(Unknown):
        bid_file(actor=cast.pia, bid_id=mine.pk, file_id=uuid4(), at=LATER)


def test_neither_name_nor_bytes_of_a_file_lie_in_the_database(attach, submit):
    attach("plumeria-orchard.txt", b"the lindens of the courtyard")
    submit()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f::text FROM bids_sealedfile f UNION ALL SELECT b::text FROM bids_bid b"
        )
        rows = "\n".join(row for (row,) in cursor.fetchall())
    for words in (b"plumeria-orchard", b"the lindens of the courtyard"):
        assert words.hex() not in rows
        assert words.decode() not in rows
        assert base64.b64encode(words).decode()[:-4] not in rows


def test_the_key_of_one_bids_file_does_not_open_it_under_another(attach, submit, cast):
    file = attach()
    first = submit()
    second = submit(at=LATER)
    keys = {one.bid_id: bytes(one.key) for one in BidFile.objects.filter(file=file.file_id)}
    assert set(keys) == {first.pk, second.pk}

    moved = BidFile.objects.get(bid=second)
    moved.key = keys[first.pk]
    with pytest.raises(InvalidTag):
        rewrapped(moved)


def test_a_file_taken_away_stays_with_the_bid_that_had_it(attach, submit, cast, job):
    file = attach()
    kept = attach("kept.pdf", at=NOON + 2 * HOUR)
    bid = submit()
    words = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}

    detach_file(**words, file_id=file.file_id, at=LATER)

    assert attached_files(**words) == [kept]
    assert my_bid(actor=cast.pia, bid_id=bid.pk, at=LATER).content.files == (file, kept)
    second = submit(at=LATER + MINUTE)
    assert my_bid(actor=cast.pia, bid_id=second.pk, at=LATER + HOUR).content.files == (kept,)


def test_a_draft_thrown_away_takes_its_files_along(attach, submit, cast, job):
    kept = attach()
    submit()
    added = attach("added.pdf", at=LATER)
    words = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
    save_bid_draft(**words, content=offer(), at=LATER)
    assert bid_draft(**words, at=LATER).files == (kept, added)
    assert attached_file(**words, file_id=added.file_id).content == PDF

    discard_bid_draft(**words, at=LATER)

    assert attached_files(**words) == [kept]
    loose = attach("loose.pdf", at=LATER)
    with refused(DraftUnderWay):
        restore_bid_draft(**words, at=LATER + HOUR)
    detach_file(**words, file_id=loose.file_id, at=LATER + HOUR)
    restore_bid_draft(**words, at=LATER + HOUR)
    assert bid_draft(**words, at=LATER + HOUR).files == (kept, added)
    assert attached_file(**words, file_id=added.file_id).content == PDF

    discard_bid_draft(**words, at=LATER + HOUR)
    forget_bid_drafts(at=LATER + HOUR + KEPT_FOR)
    assert list(SealedFile.objects.values_list("pk", flat=True)) == [kept.file_id]


def test_loose_files_without_a_draft_are_thrown_away_for_good(attach, cast, job):
    attach()
    words = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}

    discard_bid_draft(**words, at=LATER)

    assert not SealedFile.objects.exists()


def test_after_the_deadline_no_file_comes_or_goes(attach, cast, job):
    file = attach()

    with refused(BiddingClosed):
        attach("late.pdf", at=DEADLINE)
    with refused(BiddingClosed):
        detach_file(
            actor=cast.pia,
            job_id=job.pk,
            provider_id=cast.events_team.pk,
            file_id=file.file_id,
            at=DEADLINE,
        )


def test_a_withdrawn_bids_file_is_never_opened(attach, submit, cast, job):
    file = attach()
    bid = submit()
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=LATER)
    open_all(job)

    assert not OpenedBid.objects.filter(bid=bid).exists()
    with refused(Unknown):
        bid_file(actor=cast.maya, bid_id=bid.pk, file_id=file.file_id, at=DEADLINE + HOUR)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bids_sealedfile SET envelope = ''",
        "UPDATE bids_sealedfile SET key = ''",
        "DELETE FROM bids_sealedfile",
        "UPDATE bids_bidfile SET key = ''",
        "DELETE FROM bids_bidfile",
    ],
)
def test_what_a_bid_was_submitted_with_is_never_changed(attach, submit, statement):
    attach()
    submit()

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_fingerprint_names_the_files(attach, submit, cast):
    file = attach()
    bid = submit()

    assert file.digest == sha256(PDF).hexdigest()
    assert my_bid(actor=cast.pia, bid_id=bid.pk, at=LATER).content.files[0].digest == file.digest


def test_a_bid_sent_before_a_file_was_attached_goes_without_it(attach, submit, cast, job):
    file = attach(at=LATER)
    bid = submit(at=MORNING_AFTER)

    assert my_bid(actor=cast.pia, bid_id=bid.pk, at=LATER).content.files == ()
    words = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
    assert attached_files(**words) == [file]
