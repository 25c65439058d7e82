"""Releases as files: a package, records, or one release a line; written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain

from django.conf import settings

from ledger.exchange.ocds.export.plain import Plain, as_json, moment
from ledger.exchange.ocds.export.releasing import record
from marketplace.refusals import Refusal

VERSION = "1.1"
_PUBLISHER = "https://raw.githubusercontent.com/open-contracting-extensions"
PUBLISHED = (
    f"{_PUBLISHER}/ocds_bid_extension/v1.1.5/extension.json",
    f"{_PUBLISHER}/ocds_enquiry_extension/v1.1.5/extension.json",
)
FORMS = ("releases", "records", "lines")
JSON_TYPE = "application/json"
LINES_TYPE = "application/x-ndjson"


class NothingToExport(Refusal):
    """A package holds one release at least."""

    code = "nothing_to_export"


def pieces(releases: Iterable[Plain], *, form: str, uri: str, at: datetime) -> Iterator[bytes]:
    """
    Return a file piece by piece: a release package, a record package, or lines of releases.

    :param uri: where the file comes from: what a package is known by.
    :raises NothingToExport: a package of nothing is none. Lines may be none.
    """
    if form == "lines":
        return (as_json(told).encode() + b"\n" for told in releases)
    found = iter(releases)
    first = next(found, None)
    if first is None:
        raise NothingToExport("No published job is meant by this, so there is no package to make.")
    whole = chain([first], found)
    if form == "records":
        return _package("records", whole, record, uri=uri, at=at)
    return _package("releases", whole, lambda told: told, uri=uri, at=at)


def extensions() -> list[str]:
    """Return the extensions that a package of ours uses; ours is served by this site."""
    ours = f"{settings.SITE_URL}{settings.STATIC_URL}ocds/extension.json"
    return [*PUBLISHED, ours]


def _package(
    name: str, told: Iterable[Plain], shape: Callable[[Plain], Plain], *, uri: str, at: datetime
) -> Iterator[bytes]:
    head = {
        "uri": uri,
        "version": VERSION,
        "extensions": extensions(),
        "publishedDate": moment(at),
        "publisher": {"name": settings.OCDS_PUBLISHER},
    }
    yield json.dumps(head, ensure_ascii=False).removesuffix("}").encode()
    yield f', "{name}": [\n'.encode()
    for number, one in enumerate(told):
        yield (",\n" if number else "").encode() + as_json(shape(one)).encode()
    yield b"\n]}\n"
