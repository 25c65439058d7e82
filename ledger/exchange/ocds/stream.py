"""The releases of a file, one after the other, in memory for one release only."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson
from ijson.common import ObjectBuilder

from ledger.exchange.ocds.facts import Problem
from ledger.exchange.ocds.sources import LONGEST_FIRST_LINE, CountedBytes, CutShort, Joined

GZIP = b"\x1f\x8b"
STREAMED = ("releases", "records")  # the lists of a package that may be long
DEEPEST = 200  # levels of nesting; a release of the standard has about ten

Release = dict[str, Any]


def releases(path: Path) -> Iterator[Release | Problem]:
    """
    Yield every release of a file, and a problem wherever it cannot be read on.

    A release package, a record package, an array, a single release, or one of these a line;
    packed with gzip or not.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == GZIP
            with gzip.open(raw) if packed else raw as file:
                yield from _of_bytes(CountedBytes(file))
    except OSError as broken:
        yield Problem(None, path.name, f"the file cannot be read: {broken.strerror or broken}")


def _of_bytes(counted: CountedBytes) -> Iterator[Release | Problem]:
    head = counted.head()
    if not head.strip():
        yield Problem(None, "byte 0", str(counted.broken or "the file is empty"))
    elif _is_one_a_line(head):
        yield from _of_lines(head, counted)
    else:
        yield from _of_documents(head, counted)


def _is_one_a_line(head: bytes) -> bool:
    """Whether the first line is a whole JSON value and another line follows it."""
    first, newline, rest = head.lstrip().partition(b"\n")
    if not newline or not rest.strip():
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _of_lines(head: bytes, counted: CountedBytes) -> Iterator[Release | Problem]:
    """Yield the releases of a file with one JSON value a line; a bad line loses only itself."""
    left, number = head, 0
    while True:
        *lines, left = left.split(b"\n")
        for line in lines:
            number += 1
            yield from _of_line(line, number)
        try:
            chunk = counted.read(LONGEST_FIRST_LINE)
        except CutShort as broken:
            yield Problem(None, f"line {number + 1}", str(broken))
            return
        if not chunk:
            yield from _of_line(left, number + 1)
            return
        left += chunk


def _of_line(line: bytes, number: int) -> Iterator[Release | Problem]:
    if not line.strip():
        return
    try:
        value = json.loads(line, parse_float=Decimal, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as broken:
        yield Problem(None, f"line {number}", f"not JSON: {_in_a_line(broken)}")
        return
    yield from _of_value(value, f"line {number}")


def _of_value(value: object, where: str) -> Iterator[Release | Problem]:
    """Yield the releases in a value: itself, those of a package, or those of a list."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _of_value(item, f"{where}, item {position}")
    elif not isinstance(value, dict):
        yield Problem(None, where, "not a release: no JSON object")
    elif any(isinstance(value.get(name), list) for name in STREAMED):
        for name in STREAMED:
            for position, item in enumerate(value.get(name) or []):
                yield from _of_item(item, f"{where}, {name} {position}")
    else:
        yield value


def _of_item(item: object, where: str) -> Iterator[Release | Problem]:
    """Yield a member of a package: a release, or what a record holds."""
    if not isinstance(item, dict):
        yield Problem(None, where, "not a release: no JSON object")
        return
    compiled, embedded = item.get("compiledRelease"), item.get("releases")
    if isinstance(compiled, dict):
        yield {"ocid": item.get("ocid")} | compiled
    elif isinstance(embedded, list):
        held = [release for release in embedded if isinstance(release, dict)]
        whole = [release for release in held if not ("url" in release and "tag" not in release)]
        for release in whole:
            yield {"ocid": item.get("ocid")} | release
        if len(whole) < len(embedded) or not embedded:
            yield Problem(_ocid(item), where, "a record that only points to releases elsewhere")
    else:
        yield item


def _of_documents(head: bytes, counted: CountedBytes) -> Iterator[Release | Problem]:
    """Yield the releases of one JSON value, or of several that follow each other."""
    document = _Document()
    try:
        for event, value in ijson.basic_parse(Joined(head, counted), multiple_values=True):
            yield from document.after(event, value)
    except (ijson.JSONError, ValueError, CutShort) as broken:
        where = f"byte {counted.position}, line {counted.lines + 1} at the latest"
        yield Problem(None, where, f"cannot be read on: {_in_a_line(broken)}")


class _Document:
    """
    What was met so far of one JSON value.

    The members of a package's lists are built and let go one by one. All that stands beside
    the lists is built too: it is little, unless it is the one release that the file holds.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.depth = 0
        self.key = ""  # of the outermost object, where the parser is
        self.list_at = 0  # the depth inside a list whose members are releases; 0 outside of one
        self.position = 0
        self.building = self.beside = ObjectBuilder()

    def after(self, event: str, value: Any) -> Iterator[Release | Problem]:
        """Take one event of the parser; yield what it completes."""
        ends = event in ("end_map", "end_array")
        if ends and self.depth == self.list_at:
            self.list_at = 0
        self.depth -= ends
        inside = self.list_at and self.depth >= self.list_at
        if inside and self.depth == self.list_at and not ends:
            self.building = ObjectBuilder()
        if event == "map_key" and self.depth == 1:
            self.key = value
        (self.building if inside else self.beside).event(event, value)
        if event in ("start_map", "start_array"):
            self._enter(event)
        elif inside and self.depth == self.list_at:
            where = f"{self.key or 'item'} {self.position}"
            self.position += 1
            yield from _of_item(self.building.value, where)
        elif self.depth == 0 and event != "map_key":
            yield from self._end()

    def _enter(self, event: str) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise CutShort(f"nested deeper than {DEEPEST} levels")
        if event == "start_array" and not self.list_at:
            opens = self.depth == 1 or (self.depth == 2 and self.key in STREAMED)
            self.list_at = self.depth if opens else 0

    def _end(self) -> Iterator[Release | Problem]:
        value, items = self.beside.value, self.position
        self._begin()
        if not isinstance(value, dict | list):
            yield Problem(None, "/", "not a release: no JSON object")
        elif isinstance(value, dict) and ("ocid" in value or "tender" in value):
            yield value
        elif not items:
            yield Problem(None, "/", "holds no releases")


def _ocid(release: Release) -> str | None:
    ocid = release.get("ocid")
    return ocid if isinstance(ocid, str) else None


def _in_a_line(broken: BaseException) -> str:
    """Return what a parser says, without the excerpt it adds on further lines."""
    said = broken.args[0] if broken.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(broken)
    return (text.splitlines() or [""])[0].strip()[:200] or type(broken).__name__
