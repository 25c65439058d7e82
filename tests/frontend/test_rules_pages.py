"""Rules and rates: what the house goes by, since when, why, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ledger.models.moves import SigningLimit
from ledger.models.rates import BookingRate
from marketplace.models.policies import Policy
from marketplace.policies import policy_in_force
from tests.builders import DAY, NOON
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.frontend.words import said
from tests.ledger.builders import grant

TODAY = f"{NOON:%Y-%m-%d}"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with it_is(NOON):
        yield


@pytest.fixture
def fin(cast: Cast, as_person: SignIn) -> Client:
    grant(cast)
    return as_person(cast.fin)


def rules(client: Client) -> str:
    answer = client.get(reverse("house-rules"))
    assert answer.status_code == 200
    assert "<c-" not in answer.content.decode()
    return said(answer)


def state(client: Client, name: str, *args: str, **typed: Any) -> HttpResponse:
    return client.post(reverse(name, args=args), typed)


RATE = {
    "currency": "USD",
    "into": "EUR",
    "rate": "0.9215",
    "in_force_on": TODAY,
    "reason": "The central bank, yesterday.",
}


def test_finance_states_a_rate_and_reads_it_in_the_history(fin: Client) -> None:
    assert "One currency so far" in rules(fin)

    assert state(fin, "rate-new", **RATE).status_code == 302
    tomorrow = {"rate": "0.93", "in_force_on": f"{NOON + DAY:%Y-%m-%d}", "reason": "The bank."}
    assert state(fin, "rate-new", **(RATE | tomorrow)).status_code == 302

    page = rules(fin)
    assert "0.9215 EUR in force" in page
    assert "The central bank, yesterday. Fin" in page
    assert page.index("0.93 EUR") < page.index("0.9215 EUR")
    sheet = b"".join(fin.get(reverse("rates-csv"))).decode()  # type: ignore[arg-type]
    assert "USD,EUR,0.9215,2026-03-02" in sheet


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"reason": ""}, "is missing"),
        ({"currency": "usd"}, "three letters of a currency"),
    ],
)
def test_a_rate_that_cannot_be_stays_in_the_form(
    fin: Client, typed: dict[str, str], refusal: str
) -> None:
    answer = state(fin, "rate-new", **(RATE | typed))

    assert (answer.status_code, refusal in said(answer)) == (422, True)
    assert not BookingRate.objects.exists()


def test_a_refused_rate_says_why_beside_its_field(company: Cast, as_person: SignIn) -> None:
    fin = as_person(company.fin)
    for typed, refusal in (
        ({"rate": "nine"}, "is not a rate"),
        ({"into": "USD"}, "between two currencies"),
        ({"in_force_on": "2026-03-01"}, "from today at the earliest"),
    ):
        answer = state(fin, "rate-new", **(RATE | typed))
        assert (answer.status_code, refusal in said(answer)) == (422, True), refusal
    assert not BookingRate.objects.exists()


def test_an_administrator_states_the_signing_limit(cast: Cast, fin: Client, as_person: SignIn):
    adam = as_person(cast.adam)
    assert "every move of budget is signed" in rules(fin)
    assert "State the limit in EUR" in rules(adam)

    asked = {"limit": "5,000.00", "reason": "Smaller moves are daily work."}
    assert state(adam, "limit-new", "EUR", **asked).status_code == 302

    assert "EUR 5,000.00 in force" in rules(fin)
    assert "Smaller moves are daily work. Adam" in rules(fin)
    assert state(fin, "limit-new", "EUR", **asked).status_code == 403
    assert state(adam, "limit-new", "JPY", **asked).status_code == 404
    assert SigningLimit.objects.count() == 1


def as_they_stand(client: Client) -> dict[str, Any]:
    """What the form of the standard rules shows, to be sent again."""
    form = client.get(reverse("policy-change", args=["standard"])).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in shown.items()}


def test_one_rule_is_changed_and_the_others_stay(fin: Client) -> None:
    before = policy_in_force("standard", NOON.date())
    typed = as_they_stand(fin) | {
        "explanation": "What is built must stand for a while.",
        "retention_basis_points": "10",
        "retention_days": "30",
    }

    assert state(fin, "policy-change", "standard", **typed).status_code == 302

    after = policy_in_force("standard", NOON.date())
    assert (after.retention_basis_points, after.retention_days) == (1_000, 30)
    same = ("formal_above_minor", "override_above_minor", "administration_minor", "charging_days")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert after.needs_team_and_vendor
    page = rules(fin)
    assert "Kept back of a vendor: 0 % → 10 %" in page
    assert "Kept back for: 0 days → 30 days" in page
    assert "What is built must stand for a while. Fin" in page


def test_finance_says_who_judges_what_protects_and_what_losers_are_told(fin: Client) -> None:
    typed = as_they_stand(fin) | {
        "explanation": "Large work is judged by three.",
        "panel_members": "3",
        "differential_basis_points": "10",
        "choice_alone_minor": "35,000.00",
        "tells_exact_price": "on",
    }

    assert state(fin, "policy-change", "standard", **typed).status_code == 302

    after = policy_in_force("standard", NOON.date())
    assert (after.panel_members, after.differential_basis_points) == (3, 1_000)
    assert (after.choice_alone_minor, after.tells_exact_price) == (3_500_000, True)
    page = rules(fin)
    assert "Judges of a formal job, at least: 0 → 3" in page
    assert "Protective differential: 0 % → 10 %" in page
    assert "A choice needs a second head above: – → 35,000.00" in page
    assert "Bidders are told the price chosen: no → yes" in page


def test_rules_that_would_stay_as_they_are_are_not_stated(fin: Client) -> None:
    typed = as_they_stand(fin) | {"explanation": "Once more."}

    answer = state(fin, "policy-change", "standard", **typed)

    assert (answer.status_code, "The rules are so already" in said(answer)) == (409, True)
    assert Policy.objects.filter(code="standard").count() == 1


@pytest.mark.parametrize("who", ["maya", "vera", "pia"])
def test_the_settings_are_not_for_everybody(cast: Cast, as_person: SignIn, who: str) -> None:
    person = as_person(getattr(cast, who))

    assert person.get(reverse("house-rules")).status_code == 403
    assert state(person, "rate-new", **RATE).status_code == 403
    assert person.get(reverse("policy-change", args=["standard"])).status_code == 403


def test_auditors_read_and_state_nothing(cast: Cast, fin: Client, as_person: SignIn) -> None:
    ada = as_person(cast.ada)

    assert "State a rate" not in rules(ada)
    assert state(ada, "rate-new", **RATE).status_code == 403
