"""What people are shown, read back: the tables of a page, and the texts on a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser

from tests.secrecy.unpacking import STREAM, inflated, letters_of, said_by

OBJECT = re.compile(rb"^(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL | re.MULTILINE)
TEXT = re.compile(rb"BDC(.*?)EMC", re.DOTALL)
FONT = re.compile(rb"/(\w+) [\d.]+ Tf")
AMOUNT = re.compile(r"(?:[A-Z]{3})?([-\N{MINUS SIGN}+]?\d[\d,]*(?:\.\d+)?)%?")
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


def figure(text: str) -> Decimal | None:
    """Return the first figure that a text holds, without its currency or per cent; None of none."""
    words = text.replace("\N{NO-BREAK SPACE}", " ").split()
    for word in words:
        if (found := AMOUNT.fullmatch(word)) is not None:
            return Decimal(found[1].replace(",", "").replace("\N{MINUS SIGN}", "-"))
    return None


@dataclass
class Table:
    """A table of a page: its caption, and each row's cells by the heads of their columns."""

    caption: str = ""
    heads: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)  # of its body


@dataclass
class Shown:
    """What a page shows of figures: its tables, and its lists of names with what they say."""

    tables: list[Table]
    facts: list[tuple[str, str]]  # what a <dt> and its <dd> say

    def table(self, caption: str) -> Table:
        """Return the one table whose caption begins so."""
        (found,) = [one for one in self.tables if one.caption.startswith(caption)]
        return found


def shown_by(page: str) -> Shown:
    """Return what a page shows."""
    reader = _Reader()
    reader.feed(page)
    return Shown(reader.tables, reader.facts)


class _Reader(HTMLParser):
    """Reads cells as people do: what stands in small below a figure is no part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.facts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.cell: list[str] | None = None
        self.row: list[tuple[str, int]] = []
        self.span = 1
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr":
            self.row = []
        elif tag in ("td", "th", "caption", "dt", "dd"):
            self.cell = []
            self.span = int(dict(attrs).get("colspan") or 1)

    def handle_data(self, data: str) -> None:
        if self.cell is not None and "small" not in self.open:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        if tag in ("td", "th", "caption", "dt", "dd"):
            text = " ".join("".join(self.cell or []).split())
            self._told(tag, text)
            self.cell = None
        elif tag == "tr" and self.tables:
            self._row_told()

    def _told(self, tag: str, text: str) -> None:
        if tag == "caption":
            self.tables[-1].caption = text
        elif tag == "dt":
            self.name = text
        elif tag == "dd":
            self.facts.append((self.name, text))
        else:
            self.row.append((text, self.span))

    def _row_told(self) -> None:
        table = self.tables[-1]
        texts = [text for text, span in self.row for text in [text, *[""] * (span - 1)]]
        if "thead" in self.open:
            table.heads = texts
        elif "tbody" in self.open:
            table.rows.append(dict(zip(table.heads, texts, strict=True)))


def texts_on(paper: bytes) -> list[str]:
    """Return the texts of a PDF of ours, in their order: a cell of a table is one, or several."""
    parts = {int(number): body for number, body in OBJECT.findall(paper)}
    return [
        text
        for body in parts.values()
        if re.search(rb"/Type/Page\b(?!s)", body)
        for text in _texts_of(body, parts)
    ]


def _texts_of(page: bytes, parts: dict[int, bytes]) -> Iterator[str]:
    fonts = {
        name: letters_of(_stream(parts[_named(rb"ToUnicode", parts[int(number)])]))
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", parts[_named(rb"Resources", page)])
    }
    for marked in TEXT.findall(_stream(parts[_named(rb"Contents", page)])):
        font = FONT.search(marked)
        if font is not None:
            yield "".join(said_by(marked, fonts[font[1]]))


def _named(name: bytes, body: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, (name, body)
    return int(found[1])


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found, body[:80]
    return inflated(found[1])
