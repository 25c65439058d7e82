"""Several releases of one ocid, compiled into one, as OCDS merges them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

Release = dict[str, Any]

DEEPEST = 60  # levels of nesting; the standard itself needs ten


def compiled(releases: Iterable[Release]) -> Release:
    """
    Return one release that holds what all of them say, the later one winning.

    Members of a list with the same id are one thing. Unlike the standard, a null erases
    nothing: publishers write it for “not stated” far more often than for “taken back”.
    """
    result: Release = {}
    for release in sorted(releases, key=_released_at):
        result = _merged(result, release)
    return result


def is_too_deep(value: object) -> bool:
    """Whether a value is nested deeper than any release is meant to be."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            member
            for item in level
            if isinstance(item, dict | list)
            for member in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def _released_at(release: Release) -> datetime:
    """When a release was made; one that does not say so is the oldest."""
    written = release.get("date")
    try:
        moment = datetime.fromisoformat(written if isinstance(written, str) else "")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _merged(earlier: Any, later: Any) -> Any:
    if later is None:
        return earlier
    if isinstance(earlier, dict) and isinstance(later, dict):
        return earlier | {key: _merged(earlier.get(key), later[key]) for key in later}
    if isinstance(earlier, list) and isinstance(later, list):
        return _merged_lists(earlier, later)
    return later


def _merged_lists(earlier: list[Any], later: list[Any]) -> list[Any]:
    """Join two lists of things that have an id; any other list is replaced by the later one."""
    if not all(_id(item) is not None for item in [*earlier, *later]):
        return later
    # Two things of one list may share an id (a publisher's fault): only across releases is
    # the same id the same thing.
    named = {_id(item): item for item in later}
    before = {_id(item) for item in earlier}
    kept = [_merged(item, named.get(_id(item))) for item in earlier]
    return kept + [item for item in later if _id(item) not in before]


def _id(item: object) -> str | None:
    identifier = item.get("id") if isinstance(item, dict) else None
    return str(identifier) if isinstance(identifier, str | int) and identifier != "" else None
