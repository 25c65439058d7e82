"""Releases as files: a package, records, or one release a line; written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain

from django.conf import settings

from ledger.exchange.ocds.export.exporting import ALL, ExportFilter, ocds_releases
from ledger.exchange.ocds.export.plain import Plain, as_json, moment
from ledger.exchange.ocds.export.releasing import record
from marketplace.models.people import User
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


def ocds_file(
    *,
    actor: User,
    at: datetime,
    form: str = "releases",
    only: ExportFilter = ALL,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[bytes]:
    """
    Return a file of what the actor may know, piece by piece.

    :param form: a release package, a package of records, or lines: one release each.
    :param say: told after some jobs how many are done, and of how many.
    :raises Unknown: the department asked for is not the actor's to read.
    :raises Forbidden: the actor belongs to no department and holds no office of the books.
    :raises NothingToExport: a package of nothing is none. Lines may be none.
    """
    releases = ocds_releases(actor=actor, only=only, say=say)
    if form == "lines":
        return (as_json(told).encode() + b"\n" for told in releases)
    found = iter(releases)
    first = next(found, None)
    if first is None:
        raise NothingToExport("No published job is meant by this, so there is no package to make.")
    whole = chain([first], found)
    if form == "records":
        return _package("records", whole, record, at=at)
    return _package("releases", whole, lambda told: told, at=at)


def extensions() -> list[str]:
    """Return the extensions that a package of ours uses; ours is served by this site."""
    ours = f"{settings.SITE_URL}{settings.STATIC_URL}ocds/extension.json"
    return [*PUBLISHED, ours]


def _package(
    name: str, told: Iterable[Plain], shape: Callable[[Plain], Plain], *, at: datetime
) -> Iterator[bytes]:
    head = {
        "uri": f"{settings.SITE_URL}/api/v1/exports/ocds/",
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
