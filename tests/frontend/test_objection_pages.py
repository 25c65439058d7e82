"""The standstill on the pages: objecting, deciding, and a provider's no."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models.awards import Award
from ledger.models.objections import Objection, Ruling, Withdrawal
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said
from tests.ledger.builders import Contest
from tests.ledger.formal import WRONG, chosen_lately


@pytest.fixture
def cast(company: Cast) -> Cast:
    return company


@pytest.fixture
def chosen(cast: Cast, maya: Client, now: datetime) -> tuple[Contest, Award]:
    return chosen_lately(cast, now)


def test_a_bidder_objects_and_the_head_above_decides(
    cast: Cast, chosen: tuple[Contest, Award], maya: Client, as_person: SignIn
) -> None:
    contest, award = chosen
    job = contest.job.pk
    vera, gerd, pia = (as_person(person) for person in (cast.vera, cast.gerd, cast.pia))
    assert "Until then you may object" in said(vera.get(reverse("debrief", args=[job])))
    assert "No work starts yet" in said(pia.get(reverse("board", args=[job])))
    assert "Hand over…" not in said(pia.get(reverse("board", args=[job])))
    listed = reverse("objections", args=[job])
    assert "Object to the choice…" in said(vera.get(listed))
    assert "Object to the choice…" not in said(pia.get(listed))
    address = reverse("object", args=[job, cast.vera_co.pk])
    assert vera.post(address, {"reason": ""}).status_code == 422

    assert vera.post(address, {"reason": WRONG}).status_code == 302

    assert "Waits for a head above the department" in said(vera.get(listed))
    assert WRONG not in said(pia.get(listed))
    assert "Decide on an objection" in said(gerd.get(reverse("home")))
    decide = reverse("objection-decide", args=[job, Objection.objects.get().pk])
    assert maya.post(decide, {"ruling": "stands", "reason": "No."}).status_code == 403
    typed = {"ruling": "upheld", "reason": "It was overlooked."}
    assert gerd.post(decide, typed).status_code == 302

    assert Ruling.objects.get().upheld
    assert Withdrawal.objects.get().award_id == award.pk
    assert "Upheld: the choice was withdrawn." in said(vera.get(listed))
    assert "Choose a bid" in said(maya.get(reverse("home")))
    told = said(vera.get(reverse("timeline", args=[job])))
    assert "Objection decided" in told
    assert "It was overlooked." in told


def test_the_provider_chosen_declines_and_gives_its_reason(
    cast: Cast, chosen: tuple[Contest, Award], maya: Client, as_person: SignIn
) -> None:
    contest, _ = chosen
    pia = as_person(cast.pia)
    board = reverse("board", args=[contest.job.pk])
    assert "Decline this work" in said(pia.get(board))
    assert "Decline this work" not in said(maya.get(board))

    address = reverse("award-decline", args=[contest.job.pk])
    assert pia.post(address, {"reason": "Two of us are ill."}).status_code == 302

    assert Withdrawal.objects.get().cause == "declined"
    assert "Two of us are ill." in said(maya.get(reverse("timeline", args=[contest.job.pk])))
    assert pia.get(board).status_code == 404


def test_a_stranger_to_the_contest_finds_no_such_page(
    cast: Cast, chosen: tuple[Contest, Award], as_person: SignIn
) -> None:
    listed = reverse("objections", args=[chosen[0].job.pk])
    for person in (cast.adam, cast.sam):
        assert as_person(person).get(listed).status_code == 404
