"""The pages on which the company is set up, and a person's own settings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.membership import add_member
from marketplace.models.departments import Department
from marketplace.models.people import Membership, OfficeHeld, User
from marketplace.models.providers import Provider
from marketplace.people import choose_reading
from marketplace.tokens import my_tokens
from tests.builders import NOON
from tests.cast import Cast
from tests.frontend.bidding import it_is, send
from tests.frontend.conftest import SignIn
from tests.ledger.builders import grant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with it_is(NOON):
        yield


@pytest.fixture
def adam(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.adam)


def test_an_administrator_adds_a_person_and_gives_them_a_place(cast: Cast, adam: Client) -> None:
    typed = {"name": "Nora", "email": "nora@house.example", "password": "between-two-lindens"}
    send(adam, reverse("person-new"), typed)
    nora = User.objects.get(email="nora@house.example")

    path = reverse("department-member", args=[cast.services.pk])
    send(adam, path, {"user_id": str(nora.pk), "role": "requester"})

    assert Membership.objects.get(user=nora).department == cast.services
    assert "Nora" in adam.get(reverse("people")).content.decode()
    assert "Nora" in adam.get(reverse("department", args=[cast.services.pk])).content.decode()


def test_a_head_brings_somebody_new_into_the_department(cast: Cast, as_person: SignIn) -> None:
    path = reverse("department-member", args=[cast.marketing.pk])
    typed = {"name": "Nora", "email": "nora@house.example", "role": "requester"}

    send(as_person(cast.maya), path, typed)

    assert Membership.objects.get(user__name="Nora").department == cast.marketing


def test_a_vendors_lead_brings_in_a_colleague(cast: Cast, as_person: SignIn) -> None:
    path = reverse("provider-member", args=[cast.vera_co.pk])
    typed = {"name": "Nora", "email": "nora@house.example", "role": "member"}

    send(as_person(cast.vera), path, typed)

    assert Membership.objects.get(user__name="Nora").provider == cast.vera_co


def test_who_manages_nobody_adds_nobody(cast: Cast, as_person: SignIn) -> None:
    path = reverse("department-member", args=[cast.marketing.pk])

    assert as_person(cast.rolf).get(path).status_code == 403


def test_a_place_is_ended(cast: Cast, as_person: SignIn) -> None:
    place = Membership.objects.get(user=cast.rolf)

    send(as_person(cast.maya), reverse("member-end", args=[place.pk]))

    place.refresh_from_db()
    assert place.ended_at == NOON


def test_a_place_elsewhere_cannot_be_ended(cast: Cast, as_person: SignIn) -> None:
    place = Membership.objects.get(user=cast.vera)
    path = reverse("member-end", args=[place.pk])

    assert as_person(cast.otto).get(path).status_code == 404


def test_an_office_is_given_and_taken(cast: Cast, adam: Client) -> None:
    send(adam, reverse("office-new", args=[cast.gerd.pk]), {"office": "finance"})
    assert OfficeHeld.objects.get(user=cast.gerd).ended_at is None

    send(adam, reverse("office-end", args=[cast.gerd.pk, "finance"]))
    assert OfficeHeld.objects.get(user=cast.gerd).ended_at == NOON


def test_departments_teams_and_vendors_come_in(cast: Cast, adam: Client) -> None:
    send(
        adam,
        reverse("department-new"),
        {
            "name": "Legal",
            "cost_centre": "1300",
            "currency": "EUR",
            "parent_id": str(cast.house.pk),
        },
    )
    legal = Department.objects.get(name="Legal")
    described = {"description": "Contracts.", "category_ids": [str(cast.printing.pk)]}
    send(
        adam,
        reverse("team-new"),
        {"name": "Contracts", "department_id": str(legal.pk), **described},
    )
    send(adam, reverse("vendor-new"), {"name": "Paragraph", **described})

    assert legal.parent == cast.house
    assert Provider.objects.get(name="Contracts").department == legal
    assert Provider.objects.get(name="Paragraph").categories.get() == cast.printing


def test_a_provider_is_suspended_and_restored(cast: Cast, adam: Client) -> None:
    send(adam, reverse("provider-suspend", args=[cast.vera_co.pk]), {"reason": "No answer."})
    cast.vera_co.refresh_from_db()
    assert cast.vera_co.suspended_at == NOON

    send(adam, reverse("provider-restore", args=[cast.vera_co.pk]), {"reason": "They do again."})
    cast.vera_co.refresh_from_db()
    assert cast.vera_co.suspended_at is None


def test_what_administrators_do_is_closed_to_others(cast: Cast, as_person: SignIn) -> None:
    maya = as_person(cast.maya)
    pages = [("person-new", []), ("department-new", []), ("team-new", []), ("vendor-new", [])]
    pages += [("provider-suspend", [cast.vera_co.pk]), ("office-new", [cast.rolf.pk])]

    for name, args in pages:
        assert maya.get(reverse(name, args=args)).status_code == 403, name


def test_a_person_reads_in_their_language_and_zone_from_then_on(
    cast: Cast, as_person: SignIn
) -> None:
    maya = as_person(cast.maya)

    send(maya, reverse("settings"), {"language": "", "time_zone": "Asia/Tokyo"})

    cast.maya.refresh_from_db()
    assert cast.maya.time_zone == "Asia/Tokyo"
    assert "Asia/Tokyo" in maya.get(reverse("settings")).content.decode()
    typed = {"language": "", "time_zone": "Middle-earth/Shire"}
    assert send(maya, reverse("settings"), typed).status_code == 422


@pytest.mark.parametrize("zone", ["CET", "EST", "GMT", "UTC", "Europe/Lisbon"])
def test_whoever_only_changes_the_language_keeps_the_time_zone(
    cast: Cast, as_person: SignIn, zone: str
) -> None:
    choose_reading(actor=cast.maya, language="", time_zone=zone)
    maya = as_person(cast.maya)
    selected = re.findall(
        r'<option value="([^"]*)"\s+selected>', maya.get(reverse("settings")).content.decode()
    )

    assert selected == ["", zone]
    send(maya, reverse("settings"), {"language": "en", "time_zone": zone})

    cast.maya.refresh_from_db()
    assert (cast.maya.language, cast.maya.time_zone) == ("en", zone)


def test_a_time_zone_without_a_place_is_offered_to_whoever_has_it_alone(
    cast: Cast, as_person: SignIn
) -> None:
    choose_reading(actor=cast.maya, language="", time_zone="CET")

    def offered(person: User) -> list[str]:
        form = as_person(person).get(reverse("settings")).context["form"]
        return [zone for zone, _ in form.fields["time_zone"].choices]

    assert offered(cast.maya) == ["", "CET", *offered(cast.rolf)[1:]]
    assert "CET" not in offered(cast.rolf)


def test_a_token_is_shown_once_and_ended(cast: Cast, as_person: SignIn) -> None:
    maya = as_person(cast.maya)
    form = maya.get(reverse("token-new")).context["form"]
    scope = form.fields["scopes"].choices[0][0]

    page = send(maya, reverse("token-new"), {"name": "Month end", "scopes": [scope], "days": "30"})
    (token,) = my_tokens(actor=cast.maya)

    assert token.beginning in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert "Month end" in maya.get(reverse("settings")).content.decode()
    assert as_person(cast.rolf).get(reverse("token-revoke", args=[token.id])).status_code == 404
    send(maya, reverse("token-revoke", args=[token.id]))
    assert my_tokens(actor=cast.maya)[0].revoked_at == NOON


def test_the_line_beside_a_new_token_pulls_a_report(
    cast: Cast, as_person: SignIn, client: Client
) -> None:
    typed = {"name": "Month end", "scopes": ["reports:read"], "days": "30"}

    page = send(as_person(cast.fin), reverse("token-new"), typed).content.decode()

    found = re.search(
        r"curl -H &#x27;(Authorization): (Bearer cb_\w+)&#x27; &#x27;(\S+)&#x27;", page
    )
    assert found is not None
    header, value, address = found.groups()
    asked = urlsplit(html.unescape(address))
    answer = client.get(f"{asked.path}?{asked.query}", headers={header: value})
    assert answer.status_code == 200
    assert "items" in answer.json()
    assert reverse("api-reference") in page


def test_a_token_that_may_read_no_report_is_given_no_such_line(
    cast: Cast, as_person: SignIn
) -> None:
    typed = {"name": "Bids", "scopes": ["bids:write"], "days": "30"}

    page = send(as_person(cast.vera), reverse("token-new"), typed).content.decode()

    assert "curl" not in page
    assert reverse("api-reference") in page


def test_each_address_that_the_help_names_answers_finance(cast: Cast, as_person: SignIn) -> None:
    grant(cast)  # with it the month begins
    fin = as_person(cast.fin)
    page = fin.get(reverse("help_reports")).content.decode()
    addresses = [
        html.unescape(one) for one in re.findall(r"<code>(/api/v1/reports/\S+)</code>", page)
    ]

    assert len(addresses) == 9
    assert {one: fin.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200)


def test_what_a_person_was_told_stands_in_their_settings(cast: Cast, as_person: SignIn) -> None:
    add_member(
        actor=cast.adam,
        user_id=cast.gerd.pk,
        role="requester",
        at=NOON,
        department_id=cast.services.pk,
    )

    assert "You are now Requester" in as_person(cast.gerd).get(reverse("settings")).content.decode()
