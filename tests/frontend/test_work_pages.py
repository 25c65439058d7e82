"""What the page of the work says of money and of dates, to each side of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from marketplace.policies import state_policy
from tests.builders import DAY, eur
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.frontend.words import said
from tests.ledger.builders import choose, contest, finish, grant, milestones

pytestmark = pytest.mark.django_db

ODD_PARTS = ("15000.33", "20000.33", "5000.34")  # two per cent of each alone come to a cent more


def worked(cast: Cast, now: datetime, **words: Any) -> Award:
    """Work of Vera & Co, accepted four days ago."""
    words |= {"at": now - 40 * DAY, "closes_at": now - 30 * DAY, "questions_until": None}
    here = contest(cast, vendor=ODD_PARTS, **words)
    award = choose(cast, here.vendor_bid, at=now - 25 * DAY)
    finish(cast, award, at=now - 5 * DAY)
    return award


def test_the_fee_stands_beside_each_charge_as_it_was_booked_for_the_buyers_side(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    award = worked(cast, now)
    path = reverse("board", args=[award.job_id])

    told, vera = said(maya.get(path)), said(as_person(cast.vera).get(path))

    for fee in ("300.01", "400.00", "100.01"):
        assert f"and EUR {fee} marketplace fee" in told
    assert "and EUR 800.02 marketplace fee" in told
    assert "marketplace fee" not in vera


def test_the_fee_on_what_is_credited_goes_back_and_the_dispute_page_says_so(
    cast: Cast, maya: Client, now: datetime
) -> None:
    award = worked(cast, now)
    first = milestones(award)[0]

    asked = said(maya.get(reverse("dispute", args=[award.job_id, first.pk])))

    assert "The fee on what is credited goes back, too." in asked
    assert "EUR 300.01" in asked


def test_without_a_fee_nothing_is_said_of_one(cast: Cast, maya: Client, now: datetime) -> None:
    then = now - 60 * DAY
    state_policy(
        actor=cast.fin,
        code="free",
        at=then,
        in_force_on=then.date(),
        explanation="Work for a good cause bears no fee.",
        budget_control="hard",
        minimum_days=0,
        needs_team_and_vendor=False,
        fee_basis_points=0,
    )
    award = worked(cast, now, policy_code="free")
    first = milestones(award)[0]

    asked = said(maya.get(reverse("dispute", args=[award.job_id, first.pk])))
    told = said(maya.get(reverse("board", args=[award.job_id])))

    assert "fee" not in asked
    assert "marketplace fee" not in told


@pytest.mark.parametrize(
    ("ago", "told"),
    [(25, "may be disputed until"), (27, "could be disputed until")],
)
def test_what_may_be_disputed_could_be_when_the_days_are_over(
    cast: Cast, maya: Client, now: datetime, ago: int, told: str
) -> None:
    grant(cast, at=now - ago * DAY - 60 * DAY)
    award = worked(cast, now - ago * DAY)
    assert award.job.policy.dispute_days == 30

    page = said(maya.get(reverse("board", args=[award.job_id])))

    words = ("may be disputed until", "could be disputed until")
    assert [word for word in words if word in page] == [told]


def test_a_year_later_each_moment_of_the_work_says_its_year(
    cast: Cast, maya: Client, now: datetime
) -> None:
    award = worked(cast, now)
    path = reverse("board", args=[award.job_id])
    chosen = timezone.localtime(award.chosen_at, ZoneInfo(settings.TIME_ZONE))

    with it_is(now + 366 * DAY):  # her first page in this browser
        told = said(maya.get(path))

    assert f"by Maya, {chosen:%a} {chosen.day} {chosen:%b %Y, %H:%M}" in told


def test_an_amount_in_the_story_of_a_milestone_names_its_currency(
    cast: Cast, maya: Client, now: datetime
) -> None:
    award = worked(cast, now)
    raise_dispute(
        actor=cast.maya,
        milestone_id=milestones(award)[0].pk,
        amount=eur("1250"),
        reason="Two waiters were missing.",
        at=now - DAY,
    )

    told = said(maya.get(reverse("board", args=[award.job_id])))

    assert "Handed over: EUR 15,000.33" in told
    assert "Disputed: EUR 1,250.00" in told
