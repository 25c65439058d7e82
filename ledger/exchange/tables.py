"""
Any list of rows as a file: CSV (RFC 4180, UTF-8) or XLSX, with the columns declared by its paper.

A text that a spreadsheet would take for a formula is written with an apostrophe before it; read it
back by taking one away. Amounts are plain numbers in the major unit, never text, so that
a negative one is not mistaken for a formula. Moments are UTC.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar
from uuid import UUID

import xlsxwriter

from ledger.reports.columns import Cell, Column
from marketplace.money import Money

Row = TypeVar("Row")

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK_ROWS = 500
SHEET_ROWS_MAX = 1_048_576
EXACT_DIGITS = 15  # as many as a spreadsheet keeps of a number
# With the full-width signs, which some spreadsheets take for the plain ones.
LOOKS_LIKE_A_FORMULA = re.compile("^'*[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")


def csv_file(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[bytes]:
    """Return the rows as CSV, piece by piece, the names of the columns first."""
    buffer = StringIO()
    writer = csv.writer(buffer)  # ends its lines with CR LF, as RFC 4180 wants
    writer.writerow([column.name for column in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([as_text(column.value(row)) for column in columns])
        if number % CHUNK_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def xlsx_file(columns: Sequence[Column[Row]], rows: Iterable[Row], *, title: str) -> IO[bytes]:
    """Return the rows as a workbook, ready to be read from its beginning."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        styles = _Styles(book)
        line = SHEET_ROWS_MAX
        sheets = 0
        sheet = None
        for row in rows:
            if line >= SHEET_ROWS_MAX:
                sheets += 1
                sheet, line = _new_sheet(book, styles, columns, title, sheets), 1
            for place, column in enumerate(columns):
                styles.write(sheet, line, place, column.value(row))
            line += 1
        if sheet is None:
            _new_sheet(book, styles, columns, title, 1)
    file.seek(0)
    return file


def as_text(cell: Cell) -> str:
    """Return a cell as CSV writes it: amounts and moments plain, text made harmless."""
    return harmless(cell) if type(cell) is str else plain_text(cell)


def plain_text(cell: Cell) -> str:  # noqa: PLR0911 - one for each kind of cell
    """Return a cell as a text: amounts in the major unit, moments in UTC, words as they are."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Money():
            return f"{cell.amount:f}"
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case Enum():
            return str(cell.value)
        case int() | UUID():
            return str(cell)
    return cell


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if LOOKS_LIKE_A_FORMULA.match(text) else text


def _taken(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _new_sheet(
    book: Any, styles: _Styles, columns: Sequence[Column[Row]], title: str, number: int
) -> Any:
    # A sheet's name has at most 31 characters and none of these.
    name = re.sub(r"[\[\]:*?/\\']", " ", title) or "Rows"
    room, end = 31, "" if number == 1 else f" {number}"
    if len(name + end) > room:  # whose it is may be cut; of when, at its end, may not
        name = f"{name[: room - len(end) - 9]}…{name[-8:]}"
    sheet = book.add_worksheet(f"{name}{end}")
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, styles.head)
    return sheet


class _Styles:
    """How a workbook writes each kind of cell."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.amounts = [
            book.add_format({"num_format": "#,##0" + ("." + "0" * exponent if exponent else "")})
            for exponent in range(4)
        ]

    def write(self, sheet: Any, line: int, place: int, cell: Cell) -> None:
        """Write a cell with its type, so that a reader can count with it."""
        match cell:
            case None:
                return
            case bool():
                sheet.write_boolean(line, place, cell)
            case Money():
                # A spreadsheet would round what is longer; as text it stays exact.
                if len(str(abs(cell.minor))) > EXACT_DIGITS:
                    sheet.write_string(line, place, as_text(cell))
                else:
                    sheet.write_number(line, place, cell.amount, self.amounts[cell.exponent])
            case int() | Decimal():
                sheet.write_number(line, place, cell)
            case datetime():
                naive = cell.astimezone(UTC).replace(tzinfo=None)
                sheet.write_datetime(line, place, naive, self.moment)
            case date():
                sheet.write_datetime(line, place, cell, self.date)
            case _:
                # A typed string is no formula, whatever it begins with; it stays as it is.
                sheet.write_string(line, place, str(cell.value if isinstance(cell, Enum) else cell))
