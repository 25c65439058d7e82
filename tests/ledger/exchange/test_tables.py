"""Any list of rows as a file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from ledger.exchange.tables import CHUNK_ROWS, as_text, csv_file, harmless, xlsx_file
from ledger.reports.columns import columns
from ledger.reports.states import State
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    amount: Money | None


COLUMNS = columns("title", "amount", currency=lambda row: row.amount and row.amount.currency)


def read(file: object) -> list[list[str]]:
    text = b"".join(file).decode()  # type: ignore[call-overload]
    return list(csv.reader(StringIO(text, newline="")))


def test_names_come_first_and_amounts_are_plain_numbers():
    rows = [Line("Stage, sound", Money(123_456, "EUR")), Line("Rain", Money(-5, "JPY"))]

    assert b"".join(csv_file(COLUMNS, rows)) == (
        b'title,amount,currency\r\n"Stage, sound",1234.56,EUR\r\nRain,-5,JPY\r\n'
    )


def test_an_empty_list_is_a_file_with_names():
    assert b"".join(csv_file(COLUMNS, [])) == b"title,amount,currency\r\n"


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}"]
)
def test_no_text_begins_like_a_formula(first: str):
    [_, (title, *_)] = read(csv_file(COLUMNS, [Line(f"{first}1+1", None)]))

    assert title == f"'{first}1+1"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_can_be_read_back(text: str):
    written = harmless(text)

    assert written[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert text in (written, written[1:])
    [_, (title, *_)] = read(csv_file(COLUMNS, [Line(text, None)]))
    assert title == written


def test_no_two_texts_are_written_alike():
    texts = ["=1", "'=1", "''=1", "1", "'1"]

    assert len({harmless(text) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "yes"),
        (Decimal("1E+2"), "100"),
        (Money(1_234, "KWD"), "1.234"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1))), "2026-03-01T12:00:00Z"),
        (State.TO_CHOOSE, "to_choose"),
    ],
)
def test_each_kind_of_cell_is_written_plainly(cell: object, text: str):
    assert as_text(cell) == text  # type: ignore[arg-type]


def test_a_long_file_comes_piece_by_piece():
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield Line("Again", None)

    pieces = list(islice(csv_file(COLUMNS, endless()), 2))

    assert len(pieces) == 2
    assert len(taken) == 2 * CHUNK_ROWS


def test_a_workbook_counts_with_amounts_and_runs_no_text():
    rows = [Line("=1+1", Money(-123_456, "EUR")), Line("Rain", None)]

    with xlsx_file(COLUMNS, rows, title="Statement: March/April") as file:
        sheet = load_workbook(file).active

    assert sheet is not None
    assert sheet.title == "Statement  March April"
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [
        ["title", "amount", "currency"],
        ["=1+1", -1234.56, "EUR"],
        ["Rain", None, None],
    ]
    assert (sheet["A2"].data_type, sheet["B2"].data_type) == ("s", "n")


def test_a_workbook_keeps_an_amount_that_is_too_long_for_a_number():
    with xlsx_file(COLUMNS, [Line("All", Money(2**63 - 1, "EUR"))], title="Sum") as file:
        sheet = load_workbook(file).active

    assert sheet is not None
    assert sheet["B2"].value == "92233720368547758.07"


def test_a_workbook_writes_moments_in_utc():
    moments = columns(at=lambda row: row)
    at = datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))

    with xlsx_file(moments, [at], title="Moments") as file:
        sheet = load_workbook(file).active

    assert sheet is not None
    assert sheet["A2"].value == at.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("month", ["2026-10", "2026-11"])
def test_the_name_of_a_sheet_ends_with_its_month(month: str):
    title = f"statement-people-and-culture-of-the-north-{month}"

    book = load_workbook(xlsx_file(COLUMNS, [], title=title))

    (name,) = book.sheetnames
    assert name.endswith(f"…-{month}")
    assert len(name) <= 31
