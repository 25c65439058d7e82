"""The pages of a department: from the first draft to the rating."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models.awards import Award, Dispute, NoAward
from marketplace.models.jobs import Job
from marketplace.models.questions import Addendum, Question
from marketplace.money import Money
from marketplace.questions import ask_question
from tests.builders import DAY, a_draft, eur
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said, typed
from tests.ledger.builders import (
    bid_of,
    choose,
    contest,
    deliver,
    finish,
    milestones,
    open_job,
    publish,
    submit,
)

pytestmark = pytest.mark.django_db


def test_every_page_of_a_job_answers_its_department(cast: Cast, maya: Client) -> None:
    here = contest(cast)
    award = choose(cast, here.team_bid)
    deliver(cast, milestones(award)[0], at=award.chosen_at)

    for name in ("job", "timeline", "opening", "comparison", "board", "rate"):
        page = maya.get(reverse(name, args=[here.job.pk]))
        assert page.status_code == 200, name
        assert b"<c-" not in page.content, name


def test_home_says_what_waits(cast: Cast, maya: Client, now: datetime) -> None:
    job = publish(cast, at=now - 2 * DAY, closes_at=now + 6 * DAY, questions_until=None)
    ask_question(
        actor=cast.pia, job_id=job.pk, provider_id=cast.events_team.pk, text="Indoors?", at=now
    )

    page = said(maya.get("/"))

    assert "One thing waits for you." in page
    assert "Answer a question" in page


def test_a_job_is_posted_in_one_form_and_one_check(cast: Cast, maya: Client, now: datetime) -> None:
    sent = maya.post(reverse("job-new"), typed(cast, now + 9 * DAY, go="check"))
    job = Job.objects.get()
    assert sent["Location"] == reverse("job-publish", args=[job.pk])

    check = said(maya.get(sent["Location"]))
    assert "What cannot change afterwards" in check
    published = maya.post(sent["Location"])

    job.refresh_from_db()
    assert published["Location"] == reverse("job", args=[job.pk])
    assert job.published_at is not None
    assert job.ceiling_minor == 1_000_000
    assert list(job.criteria.order_by("position").values_list("name", "weight")) == [
        ("Idea", 60),
        ("Care", 40),
    ]


def test_only_a_title_is_needed_to_begin(cast: Cast, maya: Client, now: datetime) -> None:
    bare = typed(cast, now, need="", ceiling="", point="", invited=[], rows="0")

    assert maya.post(reverse("job-new"), bare).status_code == 302
    page = said(maya.get(reverse("job-edit", args=[Job.objects.get().pk])))

    assert "Say what is needed." in page
    assert "Invite somebody to bid." in page


def test_the_worth_of_a_point_is_proposed_where_bidders_see_the_ceiling(
    cast: Cast, maya: Client, now: datetime
) -> None:
    shown = typed(cast, now + 9 * DAY, point="", shows_ceiling="yes")
    maya.post(reverse("job-new"), shown)
    job = Job.objects.get()

    assert (job.ceiling, job.point_value) == (eur("10000"), eur("75"))
    assert 'value="75.00"' in maya.get(reverse("job-edit", args=[job.pk])).content.decode()


def test_with_a_hidden_ceiling_the_worth_of_a_point_is_missing_under_budget(
    cast: Cast, maya: Client, now: datetime
) -> None:
    maya.post(reverse("job-new"), typed(cast, now + 9 * DAY, point="", shows_ceiling="no"))
    job = Job.objects.get()

    check = said(maya.get(reverse("job-publish", args=[job.pk])))

    assert job.point_minor is None
    assert "Budget: Say what one more quality point is worth to you." in check


def test_what_is_wrong_stands_on_top_and_all_that_was_typed_is_kept(
    cast: Cast, maya: Client, now: datetime
) -> None:
    wrong = typed(cast, now + 9 * DAY, ceiling="a lot", **{"criterion-1-weight": "many"})

    answer = maya.post(reverse("job-new"), wrong)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in html
    assert 'href="#id_ceiling"' in html
    assert 'href="#id_criterion-1-weight"' in html
    assert 'value="a lot"' in html
    assert "Food, music and a rain plan." in html
    assert not Job.objects.exists()


def test_an_empty_row_of_criteria_is_no_mistake(cast: Cast, maya: Client, now: datetime) -> None:
    rows = typed(cast, now + 9 * DAY, title="", rows="3", **{"criterion-2-name": ""})

    answer = maya.post(reverse("job-new"), rows)

    assert "“Title” is missing." in said(answer)
    assert "“Criterion” is missing." not in said(answer)


def test_a_draft_saves_itself_and_says_what_is_still_missing(
    cast: Cast, maya: Client, now: datetime
) -> None:
    draft = a_draft(cast, at=now - DAY)
    address = reverse("job-edit", args=[draft.pk])
    changed = typed(cast, now + 9 * DAY, title="Winter party", **{"criterion-1-weight": "30"})

    answer = maya.post(address, changed, headers={"HX-Request": "true"})

    draft.refresh_from_db()
    assert draft.title == "Winter party"
    assert "Draft saved" in said(answer)
    assert "The weights add up to 90; make it 100." in said(answer)
    assert b"<form" not in answer.content  # what is being typed is never replaced


def test_a_draft_that_cannot_be_saved_says_so_while_it_is_written(
    cast: Cast, maya: Client, now: datetime
) -> None:
    draft = a_draft(cast, at=now - DAY)
    wrong = typed(cast, now, ceiling="x")

    answer = maya.post(reverse("job-edit", args=[draft.pk]), wrong, headers={"HX-Request": "true"})

    assert "Not saved yet" in said(answer)


def test_publishing_asks_for_a_fresh_sign_in(cast: Cast, maya: Client, now: datetime) -> None:
    draft = a_draft(cast, at=now - DAY)
    session = maya.session
    session["began_at"] = (now - timedelta(minutes=20)).timestamp()
    session["account_authentication_methods"] = []
    session.save()

    answer = maya.post(reverse("job-publish", args=[draft.pk]))

    assert answer["Location"].startswith("/accounts/confirm-it-is-you/?next=")
    draft.refresh_from_db()
    assert draft.published_at is None


def test_an_earlier_job_is_copied_without_its_dates(cast: Cast, maya: Client) -> None:
    job = publish(cast)

    html = maya.get(f"{reverse('job-new')}?from={job.pk}").content.decode()

    assert "Summer party for 200 guests" in html
    assert 'value="Idea"' in html
    assert not re.search(r'name="closes_at"[^>]*value="2', html)


def test_a_question_is_answered_to_everybody(cast: Cast, maya: Client, now: datetime) -> None:
    job = publish(cast, at=now - 2 * DAY, closes_at=now + 6 * DAY, questions_until=None)
    asked = ask_question(
        actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk, text="Indoors?", at=now
    )
    address = reverse("question-answer", args=[job.pk, asked.pk])
    assert "Vera" not in said(maya.get(address))

    maya.post(address, {"answer": "Outdoors, with a tent."})

    assert Question.objects.get().answer == "Outdoors, with a tent."


def test_an_addendum_goes_to_everybody(cast: Cast, maya: Client, now: datetime) -> None:
    job = publish(cast, at=now - 2 * DAY, closes_at=now + 6 * DAY, questions_until=None)

    maya.post(reverse("job-addendum", args=[job.pk]), {"text": "300 people instead of 200."})

    assert Addendum.objects.get().text == "300 people instead of 200."


def test_a_job_is_cancelled_with_a_reason(cast: Cast, maya: Client, now: datetime) -> None:
    job = publish(cast, at=now - 2 * DAY, closes_at=now + 6 * DAY, questions_until=None)
    address = reverse("job-cancel", args=[job.pk])

    assert maya.post(address, {"reason": ""}).status_code == 422
    maya.post(address, {"reason": "The party is off."})

    assert "The party is off." in said(maya.get(reverse("job", args=[job.pk])))


def test_any_valid_bid_is_chosen_with_its_reason(cast: Cast, maya: Client) -> None:
    here = contest(cast, team=("20000",), vendor=("15000",))
    first = here.job.criteria.order_by("position")[0]
    address = reverse("choose", args=[here.job.pk, here.team_bid.pk])
    form = {"reason_code": "quality", "reason": "Their rain plan convinced us."}
    form |= {"followed_view": "spent", "decisive_criterion_id": str(first.pk)}
    asked = said(maya.get(address))
    assert "EUR 400.00 with the price EUR 20,400.00" in asked
    assert "Choose Events, for EUR 20,400.00" in asked

    answer = maya.post(address, form)

    assert answer["Location"] == reverse("board", args=[here.job.pk]), said(answer)
    assert Award.objects.get().reason.text == "Their rain plan convinced us."


def test_only_the_views_of_money_in_which_a_bid_leads_are_offered_or_all_where_it_leads_in_none(
    cast: Cast, maya: Client
) -> None:
    job = publish(cast, mode="lowest_cost")
    offered = [(cast.events_team, "20000"), (cast.vera_co, "15000"), (cast.otto_co, "17000")]
    bids = [submit(cast, job, provider, bid_of([price])) for provider, price in offered]
    open_job(job)

    pages = [maya.get(reverse("choose", args=[job.pk, bid.pk])).content.decode() for bid in bids]
    asked = [re.findall(r'name="followed_view" value="(\w+)"', page) for page in pages]

    assert asked == [["spent"], ["charged"], ["charged", "spent", "neither"]]
    compared = said(maya.get(reverse("comparison", args=[job.pk])))
    assert "“neither of the two” is for a bid that leads in neither." in compared


def test_beside_the_ceiling_stands_what_such_jobs_cost_lately(
    cast: Cast, maya: Client, now: datetime
) -> None:
    draft = a_draft(cast, actor=cast.maya, at=now)
    address = reverse("job-edit", args=[draft.pk])
    assert "were chosen at" not in said(maya.get(address))
    for price in ("20000", "15000", "17000"):
        choose(cast, contest(cast, vendor=(price,)).vendor_bid)

    page = maya.get(address)

    assert "3 jobs of the kind “Events” were chosen at in two years: EUR 15,000.00" in said(page)
    (source,) = re.findall(r'href="(/choices/[^"]+)"', page.content.decode())
    assert maya.get(source.replace("&amp;", "&")).status_code == 200


def test_a_choice_without_a_reason_is_refused_on_its_page(cast: Cast, maya: Client) -> None:
    here = contest(cast)
    address = reverse("choose", args=[here.job.pk, here.team_bid.pk])

    answer = maya.post(address, {"reason_code": "quality", "reason": " "})

    assert answer.status_code == 422
    assert not Award.objects.exists()


def test_an_acceptance_names_the_sum_that_is_charged(
    cast: Cast, maya: Client, now: datetime
) -> None:
    award = choose(cast, contest(cast).team_bid)
    delivery = deliver(cast, milestones(award)[0], at=now - DAY)
    address = reverse("accept", args=[award.job_id, delivery.pk])

    asked = said(maya.get(address))

    assert "EUR 15,300.00 (EUR 15,000.00 and EUR 300.00 fee) is charged to Marketing" in asked
    assert "Accept, and be charged EUR 15,300.00" in asked
    told = said(maya.post(address, follow=True))
    assert "Accepted. EUR 15,300.00 (EUR 15,000.00 and EUR 300.00 fee) was charged." in told


def test_a_job_ends_without_a_choice_and_with_a_reason(cast: Cast, maya: Client) -> None:
    here = contest(cast)

    maya.post(reverse("no-award", args=[here.job.pk]), {"reason": "The need is gone."})

    assert NoAward.objects.get().reason.text == "The need is gone."


def test_a_charge_is_disputed_and_settled_by_finance(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    here = contest(cast, at=now - 40 * DAY, closes_at=now - 30 * DAY, questions_until=None)
    award = choose(cast, here.vendor_bid, at=now - 25 * DAY)
    finish(cast, award, at=now - 5 * DAY)
    milestone, job_id = milestones(award)[0], award.job_id

    maya.post(
        reverse("dispute", args=[job_id, milestone.pk]),
        {"amount": "100.00", "reason": "Two waiters were missing."},
    )
    contested = Dispute.objects.get()
    answer = as_person(cast.fin).post(
        reverse("dispute-resolve", args=[job_id, contested.pk]),
        {"credit": "60", "reason": "One came late."},
    )

    assert answer.status_code == 302
    assert "60.00" in said(maya.get(reverse("board", args=[job_id])))


def test_a_change_is_proposed_and_agreed(cast: Cast, maya: Client, as_person: SignIn) -> None:
    award = choose(cast, contest(cast).team_bid)
    milestone = milestones(award)[0]
    pia = as_person(cast.pia)

    pia.post(
        reverse("change", args=[award.job_id, milestone.pk]),
        {"difference": "250.00", "reason": "A second stage."},
    )
    change = award.change_orders.get()
    maya.post(reverse("change-agree", args=[award.job_id, change.pk]))

    change.refresh_from_db()
    assert change.agreed_at is not None


def test_the_list_of_jobs_is_filtered_by_its_address_and_comes_as_a_file(
    cast: Cast, maya: Client, now: datetime
) -> None:
    publish(cast, at=now - 2 * DAY, closes_at=now + 6 * DAY, questions_until=None)
    a_draft(cast, title="Autumn leaflet")

    assert "Autumn leaflet" not in said(maya.get("/jobs/?state=open"))
    assert "No job matches these filters" in said(maya.get("/jobs/?q=zebra"))
    file = b"".join(maya.get("/jobs.csv?q=leaflet").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count("\r\n") == 2
    assert "Autumn leaflet" in file


def test_the_limits_of_the_rules_are_in_the_currency_of_the_department(
    cast: Cast, maya: Client
) -> None:
    job = a_draft(cast, currency="USD", ceiling=Money(10_000_00, "USD"), point=Money(75_00, "USD"))

    page = maya.get(reverse("job-edit", args=[job.pk])).content.decode()

    assert "Above a ceiling of EUR\N{NO-BREAK SPACE}" in page
    assert "Above a ceiling of USD" not in page
