"""A person's own data, as they take it along, and how their name goes."""

from __future__ import annotations

import json

import pytest

from marketplace.erasing import personal_data
from marketplace.membership import end_membership
from marketplace.models.people import Membership
from tests.builders import DAY, NOON, a_published_job
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_people_take_their_own_data_along(cast: Cast, as_person: SignIn) -> None:
    a_published_job(cast)

    kept = personal_data(actor=cast.rolf)
    page = as_person(cast.rolf).get("/settings/data.json")

    assert page["Content-Disposition"] == 'attachment; filename="my-data.json"'
    shown = json.loads(page.content)
    assert shown["memberships"] == kept["memberships"]
    assert shown["memberships"][0] | {"since_at": ""} == {
        "of": "Marketing",
        "role": "requester",
        "since_at": "",
        "ended_at": None,
    }
    assert "Maya" not in json.dumps({**shown, "notices": []})


def test_who_asks_on_a_page_is_erased_on_a_page(cast: Cast, as_person: SignIn) -> None:
    with it_is(NOON):
        _ask_and_erase(cast, as_person)


def _ask_and_erase(cast: Cast, as_person: SignIn) -> None:
    rolf, adam = as_person(cast.rolf), as_person(cast.adam)
    assert "Download it" in rolf.get("/settings/").content.decode()

    assert rolf.post("/settings/erasure/").status_code == 302
    assert "Names to take away" in adam.get("/people/").content.decode()
    seat = Membership.objects.current().get(user=cast.rolf)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=NOON + DAY)
    assert as_person(cast.fin).post(f"/people/{cast.rolf.pk}/erasure/").status_code == 403
    with it_is(NOON + 2 * DAY):
        adam = as_person(cast.adam)  # a session of two days before has ended
        assert adam.post(f"/people/{cast.rolf.pk}/erasure/").status_code == 302

    cast.rolf.refresh_from_db()
    assert not cast.rolf.is_active
    assert rolf.get("/settings/").status_code == 302, "signed in no more"
    assert adam.post(f"/people/{cast.maya.pk}/erasure/").status_code == 404
