"""Past ratings and knock-outs on the pages: written, read by bidders, compared, told."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from bids.scoring import score_bid
from marketplace.details import CriterionDraft, past_ratings
from marketplace.models.jobs import Job
from tests.builders import DAY, DEADLINE, HOUR
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said, typed
from tests.ledger import builders

pytestmark = pytest.mark.django_db
REASON = "The text answers the question in all its parts."


def test_the_head_says_what_they_weigh_and_bidders_read_how_they_count(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    weights = {"criterion-0-weight": "48", "criterion-1-weight": "32", "past_ratings": "20"}
    sent = maya.post(
        reverse("job-new"),
        typed(cast, now + 9 * DAY, go="check", **weights, **{"criterion-0-knock_out": "2"}),
    )
    job = Job.objects.get()
    rows = job.criteria.order_by("position").values_list("name", "weight", "knock_out", "kind")
    assert list(rows) == [
        ("Idea", 48, 2, "judged"),
        ("Care", 32, None, "judged"),
        ("Past ratings", 20, None, "past_ratings"),
    ]
    again = maya.get(reverse("job-edit", args=[job.pk])).content.decode()
    assert 'name="past_ratings" value="20"' in again
    assert again.count("Below ½, a bid is out") == 3  # of three rows, the last one empty
    assert '<option value="2" selected>' in again

    assert maya.post(sent["Location"]).status_code == 302
    page = said(as_person(cast.vera).get(reverse("job", args=[job.pk])))
    editor = as_person(cast.vera).get(reverse("bid-edit", args=[job.pk, cast.vera_co.pk]))

    assert "Nobody judges it. When the bids are opened, it is computed" in page
    assert "A bid judged below ½ is out." in page
    past = job.criteria.get(kind="past_ratings")
    assert str(past.pk) not in editor.content.decode()  # nobody answers to it


def test_more_than_twenty_is_refused_beside_its_field(
    cast: Cast, maya: Client, now: datetime
) -> None:
    answer = maya.post(reverse("job-new"), typed(cast, now + 9 * DAY, past_ratings="21"))

    assert answer.status_code == 422
    assert 'href="#id_past_ratings"' in answer.content.decode()


def test_the_comparison_and_the_debrief_say_where_the_points_come_from(
    cast: Cast, maya: Client, as_person: SignIn
) -> None:
    criteria = (CriterionDraft("Idea", 80), past_ratings(20))
    here = builders.contest(cast, criteria=criteria)
    idea = here.job.criteria.get(kind="judged")
    for bid in (here.team_bid, here.vendor_bid):
        about = {"bid_id": bid.pk, "criterion_id": idea.pk, "reason": REASON}
        score_bid(actor=cast.maya, quarters=2, at=DEADLINE + HOUR, **about)

    compared = said(maya.get(reverse("comparison", args=[here.job.pk])))
    hidden = said(maya.get(reverse("comparison", args=[here.job.pk]), {"names": "hidden"}))
    sheet = said(maya.get(reverse("score", args=[here.job.pk, here.team_bid.pk])))
    builders.choose(cast, here.team_bid)
    told = said(as_person(cast.vera).get(reverse("debrief", args=[here.job.pk])))

    assert compared.count("10.00 of 20") == 2
    assert "Counts as usual, 3.000 of 5: fewer than three ratings." in compared
    assert "computed; hidden with the names" in hidden
    assert "Your levels so far: 80 × ½ = 40.00 of 80." in sheet
    assert "Past ratings" not in sheet
    assert "10.00 of 20" in told
