"""What is handed to other books: each entry once, each file the same bytes for ever."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.db import DatabaseError, transaction

from ledger.exchange.general_ledger import NothingToExport, batch_file, batches, make_batch
from ledger.exchange.report_runs import (
    RunNotDone,
    TooManyRuns,
    make_due_reports,
    run,
    run_file,
    want_report,
)
from ledger.models.files import FilePiece
from marketplace.refusals import Forbidden, Unknown
from tests.cast import Cast, assemble
from tests.ledger import builders as ledger

DAY = timedelta(days=1)
LATER = ledger.CHOICE + 60 * DAY


@pytest.fixture
def cast(db: None) -> Cast:
    made = assemble()
    ledger.grant(made)
    award = ledger.choose(made, ledger.contest(made).vendor_bid)
    ledger.finish(made, award)
    return made


def content(cast: Cast, number: int, *, is_fbdi: bool = False) -> str:
    name, pieces = batch_file(actor=cast.fin, number=number, is_fbdi=is_fbdi)
    assert name.startswith(f"general-ledger-{number:05d}")
    return b"".join(pieces).decode()


def test_each_entry_is_handed_over_once_and_a_batch_stays_as_it_was(cast: Cast):
    first = make_batch(actor=cast.fin, until_period=203001, at=LATER)
    with pytest.raises(NothingToExport):
        make_batch(actor=cast.fin, until_period=203001, at=LATER)
    rows = list(csv.DictReader(StringIO(content(cast, 1))))

    debit = sum(float(row["debit"] or 0) for row in rows)
    assert debit == sum(float(row["credit"] or 0) for row in rows) > 0
    assert len(rows) == first.lines
    before = content(cast, 1)
    cast.marketing.name = "Brand"
    cast.marketing.save()
    assert content(cast, 1) == before

    ledger.finish(cast, ledger.choose(cast, ledger.contest(cast).team_bid))
    second = make_batch(actor=cast.fin, until_period=203001, at=LATER)
    other = {row["entry_id"] for row in csv.DictReader(StringIO(content(cast, 2)))}
    assert not other & {row["entry_id"] for row in rows}
    assert [one.number for one in batches(actor=cast.fin)] == [second.number, 1]


def test_oracle_reads_the_same_sums_by_their_places(cast: Cast):
    make_batch(actor=cast.fin, until_period=203001, ledger_id="300000001", at=LATER)
    rows = list(csv.reader(StringIO(content(cast, 1, is_fbdi=True))))

    assert {len(row) for row in rows} == {67}
    assert {(row[0], row[1], row[7], row[66]) for row in rows} == {("NEW", "300000001", "A", "1")}
    assert date.fromisoformat(rows[0][2].replace("/", "-"))
    assert sum(float(row[38] or 0) for row in rows) == sum(float(row[39] or 0) for row in rows)


def test_batches_are_for_finance_and_files_are_not_rewritten(cast: Cast):
    with pytest.raises(Forbidden):
        make_batch(actor=cast.maya, until_period=203001, at=LATER)
    with pytest.raises(Forbidden):
        batches(actor=cast.maya)
    with pytest.raises(Unknown):
        batch_file(actor=cast.fin, number=7, is_fbdi=False)
    make_batch(actor=cast.fin, until_period=203001, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        FilePiece.objects.update(content=b"")


@pytest.mark.parametrize("form", ["csv", "ndjson", "xlsx", "parquet"])
def test_a_large_report_is_made_by_the_worker_and_fetched_as_it_is(cast: Cast, form: str):
    wanted = want_report(
        actor=cast.fin, report="journal", format=form, question={"kind": ""}, at=LATER
    )
    with pytest.raises(RunNotDone):
        run_file(actor=cast.fin, run_id=wanted.id)
    with pytest.raises(Unknown):
        run(actor=cast.ada, run_id=wanted.id)

    assert make_due_reports(at=LATER) == {"reports_made": 1}
    made = run(actor=cast.fin, run_id=wanted.id)
    assert (made.problem, made.rows_done > 10) == ("", True)
    once, again = (b"".join(run_file(actor=cast.fin, run_id=wanted.id)[2]) for _ in range(2))
    assert once == again
    assert len(once) == made.size


def test_a_report_that_cannot_be_made_says_why(cast: Cast):
    question = {
        "since_on": date(2026, 3, 1),
        "until_on": date(2026, 3, 31),
        "department_id": cast.marketing.pk,
    }
    wanted = want_report(
        actor=cast.vera, report="outside-spend", format="csv", question=question, at=LATER
    )
    make_due_reports(at=LATER)
    made = run(actor=cast.vera, run_id=wanted.id)
    assert "no such department" in made.problem
    for _ in range(10):
        last = want_report(actor=cast.fin, report="journal", format="csv", question={}, at=LATER)
    with pytest.raises(TooManyRuns):
        want_report(actor=cast.fin, report="journal", format="csv", question={}, at=LATER)
    assert last.done_at is None
