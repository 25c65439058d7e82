"""The pages of a panel: appointed, declared, judged alone and together, prices opened, signed."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from bids.agreeing import agree_score
from bids.judging import judging
from bids.models.panels import Agreement, FinalOffer, FinalRound
from bids.scoring import score_bid
from ledger.models.awards import Award
from ledger.models.signatures import ChoiceWanted
from marketplace.interests import declare_interest
from marketplace.models.panels import PanelSeat
from marketplace.panels import appoint_panel
from marketplace.policies import state_policy
from tests.builders import DAY, DEADLINE, HOUR, NOON
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said
from tests.ledger.builders import (
    Contest,
    bid_of,
    contest,
    grant,
    open_job,
    publish,
    submit,
)

pytestmark = pytest.mark.django_db
REASON = "The text answers the question in all its parts."


@pytest.fixture
def judged(cast: Cast) -> Contest:
    """A formal job, judged alone by Rolf and Gerd, three levels apart on the team's."""
    grant(cast)
    job = publish(cast, procedure="formal")
    people = (cast.rolf, cast.gerd)
    ids = [one.pk for one in people]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    for one in people:
        declare_interest(actor=one, job_id=job.pk, has_some=False, at=NOON + HOUR)
    team = submit(cast, job, cast.events_team, bid_of(["40000"]))
    vendor = submit(cast, job, cast.vera_co, bid_of(["30000"]))
    open_job(job)
    for bid, quarters in ((team, (4, 1)), (vendor, (2, 2))):
        for person, level in zip(people, quarters, strict=True):
            for criterion in job.criteria.all():
                score_bid(
                    actor=person,
                    bid_id=bid.pk,
                    criterion_id=criterion.pk,
                    quarters=level,
                    reason=REASON,
                    at=DEADLINE + HOUR,
                )
    return Contest(job, team, vendor)


def test_a_head_appoints_and_each_declares(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    job = publish(cast, at=now - DAY, closes_at=now + 6 * DAY, questions_until=None)
    address = reverse("panel", args=[job.pk])
    assert "No panel" in said(maya.get(address))

    refused = maya.post(address, {"user_ids": [str(cast.rolf.pk), str(cast.adam.pk)]})
    assert refused.status_code == 422
    done = maya.post(address, {"user_ids": [str(cast.rolf.pk), str(cast.gerd.pk)]})

    assert done["Location"] == address
    assert "The opening waits until all have declared" in said(maya.get(address))
    rolf = as_person(cast.rolf)
    assert "Declare your interests" in said(rolf.get("/"))
    declare = reverse("panel-declare", args=[job.pk])
    assert maya.get(declare).status_code == 404  # she appoints, and is not on it
    rolf.post(declare, {"has_some": "yes", "what": "Otto is my cousin."})
    page = said(maya.get(address))
    assert "out, until one level up it is decided" in page
    assert "cousin" not in page

    seat = PanelSeat.objects.get(user=cast.rolf)
    gerd = as_person(cast.gerd)
    assert "Otto is my cousin." in said(gerd.get(reverse("panel-interest", args=[job.pk, seat.pk])))
    gerd.post(
        reverse("panel-interest", args=[job.pk, seat.pk]), {"may_stay": "no", "reason": "Too near."}
    )
    assert "kept off by an interest" in said(maya.get(address))
    maya.post(reverse("panel-relieve", args=[job.pk, seat.pk]), {"reason": "An interest."})
    assert PanelSeat.objects.current().count() == 1


def test_the_bidding_side_is_named_on_the_page(cast: Cast, maya: Client, now: datetime) -> None:
    job = publish(cast, at=now - DAY, closes_at=now + 6 * DAY, questions_until=None)

    page = said(maya.get(reverse("panel", args=[job.pk])))

    assert "Rolf" in page
    assert "Sam, sam@" not in page  # heads the team's department: no candidate


def test_the_panel_agrees_on_the_sheet_and_the_prices_are_opened(
    cast: Cast, judged: Contest, as_person: SignIn
) -> None:
    job, rolf, gerd = judged.job, as_person(cast.rolf), as_person(cast.gerd)
    sheet = reverse("agreement", args=[job.pk])
    page = said(rolf.get(sheet))
    assert "The scores lie 3 levels apart." in page
    hidden = said(rolf.get(f"{sheet}?names=hidden"))
    assert "Bid 1" in hidden
    assert "Vera" not in hidden

    idea = job.criteria.get(name="Idea")
    place = reverse("agree-score", args=[job.pk, judged.team_bid.pk, idea.pk])
    typed = {"quarters": "3", "reason": REASON}
    assert "Talk it over" in said(rolf.get(place))
    assert rolf.post(place, {**typed, "was_talked_over": "on"}).status_code == 302
    for bid, level in ((judged.team_bid, 3), (judged.vendor_bid, 2)):
        for criterion in job.criteria.all():
            agree_score(
                actor=cast.rolf,
                bid_id=bid.pk,
                criterion_id=criterion.pk,
                quarters=level,
                reason=REASON,
                was_talked_over=True,
                at=DEADLINE + 2 * HOUR,
            )

    consent = reverse("agreement-consent", args=[job.pk])
    for one in (rolf, gerd):
        digest = re.search(
            r'name="digest" value="([0-9a-f]{64})"', one.get(consent).content.decode()
        )
        assert digest is not None
        assert one.post(consent, {"digest": digest[1]}).status_code == 302
    assert Agreement.objects.filter(job=job).exists()
    assert judging(job).is_agreed


def test_the_comparison_says_what_the_choice_waits_for(
    cast: Cast, judged: Contest, maya: Client
) -> None:
    page = said(maya.get(reverse("comparison", args=[judged.job.pk])))

    assert "2 of 2 have scored every bid." in page
    assert "Choose…" not in page
    veiled = maya.get(reverse("comparison", args=[judged.job.pk]) + "?names=hidden")
    for name in (b"Vera &amp; Co", b"Events", b"In-house", b"of Services"):
        assert name not in veiled.content.split(b"<main")[1]


def test_a_second_head_signs_on_a_page(cast: Cast, maya: Client, as_person: SignIn) -> None:
    state_policy(
        actor=cast.fin,
        code="standard",
        at=NOON - 2 * DAY,
        in_force_on=(NOON - 2 * DAY).date(),
        explanation="Large choices are made by two.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        choice_alone_minor=35_000_00,
    )
    here = contest(cast, vendor=("10000", "20000"))
    address = reverse("choose", args=[here.job.pk, here.team_bid.pk])
    assert "a second head signs the choice" in said(maya.get(address))
    typed = {"reason_code": "quality", "reason": "Their idea.", "followed_view": "charged"}
    criterion = here.job.criteria.first()
    assert criterion is not None
    sent = maya.post(address, {**typed, "decisive_criterion_id": str(criterion.pk)})
    assert sent.status_code == 302
    assert ChoiceWanted.objects.count() == 1
    compare = reverse("comparison", args=[here.job.pk])
    assert "Maya would choose Events: Their idea." in said(maya.get(compare))
    veiled = maya.get(compare, {"names": "hidden"})
    assert "Maya would choose Bid " in said(veiled)
    for name in (b"Events", b"Their idea"):
        assert name not in veiled.content.split(b"<main")[1]

    gerd = as_person(cast.gerd)
    assert "Sign a choice, or send it back" in said(gerd.get("/"))
    sign = reverse("choice-sign", args=[here.job.pk])
    assert "Their idea." in said(gerd.get(sign))
    assert gerd.post(sign).status_code == 302
    assert Award.objects.get().signature.answered_by == cast.gerd


def test_a_best_and_final_bid_is_asked_for_and_sent(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    here = contest(cast, vendor=("10000", "20000"))
    ids = [str(here.team_bid.pk), str(here.vendor_bid.pk)]
    until = (now + 2 * DAY).strftime("%Y-%m-%dT%H:%M")
    address = reverse("final-round", args=[here.job.pk])
    maya.post(address, {"bid_ids": ids, "question": "Your best price?", "closes_at": until})
    assert FinalRound.objects.count() == 1
    assert "Best and final bids may come" in said(
        maya.get(reverse("comparison", args=[here.job.pk]))
    )

    vera = as_person(cast.vera)
    assert "Send your best and final bid" in said(vera.get("/"))
    assert "You are on the shortlist" in said(
        vera.get(reverse("bid-receipt", args=[here.vendor_bid.pk]))
    )
    form = reverse("final-bid", args=[here.vendor_bid.pk])
    assert "Your best price?" in said(vera.get(form))
    typed = urlencode({"line_0": "9000", "line_1": "19000", "answer": "28,000 it is."})
    vera.post(form, typed, content_type="application/x-www-form-urlencoded")
    assert FinalOffer.objects.get().earlier == here.vendor_bid
    assert "replaces it" in said(vera.get(form))
