"""
What makes an export valid: the standard's schema with the extensions merged in, closed codelists,
no field that no schema describes, no reference to nobody.
"""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

OURS = Path(__file__).parents[3] / "ledger" / "exchange" / "ocds" / "extension"
STANDARD = Path(__file__).parents[3].parent / "shared" / "data" / "ocds-schema"
PUBLISHED = [STANDARD / "extensions" / name for name in ("bids", "enquiries")]
OCID = r"^ocds-[a-z0-9]{6}-"

with_the_schema = pytest.mark.skipif(
    not STANDARD.is_dir(), reason="the standard's schema in ../shared/data/ocds-schema is not here"
)


FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(written: object) -> bool:
    """RFC 3339: with its zone."""
    if not isinstance(written, str):
        return True
    return "T" in written and datetime.fromisoformat(written).tzinfo is not None


def faults(package: dict[str, Any]) -> list[str]:
    """Return everything that is wrong with a release package."""
    schema = extended_schema()
    package_schema = json.loads((STANDARD / "release-package-schema.json").read_text())
    package_schema["properties"]["releases"]["items"] = {}
    found = [_said(error) for error in Draft4Validator(package_schema).iter_errors(package)]
    validator = Draft4Validator(schema, format_checker=FORMATS)
    codelists = closed_codelists()
    for release in package["releases"]:
        found += [f"{release['ocid']}: {fault}" for fault in _of(release, validator, codelists)]
    return found


def _of(release: dict[str, Any], validator: Any, codelists: dict[str, set[str]]) -> Iterator[str]:
    yield from (_said(error) for error in validator.iter_errors(release))
    yield from _described(release, validator.schema, validator.schema, codelists, "")
    yield from dangling(release)


def dangling(release: dict[str, Any]) -> Iterator[str]:
    """Yield every reference to an organisation, bid, award or criterion that is not there."""
    parties = {party["id"] for party in release["parties"]}
    if len(parties) < len(release["parties"]):
        yield "a party stands twice"
    for path, node in _nodes({**release, "parties": []}):
        is_reference = set(node) == {"id", "name"} and "decisiveCriterion" not in path
        if is_reference and node["id"] not in parties:
            yield f"{path}: {node['id']} is no party"
    bids = {bid["id"] for bid in release.get("bids", {}).get("details", [])}
    awards = {award["id"] for award in release.get("awards", [])}
    for award in [*release.get("awards", []), *release.get("contracts", [])]:
        yield from (f"{one} is no bid" for one in award.get("relatedBids", []) if one not in bids)
    for contract in release.get("contracts", []):
        if contract["awardID"] not in awards:
            yield f"{contract['awardID']} is no award"
        ours = contract.get("implementation", {})
        milestones = {one["id"] for one in ours.get("milestones", [])}
        for charge in ours.get("transactions", []):
            named = charge["choicebook"].get("milestone")
            if named and named not in milestones:
                yield f"{named} is no milestone"


def extended_schema() -> dict[str, Any]:
    """Return the standard's release schema with the extensions that our packages name."""
    schema = json.loads((STANDARD / "release-schema.json").read_text())
    for extension in [*PUBLISHED, OURS]:
        patch = json.loads((extension / "release-schema.json").read_text())
        schema = _merged(schema, patch)
    return schema


def closed_codelists() -> dict[str, set[str]]:
    """Return the codes of each list, by its file's name; ours are added to those they extend."""
    codes: dict[str, set[str]] = {}
    for folder in [STANDARD, *PUBLISHED, OURS]:
        for path in sorted((folder / "codelists").glob("*.csv")):
            with path.open(encoding="utf-8") as file:
                read = {row["Code"] for row in csv.DictReader(file)}
            name = path.name.removeprefix("+")
            codes[name] = read | codes.get(name, set())
    return codes


def _described(
    value: Any, schema: Any, root: Any, codelists: dict[str, set[str]], path: str
) -> Iterator[str]:
    """Yield fields that no schema describes, and codes that are not on their list."""
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    if "codelist" in schema:
        known = codelists[schema["codelist"]]
        codes = value if isinstance(value, list) else [value]
        yield from (
            f"{path}: “{one}” is no {schema['codelist']}" for one in codes if one not in known
        )
    if isinstance(value, list):
        for number, item in enumerate(value):
            inner = schema.get("items", {})
            yield from _described(item, inner, root, codelists, f"{path}/{number}")
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        for name, item in value.items():
            if name not in properties:
                yield f"{path}/{name}: no schema describes it"
            else:
                yield from _described(item, properties[name], root, codelists, f"{path}/{name}")


def _nodes(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from _nodes(item, f"{path}/{key}")


def _merged(schema: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(schema) if isinstance(schema, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged


def _said(error: Any) -> str:
    return f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
