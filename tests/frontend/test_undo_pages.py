"""What can be undone has a button for it on the page that says that it was done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bids.drafts import bid_draft, save_bid_draft
from marketplace.discarding import KEPT_FOR, forget_drafts
from marketplace.membership import AlreadyMember, BothSides, add_member, end_membership
from marketplace.models.events import Words
from marketplace.models.people import Membership
from marketplace.models.templates import Template
from marketplace.refusals import Forbidden, Unknown
from marketplace.templates import (
    TemplateNameTaken,
    end_template,
    keep_template,
    templates,
)
from marketplace.undoing import PastUndoing, TemplateInUse, keep_again, seat_again
from tests.bids.builders import offer
from tests.builders import DAY, HOUR, NOON, a_draft, a_published_job, refused
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn

BUTTON = re.compile(r'<form class="undo" method="post" action="([^"]+)">')


def kept_by_rolf(cast: Cast) -> Template:
    words: dict[str, Any] = {"name": "Parties", "milestones": ["All"], "at": NOON}
    return keep_template(actor=cast.rolf, job_id=a_draft(cast).pk, **words)


def pressed(browser: Client, answer: str) -> str:
    """Press “Undo” on this page, and return the page that answers."""
    found = BUTTON.search(answer)
    assert found, "there is nothing to undo"
    return browser.post(found[1], follow=True).content.decode()


def test_a_template_that_was_taken_out_of_use_is_back(company: Cast, as_person: SignIn) -> None:
    cast, kept = company, kept_by_rolf(company)
    with it_is(NOON + HOUR):
        rolf = as_person(cast.rolf)
        answer = rolf.post(f"/jobs/templates/{kept.pk}/end/", follow=True).content.decode()
        assert 'data-key="u"' in answer
        assert templates(actor=cast.rolf) == []

        assert "It is in use again." in pressed(rolf, answer)
        assert "is there already" in pressed(rolf, answer), "pressed twice"

    (back,) = templates(actor=cast.rolf)
    assert (back.name, back.milestones, back.title) == ("Parties", ("All",), kept.title)
    assert BUTTON.search(rolf.get("/jobs/templates/").content.decode()) is None


@pytest.mark.django_db
def test_a_template_comes_back_for_whoever_may_draft_and_once(cast: Cast) -> None:
    kept = kept_by_rolf(cast)
    words: dict[str, Any] = {"template_id": kept.pk, "at": NOON + 2 * HOUR}
    with refused(TemplateInUse):
        keep_again(actor=cast.rolf, **words)
    end_template(actor=cast.maya, template_id=kept.pk, at=NOON + HOUR)
    with refused(Unknown, Forbidden):
        keep_again(actor=cast.vera, **words)
    with refused(PastUndoing):
        keep_again(actor=cast.rolf, **words)
    keep_again(actor=cast.maya, **words)
    with refused(TemplateNameTaken):
        keep_again(actor=cast.maya, **words)


@pytest.mark.django_db
def test_a_place_that_was_ended_is_given_back(cast: Cast, as_person: SignIn) -> None:
    seat = Membership.objects.current().get(user=cast.paul)
    pia = as_person(cast.pia)

    answer = pia.post(f"/memberships/{seat.pk}/end/", follow=True).content.decode()
    assert not Membership.objects.current().filter(user=cast.paul).exists()
    assert "They have their place again" in pressed(pia, answer)

    again = Membership.objects.current().get(user=cast.paul)
    assert (again.role, again.provider_id) == (seat.role, seat.provider_id)
    assert again.pk != seat.pk, "that it was ended stays on the record"


@pytest.mark.django_db
def test_who_left_of_their_own_accord_is_not_offered_to_undo_it(
    cast: Cast, as_person: SignIn
) -> None:
    seat = Membership.objects.current().get(user=cast.paul)
    paul = as_person(cast.paul)

    answer = paul.post(f"/memberships/{seat.pk}/end/", follow=True).content.decode()

    assert BUTTON.search(answer) is None
    with refused(Forbidden, Unknown):
        seat_again(actor=cast.paul, membership_id=seat.pk, at=NOON + HOUR)


@pytest.mark.django_db
def test_a_place_that_is_held_is_not_given_again(cast: Cast) -> None:
    seat = Membership.objects.current().get(user=cast.paul)
    with refused(AlreadyMember, BothSides):
        seat_again(actor=cast.pia, membership_id=seat.pk, at=NOON)
    end_membership(actor=cast.pia, membership_id=seat.pk, at=NOON)
    with refused(Unknown, Forbidden):
        seat_again(actor=cast.vera, membership_id=seat.pk, at=NOON)


@pytest.mark.django_db
def test_a_draft_that_was_thrown_away_is_back(cast: Cast, as_person: SignIn) -> None:
    job, rolf = a_draft(cast, title="Plumeria evening"), as_person(cast.rolf)

    answer = rolf.post(f"/jobs/{job.pk}/draft/discard/", follow=True)
    assert answer.request["PATH_INFO"] == "/jobs/"
    assert rolf.get(f"/jobs/{job.pk}/draft/").status_code == 404
    assert "Plumeria evening" in rolf.get("/jobs/discarded/").content.decode()

    assert "It is a draft again" in pressed(rolf, answer.content.decode())
    assert "Plumeria evening" in rolf.get(f"/jobs/{job.pk}/draft/").content.decode()
    assert "Plumeria evening" not in rolf.get("/jobs/discarded/").content.decode()


@pytest.mark.django_db
def test_who_throws_a_draft_away_reads_first_what_stays_of_it(
    cast: Cast, as_person: SignIn
) -> None:
    job, rolf = a_draft(cast, waiver="Only they know Plumeria's cellar."), as_person(cast.rolf)

    asked = rolf.get(f"/jobs/{job.pk}/draft/discard/").content.decode()
    rolf.post(f"/jobs/{job.pk}/draft/discard/")
    assert forget_drafts(at=timezone.now() + KEPT_FOR) == 1

    assert Words.objects.filter(text="Only they know Plumeria's cellar.").exists()
    assert "Only what was written on why not both a team and a vendor stays stored" in asked
    assert "nothing of it is left" not in asked


def test_a_draft_is_had_back_from_the_list_by_its_department(
    company: Cast, as_person: SignIn
) -> None:
    cast, job = company, a_draft(company, title="Plumeria evening")
    maya, pia = as_person(cast.maya), as_person(cast.pia)
    address = f"/jobs/{job.pk}/draft/return/"
    as_person(cast.rolf).post(f"/jobs/{job.pk}/draft/discard/")

    assert "Plumeria evening" not in pia.get("/jobs/discarded/").content.decode()
    assert pia.post(address).status_code == 404
    assert address in maya.get("/jobs/discarded/").content.decode()
    assert "It is a draft again" in maya.post(address, follow=True).content.decode()
    assert "is there." in maya.post(address, follow=True).content.decode(), "pressed twice"


@pytest.mark.django_db
def test_an_old_button_does_not_undo_what_somebody_ended_later(cast: Cast) -> None:
    seat = Membership.objects.current().get(user=cast.paul)
    words: dict[str, Any] = {"user_id": cast.paul.pk, "role": seat.role}
    end_membership(actor=cast.pia, membership_id=seat.pk, at=NOON)
    with refused(PastUndoing):
        seat_again(actor=cast.adam, membership_id=seat.pk, at=NOON)
    again = add_member(actor=cast.adam, provider_id=seat.provider_id, at=NOON + HOUR, **words)
    end_membership(actor=cast.adam, membership_id=again.pk, at=NOON + 2 * HOUR)

    for ended in (seat, again):
        with refused(PastUndoing):
            seat_again(actor=cast.pia, membership_id=ended.pk, at=NOON + 3 * HOUR)
    assert not Membership.objects.current().filter(user=cast.paul).exists()


@pytest.mark.django_db
def test_an_old_button_does_not_bring_back_an_earlier_template(cast: Cast) -> None:
    first = kept_by_rolf(cast)
    end_template(actor=cast.maya, template_id=first.pk, at=NOON + HOUR)
    words: dict[str, Any] = {"template_id": first.pk, "at": NOON + 2 * HOUR}
    later = keep_again(actor=cast.maya, **words)
    end_template(actor=cast.rolf, template_id=later.pk, at=NOON + 3 * HOUR)

    with refused(PastUndoing):
        keep_again(actor=cast.maya, **words)


def test_undo_brings_back_the_bids_draft_that_it_was_said_of_and_no_other(
    company: Cast, as_person: SignIn
) -> None:
    cast, at = company, timezone.now()
    job = a_published_job(cast, at=at - HOUR, closes_at=at + 6 * DAY, questions_until=at + DAY)
    team = {"job_id": job.pk, "provider_id": cast.events_team.pk, "at": at}
    address = f"/jobs/{job.pk}/bids/of/{cast.events_team.pk}/draft/"
    pia, paul = as_person(cast.pia), as_person(cast.paul)

    save_bid_draft(actor=cast.pia, content=offer("8000"), **team)
    first = pia.post(f"{address}discard/", follow=True).content.decode()
    assert "The draft is back, sealed." in pressed(pia, first)
    first = pia.post(f"{address}discard/", follow=True).content.decode()
    save_bid_draft(actor=cast.paul, content=offer("7500"), **team)
    assert "Another draft is being written." in pressed(pia, first)
    second = paul.post(f"{address}discard/", follow=True).content.decode()

    assert "another one was thrown away after it" in pressed(pia, first)
    assert bid_draft(actor=cast.pia, **(team | {"at": timezone.now()})) is None
    assert "The draft is back, sealed." in pressed(paul, second)
    assert bid_draft(actor=cast.pia, **(team | {"at": timezone.now()})) == offer("7500")
    foreign = f"{address}return/?draft=none"
    assert pia.post(foreign).status_code == 404

    second = paul.post(f"{address}discard/", follow=True).content.decode()
    assert BUTTON.search(second)
    assert BUTTON.search(paul.post(f"{address}discard/", follow=True).content.decode()) is None, (
        "there was nothing to throw away"
    )
