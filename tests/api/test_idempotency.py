"""A request that is sent again does nothing twice."""

from __future__ import annotations

from bids.models.bids import Bid
from marketplace.models.tokens import KeptAnswer
from tests.api.conftest import NOW, Machine
from tests.api.stories import bid_body, money, open_job
from tests.cast import Cast


def grant_of(cast: Cast, amount: str = "500.00") -> dict[str, object]:
    return {
        "department_id": str(cast.marketing.pk),
        "fiscal_year": NOW.year,
        "amount": money(amount),
    }


def test_the_same_request_twice_grants_once(cast: Cast, fin: Machine):
    first = fin.post("budgets/grants/", grant_of(cast), Idempotency_Key="one")
    again = fin.post("budgets/grants/", grant_of(cast), Idempotency_Key="one")

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert first.json()["available"] == money("500.00")


def test_a_new_key_grants_again(cast: Cast, fin: Machine):
    fin.post("budgets/grants/", grant_of(cast))

    second = fin.post("budgets/grants/", grant_of(cast))
    assert second.json()["available"] == money("1000.00")


def test_the_same_key_with_another_body_is_refused(cast: Cast, fin: Machine):
    fin.post("budgets/grants/", grant_of(cast), Idempotency_Key="one")

    other = fin.post("budgets/grants/", grant_of(cast, "501.00"), Idempotency_Key="one")
    assert (other.status_code, other.json()["code"]) == (422, "key_used_otherwise")


def test_money_does_not_move_without_a_key(cast: Cast, fin: Machine):
    answer = fin.post("budgets/grants/", grant_of(cast), Idempotency_Key="")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "idempotency_key_missing"


def test_a_key_is_nobody_elses(cast: Cast, fin: Machine, maya: Machine):
    fin.post("budgets/grants/", grant_of(cast), Idempotency_Key="one")

    assert maya.post("budgets/grants/", grant_of(cast), Idempotency_Key="one").status_code == 403


def test_a_refusal_is_not_kept(cast: Cast, maya: Machine):
    maya.post("budgets/grants/", grant_of(cast), Idempotency_Key="one")

    assert not KeptAnswer.objects.exists()


def test_a_bid_sent_twice_is_one_bid_and_its_price_is_in_no_kept_answer(cast: Cast, vera: Machine):
    job = open_job(cast)
    body = bid_body(cast.vera_co, "7341.37")

    first = vera.post(f"jobs/{job.pk}/bids/", body, Idempotency_Key="b")
    again = vera.post(f"jobs/{job.pk}/bids/", body, Idempotency_Key="b")

    assert again.json() == first.json()
    assert Bid.objects.count() == 1
    assert "7341" not in KeptAnswer.objects.get().body
