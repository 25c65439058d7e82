"""Who is here, over HTTP: departments, providers, people, offices, rules."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import awarded
from tests.cast import Cast


def test_each_reads_who_they_are(pia: Machine, fin: Machine):
    assert pia.get("me/").json()["seats"]["providers"][0]["role"] == "lead"
    assert fin.get("me/").json()["seats"]["offices"] == ["finance"]


def test_the_desk_says_what_waits(cast: Cast, vera: Machine):
    awarded(cast)

    desk = vera.get("desk/").json()
    assert "deliver" in {item["kind"] for item in desk["mine"]}


def test_notices_are_ones_own(cast: Cast, vera: Machine, otto: Machine):
    awarded(cast)

    assert "award.made" in {one["kind"] for one in vera.get("notices/").json()["items"]}
    texts = [one["text"] for one in otto.get("notices/").json()["items"]]
    assert not any("chosen" in text for text in texts)


def test_each_chooses_what_comes_by_mail(maya: Machine, vera: Machine):
    assert maya.get("me/mailing/").json()["money"] == "now"

    chosen = maya.put("me/mailing/", {"money": "daily", "digest_hour": 17}).json()

    assert (chosen["money"], chosen["work"], chosen["digest_hour"]) == ("daily", "now", 17)
    assert vera.get("me/mailing/").json()["money"] == "now"
    assert maya.put("me/mailing/", {"binding": "never"}).status_code == 400
    assert maya.put("me/mailing/", {"work": "hourly"}).status_code == 400


def test_departments_are_the_companys_own(cast: Cast, maya: Machine, vera: Machine):
    path = f"departments/{cast.marketing.pk}/"

    assert maya.get(path).json()["facts"]["heads"] == ["Maya"]
    assert vera.get("departments/").json()["items"] == []
    assert vera.get(path).content == vera.get(f"departments/{uuid4()}/").content


def test_a_vendor_sees_itself_alone(cast: Cast, vera: Machine, maya: Machine):
    assert [one["name"] for one in vera.get("providers/").json()["items"]] == ["Vera & Co"]
    assert vera.get(f"providers/{cast.otto_co.pk}/").status_code == 404
    assert len(maya.get("providers/?kind=vendor").json()["items"]) == 2
    assert len(maya.get("providers/?kind=team&category=events").json()["items"]) == 1
    assert maya.get(f"providers/{cast.vera_co.pk}/").json()["people"] == []


def test_a_provider_has_a_scorecard(cast: Cast, maya: Machine, pia: Machine):
    card = maya.get(f"providers/{cast.events_team.pk}/scorecard/").json()

    assert card["is_new"] is True
    assert card["categories"] == [{"code": "events", "name": "Events"}]
    path = f"providers/{cast.events_team.pk}/performance/"
    assert pia.get(path).json()["scorecard"]["is_mine"] is True
    assert maya.get(path).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("departments/", {"name": "Sales", "cost_centre": "1300", "currency": "EUR"}),
        ("vendors/", {"name": "Lina Print"}),
        ("teams/", {"name": "Print", "department_id": "{services}"}),
        ("categories/", {"code": "law", "name": "Law"}),
        ("people/", {"email": "nina@house.example", "name": "Nina"}),
        ("providers/{otto_co}/suspension/", {"reason": "They do not answer."}),
        ("departments/{marketing}/members/", {"user_id": "{adam}", "role": "requester"}),
        ("people/{rolf}/offices/", {"office": "auditor"}),
        (
            "policies/",
            {
                "code": "standard",
                "in_force_on": f"{NOW + 9 * DAY:%Y-%m-%d}",
                "explanation": "A longer time to bid.",
                "budget_control": "hard",
                "minimum_days": 5,
                "needs_team_and_vendor": True,
                "panel_members": 3,
                "differential_basis_points": 1_000,
                "choice_alone_minor": 3_500_000,
                "tells_exact_price": True,
            },
        ),
    ],
)
def test_the_administrator_runs_the_company_and_nobody_else(cast, adam, vera, path, body):
    ids = {
        "services": cast.services.pk,
        "otto_co": cast.otto_co.pk,
        "marketing": cast.marketing.pk,
        "adam": cast.adam.pk,
        "rolf": cast.rolf.pk,
    }
    path = path.format(**ids)
    body = {
        name: value.format(**ids) if isinstance(value, str) else value
        for name, value in body.items()
    }

    if path != "people/":  # a vendor's lead adds people of its own
        assert vera.post(path, body).status_code in {403, 404}
    assert adam.post(path, body).status_code == 201
    if path not in {"vendors/", "teams/"}:  # two may have one name
        assert adam.post(path, body).status_code == 409


def test_a_member_leaves(cast: Cast, adam: Machine):
    people = adam.get(f"departments/{cast.marketing.pk}/").json()["people"]
    (rolf,) = (one for one in people if one["name"] == "Rolf")
    path = f"memberships/{rolf['membership_id']}/end/"

    assert adam.post(path).json()["ended_at"] is not None
    assert adam.post(path).status_code == 409


def test_a_suspended_provider_is_restored(cast: Cast, adam: Machine):
    path = f"providers/{cast.otto_co.pk}/"
    adam.post(f"{path}suspension/", {"reason": "They do not answer."})
    assert adam.get(path).json()["facts"]["suspended_at"] is not None

    assert adam.post(f"{path}restoration/", {"reason": "They do."}).status_code == 201
    assert adam.get(path).json()["facts"]["suspended_at"] is None


def test_an_office_is_withdrawn(cast: Cast, adam: Machine):
    path = f"people/{cast.fin.pk}/offices/withdrawal/"

    assert adam.post(path, {"office": "finance"}).json()["ended_at"] is not None
    assert adam.post(path, {"office": "finance"}).status_code == 409
    last = adam.post(f"people/{cast.adam.pk}/offices/withdrawal/", {"office": "administrator"})
    assert last.json()["code"] == "last_administrator"


def test_people_are_listed_for_the_administrator(cast: Cast, adam: Machine, maya: Machine):
    names = {one["name"] for one in adam.get("people/").json()["items"]}

    assert {"Maya", "Vera", "Fin"} <= names
    assert maya.get("people/").status_code == 403


def test_the_rules_are_there_for_all_to_read(vera: Machine):
    (policy,) = vera.get("policies/").json()["items"]

    assert (policy["code"], policy["minimum_days"]) == ("standard", 3)
    assert {one["code"] for one in vera.get("categories/").json()["items"]} == {"events", "print"}
