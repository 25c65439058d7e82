"""An account as a PDF to hand on: its heading, its lines, its totals; the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import typst

SHEET = Path(__file__).with_name("account.typ")
Cell = str | tuple[str, str]  # what it says, and in small what it is


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One row of the table; a total is written strongly."""

    cells: tuple[Cell, ...]
    weight: str = "line"  # line, total


@dataclass(frozen=True, slots=True)
class AccountPart:
    """A table under its heading; the amounts stand from the third column on."""

    title: str
    names: tuple[str, ...]
    rows: tuple[AccountRow, ...]


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """All that the paper says, in the language of whoever reads it."""

    language: str
    house: str  # the company
    title: str
    facts: Sequence[tuple[str, str]]
    parts: tuple[AccountPart, ...]
    notes: tuple[str, ...]
    foot: str


def account_file(sheet: AccountSheet) -> IO[bytes]:
    """Return an account as a tagged PDF (PDF/UA-1)."""
    made = typst.compile(
        SHEET.read_bytes(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(asdict(sheet), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return BytesIO(made)
