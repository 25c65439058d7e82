"""Machines of finance: moves, outside spend, prices inside, and the end of a year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ledger.models.budgets import BudgetLine
from ledger.models.repayments import Repayment
from ledger.models.years import CarryForward, OutsideSpend
from marketplace.models.people import User
from marketplace.offices import grant_office
from marketplace.people import add_person
from tests.api.conftest import DAY, NOW
from tests.cast import Cast
from tests.ledger.builders import books_stand, grant, line_stands
from tests.ledger.test_repaying import owed_back

pytestmark = pytest.mark.django_db
THEN = NOW - 30 * DAY


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    return grant(cast, at=THEN)


@pytest.fixture
def fay(cast: Cast) -> User:
    person = add_person(actor=cast.adam, email="fay@house.example", name="Fay", at=THEN)
    grant_office(actor=cast.adam, user_id=person.pk, office="finance", at=THEN)
    return person


def test_two_machines_of_finance_move_a_budget(
    cast: Cast, line: BudgetLine, fay: User, machine_of: Any
) -> None:
    fin, second, maya = machine_of(cast.fin), machine_of(fay), machine_of(cast.maya)
    asked = fin.post(
        "budgets/moves/",
        {
            "from_line_id": str(line.pk),
            "to_department_id": str(cast.services.pk),
            "amount": euros("12000.00"),
            "reason": "Services runs the fair.",
        },
    )
    assert asked.status_code == 201
    assert asked.json()["needs_signature"] is True
    signature = f"budgets/moves/{asked.json()['id']}/signature/"
    assert fin.post(signature).status_code == 403

    signed = second.post(signature)

    assert (signed.status_code, signed.json()["is_made"]) == (201, True)
    assert line_stands(line)["available"] == "88000.00"
    assert [row["state"] for row in fin.get("budgets/moves/").json()["items"]] == ["made"]
    history = maya.get(f"budgets/{line.pk}/history/").json()["items"]
    assert [row["kind"] for row in history] == ["budget_moved", "budget_granted"]
    assert history[0]["available"]["amount"] == "88000.00"
    sheet = maya.get(f"budgets/{line.pk}/history/?format=csv")
    assert len(b"".join(sheet).splitlines()) == 3
    assert machine_of(cast.sam).get(f"budgets/{line.pk}/history/").status_code == 404


def test_an_administrator_states_the_limit_and_a_move_is_declined(
    cast: Cast, line: BudgetLine, fay: User, machine_of: Any
) -> None:
    limit = {"limit": euros("100.00"), "reason": "Small shifts are daily work."}
    assert machine_of(cast.fin).post("budgets/signing-limits/", limit).status_code == 403
    assert machine_of(cast.adam).post("budgets/signing-limits/", limit).status_code == 201
    move = {
        "from_line_id": str(line.pk),
        "to_department_id": str(cast.services.pk),
        "amount": euros("100.01"),
        "reason": "Just above.",
    }
    id = machine_of(cast.fin).post("budgets/moves/", move).json()["id"]

    declined = machine_of(fay).post(f"budgets/moves/{id}/decline/", {"reason": "Not now."})

    assert declined.json()["is_made"] is False
    assert line_stands(line)["available"] == "100000.00"


def test_payments_are_recorded_one_by_one(cast: Cast, line: BudgetLine, machine_of: Any) -> None:
    def told(document: str, net: str) -> dict[str, Any]:
        return {
            "department_id": str(cast.marketing.pk),
            "payee": "Studio Licht",
            "document": document,
            "paid_on": THEN.date().isoformat(),
            "net": euros(net),
        }

    payments = [told("1", "300.00"), told("2", "200000.00"), told("3", "-50.00")]
    answer = machine_of(cast.fin).post("outside-spend/", {"payments": payments})

    assert answer.status_code == 201
    outcomes = answer.json()["outcomes"]
    assert [one["is_recorded"] for one in outcomes] == [True, False, True]
    assert outcomes[1]["code"] == "insufficient_funds"
    assert OutsideSpend.objects.count() == 2
    assert line_stands(line)["charged"] == "250.00"
    span = f"outside-spend/?from={THEN.date()}&to={NOW.date()}"
    rows = machine_of(cast.maya).get(span).json()["items"]
    assert {row["net"]["amount"] for row in rows} == {"300.00", "-50.00"}
    assert machine_of(cast.maya).post("outside-spend/", {"payments": payments}).status_code == 403


def test_prices_inside_are_stated_and_listed(cast: Cast, machine_of: Any) -> None:
    fin = machine_of(cast.fin)
    tomorrow = (NOW + timedelta(days=2)).date().isoformat()
    rule = {
        "rule": "dual",
        "basis_points": 11_000,
        "in_force_on": tomorrow,
        "reason": "To renew the tents.",
    }
    later = (NOW + 70 * DAY).date()
    mode = {
        "charging_mode": "showback",
        "from_period": f"{later:%Y-%m}",
        "reason": "A quiet quarter.",
    }

    assert fin.post(f"teams/{cast.events_team.pk}/price-rules/", rule).status_code == 201
    assert fin.post("charging-modes/", mode).status_code == 201

    assert fin.get("price-rules/").json()["items"][0]["basis_points"] == 11_000
    assert fin.get("charging-modes/").json()["items"][0]["mode"] == "showback"
    assert machine_of(cast.maya).get("price-rules/").status_code == 403
    assert machine_of(cast.sam).post("charging-modes/", mode).status_code == 403
    assert fin.post(f"teams/{uuid4()}/price-rules/", rule).status_code == 404


def test_a_year_is_told_stated_and_ended(cast: Cast, line: BudgetLine, machine_of: Any) -> None:
    fin, year = machine_of(cast.fin), line.fiscal_year
    body = {"unspent": "carry", "promises": "with_budget", "reason": "The heads agreed."}

    assert fin.post(f"years/{year}/carry-forward-policies/", body).status_code == 201

    assert CarryForward.objects.get().fiscal_year == year
    (row,) = fin.get(f"reports/carry-forward/?fiscal_year={year}").json()["items"]
    assert (row["policy"], row["carried_budget"]["amount"]) == ("carry", "100000.00")
    early = fin.post(f"years/{year}/end/")
    assert (early.status_code, early.json()["code"]) == (409, "year_not_over")
    ended = fin.post(f"years/{year - 1}/end/")
    assert (ended.status_code, ended.json()["run"]) == (201, 1)
    assert machine_of(cast.maya).post(f"years/{year - 1}/end/").status_code == 403


def test_a_teams_year_is_settled(cast: Cast, machine_of: Any) -> None:
    fin, year = machine_of(cast.fin), NOW.year - 1
    body = {
        "fiscal_year": year,
        "cost": euros("0.00"),
        "policy": "carry",
        "reason": "The team began later.",
    }

    assert fin.post(f"teams/{cast.events_team.pk}/recoveries/", body).status_code == 201

    (row,) = fin.get(f"reports/recoveries/?fiscal_year={year}").json()["items"]
    assert (row["team_name"], row["policy"], row["over"]["amount"]) == ("Events", "carry", "0.00")
    again = fin.post(f"teams/{cast.events_team.pk}/recoveries/", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_settled")


def test_a_machine_of_finance_notes_what_a_vendor_paid_back(cast: Cast, machine_of: Any) -> None:
    owed_back(cast, at=THEN)
    told = {
        "provider_id": str(cast.vera_co.pk),
        "amount": euros("60.00"),
        "document": "Statement 12",
        "arrived_on": str(THEN.date()),
    }
    fin = machine_of(cast.fin)

    noted = fin.post("repayments/", told)

    assert noted.status_code == 201
    assert Repayment.objects.get(pk=noted.json()["id"]).amount_minor == 60_00
    again = fin.post("repayments/", told | {"amount": euros("40.00")})
    assert (again.status_code, again.json()["code"]) == (409, "noted_before")
    too_much = fin.post("repayments/", told | {"document": "13", "amount": euros("40.01")})
    assert too_much.json()["code"] == "more_than_owed_back"
    assert machine_of(cast.maya).post("repayments/", told).status_code == 403
    assert books_stand()["1300"] == "40.00"
