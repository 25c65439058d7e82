"""The description of the API is complete, and true of every address."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from api.resource import Resource
from api.schema import NoSuchAddress
from tests.api.conftest import Machine
from tests.cast import Cast

# What is done by doing it: these take no body.
NOTHING_TO_SAY = {
    "signatures",
    "acceptance",
    "approval",
    "attempts",
    "checks",
    "close",
    "closing",
    "signature",
    "agreement",
    "confirmation",
    "end",
    "erasure",
    "prices",
    "replay",
    "restoration",
    "rotation",
    "trial",
    "release",
    "revocation",
    "withdrawal",
}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def routes() -> list[tuple[str, type[Resource]]]:
    """Every address below /api/v1/ with its view."""
    (api,) = (one for one in get_resolver().url_patterns if str(one.pattern) == "api/v1/")
    found = []
    for pattern in api.url_patterns:
        assert isinstance(pattern, URLPattern)
        view = getattr(pattern.callback, "view_class", None) or pattern.callback.cls
        if view is not NoSuchAddress and issubclass(view, Resource):
            path = re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
            found.append((f"/api/v1/{path}", view))
    return found


def test_every_method_of_every_address_is_described(description):
    for path, view in routes():
        for method in METHODS:
            if hasattr(view, method):
                assert method in description["paths"][path], f"{method} {path} is not described"


def test_every_operation_says_what_it_takes_and_what_it_answers(description):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            told = f"{method} {path}"
            answers = operation["responses"]
            assert {"400", "401", "403", "404", "409"} <= set(answers) or "openapi" in path, told
            (good,) = (code for code in answers if code.startswith("2"))
            assert good == "204" or answers[good]["content"], told
            assert operation["summary"] if "openapi" not in path else True, told
            if method in {"post", "put"} and path.split("/")[-2] not in NOTHING_TO_SAY:
                kind = "multipart/form-data" if path.endswith("/files/") else "application/json"
                assert operation["requestBody"]["content"][kind], told


def test_every_operation_has_a_name_of_its_own(description):
    names = [
        operation["operationId"]
        for operations in description["paths"].values()
        for operation in operations.values()
    ]

    assert len(names) == len(set(names)) > 80


def test_the_description_is_made_without_a_warning(description):
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_every_operation_has_an_example_that_names_its_address_and_its_body(description):
    for path, operations in description["paths"].items():
        for method, told in operations.items():
            (example,) = told["x-codeSamples"]
            line = example["source"]
            assert "{" not in line.partition(" -d ")[0], line
            assert path.split("{")[0] in line
            if "application/json" in told.get("requestBody", {}).get("content", {}):
                body = line.partition(" -d '")[2].rpartition("' ")[0]
                schema = told["requestBody"]["content"]["application/json"]["schema"]
                whole = {**schema, "components": description["components"]}
                assert jsonschema_rs.is_valid(whole, json.loads(body)), f"{method} {path}"


def test_what_moves_money_asks_for_a_key(description):
    for path in [
        "/api/v1/budgets/grants/",
        "/api/v1/jobs/{job_id}/award/",
        "/api/v1/jobs/{job_id}/bids/",
        "/api/v1/deliveries/{delivery_id}/acceptance/",
        "/api/v1/disputes/{dispute_id}/resolution/",
    ]:
        parameters = description["paths"][path]["post"]["parameters"]
        assert any(one["name"] == "Idempotency-Key" and one["required"] for one in parameters)


def test_the_description_is_served_to_those_who_signed_in(cast: Cast, maya: Machine, nobody):
    answer = maya.get("openapi/", Accept="application/vnd.oai.openapi+json")

    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert nobody.get("openapi/").status_code == 401


def test_the_reference_is_from_our_own_origin_and_without_inline_script(cast: Cast):
    client = Client()
    assert client.get("/api/v1/reference/").status_code == 302
    client.force_login(cast.maya)

    page = client.get("/api/v1/reference/").content.decode()

    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"<style|style=", page)
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert client.get("/api/v1/reference/?script").status_code == 200
