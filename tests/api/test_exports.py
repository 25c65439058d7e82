"""What other systems read, by the API and from the page of choices."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.conftest import Machine
from tests.api.stories import awarded
from tests.cast import Cast


@pytest.fixture(autouse=True)
def award(cast: Cast):
    return awarded(cast)


def text_of(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def test_finance_gets_a_package_of_all_that_was_published(fin: Machine):
    answer = fin.get("exports/ocds/")

    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="ocds.json"'
    package = json.loads(text_of(answer))
    assert package["version"] == "1.1"
    assert package["extensions"][-1].endswith("/static/ocds/extension.json")
    (release,) = package["releases"]
    assert release["tender"]["title"] == "Summer party for 200 guests"


def test_records_and_lines_hold_the_same_release(ada: Machine):
    (release,) = json.loads(text_of(ada.get("exports/ocds/")))["releases"]

    (record,) = json.loads(text_of(ada.get("exports/ocds/?format=records")))["records"]
    assert record["releases"] == [release]
    lines = ada.get("exports/ocds/", Accept="application/x-ndjson")
    assert lines["Content-Type"] == "application/x-ndjson"
    assert json.loads(text_of(lines)) == release


def test_an_amount_is_a_number_with_its_cents(ada: Machine):
    assert '"value":{"amount":40000.00,"currency":"EUR"}' in text_of(ada.get("exports/ocds/"))


def test_a_head_gets_the_departments_own(maya: Machine, sam: Machine, cast: Cast):
    assert maya.get("exports/ocds/").status_code == 200
    empty = sam.get("exports/ocds/")
    assert (empty.status_code, empty.json()["code"]) == (409, "nothing_to_export")
    assert sam.get(f"exports/ocds/?department={cast.marketing.pk}").status_code == 404


def test_others_are_refused(vera: Machine, pia: Machine, adam: Machine, nobody: Machine):
    assert [one.get("exports/ocds/").status_code for one in (vera, pia, adam)] == [403] * 3
    assert nobody.get("exports/ocds/").status_code == 401


def test_a_token_needs_the_scope_and_a_question_its_names(machine_of, cast: Cast, fin: Machine):
    assert machine_of(cast.fin, "jobs:read").get("exports/ocds/").status_code == 403
    assert fin.get("exports/ocds/?colour=green").status_code == 400
    assert fin.get("exports/ocds/?since=yesterday").status_code == 400
    assert fin.get("exports/ocds/?since=2100-01-01T00:00:00Z").status_code == 409


def test_the_page_of_choices_hands_it_out(cast: Cast):
    client = Client()
    client.force_login(cast.maya)
    page = client.get(reverse("choices"))
    assert reverse("choices-ocds") in page.content.decode()

    package = json.loads(text_of(client.get(reverse("choices-ocds"))))

    assert len(package["releases"]) == 1
    client.force_login(cast.pia)
    assert client.get(reverse("choices-ocds")).status_code == 403
