"""A bid's draft and its files go together, whoever of its side does what at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from bids import discarding, drafts
from bids.discarding import KEPT_FOR, discard_bid_draft, forget_bid_drafts, restore_bid_draft
from bids.drafts import bid_draft, save_bid_draft
from bids.files import attach_file, attached_files
from bids.models.bids import BidDraft
from bids.models.files import SealedFile
from bids.reading import my_bid
from bids.submission import submit_bid
from tests.bids.builders import MORNING_AFTER, offer
from tests.builders import DAY, HOUR, MINUTE, a_published_job
from tests.cast import Cast
from tests.races.starting import outcome

pytestmark = pytest.mark.races
PDF = b"%PDF-1.7\nA long table under the lindens."
PATIENCE_SECONDS = 30
WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND pid = %s"
Act = Callable[[], object]


@pytest.fixture
def words(founded: Cast) -> dict[str, Any]:
    """Pia's draft for the Events team, with a plan attached."""
    cast = founded
    with transaction.atomic():
        job = a_published_job(cast)
        ours = {"actor": cast.pia, "job_id": job.pk, "provider_id": cast.events_team.pk}
        save_bid_draft(**ours, content=offer("8000"), at=MORNING_AFTER)
        attach_file(**ours, name="plan.pdf", content=PDF, at=MORNING_AFTER)
    return ours


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[object, object]]:
    """
    Run one act until it comes to a line, begin another, and let the first go on when the other is
    done or waits for it. Return how both ended.
    """

    def run(module: Any, line: str, first: Act, second: Act) -> tuple[object, object]:
        there, go_on = threading.Event(), threading.Event()
        real, number = getattr(module, line), []
        one = threading.Lock()

        def stop(*args: Any, **kwargs: Any) -> Any:
            if one.acquire(blocking=False):  # only who comes first
                there.set()
                assert go_on.wait(PATIENCE_SECONDS)
            return real(*args, **kwargs)

        def act(do: Act) -> object:
            try:
                with transaction.atomic():
                    return outcome(do)
            finally:
                connection.close()

        def other() -> object:
            assert there.wait(PATIENCE_SECONDS)
            connection.ensure_connection()
            number.append(connection.connection.info.backend_pid)
            return act(second)

        monkeypatch.setattr(module, line, stop)
        with ThreadPoolExecutor(2) as pool:
            mine, theirs = pool.submit(act, first), pool.submit(other)
            try:
                while not (theirs.done() or mine.done() or (number and _waits(number[0]))):
                    there.wait(0.01)
                    threading.Event().wait(0.01)
            finally:
                go_on.set()
            return mine.result(PATIENCE_SECONDS), theirs.result(PATIENCE_SECONDS)

    return run


def _waits(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS, [number])
        return cursor.fetchone() is not None


def names(words: dict[str, Any]) -> list[str]:
    return [one.name for one in attached_files(**words)]


def test_who_throws_away_while_another_has_it_back_loses_no_file(founded, words, held) -> None:
    with transaction.atomic():
        discard_bid_draft(**words, at=MORNING_AFTER + HOUR)
    paul = words | {"actor": founded.paul}

    held(
        discarding,
        "back_to_what_stands",
        lambda: discard_bid_draft(**paul, at=MORNING_AFTER + 3 * HOUR),
        lambda: restore_bid_draft(**words, at=MORNING_AFTER + 2 * HOUR),
    )

    assert BidDraft.objects.kept().count() == 1
    assert names(words) == ["plan.pdf"]


def test_what_is_saved_while_another_throws_it_away_leaves_nothing_behind(words, held) -> None:
    held(
        drafts.seals,
        "seal_draft",
        lambda: save_bid_draft(**words, content=offer("7000"), at=MORNING_AFTER + HOUR),
        lambda: discard_bid_draft(**words, at=MORNING_AFTER + 2 * HOUR),
    )

    assert bid_draft(**words, at=MORNING_AFTER + 2 * HOUR) is None, "it was saved, then discarded"
    with transaction.atomic():
        restore_bid_draft(**words, at=MORNING_AFTER + 3 * HOUR)
    back = bid_draft(**words, at=MORNING_AFTER + 3 * HOUR)
    assert back is not None
    assert (back.quoted, names(words)) == (offer("7000").quoted, ["plan.pdf"])
    with transaction.atomic():
        discard_bid_draft(**words, at=MORNING_AFTER + 4 * HOUR)
    forget_bid_drafts(at=MORNING_AFTER + KEPT_FOR + DAY)
    assert not BidDraft.objects.exists()
    assert not SealedFile.objects.exists()


def test_a_bid_submitted_while_its_draft_is_thrown_away_goes_with_what_is_attached(
    founded, words, held
) -> None:
    _, bid = held(
        discarding,
        "back_to_what_stands",
        lambda: discard_bid_draft(**words, at=MORNING_AFTER + HOUR),
        lambda: submit_bid(**words, content=offer("8000"), at=MORNING_AFTER + HOUR + MINUTE),
    )

    paper = my_bid(actor=founded.pia, bid_id=bid.pk, at=MORNING_AFTER + 2 * HOUR)
    assert [one.name for one in paper.content.files] == names(words), "the next one has the same"
    with transaction.atomic():
        restore_bid_draft(**words, at=MORNING_AFTER + 2 * HOUR)
    assert names(words) == ["plan.pdf"], "what was thrown away is there, with its file"
