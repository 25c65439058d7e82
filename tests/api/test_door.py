"""What every address shares: who may knock, what a no looks like, pages, tags, words not known."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client

from marketplace.tokens import my_tokens, revoke_token
from tests.api.conftest import DAY, NOW, Machine
from tests.cast import Cast


def test_nobody_gets_an_answer_without_signing_in(nobody: Machine):
    answer = nobody.get("jobs/")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_authenticated"


def test_a_revoked_token_opens_nothing(cast: Cast, maya: Machine):
    (token,) = my_tokens(actor=cast.maya)
    revoke_token(actor=cast.maya, token_id=token.id, at=NOW)

    assert maya.get("me/").status_code == 401


def test_a_token_does_no_more_than_its_scopes(cast: Cast, machine_of):
    machine = machine_of(cast.fin, "reports:read")

    assert machine.get("reports/choices/").status_code == 200
    refused = machine.get("jobs/")
    assert refused.status_code == 403
    assert refused.json()["code"] == "scope_missing"
    assert "jobs:read" in refused.json()["detail"]


def test_a_session_works_as_well_and_must_show_that_it_comes_from_our_pages(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.adam)

    assert client.get("/api/v1/me/").json()["name"] == "Adam"
    body = {"code": "law", "name": "Law"}
    refused = client.post("/api/v1/categories/", body, content_type="application/json")
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"


def test_tokens_are_issued_to_people_and_never_to_tokens(cast: Cast, adam: Machine):
    client = Client()
    client.force_login(cast.adam)
    wanted = {
        "name": "warehouse",
        "scopes": ["reports:read"],
        "expires_at": "2999-01-01T00:00:00Z",
    }
    too_long = client.post("/api/v1/tokens/", wanted, content_type="application/json")

    assert too_long.status_code == 409
    assert too_long.json()["errors"][0]["pointer"] == "/expires_at"
    assert adam.post("tokens/", wanted).json()["code"] == "session_needed"


def test_a_token_is_shown_once(cast: Cast):
    client = Client()
    client.force_login(cast.fin)
    wanted = {
        "name": "warehouse",
        "scopes": ["reports:read"],
        "expires_at": (NOW + 30 * DAY).isoformat(),
    }
    issued = client.post("/api/v1/tokens/", wanted, content_type="application/json")

    assert issued.status_code == 201
    secret = issued.json()["secret"]
    assert Machine(secret).get("reports/choices/").status_code == 200
    assert secret not in client.get("/api/v1/tokens/").content.decode()


def test_an_unknown_parameter_is_refused_by_name(maya: Machine):
    answer = maya.get("jobs/?bids__price__gt=5")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/bids__price__gt"
    assert "search" in answer.json()["errors"][0]["message"]


def test_an_unknown_name_in_a_body_is_refused_by_name(adam: Machine):
    answer = adam.post("categories/", {"code": "law", "name": "Law", "id": str(uuid4())})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/id"]


def test_a_wrong_address_is_a_problem_too(nobody: Machine, maya: Machine):
    for machine in (nobody, maya):
        answer = machine.get("nothing/here/")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_method_says_so(maya: Machine):
    assert maya.delete("me/").status_code == 405


def test_what_is_no_json_is_refused_as_such(maya: Machine):
    answer = maya.client.post(
        "/api/v1/jobs/", "{", content_type="application/json", headers=maya.headers
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_each_answer_names_its_request(maya: Machine):
    answer = maya.get("jobs/?nope=1")

    assert len(answer["X-Request-Id"]) == 32
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_an_answer_that_has_not_changed_is_not_sent_again(maya: Machine):
    first = maya.get("departments/")

    again = maya.get("departments/", If_None_Match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""


def test_pages_lead_forwards_and_back(maya: Machine):
    first = maya.get("departments/?limit=2").json()
    second = maya.get(first["next"]).json()

    assert [row["name"] for row in first["items"]] == ["House", "Marketing"]
    assert [row["name"] for row in second["items"]] == ["Services"]
    assert first["prev"] is None
    assert second["next"] is None
    assert maya.get(second["prev"]).json()["items"] == first["items"]


def test_a_cursor_that_was_made_up_is_refused(maya: Machine):
    answer = maya.get("departments/?cursor=made-up")

    assert answer.status_code == 400
    assert answer.json()["code"] == "not_a_cursor"


def test_nobody_asks_for_more_than_two_hundred(maya: Machine):
    assert maya.get("departments/?limit=201").status_code == 400
