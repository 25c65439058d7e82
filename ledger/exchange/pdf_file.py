"""A list of rows as a PDF to file away: tagged (PDF/UA-1), the same bytes from the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

import typst

from ledger.exchange.tables import plain_text
from ledger.reports.columns import Column, Control, control_of
from marketplace.money import Money
from marketplace.refusals import Refusal

Row = TypeVar("Row")
ROWS_MAX = 5_000
SHEET = Path(__file__).with_name("report.typ")


class TooLongForPaper(Refusal):
    """A PDF is for reading; whoever wants more rows than that wants a table."""

    code = "too_long_for_paper"
    field = "format"


@dataclass(frozen=True, slots=True)
class Headings:
    """What stands around the rows, in the language of whoever reads the paper."""

    language: str = "en"
    rows: str = "%d rows."
    nothing: str = "There is nothing to state."
    note: str = ""


ENGLISH = Headings()


def pdf_file(
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    *,
    title: str,
    headings: Headings = ENGLISH,
    control: Control | None = None,  # what the rows come to, where they do not say it themselves
) -> IO[bytes]:
    """
    Return the rows as a PDF. :raises TooLongForPaper: there are more than fit a file to read.
    """
    left = iter(rows)
    shown = list(islice(left, ROWS_MAX + 1))
    if len(shown) > ROWS_MAX:
        raise TooLongForPaper(f"A PDF holds {ROWS_MAX} rows at most; ask for CSV, XLSX or Parquet.")
    cells = [[column.value(row) for column in columns] for row in shown]
    control = control or control_of(columns, shown)
    sheet = {
        "title": title if headings is not ENGLISH else title.replace("-", " ").capitalize(),
        "language": headings.language,
        "count": headings.rows % len(shown),
        "nothing": headings.nothing,
        "note": headings.note,
        "names": [column.name.replace("_", " ") for column in columns],
        "right": [
            any(isinstance(row[place], Money) for row in cells) for place in range(len(columns))
        ],
        "rows": [[plain_text(cell) for cell in row] for row in cells],
        "totals": [
            f"{one.column.replace('_', ' ')}: {one.sum.amount:,f} {one.sum.currency}"
            for one in control.totals
        ],
    }
    made = typst.compile(
        SHEET.read_bytes(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return BytesIO(made)
