"""The pages of those who bid: from the invitation to the debrief."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bids.declining import decline_to_bid
from bids.models.bids import Bid, BidDraft
from bids.reading import my_bid
from bids.submission import withdraw_bid
from ledger.commissioning import end_without_award
from marketplace.addenda import add_addendum
from marketplace.models.jobs import Invitation, Job
from marketplace.models.providers import Provider
from marketplace.models.questions import Question
from tests.bids.builders import submit
from tests.builders import DEADLINE, HOUR, NOON, a_published_job
from tests.cast import Cast
from tests.frontend.bidding import NOW, address, check_and_submit, it_is, send, typed
from tests.frontend.conftest import SignIn
from tests.ledger.builders import CHOICE, choose, contest, grant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_after() -> Any:
    """It is the day after the job was published; nobody's sign-in is old."""
    with it_is(NOW):
        yield


@pytest.fixture
def job(cast: Cast) -> Job:
    return a_published_job(cast)


def test_a_team_bids_and_its_overhead_is_worked_out(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia = as_person(cast.pia)

    send(pia, address("bid-edit", cast, job), typed(job))
    answer = check_and_submit(pia, cast, job)

    bid = Bid.objects.get()
    assert answer.headers["Location"] == reverse("bid-receipt", args=[bid.pk])
    content = my_bid(actor=cast.pia, bid_id=bid.pk, at=NOW).content
    assert [(one.kind, one.amount_minor) for one in content.lines] == [
        ("labour", 2_000_00),
        ("materials", 760_00),
        ("overhead", 240_00),
    ]
    assert content.quoted.minor == content.milestones[0].amount_minor == 3_000_00


def test_a_team_reads_in_the_empty_form_that_its_overhead_comes_on_top(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    announced = "Overhead of 12\xa0% of labour is added by itself."
    pia, of_team = as_person(cast.pia), address("bid-edit", cast, job)
    of_vendor = reverse("bid-edit", args=[job.pk, cast.vera_co.pk])

    assert announced in pia.get(of_team).content.decode()
    assert "Overhead of" not in as_person(cast.vera).get(of_vendor).content.decode()
    Provider.objects.filter(pk=cast.events_team.pk).update(overhead_basis_points=0)
    assert "Overhead of" not in pia.get(of_team).content.decode()


def test_a_vendor_types_the_whole_price(cast: Cast, job: Job, as_person: SignIn) -> None:
    vera, path = as_person(cast.vera), reverse("bid-edit", args=[job.pk, cast.vera_co.pk])

    page = send(vera, path, typed(job), HTTP_HX_REQUEST="true").content.decode()

    assert "2,760.00" in page
    assert "Overhead" not in page


def test_what_is_written_is_kept_by_itself(cast: Cast, job: Job, as_person: SignIn) -> None:
    paul, path = as_person(cast.paul), address("bid-edit", cast, job)

    saved = send(paul, path, typed(job), HTTP_HX_REQUEST="true")

    assert "Draft saved" in saved.content.decode()
    assert "<html" not in saved.content.decode()
    assert "Four people, two days" in paul.get(path).content.decode()


def test_a_bid_that_is_begun_is_gone_on_with_from_home_and_from_the_job(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia, vera = as_person(cast.pia), as_person(cast.vera)
    there, form = reverse("job", args=[job.pk]), address("bid-edit", cast, job)
    assert f'href="{form}">Write your bid</a>' in pia.get(there).content.decode()

    send(as_person(cast.paul), form, typed(job))

    assert "Go on with your draft" in pia.get(reverse("home")).content.decode()
    assert f'href="{form}">Go on with your bid</a>' in pia.get(there).content.decode()
    assert ">Write your bid</a>" in vera.get(there).content.decode()
    assert "Bid, or decline" in vera.get(reverse("home")).content.decode()

    check_and_submit(pia, cast, job)
    assert f'href="{form}">Write a new bid</a>' in pia.get(there).content.decode()
    send(pia, form, typed(job, approach="Two long tables."))
    assert f'href="{form}">Go on with your new bid</a>' in pia.get(there).content.decode()


def test_what_is_no_amount_is_said_beside_the_line_and_kept(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    path = address("bid-edit", cast, job)

    page = send(as_person(cast.pia), path, typed(job, **{"line-1-amount": "plenty"}))

    assert page.status_code == 422
    assert "“plenty” is not an amount" in page.content.decode()
    assert not BidDraft.objects.exists()


def test_the_check_page_says_what_keeps_the_bid_from_being_submitted(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia, path = as_person(cast.pia), address("bid-submit", cast, job)
    send(pia, address("bid-edit", cast, job), typed(job, **{"part-0-amount": "2999"}))
    wrong = pia.get(path).content.decode()
    send(pia, address("bid-edit", cast, job), typed(job))
    right = pia.get(path).content.decode()

    assert "The milestones must add up to" in wrong
    assert "Submit the bid" not in wrong
    assert "Submit the bid" in right


def test_the_check_page_names_all_that_is_wrong_at_once_with_where_it_is_mended(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    vera, co = as_person(cast.vera), cast.vera_co
    edit = reverse("bid-edit", args=[job.pk, co.pk])
    below = {"line-1-amount": "-5", "finishes_on": "2026-06-01", "starts_on": "2026-06-20"}

    send(vera, edit, typed(job, **below))
    page = vera.get(reverse("bid-submit", args=[job.pk, co.pk])).content.decode()

    assert f'<a href="{edit}#id_line-1-amount">Line 2 of the price is below zero.</a>' in page
    assert f'<a href="{edit}#dates">The work must finish on or after' in page
    assert page.index("cannot be submitted yet") < page.index("<h1")
    send(vera, edit, typed(job, **(below | {"line-1-amount": "5"})))
    again = vera.get(reverse("bid-submit", args=[job.pk, co.pk])).content.decode()
    assert f'<a href="{edit}#parts">The milestones must add up to' in again
    assert "below zero" not in again


def test_a_draft_that_changed_after_the_check_is_not_submitted(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia, path = as_person(cast.pia), address("bid-submit", cast, job)
    send(pia, address("bid-edit", cast, job), typed(job))
    seen = re.search(r'name="seen" value="(\w+)"', pia.get(path).content.decode())
    assert seen
    send(pia, address("bid-edit", cast, job), typed(job, **{"line-1-amount": "761"}))

    page = send(pia, path, {"seen": seen[1]})

    assert page.status_code == 422
    assert "changed the draft meanwhile" in page.content.decode()
    assert not Bid.objects.exists()


def test_a_bid_is_withdrawn_before_the_deadline(cast: Cast, job: Job, as_person: SignIn) -> None:
    bid = submit(cast, job, at=NOW)

    send(as_person(cast.pia), reverse("bid-withdraw", args=[bid.pk]))

    bid.refresh_from_db()
    assert bid.withdrawn_at == NOW


def test_a_withdrawn_bid_leads_to_a_new_one_until_that_stands(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    pia, form = as_person(cast.pia), address("bid-edit", cast, job)
    bid = submit(cast, job, at=NOW)
    receipt = reverse("bid-receipt", args=[bid.pk])
    new = f'href="{form}">Write a new bid</a>'
    assert new not in pia.get(receipt).content.decode()

    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=NOW)
    page = pia.get(receipt).content.decode()
    assert "you can submit a new one." in page
    assert new in page
    assert new in as_person(cast.paul).get(receipt).content.decode()

    send(pia, form, typed(job))
    assert f'href="{form}">Go on with your new bid</a>' in pia.get(receipt).content.decode()
    check_and_submit(pia, cast, job)
    assert form not in pia.get(receipt).content.decode()


def test_after_the_deadline_a_withdrawn_bid_leads_to_no_new_one(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    bid = submit(cast, job, at=NOW)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=NOW)

    with it_is(DEADLINE):
        page = as_person(cast.pia).get(reverse("bid-receipt", args=[bid.pk])).content.decode()

    assert "Withdrawn" in page
    assert address("bid-edit", cast, job) not in page


def test_who_declined_after_withdrawing_is_led_to_no_new_bid(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    bid = submit(cast, job, at=NOW)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=NOW)
    where = {"job_id": job.pk, "provider_id": cast.events_team.pk}
    decline_to_bid(actor=cast.pia, **where, reason="No time.", at=NOW)

    page = as_person(cast.pia).get(reverse("bid-receipt", args=[bid.pk])).content.decode()

    assert "Withdrawn" in page
    assert address("bid-edit", cast, job) not in page


def test_a_bid_is_confirmed_after_reading_what_was_added(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    bid = submit(cast, job, at=NOON)
    add_addendum(actor=cast.maya, job_id=job.pk, text="There is a tent.", at=NOW)
    pia, path = as_person(cast.pia), reverse("bid-confirm", args=[bid.pk])

    assert b"There is a tent." in pia.get(path).content
    send(pia, path)

    bid.refresh_from_db()
    assert bid.confirmed_addendum == 1


def test_a_receipt_is_kept_as_a_file_and_verified(cast: Cast, job: Job, as_person: SignIn) -> None:
    bid, pia = submit(cast, job, at=NOW), as_person(cast.pia)
    proof = pia.get(reverse("bid-proof", args=[bid.pk])).content.decode()

    page = send(pia, reverse("receipt-verify"), {"receipt": proof})
    altered = send(pia, reverse("receipt-verify"), {"receipt": proof.replace("2026", "2025")})

    assert bid.reference in page.content.decode()
    assert b"This receipt is genuine" in page.content
    assert altered.status_code == 422
    assert b"This receipt is genuine" not in altered.content


def test_a_question_is_asked(cast: Cast, job: Job, as_person: SignIn) -> None:
    asked = {"provider_id": str(cast.vera_co.pk), "text": "May we cook outside?"}

    send(as_person(cast.vera), reverse("question-ask", args=[job.pk]), asked)

    assert Question.objects.get().text == "May we cook outside?"


def test_an_invitation_is_declined_with_a_reason(cast: Cast, job: Job, as_person: SignIn) -> None:
    vera, path = as_person(cast.vera), reverse("decline", args=[job.pk, cast.vera_co.pk])

    assert send(vera, path, {"reason": ""}).status_code == 422
    send(vera, path, {"reason": "Our people are away that week."})

    assert Invitation.objects.get(provider=cast.vera_co).declined_at == NOW


def test_the_list_of_bids_has_ones_own_and_their_state(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    bid = submit(cast, job, at=NOON)
    pia = as_person(cast.pia)

    assert bid.reference in pia.get(reverse("my-bids")).content.decode()
    assert bid.reference not in pia.get(reverse("my-bids") + "?state=opened").content.decode()
    sheet = b"".join(pia.get(reverse("my-bids-csv")))
    assert bid.reference.encode() in sheet
    assert pia.get(reverse("my-bids") + "?colour=red").status_code == 400
    assert "No bid yet" in as_person(cast.vera).get(reverse("my-bids")).content.decode()


def test_the_list_of_bids_says_what_became_of_each_once_the_choice_is_told(
    cast: Cast, as_person: SignIn
) -> None:
    grant(cast)
    here = contest(cast)
    pia, vera, path = as_person(cast.pia), as_person(cast.vera), reverse("my-bids")
    result = reverse("debrief", args=[here.job.pk])

    def listed(who: Client, state: str) -> bool:
        bid = here.team_bid if who is pia else here.vendor_bid
        return bid.reference in who.get(f"{path}?state={state}").content.decode()

    with it_is(CHOICE):
        assert (listed(pia, "opened"), listed(vera, "opened")) == (True, True)
        assert (listed(pia, "chosen"), listed(vera, "not_chosen")) == (False, False)
        assert result not in vera.get(path).content.decode()
        choose(cast, here.team_bid)

        assert (listed(pia, "chosen"), listed(vera, "not_chosen")) == (True, True)
        assert (listed(pia, "not_chosen"), listed(vera, "chosen")) == (False, False)
        assert (listed(pia, "opened"), listed(vera, "opened")) == (False, False)
        assert result in vera.get(path).content.decode()
        assert b",not_chosen," in b"".join(vera.get(reverse("my-bids-csv")))


def test_a_contest_that_ended_without_a_choice_says_so_in_the_list_of_bids(
    cast: Cast, as_person: SignIn
) -> None:
    grant(cast)
    here = contest(cast)
    end_without_award(actor=cast.maya, job_id=here.job.pk, reason="The need is gone.", at=CHOICE)

    with it_is(CHOICE):
        page = as_person(cast.vera).get(reverse("my-bids") + "?state=not_awarded")

    assert here.vendor_bid.reference in page.content.decode()


def test_a_long_list_of_bids_comes_in_parts(
    cast: Cast, job: Job, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.pages.bids.PART", 1)
    pia = as_person(cast.pia)
    for day in (1, 2):
        submit(cast, job, at=NOON + day * HOUR)

    first = pia.get("/bids/").content.decode()
    second = pia.get("/bids/?begin=1").content.decode()

    assert "begin=1" in first
    assert "begin=2" not in second
    assert pia.get("/bids/?begin=two").status_code == 400
    assert "No earlier bid" in pia.get("/bids/?begin=2").content.decode()
    assert "begin=1" in pia.get("/bids/?begin=0&provider=").content.decode()
    withdrawn = pia.get("/bids/?state=withdrawn").content.decode()
    assert "begin=" not in withdrawn, "one of the two was replaced"


def test_a_bidder_who_was_not_chosen_reads_why(cast: Cast, as_person: SignIn) -> None:
    grant(cast)
    here = contest(cast)
    award = choose(cast, here.team_bid)
    vera = as_person(cast.vera)

    page = vera.get(reverse("debrief", args=[here.job.pk])).content.decode()

    assert "You were not chosen" in page
    assert award.reason.text in page
    assert (
        "You were chosen"
        in as_person(cast.pia).get(reverse("debrief", args=[here.job.pk])).content.decode()
    )
    assert as_person(cast.otto).get(reverse("debrief", args=[here.job.pk])).status_code == 404


def test_a_bids_draft_that_was_thrown_away_is_had_back_by_its_side_alone(
    cast: Cast, job: Job, as_person: SignIn
) -> None:
    paul, path = as_person(cast.paul), address("bid-edit", cast, job)
    send(paul, path, typed(job))
    answer = paul.post(address("bid-discard", cast, job), follow=True).content.decode()
    again = address("bid-restore", cast, job)
    assert again in answer, "it has its “Undo”"
    pia = as_person(cast.pia)
    left = pia.get(path).content.decode()
    assert "Four people, two days" not in left
    assert again in left

    for other in (cast.maya, cast.vera, cast.fin, cast.ada, cast.adam):
        assert as_person(other).post(again).status_code == 404
    assert "The draft is back, sealed." in pia.post(again, follow=True).content.decode()
    assert "Four people, two days" in paul.get(path).content.decode()
    assert again not in paul.get(path).content.decode()
