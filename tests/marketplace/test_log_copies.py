"""Copies of checkpoints leave the house by themselves; a place that takes none is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core import mail
from django.db import DatabaseError, connection

from marketplace.history import record
from marketplace.letters import send_due_notices
from marketplace.log.checkpoints import latest_checkpoint, read_checkpoint
from marketplace.log.copies import copy_states, send_due_copies
from marketplace.log.sealer import seal
from marketplace.models.events import Audience, Notice
from marketplace.models.log import CheckpointCopy
from marketplace.system import the_clock
from tests.builders import DAY, HOUR, MINUTE, NOON
from tests.cast import Cast

SECOND = timedelta(seconds=1)


@pytest.fixture
def company(founded, as_role, settings) -> Cast:
    """The company of the tests, sealed; no place takes copies until a test names one."""
    settings.LOG_COPIES_BY_MAIL = False
    settings.LOG_COPIES_FOLDER = ""
    settings.LOG_COPIES_ADDRESSES = []
    cast = founded
    as_role("worker")
    seal(at=NOON)
    return cast


def something_happens(*, at: datetime) -> None:
    clock = the_clock()
    record(clock, "test.happened", clock, at=at, audience=Audience.COMPANY)
    seal(at=at)


@pytest.fixture
def archive() -> Iterator[HTTPServer]:
    """An archive in another house: keeps what is posted, and answers as it was told to."""

    class Archive(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            self.server.kept.append((self.path, self.rfile.read(size).decode()))
            self.send_response(self.server.answer)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Archive)
    server.kept, server.answer = [], 201
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_folder_gets_each_checkpoint_as_a_file(company: Cast, settings, tmp_path: Path):
    settings.LOG_COPIES_FOLDER = str(tmp_path / "kept")
    first = latest_checkpoint()

    assert send_due_copies(at=NOON)["checkpoint_copies"] == 1
    assert send_due_copies(at=NOON + HOUR)["checkpoint_copies"] == 0  # nothing is new
    something_happens(at=NOON + HOUR)
    assert send_due_copies(at=NOON + 30 * SECOND)["checkpoint_copies"] == 0  # it came just now
    assert send_due_copies(at=NOON + HOUR)["checkpoint_copies"] == 1

    files = sorted((tmp_path / "kept").iterdir())
    assert [read_checkpoint(file.read_text(encoding="utf-8")).size for file in files] == [
        first.size,
        first.size + 1,
    ]
    assert files[0].name == f"checkpoint-{first.size:012d}.note"
    assert files[0].read_text(encoding="utf-8") == first.note


def test_a_folder_that_holds_another_story_is_an_alarm(company: Cast, settings, tmp_path: Path):
    settings.LOG_COPIES_FOLDER = str(tmp_path)
    size = latest_checkpoint().size
    other = tmp_path / f"checkpoint-{size:012d}.note"
    other.write_text("what was sealed before somebody rewrote the database", encoding="utf-8")

    assert send_due_copies(at=NOON)["checkpoint_copies_refused"] == 1

    (state,) = copy_states()
    assert state.problem == f"Another checkpoint of {size} entries lies there already."
    assert other.read_text(encoding="utf-8").startswith("what was sealed before")


def test_an_address_gets_the_note_as_a_post(company: Cast, settings, archive: HTTPServer):
    address = f"http://127.0.0.1:{archive.server_port}/notes?token=secret"
    settings.LOG_COPIES_ADDRESSES = [address]

    assert send_due_copies(at=NOON)["checkpoint_copies"] == 1

    assert archive.kept == [("/notes?token=secret", latest_checkpoint().note)]
    (state,) = copy_states()
    assert state.target == "http://127.0.0.1/notes"  # what is secret in the address is not told
    assert (state.arrived_at, state.size) == (NOON, latest_checkpoint().size)
    assert (state.failing_since, state.problem) == (None, "")


@pytest.mark.parametrize("answer", [302, 403, 500])
def test_what_was_not_taken_is_seen_and_tried_again(
    company: Cast, settings, archive: HTTPServer, answer: int
):
    settings.LOG_COPIES_ADDRESSES = [f"http://127.0.0.1:{archive.server_port}/notes"]
    archive.answer = answer

    counts = send_due_copies(at=NOON)
    assert (counts["checkpoint_copies"], counts["checkpoint_copies_refused"]) == (0, 1)
    send_due_copies(at=NOON + 9 * MINUTE)
    assert len(archive.kept) == 1  # it is left in peace for ten minutes, and nowhere else is asked
    send_due_copies(at=NOON + 10 * MINUTE)
    assert len(archive.kept) == 2
    (state,) = copy_states()
    assert state.failing_since == NOON
    assert str(answer) in state.problem

    archive.answer = 200
    assert send_due_copies(at=NOON + 20 * MINUTE)["checkpoint_copies"] == 1
    (state,) = copy_states()
    assert (state.arrived_at, state.failing_since) == (NOON + 20 * MINUTE, None)
    assert state.problem == ""


def test_a_place_that_is_away_keeps_no_other_waiting(company: Cast, settings, tmp_path: Path):
    settings.LOG_COPIES_FOLDER = str(tmp_path)
    settings.LOG_COPIES_ADDRESSES = ["http://127.0.0.1:1/notes", "ftp://archive.example/notes"]

    counts = send_due_copies(at=NOON)

    assert (counts["checkpoint_copies"], counts["checkpoint_copies_refused"]) == (1, 2)
    states = copy_states()
    assert [bool(state.problem) for state in states] == [True, True, False]
    assert "takes" not in states[0].problem


def test_finance_and_auditors_are_mailed_once_a_day(company: Cast, settings):
    settings.LOG_COPIES_BY_MAIL = True

    assert send_due_copies(at=NOON)["checkpoint_copies"] == 1
    something_happens(at=NOON + HOUR)
    assert send_due_copies(at=NOON + 23 * HOUR)["checkpoint_copies"] == 0
    assert send_due_copies(at=NOON + DAY)["checkpoint_copies"] == 1

    told = Notice.objects.filter(kind="log.checkpoint").order_by("told_at")
    assert {notice.recipient for notice in told[:2]} == {company.fin, company.ada}
    assert len(told) == 4
    mail.outbox.clear()
    send_due_notices(at=NOON + DAY)
    (last,) = [one for one in mail.outbox if one.to == [company.ada.email]][-1:]
    assert latest_checkpoint().note in last.body
    assert "\n" not in last.subject


def test_a_house_without_finance_and_auditors_is_told_that_nobody_keeps_copies(
    company: Cast, settings
):
    settings.LOG_COPIES_BY_MAIL = True
    with connection.cursor() as cursor:
        cursor.execute("UPDATE marketplace_user SET is_active = false")

    assert send_due_copies(at=NOON)["checkpoint_copies_refused"] == 1
    (state,) = copy_states()
    assert state.problem == "Nobody holds the office of finance or auditor."


def test_without_anything_sealed_there_is_nothing_to_copy(committed, settings, tmp_path: Path):
    settings.LOG_COPIES_FOLDER = str(tmp_path)

    assert send_due_copies(at=NOON)["checkpoint_copies"] == 0
    assert list(tmp_path.iterdir()) == []


def test_what_was_tried_stays_written(company: Cast, settings, tmp_path: Path, as_role):
    settings.LOG_COPIES_FOLDER = str(tmp_path)
    send_due_copies(at=NOON)
    assert CheckpointCopy.objects.count() == 1

    with pytest.raises(DatabaseError, match="permission denied"):
        CheckpointCopy.objects.update(problem="none")
