"""Sealing: every event gets one place, in the order of commits, whoever commits late."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.history import record
from marketplace.log import merkle
from marketplace.log.checkpoints import NothingSealed, latest_checkpoint, read_checkpoint
from marketplace.log.sealer import CountingAnew, backlog, raise_epoch, seal, seal_batch
from marketplace.log.tree import StoredTree, log_size
from marketplace.models.events import Audience, Event
from marketplace.models.log import Checkpoint, LogLeaf, LogTile
from marketplace.system import the_clock

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("committed")


def happen(count: int = 1) -> list[Event]:
    """Let something happen, in one transaction."""
    clock = the_clock()
    with transaction.atomic():
        return [
            record(clock, "test.happened", clock, at=NOON, audience=Audience.COMPANY)
            for _ in range(count)
        ]


def many(count: int) -> None:
    """Let many things happen, more than a test could record one by one."""
    clock = the_clock()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_event"
            " (kind, actor_id, subject_id, audience, happened_at, body, salt, leaf)"
            " SELECT 'test.happened', %s, %s, 'company', now(), n::text, sha256(n::text::bytea),"
            " sha256(n::text::bytea) FROM generate_series(1, %s) AS n",
            [clock.pk, clock.pk, count],
        )


def sealed() -> list[int]:
    return list(LogLeaf.objects.order_by("position").values_list("event_id", flat=True))


@pytest.fixture
def worker(as_role):
    """The tests of sealing act as the worker, the only role that may write the log."""
    as_role("worker")


@pytest.fixture
def late(committed):
    """A second connection, whose transactions end when the test says so."""
    with psycopg.connect(**connection.get_connection_params()) as second:
        yield second


INSERT = """
INSERT INTO marketplace_event (kind, actor_id, subject_id, audience, happened_at, body, salt, leaf)
SELECT 'test.late', actor_id, subject_id, audience, happened_at, body, salt, leaf
FROM marketplace_event ORDER BY id LIMIT 1
RETURNING id
"""


def test_what_happened_is_sealed_in_its_order_under_a_signed_root(worker):
    first, second = happen(), happen(2)

    assert seal(at=NOON) == 3

    assert sealed() == [event.pk for event in (*first, *second)]
    head = read_checkpoint(latest_checkpoint().note)
    assert (head.origin, head.size) == ("localhost/log", 3)
    assert head.root == merkle.root([event.leaf for event in (*first, *second)])
    assert seal(at=NOON) == 0
    assert Checkpoint.objects.count() == 1


def test_nothing_is_sealed_before_anything_happened(worker):
    assert seal(at=NOON) == 0
    with pytest.raises(NothingSealed):
        latest_checkpoint()


def test_who_commits_late_is_not_lost(worker, late):
    happen()
    (late_id,) = late.execute(INSERT).fetchone()
    (after,) = happen()
    assert late_id < after.pk

    # The late one still runs: what came after it has to wait, too.
    assert seal(at=NOON) == 1
    late.commit()

    assert seal(at=NOON) == 2
    assert late_id in sealed()
    assert sorted(sealed()) == sorted(Event.objects.values_list("pk", flat=True))


def test_an_early_transaction_that_writes_late_keeps_its_place(worker, late):
    late.execute("SELECT pg_current_xact_id()")  # it has begun, and has no event yet
    (first,) = happen()
    assert seal(at=NOON) == 0
    (late_id,) = late.execute(INSERT).fetchone()
    late.commit()
    (last,) = happen()

    assert seal(at=NOON) == 3
    assert sealed() == [late_id, first.pk, last.pk]


def test_what_was_rolled_back_leaves_no_gap(worker, late):
    happen()
    late.execute(INSERT)
    late.rollback()
    happen()

    assert seal(at=NOON) == 2
    assert list(LogLeaf.objects.order_by("position").values_list("position", flat=True)) == [0, 1]


def test_of_two_sealers_one_seals(worker, late):
    from marketplace.log.sealer import ONE_SEALER

    happen()
    late.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])
    assert seal(at=NOON) == 0
    late.rollback()
    assert seal(at=NOON) == 1


def test_the_tree_of_tiles_is_the_tree_of_the_leaves_at_every_step(worker):
    happen()
    many(255 + 256 * 2 + 300)
    for limit in (1, 254, 1, 1, 300, 500):
        seal_batch(at=NOON, limit=limit)
        leaves = [
            bytes(leaf)
            for leaf in LogLeaf.objects.order_by("position").values_list("leaf", flat=True)
        ]
        size = len(leaves)
        assert bytes(Checkpoint.objects.get(size=size).root) == merkle.root(leaves)
        tree = StoredTree(size)
        for index in {0, size // 2, size - 1}:
            assert tree.inclusion_path(index) == merkle.inclusion_path(leaves, index)
        for old in {1, size // 3 + 1, size}:
            assert tree.consistency_path(old) == merkle.consistency_path(leaves, old)
    assert list(LogTile.objects.order_by("level", "number").values_list("level", "number")) == [
        (0, 0),
        (0, 1),
        (0, 2),
        (0, 3),
    ]


def test_a_tree_of_three_levels_proves_its_leaves(worker):
    many(66_000)
    while seal(at=NOON):
        pass

    tree = StoredTree(log_size())
    assert LogTile.objects.filter(level=1).count() == 1
    root = bytes(Checkpoint.objects.latest_first().first().root)
    assert tree.root == root
    for index in (0, 65_535, 65_536, 65_999):
        leaf = bytes(LogLeaf.objects.get(position=index).leaf)
        path = StoredTree(66_000).inclusion_path(index)
        assert merkle.verify_inclusion(leaf=leaf, index=index, size=66_000, path=path, root=root)
    path = StoredTree(66_000).consistency_path(5_000)
    old = bytes(Checkpoint.objects.get(size=5_000).root)
    assert merkle.verify_consistency(
        old_size=5_000, old_root=old, size=66_000, root=root, path=path
    )


def test_what_waits_is_told_with_its_age(worker, late):
    assert backlog().events == 0
    happen()
    late.execute(INSERT)
    happen()
    seal(at=NOON)

    waiting = backlog()

    assert waiting.events == 1
    assert 0 <= waiting.seconds < 60
    assert not waiting.is_counting_anew


def restore_elsewhere(as_role) -> None:
    """Let the database count from the beginning, as one does that was restored from a dump."""
    # The rows keep the numbers that they were dumped with: far above those that come.
    with psycopg.connect(**connection.get_connection_params() | {"user": "postgres"}) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE marketplace_event"
            " SET written_in = (written_in::text::bigint + 1000000)::text::xid8"
        )


def test_after_a_restore_nothing_is_sealed_until_the_epoch_is_raised(as_role):
    as_role("worker")
    happen(2)
    seal(at=NOON)
    happen(1)  # dumped before it was sealed
    restore_elsewhere(as_role)
    happen(1)  # written after the restore, before anybody noticed

    with pytest.raises(CountingAnew):
        seal(at=NOON)
    assert backlog().is_counting_anew

    as_role("owner")
    assert raise_epoch(reason="Restored from Monday's dump.", at=NOON) == 2
    as_role("worker")
    happen(1)
    assert seal(at=NOON) == 2  # those of the epoch before, first …
    assert seal(at=NOON) == 2  # … then the raising itself, and what came after it
    assert sorted(sealed()) == sorted(Event.objects.values_list("pk", flat=True))
    assert Event.objects.get(place__position=4).kind == "log.epoch_raised"
    assert seal(at=NOON) == 0


@pytest.mark.parametrize("role", ["web", "replay"])
def test_only_the_worker_writes_the_log(as_role, role):
    as_role(role)
    happen()
    with pytest.raises(DatabaseError, match="permission denied"):
        seal(at=NOON)


@pytest.mark.parametrize("role", ["web", "worker", "replay"])
@pytest.mark.parametrize("column", ["epoch", "written_in"])
def test_nobody_dates_an_event_back(as_role, role, column):
    as_role(role)
    happen()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute(
            f"INSERT INTO marketplace_event (kind, actor_id, subject_id, audience, happened_at,"
            f" body, salt, leaf, {column})"
            f" SELECT kind, actor_id, subject_id, audience, happened_at, body, salt, leaf, {column}"
            f" FROM marketplace_event"
        )


@pytest.mark.parametrize("table", ["logleaf", "logtile", "checkpoint", "logepoch"])
@pytest.mark.parametrize("act", ["DELETE FROM", "TRUNCATE"])
def test_what_was_sealed_stays_for_the_owner_too(as_role, table, act):
    as_role("worker")
    many(256)
    seal(at=NOON)
    as_role("owner")
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
        cursor.execute(f"{act} marketplace_{table} {'CASCADE' if act == 'TRUNCATE' else ''}")
