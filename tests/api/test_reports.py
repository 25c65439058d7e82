"""What finance pulls: the same figures as JSON and as files, and only what one may see."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest

from ledger.exchange.report_runs import make_due_reports
from ledger.models.awards import Award
from tests.api.conftest import NOW, Machine
from tests.api.stories import HOUR, awarded, first_milestone, money
from tests.cast import Cast
from tests.ledger import builders as ledger

# The days of the choice and the charge may lie in two months.
SPAN = f"from={NOW.year - 1}-01-01&to={NOW.year + 1}-12-31"


@pytest.fixture
def award(cast: Cast) -> Award:
    made = awarded(cast)
    ledger.accept(cast, first_milestone(made), at=NOW - 25 * HOUR)
    return made


def text_of(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def test_a_choice_is_one_row(award, fin: Machine):
    (row,) = fin.get("reports/choices/").json()["items"]

    assert row["job_title"] == "Summer party for 200 guests"
    assert row["department_name"] == "Marketing"
    assert row["provider_name"] == "Vera & Co"
    assert row["kind"] == "outside"
    assert row["price"] == money("40000.00")
    assert row["valid_priced_bids"] == 2
    assert row["is_lowest"] is True
    assert row["reason"] == "Their idea for the rain convinced us."


def test_the_choices_are_counted(award, fin: Machine):
    totals = fin.get("reports/choices/totals/").json()

    assert (totals["choices"], totals["outside"]) == (1, 1)
    assert totals["awarded"] == [money("40000.00")]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (SPAN, 1),
        ("kind=outside", 1),
        ("kind=in_house", 0),
        ("category=events", 1),
        ("currency=USD", 0),
        ("period=2001-01", 0),
    ],
)
def test_choices_are_filtered(award, fin: Machine, question: str, rows: int):
    assert len(fin.get(f"reports/choices/?{question}").json()["items"]) == rows


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        ("period=2026-14", "/period"),
        ("period=2026-01&from=2026-01-01", "/period"),
        ("from=2026-02-01&to=2026-01-01", "/to"),
        ("from=yesterday", "/from"),
        ("period=", "/period"),
        ("period=2026-01&period=2026-02", "/period"),
        ("fields=", "/fields"),
        ("kind=both", "/kind"),
        ("department=marketing", "/department"),
        ("currency=euro", "/currency"),
        ("format=docx", "/format"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused_where_it_is_wrong(fin, question, pointer):
    answer = fin.get(f"reports/choices/?{question}")

    assert answer.status_code == 400
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


def test_a_vendors_people_find_no_choices_of_others(award, otto: Machine):
    assert otto.get("reports/choices/").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("reports/choices/", "valid_priced_bids"),
        ("reports/choice-share/", "in_house"),
        ("reports/ratings/", "again_yes"),
        ("reports/budget-status/", "available"),
        ("reports/commitments/", "liquidated"),
        ("reports/journal/", "debit"),
        ("reports/trial-balance/", "closing"),
    ],
)
def test_a_report_is_a_file_by_parameter_and_by_header(award, fin: Machine, path, column):
    by_parameter = fin.get(f"{path}?format=csv")
    by_header = fin.get(path, Accept="text/csv")

    assert by_parameter["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in by_header["Content-Disposition"]
    text = text_of(by_parameter)
    assert column in text.splitlines()[0].split(",")
    assert text_of(by_header) == text


def test_a_report_is_a_workbook(award, fin: Machine):
    answer = fin.get("reports/choices/?format=xlsx")

    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_a_refusal_stays_a_problem_when_a_file_was_asked_for(award, otto: Machine, cast: Cast):
    answer = otto.get(f"reports/choices/?format=csv&department={cast.marketing.pk}")
    by_header = otto.get("reports/trial-balance/", Accept="text/csv")

    assert answer.status_code == 404
    assert by_header.status_code == 403
    assert by_header["Content-Type"] == "application/problem+json"


def test_what_is_not_offered_is_not_acceptable(fin: Machine):
    assert fin.get("reports/choices/", Accept="image/png").status_code == 406


def test_the_statement_ties_to_the_journal(award, cast: Cast, fin: Machine, maya: Machine):
    path = f"reports/department-statement/?department={cast.marketing.pk}&{SPAN}"
    paper = fin.get(path).json()

    assert maya.get(path).json()["closing"] == paper["closing"]
    amounts, fees = (
        sum(Decimal(line[part]["amount"]) for line in paper["lines"]) for part in ("amount", "fee")
    )
    assert fees == Decimal(paper["fees"]["amount"]) > 0
    assert amounts + fees == Decimal(paper["charges"]["amount"]) > 15000
    for line in paper["lines"]:
        entry = fin.get(f"entries/{line['entry_id']}/").json()
        assert entry["kind"] == line["kind"]


def test_a_statement_as_a_file_opens_and_closes_as_the_paper(award, cast: Cast, fin: Machine):
    path = f"reports/department-statement/?department={cast.marketing.pk}&{SPAN}"
    paper = fin.get(path).json()

    answer = fin.get(f"{path}&format=csv")

    assert "statement-marketing-" in answer["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(text_of(answer))))
    assert [row["line"] for row in (rows[0], rows[-1])] == ["opening", "closing"]
    assert rows[0]["balance"] == paper["opening"]["amount"]
    booked = [row for row in rows if row["line"] == "booked"]
    promised = [row for row in rows if row["line"] == "promised"]
    assert len(rows) == 1 + len(booked) + len(promised) + 1
    assert rows[-1]["balance"] == booked[-1]["balance"] == paper["closing"]["amount"]
    assert [(row["amount"], row["fee"], row["proof"]) for row in booked] == [
        (line["amount"]["amount"], line["fee"]["amount"], line["proof"]) for line in paper["lines"]
    ]
    assert [row["open"] for row in promised] == [one["open"]["amount"] for one in paper["promises"]]
    assert promised


def test_a_statement_is_the_departments_own(award, cast: Cast, sam: Machine, vera: Machine):
    path = f"reports/department-statement/?department={cast.marketing.pk}"

    assert sam.get(path).status_code == 403
    assert vera.get(path).status_code == 404


def test_a_statement_names_its_department(fin: Machine):
    answer = fin.get("reports/department-statement/")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/department"


def test_a_vendor_reads_what_it_is_owed(award, cast: Cast, vera: Machine, otto: Machine):
    path = f"reports/provider-statement/?provider={cast.vera_co.pk}&{SPAN}"

    assert vera.get(path).json()["closing"] == money("15000.00")
    assert otto.get(path).status_code == 404


def test_the_books_balance(award, fin: Machine, ada: Machine, maya: Machine):
    for machine in (fin, ada):
        paper = machine.get("reports/trial-balance/").json()
        assert paper["is_balanced"] is True
        assert all(book["debit"] == book["credit"] for book in paper["totals"])
    assert maya.get("reports/trial-balance/").status_code == 403


def test_a_budget_shows_what_is_promised_and_charged(award, cast: Cast, maya: Machine, sam):
    rows = maya.get(f"reports/budget-status/?department={cast.marketing.pk}").json()["items"]

    assert sum(float(row["charged"]["amount"]) for row in rows) > 15000
    assert sam.get("reports/budget-status/").json()["items"] == []


def test_commitments_show_what_is_still_open(award, fin: Machine):
    (row,) = fin.get("reports/commitments/").json()["items"]

    assert row["provider_name"] == "Vera & Co"
    assert float(row["open"]["amount"]) > 0
    assert float(row["original"]["amount"]) >= 40000


def test_spend_is_summed_by_up_to_four_things(award, fin: Machine):
    rows = fin.get(f"reports/spend/?{SPAN}&group_by=department&group_by=provider").json()["items"]

    assert ["Marketing", "Vera & Co"] in [row["labels"] for row in rows]
    assert fin.get("reports/spend/?group_by=mood").status_code == 400


def test_share_is_counted_by_what_was_asked(award, fin: Machine):
    (row,) = fin.get("reports/choice-share/?group_by=category").json()["items"]

    assert (row["key"], row["outside"], row["in_house"]) == ("events", 1, 0)


def test_the_months_of_the_books_are_listed(award, fin: Machine):
    months = fin.get("periods/").json()["items"]

    assert f"{NOW:%Y-%m}" in {month["label"] for month in months}


def test_a_journal_entry_that_is_not_ones_own_is_missing(award, fin: Machine, otto: Machine):
    entry = fin.get("reports/journal/?limit=1").json()["items"][0]["entry_id"]

    assert otto.get(f"entries/{entry}/").status_code == 404


def test_a_statement_is_read_as_it_was(award, cast: Cast, fin: Machine):
    was = f"as_of={NOW.date()}&known_at={NOW.isoformat().replace('+00:00', 'Z')}"
    addresses = [
        f"reports/department-statement/?department={cast.marketing.pk}&",
        f"reports/provider-statement/?provider={cast.vera_co.pk}&",
        "reports/spend/?",
    ]
    for address in addresses:
        answer = fin.get(f"{address}{SPAN}&{was}")
        assert answer.status_code == 200, answer.content


def test_a_run_needs_what_its_report_needs_and_keeps_its_question(
    award, cast: Cast, fin: Machine, machine_of
):
    narrow = machine_of(cast.fin, "reports:read")
    question = {"as_of": str(NOW.date()), "known_at": NOW.isoformat()}
    wanted = {"report": "journal", "format": "csv", "question": question}

    refused = narrow.post("report-runs/", wanted)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    run = fin.post("report-runs/", wanted).json()
    assert make_due_reports(at=NOW + HOUR) == {"reports_made": 1}

    found = fin.get(f"report-runs/{run['id']}/").json()
    assert (found["problem"], found["rows_done"] > 0) == ("", True)
    assert text_of(fin.get(f"report-runs/{run['id']}/file/"))
    for address in (f"report-runs/{run['id']}/", f"report-runs/{run['id']}/file/"):
        assert narrow.get(address).status_code == 403
    assert narrow.get("report-runs/").json()["items"] == []
