"""Nothing of a sealed bid lies in the database, and nobody but its author hears of it."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
import pytest
from django.core import mail

from bids.bidding import lock_job
from bids.drafts import save_bid_draft
from bids.models.bids import Bid
from bids.offers import my_bids, receipt
from bids.reading import my_bid
from marketplace.letters import send_due_notices
from marketplace.models.jobs import Job
from marketplace.project import binaries
from marketplace.refusals import Unknown
from tests.bids.builders import MORNING_AFTER, offer, open_all, refused, submit
from tests.builders import DEADLINE, HOUR, MINUTE, NOON, a_published_job, eur
from tests.cast import Cast
from tests.database import ADMIN, with_database

AMOUNT = "7341219.37"


def forms_of(word: str) -> Iterator[bytes]:
    """Every way in which a text could lie in a dump: as it is, in hex, in base64, wide."""
    for encoded in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
        yield encoded
        yield encoded.hex().encode()
        # Base64 looks different at each of three positions; its ends depend on the neighbours.
        for shift in range(3):
            text = base64.b64encode(b"\x00" * shift + encoded)
            yield text[4 if shift else 0 : -4]


def forms_of_amount() -> Iterator[bytes]:
    minor = eur(AMOUNT).minor
    for text in (AMOUNT, "7,341,219.37", "7.341.219,37", "7 341 219,37", "7341219,37", str(minor)):
        yield from forms_of(text)
    for order in ("big", "little"):
        for size in (4, 8):
            yield minor.to_bytes(size, order).hex().encode()


def found(haystack: bytes, needles: Iterator[bytes]) -> list[bytes]:
    return sorted({needle for needle in needles if needle in haystack})


def every_row(url: str) -> bytes:
    """Return each row of each table as text."""
    listed = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(listed).fetchall()]
        rows = [
            text
            for table in tables
            for (text,) in connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # type: ignore[arg-type]
        ]
    assert len(tables) > 40
    return "\n".join(rows).encode()


def dump(url: str) -> bytes:
    """Return what pg_dump writes, as SQL."""
    program = binaries.find(binaries.unprivileged_user()) / "pg_dump"
    if not program.exists():
        pytest.skip("There is no pg_dump beside this server.")
    done = subprocess.run([program, "--dbname", url], capture_output=True, check=True)
    return done.stdout


def data_files(url: str) -> Iterator[bytes]:
    """Return the server's own files, the write-ahead log among them, after a checkpoint."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (folder,) = connection.execute("SHOW data_directory").fetchone()
    for root, _, names in os.walk(folder, onerror=_refuse, followlinks=True):
        for name in names:
            yield (Path(root) / name).read_bytes()


def _refuse(reason: OSError) -> None:
    raise reason


@pytest.fixture
def canary() -> str:
    return f"plumeria{token_hex(12)}"


@pytest.fixture
def sealed(founded: Cast, committed: str, canary: str) -> Any:
    """A draft and then a bid of 7,341,219.37 with a word that stands nowhere else; committed."""
    cast = founded
    job = a_published_job(cast, shows_ceiling=False, point=eur("60"))
    content = offer(AMOUNT, approach=canary)
    save_bid_draft(
        actor=cast.vera,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        content=content,
        at=NOON + HOUR,
    )
    save_bid_draft(
        actor=cast.pia,
        job_id=job.pk,
        provider_id=cast.events_team.pk,
        content=content,
        at=NOON + HOUR,
    )
    bid = submit(cast, job, provider=cast.vera_co, content=content)
    my_bid(actor=cast.vera, bid_id=bid.pk, at=MORNING_AFTER + HOUR)
    send_due_notices(at=MORNING_AFTER + 2 * HOUR)
    return cast, job, with_database(os.environ[ADMIN], committed)


@pytest.mark.parametrize("copy", [every_row, dump])
def test_a_sealed_bid_is_found_in_no_copy_of_the_database(sealed, canary, copy):
    _, job, url = sealed

    before = copy(url)
    assert found(before, forms_of(canary)) == []
    assert found(before, forms_of_amount()) == []

    # The same search finds both once the bid is open: it would have found them before.
    open_all(job)
    after = copy(url)
    assert canary.encode() in found(after, forms_of(canary))
    assert str(eur(AMOUNT).minor).encode() in found(after, forms_of_amount())


def test_a_sealed_bid_is_found_in_no_file_of_the_server(sealed, canary):
    _, job, url = sealed
    try:
        assert not any(found(file, forms_of(canary)) for file in data_files(url))
    except PermissionError:
        pytest.skip("The server's files belong to somebody else here.")

    open_all(job)
    assert any(found(file, forms_of(canary)) for file in data_files(url))


def test_the_key_lies_in_no_copy_of_the_database(sealed, settings):
    _, _, url = sealed
    key = base64.b64decode(settings.BID_SEAL_KEY)

    assert found(every_row(url), iter([key.hex().encode(), settings.BID_SEAL_KEY.encode()])) == []


def test_no_mail_tells_a_price(sealed, canary):
    cast, _, _ = sealed
    told = "\n".join(f"{each.subject}\n{each.body}" for each in mail.outbox)

    assert cast.vera_co.name in told  # the receipt's notice was mailed
    assert canary not in told
    assert found(told.encode(), forms_of_amount()) == []


EVERYBODY = ["adam", "fin", "ada", "gerd", "maya", "rolf", "sam", "pia", "paul", "vera", "otto"]


@pytest.mark.parametrize("person", EVERYBODY)
def test_only_its_own_side_sees_that_a_sealed_bid_is_there(submit, cast, person):
    bid = submit()
    user = getattr(cast, person)

    own = person in ("pia", "paul")
    assert Bid.objects.visible_to(user).filter(pk=bid.pk).exists() == own
    assert [mine.bid_id for mine in my_bids(actor=user, at=DEADLINE)] == ([bid.pk] if own else [])


@pytest.mark.parametrize("person", [name for name in EVERYBODY if name not in ("pia", "paul")])
def test_nobody_else_reads_a_bid_or_its_receipt(submit, cast, person):
    bid = submit()
    user = getattr(cast, person)

    with refused(Unknown):
        my_bid(actor=user, bid_id=bid.pk, at=MORNING_AFTER)
    with refused(Unknown):
        receipt(actor=user, bid_id=bid.pk)


def test_a_bidder_never_sees_a_rivals_bid_after_the_opening_either(submit, cast, job):
    rival = submit(provider=cast.vera_co)
    submit()
    open_all(job)

    assert not Bid.objects.visible_to(cast.pia).filter(pk=rival.pk).exists()
    with refused(Unknown):
        my_bid(actor=cast.pia, bid_id=rival.pk, at=DEADLINE + HOUR)


def test_a_bid_changes_nothing_about_the_job_that_others_read(submit, job, cast):
    before = Job.objects.filter(pk=job.pk).values().get()

    submit()
    submit(at=MORNING_AFTER + MINUTE)

    assert Job.objects.filter(pk=job.pk).values().get() == before
    assert lock_job(cast.maya, job.pk).pk == job.pk
