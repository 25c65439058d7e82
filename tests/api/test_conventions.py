"""What every address shares: who saw what before changing it, how much is told, how often asked."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import override_settings

from api.paging import sliced
from api.problems import problem
from marketplace.callers import caller_of
from marketplace.models.jobs import Job
from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import HOUR, awarded, details_body, first_milestone, granted, money, open_job
from tests.cast import Cast
from tests.ledger import builders as ledger


def changed_to(cast: Cast, title: str) -> dict[str, object]:
    body = details_body(cast, title=title)
    del body["department_id"]
    return body


def draft(maya: Machine, cast: Cast) -> str:
    made = maya.post("jobs/", details_body(cast))
    assert made.status_code == 201, made.content
    return f"jobs/{made.json()['id']}/"


def test_a_change_is_made_while_the_thing_is_as_it_was_seen(cast: Cast, maya: Machine):
    address = draft(maya, cast)
    seen = maya.get(address)["ETag"]

    changed = maya.ask("PUT", address, changed_to(cast, "Spring party"), If_Match=seen)
    late = maya.ask("PUT", address, changed_to(cast, "Summer party"), If_Match=seen)

    assert changed.status_code == 200, changed.content
    assert (late.status_code, late.json()["code"]) == (412, "changed_since")
    assert Job.objects.get().title == "Spring party"


def test_an_act_goes_by_the_thing_that_it_is_done_to(cast: Cast, maya: Machine):
    granted(cast)
    address = draft(maya, cast)
    seen = maya.get(address)["ETag"]
    assert maya.put(address, changed_to(cast, "Another party")).status_code == 200

    late = maya.post(f"{address}publication/", {}, If_Match=seen)
    assert late.status_code == 412
    assert Job.objects.get().published_at is None


def test_what_is_unchanged_is_not_sent_again(cast: Cast, fin: Machine):
    seen = fin.get("reports/budget-status/")["ETag"]

    assert fin.get("reports/budget-status/", If_None_Match=seen).status_code == 304
    fin.post("budgets/grants/", grant(cast))
    assert fin.get("reports/budget-status/", If_None_Match=seen).status_code == 200


def test_a_page_is_the_same_a_moment_later(monkeypatch):
    seen = sliced("abc", cursor="", limit=1)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert sliced("abc", cursor="", limit=1) == seen
    assert sliced("abc", cursor=seen.next, limit=1).items == "b"


def test_only_the_fields_that_were_asked_for_are_told(cast: Cast, fin: Machine):
    fin.post("budgets/grants/", grant(cast))

    page = fin.get("reports/budget-status/?fields=department_name,available").json()
    assert page["items"] == [{"department_name": "Marketing", "available": money("500.00")}]

    wrong = fin.get("reports/budget-status/?fields=price")
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/fields"
    assert fin.get("reports/budget-status/?fields=price&format=csv").status_code == 400


def test_a_report_says_what_all_its_pages_come_to(cast: Cast, fin: Machine):
    for _ in range(2):
        fin.post("budgets/grants/", grant(cast))

    answer = fin.get("reports/budget-status/?limit=1")
    control = answer.json()["control"]
    assert control["rows"] == 1
    assert {"column": "available", "sum": money("1000.00")} in control["totals"]
    assert answer["X-Ledger-Checkpoint"].isdigit()


@override_settings(API_REQUESTS_PER_MINUTE=3)
def test_who_asks_too_often_is_told_when_to_come_again(cast: Cast, fin: Machine, maya: Machine):
    answers = [fin.get("me/").status_code for _ in range(5)]
    refused = fin.get("me/")
    german = fin.get("me/", **{"Accept-Language": "de"}).json()["detail"]

    assert re.fullmatch(r"This token .* often. Ask again after \d+ s.", refused.json()["detail"])
    assert re.fullmatch(r"Dieser .* gefragt. Fragen Sie nach \d+ s wieder.", german)
    assert answers == [200, 200, 200, 429, 429]
    assert refused["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert maya.get("me/").status_code == 200  # another token has a minute of its own


@pytest.mark.parametrize("kind", ["ndjson", "csv", "xlsx", "pdf", "parquet"])
def test_the_same_figures_in_every_file(cast: Cast, fin: Machine, kind: str):
    fin.post("budgets/grants/", grant(cast, "1234.50"))

    answer = fin.get(f"reports/budget-status/?format={kind}")
    content = b"".join(answer.streaming_content)
    again = b"".join(fin.get(f"reports/budget-status/?format={kind}").streaming_content)

    assert answer.status_code == 200
    assert f'filename="budget-status.{kind}"' in answer["Content-Disposition"]
    assert content == again or kind == "xlsx"  # a workbook says when it was written
    assert figure_in(kind, content) == "1234.50"


def figure_in(kind: str, content: bytes) -> str:
    if kind == "parquet":
        from pyarrow import parquet

        (row,) = parquet.read_table(BytesIO(content)).to_pylist()
        return f"{row['available']:.2f}"
    if kind == "xlsx":
        from openpyxl import load_workbook

        head, row = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
        return f"{dict(zip(head, row, strict=True))['available']:.2f}"
    if kind == "pdf":
        assert content.startswith(b"%PDF-")
        return "1234.50"
    assert b"1234.50" in content
    return "1234.50"


def grant(cast: Cast, amount: str = "500.00") -> dict[str, object]:
    return {
        "department_id": str(cast.marketing.pk),
        "fiscal_year": NOW.year,
        "amount": money(amount),
    }


def test_a_token_s_minute_ends(cast: Cast, fin: Machine):
    secret = fin.headers["Authorization"].removeprefix("Bearer ")

    def waits(seconds: int) -> int:
        caller = caller_of(secret=secret, at=NOW + timedelta(seconds=seconds))
        assert caller is not None
        return caller.wait_seconds

    with override_settings(API_REQUESTS_PER_MINUTE=1):
        assert [waits(0), waits(15), waits(60)] == [0, 45, 0]


def test_a_list_comes_in_the_order_asked_for(cast: Cast, fin: Machine):
    def names(ordering: str) -> list[str]:
        return [row["name"] for row in fin.get(f"departments/?ordering={ordering}").json()["items"]]

    assert names("name") == sorted(names("name"), key=str.casefold)
    assert names("-name") == names("name")[::-1]
    refused = fin.get("departments/?ordering=sealed")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/ordering")


def test_what_has_no_value_comes_last_in_either_order(cast: Cast, fin: Machine):
    for ordering in ("department_name", "-suspended_at", "suspended_at"):
        assert fin.get(f"providers/?ordering={ordering}").status_code == 200
    rows = fin.get("providers/?ordering=-department_id").json()["items"]
    assert rows[-1]["department_id"] is None


def test_the_old_name_of_the_order_of_jobs_is_answered_until_a_day(cast: Cast, maya: Machine):
    old, new = maya.get("jobs/?order=deadline"), maya.get("jobs/?ordering=deadline")

    assert (old.status_code, old.json()) == (200, new.json())
    assert old["Deprecation"].startswith("@")
    assert old["Sunset"].endswith("GMT")
    assert "Sunset" not in new


def test_a_list_says_only_what_changed_since(cast: Cast, maya: Machine):
    awarded(cast)
    every = maya.get("notices/").json()["items"]
    old = maya.get(f"notices/?updated_since={(NOW - 400 * DAY).isoformat()[:19]}Z").json()
    new = maya.get(f"notices/?updated_since={(NOW + DAY).isoformat()[:19]}Z").json()

    assert every
    assert old["items"] == every
    assert new["items"] == []


def test_a_bid_that_comes_moves_no_job(cast: Cast, maya: Machine):
    job = open_job(cast, questions_until=NOW, closes_at=NOW + DAY)
    before = f"jobs/?updated_since={(NOW - 5 * DAY).isoformat()[:19]}Z"
    after = f"jobs/?updated_since={(NOW - 3 * DAY).isoformat()[:19]}Z"
    assert [row["job_id"] for row in maya.get(before).json()["items"]] == [str(job.pk)]

    ledger.submit(cast, job, cast.vera_co, ledger.bid_of(["90"]))

    assert maya.get(after).json()["items"] == []


def test_a_choice_moves_its_job_for_whoever_may_know_of_it(cast: Cast, machine_of: Any):
    award = awarded(cast)

    def moved(name: str, since: datetime) -> list[str]:
        address = f"jobs/?updated_since={since.isoformat()[:19]}Z"
        items = machine_of(getattr(cast, name)).get(address).json()["items"]
        return [row["job_id"] for row in items]

    for name in ("maya", "fin", "ada", "vera", "pia"):
        assert moved(name, award.chosen_at - HOUR) == [str(award.job_id)], name
        assert moved(name, award.chosen_at + HOUR) == [], name
    # What the work comes to is nothing of the bidder who was not chosen.
    ledger.accept(cast, first_milestone(award), at=NOW - HOUR)
    for name, told in (("maya", 1), ("fin", 1), ("ada", 1), ("vera", 1), ("pia", 0)):
        assert len(moved(name, award.chosen_at + HOUR)) == told, name


def test_a_problem_says_an_amount_to_the_letter() -> None:
    """A program compares it; a page writes it for its reader."""
    kept = "The ceiling is 1,234.50 EUR; your price is 2,000.00 EUR."

    answer = problem(409, kept)

    assert json.loads(answer.content)["detail"] == kept
