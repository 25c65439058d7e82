"""What a file hands out when it is opened: spreadsheets, archives, columns, the text of a PDF."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import pyarrow.parquet

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
# A literal may hold brackets that are not escaped, as long as they come in pairs.
LITERAL = rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))*\)"
HEX = rb"<[0-9A-Fa-f]*>"
SHOWN = re.compile(
    rb"\[((?:" + LITERAL + rb"|[^\]()])*)\]\s*TJ|(" + HEX + rb"|" + LITERAL + rb")\s*Tj", re.DOTALL
)
PIECE = re.compile(rb"(" + HEX + rb")|(" + LITERAL + rb")", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def unpacked(body: bytes) -> Iterator[bytes]:
    """Return the bytes as they are, and each thing that lies packed in them."""
    yield body
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from unpacked(archive.read(name))
    elif body[:2] == b"\x1f\x8b":
        yield from unpacked(gzip.decompress(body))
    elif body[:5] == b"%PDF-":
        yield from _of_pdf(body)
    elif body[:4] == b"PAR1":
        yield repr(pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist()).encode()


def _of_pdf(body: bytes) -> Iterator[bytes]:
    """Return each stream of it, and what its pages say, read with each font that it holds."""
    streams = [inflated(found[1]) for found in STREAM.finditer(body)]
    yield from streams
    maps = [letters_of(one) for one in streams if b"begincmap" in one]
    drawn = [one for one in streams if b"TJ" in one or b"Tj" in one]
    for letters in maps:
        for one in drawn:
            yield "".join(said_by(one, letters)).encode()


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream  # it was not compressed


def letters_of(cmap: bytes) -> dict[int, str]:
    """Return which letters a font's glyphs stand for."""
    found: dict[int, str] = {}
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, text in PAIR.findall(part):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in RANGE.findall(part):
            begin = int(text, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(begin + step)
    return found


def said_by(drawn: bytes, letters: dict[int, str]) -> Iterator[str]:
    for many, one in SHOWN.findall(drawn):
        for digits, literal in PIECE.findall(many or one):
            codes = (
                bytes.fromhex(digits[1:-1].decode())
                if digits
                else ESCAPED.sub(_plain, literal[1:-1])
            )
            pairs = zip(codes[::2], codes[1::2], strict=False)
            yield "".join(letters.get(high * 256 + low, "") for high, low in pairs)
        yield ""


def _plain(escaped: re.Match[bytes]) -> bytes:
    said = escaped[1]
    return bytes([int(said, 8) & 255]) if said.isdigit() else LETTERS.get(said, said)
