"""An example of each operation, made from its own description: a line to paste into a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api.bounds import with_bounds

ID = "3f0a1c52-6f0e-4d0b-9a53-0d6b5b1f7c11"
TEXTS = {"uuid": ID, "date": "2026-11-21", "date-time": "2026-11-21T09:00:00Z"}
TEXTS |= {"email": "nina@example.com", "uri": "https://example.com/"}
PATTERNS = {"^[A-Z]{3}$": "EUR", "^[0-9a-f]{64}$": "0f" * 32}
NUMBERS = {"period_id": 202611, "year": 2026, "number": 1, "level": 0, "event_id": 1}
DEPTH_MAX = 6


def with_examples(result: dict[str, Any], **around: Any) -> dict[str, Any]:
    """Add the bounds, and to each operation how it is called. The describing library calls this."""
    with_bounds(result)
    schemas = result.get("components", {}).get("schemas", {})
    for path, methods in result["paths"].items():
        for method, told in methods.items():
            line = _curl(path, method, told, schemas)
            told["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": line}]
            described = told.get("description", "")
            told["description"] = f"{described}\n\n```sh\n{line}\n```".strip()
    return result


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """Return something of a shape: what it must have, and nothing else."""
    if "$ref" in schema:
        schema = schemas[str(schema["$ref"]).rpartition("/")[2]]
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return sample(schema[several][0], schemas, depth)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return next((value for value in schema["enum"] if value), "")
    return _of_kind(schema, schemas, depth)


def _of_kind(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        wanted = schema.get("required", ()) if depth < DEPTH_MAX else ()
        told = schema.get("properties", {})
        return {name: sample(told[name], schemas, depth + 1) for name in wanted if name in told}
    if kind == "array":
        return [sample(schema.get("items", {}), schemas, depth + 1)]
    if kind in {"integer", "number"}:
        return max(1, int(schema.get("minimum", 1)))
    if kind == "boolean":
        return True
    if schema.get("pattern") in PATTERNS:
        return PATTERNS[schema["pattern"]]
    return TEXTS.get(schema.get("format", ""), "text"[: schema.get("maxLength", 4)])


def _curl(path: str, method: str, told: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    words, question = ["curl"], []
    if method != "get":
        words.append(f"-X {method.upper()}")
    words.append('-H "Authorization: Bearer $TOKEN"')
    for parameter in told.get("parameters", ()):
        name, place = parameter["name"], parameter["in"]
        if place == "path":
            path = path.replace("{" + name + "}", str(NUMBERS.get(name, ID)))
        elif place == "query" and parameter.get("required"):
            question.append(f"{name}={sample(parameter['schema'], schemas)}")
        elif place == "header" and parameter.get("required"):
            words.append(f'-H "{name}: $(uuidgen)"')
    body = told.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        said = json.dumps(sample(body["schema"], schemas), ensure_ascii=False)
        words += ['-H "Content-Type: application/json"', f"-d '{said}'"]
    address = f"$SITE{path}" + ("?" + "&".join(question) if question else "")
    return " ".join([*words, f'"{address}"'])
