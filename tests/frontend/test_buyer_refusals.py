"""What the pages of a department refuse, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models.awards import Award, Delivery
from ledger.models.ratings import Rating
from tests.builders import DAY, a_draft
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said, without_chance
from tests.ledger.builders import (
    bid_in_one,
    choose,
    contest,
    finish,
    milestones,
    publish,
    submit,
)


@pytest.fixture
def cast(company: Cast) -> Cast:
    """A refusal ends a transaction: these tests stand in real ones."""
    return company


def test_a_job_that_is_not_ready_is_not_published(cast: Cast, maya: Client, now: datetime) -> None:
    draft = a_draft(cast, at=now - DAY, closes_at=now + timedelta(hours=1), questions_until=None)

    answer = maya.post(reverse("job-publish", args=[draft.pk]))

    draft.refresh_from_db()
    assert answer.status_code in (409, 422)
    assert "at least 3 days" in said(answer)
    assert draft.published_at is None


def test_the_department_is_told_nothing_of_sealed_bids(
    cast: Cast, maya: Client, now: datetime
) -> None:
    job = publish(cast, at=now - 5 * DAY, closes_at=now + DAY, questions_until=None)
    address = reverse("job", args=[job.pk])
    before = without_chance(maya.get(address))
    submit(cast, job, cast.vera_co, bid_in_one("7341.37"))

    assert without_chance(maya.get(address)) == before
    assert maya.get(reverse("comparison", args=[job.pk])).status_code == 409


def test_a_requester_sees_the_comparison_and_may_not_choose(
    cast: Cast, maya: Client, as_person: SignIn
) -> None:
    here = contest(cast)
    rolf = as_person(cast.rolf)

    assert "Choose…" not in said(rolf.get(reverse("comparison", args=[here.job.pk])))
    answer = rolf.post(
        reverse("choose", args=[here.job.pk, here.team_bid.pk]),
        {
            "reason_code": "quality",
            "reason": "I like them.",
            "followed_view": "spent",
            "decisive_criterion_id": str(here.job.criteria.order_by("position")[0].pk),
        },
    )
    assert answer.status_code == 403


def test_where_only_the_price_decided_the_form_takes_it_for_an_answer(
    cast: Cast, maya: Client
) -> None:
    here = contest(cast, team=("40000",), vendor=("39900",), mode="lowest_cost")
    team, vendor = (
        reverse("choose", args=[here.job.pk, bid.pk]) for bid in (here.team_bid, here.vendor_bid)
    )
    form = {"reason": "The same work for less.", "decisive_criterion_id": "price"}
    assert "Only the price: it asks for less" not in said(maya.get(team))

    contradicted = maya.post(vendor, {**form, "reason_code": "quality"})
    assert contradicted.status_code == 422
    assert "give that as the reason, too." in said(contradicted)
    answer = maya.post(vendor, {**form, "reason_code": "price"})

    assert answer["Location"] == reverse("board", args=[here.job.pk]), said(answer)
    award = Award.objects.get()
    assert (award.reason_code, award.decisive_criterion) == ("price", None)


def test_a_bidder_reads_no_comparison(cast: Cast, maya: Client, as_person: SignIn) -> None:
    here = contest(cast)

    assert as_person(cast.vera).get(reverse("comparison", args=[here.job.pk])).status_code in (
        403,
        404,
    )


def test_a_bid_is_scored_in_the_words_that_were_fixed(cast: Cast, maya: Client) -> None:
    here = contest(cast)
    first = here.job.criteria.order_by("position")[0]
    address = reverse("score", args=[here.job.pk, here.team_bid.pk])
    prefix = f"c{first.pk}"

    short = {"criterion": first.pk, f"{prefix}-criterion_id": first.pk, f"{prefix}-quarters": "3"}
    assert maya.post(address, {**short, f"{prefix}-reason": "Nice."}).status_code in (409, 422)
    reason = "They name who is there, at what hour, and who stands in."
    assert maya.post(address, {**short, f"{prefix}-reason": reason}).status_code == 302
    assert reason in said(maya.get(reverse("comparison", args=[here.job.pk])))


def test_work_is_delivered_sent_back_delivered_again_and_accepted(
    cast: Cast, maya: Client, as_person: SignIn
) -> None:
    award = choose(cast, contest(cast).team_bid)
    milestone, job_id = milestones(award)[0], award.job_id
    pia = as_person(cast.pia)

    pia.post(reverse("deliver", args=[job_id, milestone.pk]), {"note": "On the drive."})
    first = Delivery.objects.get()
    maya.post(reverse("return", args=[job_id, first.pk]), {"missing": "The rain plan."})
    assert "The rain plan." in said(pia.get(reverse("board", args=[job_id])))
    pia.post(reverse("deliver", args=[job_id, milestone.pk]), {"note": "With rain plan."})
    second = Delivery.objects.exclude(pk=first.pk).get()
    answer = maya.post(reverse("accept", args=[job_id, second.pk]))

    assert answer.status_code == 302
    assert "was charged" in said(maya.get(reverse("board", args=[job_id])))
    again = maya.post(reverse("accept", args=[job_id, second.pk]))
    assert again.status_code == 409


def test_both_sides_rate_once_and_say_to_everything_something(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    here = contest(cast, at=now - 40 * DAY, closes_at=now - 30 * DAY, questions_until=None)
    award = choose(cast, here.vendor_bid, at=now - 25 * DAY)
    finish(cast, award, at=now - 5 * DAY)
    address = reverse("rate", args=[award.job_id])
    needs = ["informed", "in_control", "choices", "friendly", "knowledgeable", "attentive"]
    taps = dict.fromkeys([*needs, "result"], "4") | {"choices": "na", "again": "yes", "text": ""}

    assert maya.post(address, {**taps, "informed": ""}).status_code == 422
    assert maya.post(address, taps).status_code == 302
    waiting = said(maya.get(address))
    assert "Whether Vera &amp; Co has rated shows when both are in" in waiting
    assert maya.post(address, taps).status_code == 409
    theirs = dict.fromkeys(["clear_need", "timely_answers", "fair_changes"], "5")
    theirs |= {"prompt_acceptance": "na", "again": "yes", "text": "Clear and quick."}
    vera = as_person(cast.vera)
    assert "Whether" not in said(vera.get(address))
    both = said(vera.post(address, theirs, follow=True))
    assert "Thank you. Your rating is in." in both
    assert "both sides have rated" not in both
    for page in (both, said(maya.get(address)), said(as_person(cast.ada).get(address))):
        assert (
            page.count("Vera &amp; Co on Marketing")
            == page.count("Marketing on Vera &amp; Co")
            == 1
        )
        assert "Clear need Very well 5" in page
        assert "Informed Well 4" in page
    told_finance = said(as_person(cast.fin).get(address))
    assert "is for the two sides and for auditors" in told_finance
    assert "Clear need" not in told_finance
    assert "rated by" not in told_finance.lower()
    assert "What each said of the other" in said(maya.get(reverse("board", args=[award.job_id])))

    ours = Rating.objects.get(side="department")
    assert "choices" not in ours.points
    assert ours.points["informed"] == 4
