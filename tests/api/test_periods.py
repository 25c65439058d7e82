"""Months and corrections by the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.models.journal import JournalEntry
from tests.api.conftest import NOW
from tests.cast import Cast
from tests.ledger import builders

pytestmark = pytest.mark.django_db
LAST_MONTH = NOW.replace(day=1) - timedelta(days=2)
MONTH = LAST_MONTH.year * 100 + LAST_MONTH.month
NAMED = f"{LAST_MONTH:%Y-%m}"


@pytest.fixture
def granted(cast: Cast) -> None:
    builders.grant(cast, at=LAST_MONTH)


def test_a_month_is_closed_sealed_and_reopened_by_two(cast, granted, machine_of):
    fin, ada, maya = machine_of(cast.fin), machine_of(cast.ada), machine_of(cast.maya)

    assert fin.get(f"periods/{MONTH}/").json()["acts"] == ["begin"]
    report = fin.get(f"reports/period-close/?period={NAMED}").json()
    assert not [check for check in report["checks"] if check["state"] == "blocker"]
    early = fin.post(f"periods/{MONTH}/close/")
    assert (early.status_code, early.json()["code"]) == (409, "period_not_closing")
    assert fin.get(f"periods/{MONTH}/seal/").status_code == 409

    begun = fin.post(f"periods/{MONTH}/closing/")
    assert (begun.status_code, begun.json()["step"]) == (201, "closing")
    assert fin.post(f"periods/{MONTH}/close/").status_code == 201
    listed = {row["id"]: row for row in fin.get("periods/").json()["items"]}
    assert listed[MONTH]["state"] == "closed"
    seal = maya.get(f"periods/{MONTH}/seal/").json()
    assert seal["holds"] and seal["root"] == listed[MONTH]["seal"]

    asked = fin.post(f"periods/{MONTH}/reopening/", {"reason": "A bill came late."})
    assert asked.status_code == 201
    alone = fin.post(f"periods/{MONTH}/reopening/signature/")
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    declined = ada.post(f"periods/{MONTH}/reopening/refusal/", {"reason": "Book it now."})
    assert declined.status_code == 201
    fin.post(f"periods/{MONTH}/reopening/", {"reason": "A bill came late."})
    assert ada.post(f"periods/{MONTH}/reopening/signature/").status_code == 201
    paper = ada.get(f"periods/{MONTH}/").json()
    assert (paper["row"]["state"], len(paper["steps"])) == ("open", 6)


def test_closing_is_stopped_with_a_reason(cast, granted, machine_of):
    fin = machine_of(cast.fin)
    fin.post(f"periods/{MONTH}/closing/")

    assert fin.post(f"periods/{MONTH}/stop/", {}).status_code == 400
    assert fin.post(f"periods/{MONTH}/stop/", {"reason": "A bill."}).json()["step"] == "stopped"


def test_a_change_of_a_month_asks_for_a_key_and_happens_once(cast, granted, machine_of):
    fin = machine_of(cast.fin)

    assert fin.post(f"periods/{MONTH}/closing/", Idempotency_Key="").status_code == 400
    first = fin.post(f"periods/{MONTH}/closing/", Idempotency_Key="one")
    again = fin.post(f"periods/{MONTH}/closing/", Idempotency_Key="one")

    assert (first.status_code, first.json()) == (again.status_code, again.json())


def test_months_are_files_too(cast, granted, machine_of):
    fin = machine_of(cast.fin)
    for path in ("periods/", f"reports/period-close/?period={NAMED}", "corrections/"):
        answer = fin.get(path, Accept="text/csv")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/csv")
    assert fin.get(f"reports/accruals/?period={NAMED}").json()["items"] == []
    assert fin.get("reports/accruals/?period=2026-14").status_code == 400
    assert fin.get("reports/accruals/?period=2099-01").status_code == 404


@pytest.mark.parametrize("who", ["maya", "vera", "adam"])
def test_others_move_no_month(cast, granted, machine_of, who):
    machine = machine_of(getattr(cast, who))
    assert machine.get(f"periods/{MONTH}/").status_code == 403
    assert machine.get("corrections/").status_code == 403
    assert machine.get(f"reports/period-close/?period={NAMED}").status_code == 403
    for noun in ("closing", "close", "reopening/signature"):
        assert machine.post(f"periods/{MONTH}/{noun}/").status_code == 403
    for noun in ("stop", "reopening", "reopening/refusal"):
        assert machine.post(f"periods/{MONTH}/{noun}/", {"reason": "No."}).status_code == 403


def test_a_grant_is_reversed_by_two_people_of_finance(cast, granted, machine_of):
    fin, fay = machine_of(cast.fin), machine_of(builders.second_of_finance(cast))
    entry = JournalEntry.objects.get(kind="budget_granted").public_id

    asked = fin.post(f"entries/{entry}/correction/", {"reason": "Granted twice."})
    id = asked.json()["id"]
    alone = fin.post(f"corrections/{id}/signature/")
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    assert fay.get("corrections/").json()["items"][0]["may_sign"] is True
    assert fay.post(f"corrections/{id}/signature/").status_code == 201

    late = fay.post(f"corrections/{id}/refusal/", {"reason": "No."})
    assert (late.status_code, late.json()["code"]) == (409, "correction_answered")
    assert JournalEntry.objects.filter(kind="reversed").count() == 1
