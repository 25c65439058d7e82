"""What comes by mail, chosen on a page; and turned off from a mail, without signing in."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from marketplace.mailing import choose_mailing, mailing_of, stop_address
from tests.cast import Cast
from tests.frontend.conftest import SignIn

pytestmark = pytest.mark.django_db
CHOSEN = {"waiting": "now", "work": "daily", "money": "never", "company": "daily"}


def test_a_person_chooses_what_comes_and_when(cast: Cast, as_person: SignIn) -> None:
    maya = as_person(cast.maya)
    shown = maya.get("/settings/mail/").content.decode()
    assert "Whoever did not read them in time would lose by it" in shown
    assert 'href="/settings/mail/"' in maya.get("/settings/").content.decode()

    answer = maya.post("/settings/mail/", {**CHOSEN, "digest_hour": "17"})

    assert answer.status_code == 302
    kept = mailing_of(actor=cast.maya)
    assert (kept.work, kept.money, kept.digest_hour) == ("daily", "never", 17)
    assert mailing_of(actor=cast.rolf).work == "now", "each for themselves"


def test_what_is_no_choice_is_refused_beside_its_field(cast: Cast, as_person: SignIn) -> None:
    answer = as_person(cast.maya).post(
        "/settings/mail/", {**CHOSEN, "work": "hourly", "digest_hour": "25"}
    )

    assert answer.status_code == 422
    assert mailing_of(actor=cast.maya).work == "now"


def test_a_link_shows_a_page_and_a_post_acts_without_signing_in(cast: Cast) -> None:
    anybody = Client(enforce_csrf_checks=True)
    path = urlsplit(stop_address(cast.maya.pk, "work")).path

    assert "Your jobs and bids" in anybody.get(path).content.decode()
    assert mailing_of(actor=cast.maya).work == "now", "a program that only looks turns nothing off"
    answer = anybody.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert "turned off" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert mailing_of(actor=cast.maya).work == "never"
    assert cast.maya.name not in answer.content.decode()


def test_a_link_of_somebody_else_is_not_there(cast: Cast) -> None:
    path = urlsplit(stop_address(cast.maya.pk, "work")).path

    assert Client().get(path.replace(str(cast.maya.pk), str(cast.rolf.pk))).status_code == 404
    assert Client().post(path.replace("work", "money")).status_code == 404


def test_the_daily_mail_is_turned_off_as_a_whole(cast: Cast) -> None:
    choose_mailing(actor=cast.maya, mailings={"work": "daily"})
    path = urlsplit(stop_address(cast.maya.pk, "daily")).path

    assert "The daily mail" in Client().get(path).content.decode()
    Client().post(path)

    assert mailing_of(actor=cast.maya).work == "never"
