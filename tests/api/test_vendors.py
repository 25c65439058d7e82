"""Vendors by the API: invited, said, approved; a part of a transfer had back; a year."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.vendor_invitations import accept_vendor_invitation
from marketplace.vendor_links import secret_of
from tests.api.conftest import NOW, Machine
from tests.cast import PASSWORD, Cast
from tests.ledger import builders


def test_from_the_invitation_to_the_approval(
    cast: Cast, machine_of: Callable[..., Machine]
) -> None:
    fin, fay = machine_of(cast.fin), machine_of(builders.second_of_finance(cast))
    body = {"email": "lina@light.example", "company_name": "Lina Light"}
    made = fin.post("vendor-invitations/", body)
    assert made.status_code == 201, made.content
    id = made.json()["id"]
    words = {"invitation_id": id, "secret": secret_of(id), "name": "Lina", "password": PASSWORD}
    accept_vendor_invitation(at=NOW, **words)
    path = f"vendors/{Provider.objects.get(name='Lina Light').pk}/"
    lina = machine_of(User.objects.get(name="Lina"))
    assert fin.post("vendors/terms/", {"text": "We pay in 20 days."}).json()["version"] == 1
    company = {"legal_name": "Lina Light GmbH", "register_number": "HRB 1", "country": "DE"}
    said = [
        ("profile/", company | {"address": "Lindenweg 2"}),
        ("categories/", {"category_ids": [str(cast.events.pk)]}),
        ("terms/", {"version": 1}),
        ("declarations/", {"owners": "Lina, all of it.", "conflict": ""}),
        ("colleagues/", {"email": "leo@light.example", "role": "member"}),
    ]
    assert fay.post(path + "approval/").status_code == 409
    for place, words in said:
        assert lina.post(path + place, words).status_code == 201, place
    assert fay.get("vendors/states/").json()["items"][0]["state"] == "ready"
    assert fay.post(path + "refusal/", {"reason": "Which register?"}).status_code == 201
    assert fin.post(path + "approval/").status_code == 403
    assert fay.post(path + "approval/").status_code == 201
    paper = lina.get(path).json()
    assert paper["facts"]["state"] == "approved"
    assert paper["profile"]["legal_name"] == "Lina Light GmbH"
    assert machine_of(cast.maya).get(path).status_code == 403
    assert machine_of(cast.otto).get(path).status_code == 404


def test_an_invitation_is_withdrawn_once(cast: Cast, machine_of: Callable[..., Machine]) -> None:
    fin = machine_of(cast.fin)
    body = {"email": "lina@light.example", "company_name": "Lina Light"}
    path = f"vendor-invitations/{fin.post('vendor-invitations/', body).json()['id']}/withdrawal/"

    assert fin.post(path).status_code == 201
    assert fin.post(path).status_code == 409


def test_a_year_is_read_by_the_vendor_and_finance(
    cast: Cast, machine_of: Callable[..., Machine]
) -> None:
    path = f"reports/vendor-year/{cast.vera_co.pk}/2026/"

    assert machine_of(cast.vera).get(path).json()["items"] == []
    assert machine_of(cast.fin).get(path + "?format=csv").status_code == 200
    assert machine_of(cast.maya).get(path).status_code == 403
