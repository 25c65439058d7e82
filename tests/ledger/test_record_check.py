# ruff: noqa: T201 - figures are printed
"""Whoever alters the record, in whatever cell, is found out: as superuser, past every trigger."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from ledger.books import Report, one_moment
from ledger.models.awards import Award
from ledger.record_check import RowCheck, verify_record
from ledger.record_tables import RECORD, columns_of
from ledger.recording import record_rows
from ledger.unbound_tables import PROVED_OTHERWISE, SAYS_NOTHING
from marketplace.history import record
from marketplace.log.checkpoints import latest_checkpoint
from marketplace.log.sealer import seal
from marketplace.models.events import Audience
from marketplace.redacting import agree_to_redact, ask_to_redact
from tests.builders import DAY, HOUR
from tests.cast import Cast
from tests.ledger.altering import (
    alter,
    become_superuser,
    first_row,
    make_row,
    past_all_triggers,
)
from tests.ledger.builders import (
    CHOICE,
    bid_of,
    choose,
    close_month,
    contest,
    finish,
    grant,
    publish,
    rate_as,
    submit,
)

RATED = CHOICE + 40 * DAY
NOW = CHOICE + 60 * DAY


def recorded_and_sealed(cast: Cast, as_role: Callable[[str], None]) -> None:
    """A job from its draft to both ratings, its month closed; one still sealed; all recorded."""
    grant(cast)
    award = choose(cast, contest(cast).vendor_bid)
    finish(cast, award)
    for side in ("department", "provider"):
        rate_as(cast, award, side, text="A pleasure.", at=RATED)
    close_month(cast, 202604)
    still_open = publish(cast)
    submit(cast, still_open, cast.vera_co, bid_of(["4000"]))
    with transaction.atomic():
        for _ in range(260):  # more than one tile of the log holds
            record(cast.fin, "test.happened", cast.fin, at=NOW, audience=Audience.COMPANY)
    as_role("worker")
    record_and_seal()


STORY = recorded_and_sealed


@pytest.fixture
def recorded(founded: Cast, told: None, as_role: Callable[[str], None]) -> Cast:
    as_role("worker")
    return founded


def record_and_seal() -> None:
    for turn in range(3):
        seal(at=NOW + turn * HOUR)
        record_rows(at=NOW + turn * HOUR)
    seal(at=NOW + 3 * HOUR)


@pytest.fixture
def altering(recorded: Any) -> None:
    """The same record, with somebody at it whom no trigger and no privilege stops."""
    become_superuser()


def checked(*outside: str) -> Report:
    return verify_record(outside=outside)


def of_table(name: str) -> list[str]:
    """What a check of this table alone finds."""
    rows = RowCheck()
    rows.compare(RECORD[name])
    return rows.wrong


def run(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def test_a_record_that_nobody_touched_is_clean(recorded):
    with one_moment():
        report = checked()

    assert report.wrong == ()
    assert report.checked["events in the log"] > 256
    assert report.checked["rows"] > 300


@pytest.mark.usefixtures("altering")
def test_one_altered_cell_in_any_column_of_any_table_of_the_record_is_found(
    capsys: pytest.CaptureFixture[str],
):
    for table in RECORD:
        if first_row(table) is None:
            make_row(table)
    record_and_seal()
    unseen, unaltered, altered = [], [], 0
    for table in RECORD:
        where = first_row(table)
        assert where is not None, table
        assert of_table(table) == []
        for column in columns_of(table):
            with past_all_triggers():
                if not alter(table, column, where=where):
                    unaltered.append(f"{table}.{column}")
                elif of_table(table):
                    altered += 1
                else:
                    unseen.append(f"{table}.{column}")

    with capsys.disabled():
        print(f"\n{altered} columns of {len(RECORD)} tables altered, one cell each", end=" ")
    assert unseen == []
    assert unaltered == []


@pytest.mark.usefixtures("altering")
@pytest.mark.parametrize("table", sorted(PROVED_OTHERWISE))
def test_one_altered_cell_in_what_is_proved_otherwise_is_found(table):
    where = first_row(table)
    assert where is not None
    unseen = []
    for column in columns_of(table):
        if (table, column) in SAYS_NOTHING:
            continue
        with past_all_triggers():
            if alter(table, column, where=where) and checked().ok:
                unseen.append(column)

    assert unseen == []


# Of these, nothing refers to a row of its own: they are found by what should be there.
@pytest.mark.usefixtures("altering")
def test_a_row_deleted_from_any_table_is_named():
    unseen = []
    for table in (*RECORD, *PROVED_OTHERWISE):
        where = first_row(table)
        if where is None or table == "marketplace_words":
            continue
        with past_all_triggers():
            assert run(f"DELETE FROM {table} AS t WHERE {where}") == 1
            if checked().ok:
                unseen.append(table)

    assert unseen == []


@pytest.mark.usefixtures("altering")
def test_words_that_are_deleted_are_named_by_the_row_that_quotes_them():
    with past_all_triggers():
        run("DELETE FROM marketplace_words WHERE id = (SELECT reason_id FROM ledger_award)")

        assert [words for words in checked().wrong if words.startswith("award")]


@pytest.mark.usefixtures("altering")
def test_words_that_are_reworded_are_named():
    with past_all_triggers():
        run(
            "UPDATE marketplace_words SET text = 'They were cheap.'"
            " WHERE id = (SELECT reason_id FROM ledger_award)"
        )

        (wrong,) = checked().wrong
        assert wrong.startswith("words ") and wrong.endswith("they are not what was written")


SWAPS = {
    "marketplace_event": "body = o.body, salt = o.salt, leaf = o.leaf",
    "marketplace_logleaf": "leaf = o.leaf",
    "ledger_journalentry": "memo = o.memo, posted_at = o.posted_at, source = o.source",
    "ledger_posting": "debit_minor = o.debit_minor, credit_minor = o.credit_minor",
    "ledger_milestone": "price_minor = o.price_minor, title = o.title",
    "ledger_rating": "points = o.points, text_id = o.text_id",
    "bids_openedprice": "quoted_minor = o.quoted_minor, opened_at = o.opened_at,"
    " milestones = o.milestones, tax_minor = o.tax_minor",
    "bids_openedpriceline": "price_id = o.price_id, amount_minor = o.amount_minor",
}


@pytest.mark.usefixtures("altering")
@pytest.mark.parametrize("table", SWAPS)
def test_two_swapped_rows_are_named(table):
    with past_all_triggers():
        if table == "bids_openedprice":
            run(
                "UPDATE bids_openedprice SET tax_minor = 1 WHERE ctid = (SELECT min(ctid) FROM"
                " bids_openedprice)"
            )
        run(
            f"WITH two AS (SELECT ctid, row_number() OVER (ORDER BY ctid) AS n FROM {table}"
            f" ORDER BY ctid LIMIT 2)"
            f" UPDATE {table} AS t SET {SWAPS[table]} FROM two AS a, two AS b, {table} AS o"
            " WHERE t.ctid = a.ctid AND o.ctid = b.ctid AND a.n <> b.n"
        )

        assert not checked().ok


@pytest.mark.usefixtures("altering")
def test_a_row_that_was_added_is_named():
    with past_all_triggers():
        run(
            "INSERT INTO ledger_dispute (id, milestone_id, amount_minor, reason_id, raised_by_id,"
            " raised_at) SELECT gen_random_uuid(), m.id, 1, a.reason_id, a.chosen_by_id, now()"
            " FROM ledger_milestone AS m JOIN ledger_award AS a ON a.id = m.award_id LIMIT 1"
        )

        (wrong,) = checked().wrong
        assert "dispute" in wrong and "the log knows nothing of it" in wrong


@pytest.mark.usefixtures("altering")
def test_a_note_slipped_into_the_queue_hides_no_altered_row():
    run("SET session_replication_role = replica")
    run("UPDATE ledger_award SET price_minor = price_minor + 1")
    run(
        "INSERT INTO ledger_unrecordedrow (table_name, key)"
        " SELECT 'ledger_award', id FROM ledger_award"
    )
    record_and_seal()

    assert any(words.startswith("award ") for words in checked().wrong)


@pytest.mark.usefixtures("altering")
def test_an_event_dated_back_behind_the_log_is_named():
    with past_all_triggers():
        run(
            "INSERT INTO marketplace_event (kind, actor_id, subject_id, audience, happened_at,"
            " body, salt, leaf, written_in) SELECT kind, actor_id, subject_id, audience,"
            " happened_at, body, salt, leaf, '5'::xid8 FROM marketplace_event LIMIT 1"
        )

        (wrong,) = checked().wrong
        assert "it was added behind what is sealed" in wrong


CUT = (
    "DELETE FROM marketplace_checkpoint WHERE size > {size}",
    "DELETE FROM marketplace_logtile WHERE (number + 1) * 256 > {size}",
    "DELETE FROM ledger_rowbatch AS b USING marketplace_event AS e, marketplace_logleaf AS p"
    " WHERE e.subject_id = b.id AND p.event_id = e.id AND p.position >= {size}",
    "DELETE FROM marketplace_event AS e USING marketplace_logleaf AS p"
    " WHERE p.event_id = e.id AND p.position >= {size}",
    "DELETE FROM marketplace_logleaf WHERE position >= {size}",
)


@pytest.mark.usefixtures("altering")
def test_an_end_that_was_cut_off_is_shown_by_an_outside_checkpoint_alone(tmp_path: Path):
    kept_outside = latest_checkpoint().note
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size FROM marketplace_checkpoint ORDER BY size DESC OFFSET 1 LIMIT 1"
        )
        (size,) = cursor.fetchone()
    with past_all_triggers():
        for cut in CUT:
            run(cut.format(size=size))

        assert not [words for words in checked().wrong if "cut off" in words]
        wrong = checked(kept_outside).wrong
        assert any(f"the log ends at place {size}, so its end was cut off" in w for w in wrong)


@pytest.mark.usefixtures("altering")
def test_a_checkpoint_that_nobody_here_signed_is_named():
    forged = latest_checkpoint().note.replace("\n", "\n7", 1)

    (wrong,) = checked(forged).wrong
    assert wrong.startswith("outside checkpoint: ")


def answered(*words: str) -> tuple[dict[str, Any], str]:
    out = StringIO()
    refused = ""
    try:
        call_command("verify_record", "--json", *words, stdout=out, stderr=StringIO())
    except CommandError as error:
        refused = str(error)
    return json.loads(out.getvalue()), refused


def test_the_command_answers_as_one_object_and_says_no_with_the_first_wrong_row(recorded, tmp_path):
    kept = tmp_path / "checkpoint"
    kept.write_text(latest_checkpoint().note, encoding="utf-8")
    answer, refused = answered("--checkpoint", str(kept))
    assert (answer["ok"], answer["wrong"], refused) == (True, [], "")
    assert answer["checked"]["digests"] > 10

    become_superuser()
    run("SET session_replication_role = replica")
    run("UPDATE ledger_award SET price_minor = price_minor - 1")
    connection.close()
    answer, refused = answered("--checkpoint", str(kept))
    assert answer["ok"] is False
    assert answer["wrong"][0].startswith("award ")
    assert refused.startswith("1 row is wrong; the first: award ")


def test_a_checkpoint_file_that_is_not_there_is_said(recorded, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_record", "--checkpoint", str(tmp_path / "none"), stdout=StringIO())


def test_redacted_words_leave_the_record_clean_and_cannot_be_put_back(recorded, as_role):
    as_role("replay")
    award = Award.objects.select_related("reason").get()
    said, salt = award.reason.text, bytes(award.reason.salt)
    wanted = ask_to_redact(
        actor=recorded.ada, words_id=award.reason_id, reason="It names a child.", at=NOW
    )
    agree_to_redact(actor=recorded.adam, wanted_id=wanted.pk, at=NOW + HOUR)
    assert checked().wrong == ()
    as_role("worker")
    record_and_seal()
    assert checked().wrong == ()

    become_superuser()
    run("SET session_replication_role = replica")
    run(
        "UPDATE marketplace_words SET text = %s, salt = %s, redacted_at = NULL WHERE id = %s",
        said,
        salt,
        award.reason_id,
    )
    assert any(words.startswith(f"words {award.reason_id}") for words in checked().wrong)
