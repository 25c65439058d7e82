"""Each report of the catalogue: under its address, with its control, the same in each format."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

from ledger import chart
from ledger.reports.vendor_year import STANDING
from tests.api.conftest import NOW, Machine
from tests.api.stories import HOUR, awarded, first_milestone
from tests.cast import Cast
from tests.ledger import builders as ledger

ZERO = Decimal(0)
SPAN = f"from={NOW.year - 1}-01-01&to={NOW.year + 1}-12-31"
MONTHS = f"period={NOW.year - 1}-01&until_period={NOW.year}-12"
MONTH = f"period={NOW:%Y-%m}"
# Every report of the catalogue, with a question.
REPORTS = {
    "accruals": MONTH,
    "budget-status": "",
    "carry-forward": f"fiscal_year={NOW.year}",
    "changes": "",
    "choice-share": SPAN,
    "choices": SPAN,
    "commitments": "only_open=false",
    "credit-notes": SPAN,
    "department-statement": f"{SPAN}&department={{marketing}}",
    "disputes": "only_open=false",
    "journal": "",
    "payouts": "",
    "period-close": MONTH,
    "provider-pnl": MONTHS,
    "provider-statement": f"{SPAN}&provider={{vera_co}}",
    "rate-review": "",
    "ratings": "",
    "recoveries": f"fiscal_year={NOW.year}",
    "spend": f"{SPAN}&group_by=department&group_by=month",
    "stripe-reconciliation": "",
    "trial-balance": "",
    "vendor-aging": "",
    "vendor-statement": f"{SPAN}&provider={{vera_co}}",
}
LISTS = {
    "department-statement": ("lines", "shown", "promises"),
    "provider-statement": ("lines", "shown"),
    "vendor-statement": ("lines",),
    "period-close": ("checks",),
    "trial-balance": ("rows",),
}
# Opening and closing: rows of the file, and fields of the paper.
EDGES = {"department-statement": 2, "provider-statement": 2}
READERS = {
    "csv": lambda content: list(csv.DictReader(StringIO(content.decode()))),
    "ndjson": lambda content: [json.loads(line) for line in content.splitlines()],
    "xlsx": lambda content: _of_sheet(openpyxl.load_workbook(BytesIO(content)).active),
    "parquet": lambda content: parquet.read_table(BytesIO(content)).to_pylist(),
}


def _of_sheet(sheet: Any) -> list[dict[str, Any]]:
    names, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture
def story(cast: Cast) -> Cast:
    """Vera & Co's first milestone is accepted, a part of it contested."""
    award = awarded(cast)
    ledger.accept(cast, first_milestone(award), at=NOW - 25 * HOUR)
    return cast


def address(name: str, cast: Cast) -> str:
    ids = {"marketing": cast.marketing.pk, "vera_co": cast.vera_co.pk}
    return f"reports/{name}/?{REPORTS[name].format(**ids)}"


def sums_of(rows: list[dict[str, Any]], names: set[str]) -> dict[tuple[str, str], Decimal]:
    """Return what each column of amounts comes to in each currency."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for name in names:
            said = row[name]
            if said in (None, ""):
                continue
            amount = said["amount"] if isinstance(said, dict) else said
            sums[name, row["currency"]] += Decimal(str(amount))  # type: ignore[assignment]
    return {key: value for key, value in sums.items() if value}  # type: ignore[misc]


def wrong_with(fin: Machine, cast: Cast, name: str, forms: tuple[str, ...]) -> list[str]:
    """Return what differs between a report's JSON, its files, and what it says they come to."""
    answer = fin.get(address(name, cast))
    if answer.status_code != 200:
        return [f"{name}: {answer.content.decode()}"]
    told = answer.json()
    missing = {"control", "period_status"} - told.keys()
    if missing or not {"ETag", "X-Ledger-Checkpoint", "X-Period-Status"} <= answer.headers.keys():
        return [f"{name}: no {missing} or no header"]
    rows = [row for part in LISTS.get(name, ("items",)) for row in told[part]]
    totals = {
        (one["column"], one["sum"]["currency"]): Decimal(one["sum"]["amount"])
        for one in told["control"]["totals"]
        if Decimal(one["sum"]["amount"])
    }
    wrong = []
    if name != "journal" and told["control"]["rows"] != len(rows) + EDGES.get(name, 0):
        wrong.append(f"{name}: {told['control']['rows']} rows, and {len(rows)} there")
    for form in forms:
        file = fin.get(f"{address(name, cast)}&format={form}")
        content = b"".join(file.streaming_content) if file.streaming else file.content
        found = READERS[form](content)
        if len(found) != told["control"]["rows"]:
            wrong.append(f"{name}.{form}: {len(found)} rows, not {told['control']['rows']}")
        if sums_of(found, {column for column, _ in totals}) != totals:
            wrong.append(f"{name}.{form}: not {totals}")
        if int(file["X-Report-Rows"]) != told["control"]["rows"]:
            wrong.append(f"{name}.{form}: {file['X-Report-Rows']} rows by its header")
        if not {"X-Ledger-Checkpoint", "X-Period-Status"} <= file.headers.keys():
            wrong.append(f"{name}.{form}: a header is missing")
    return wrong


def test_each_report_comes_to_what_it_says(story: Cast, fin: Machine):
    assert [said for name in REPORTS for said in wrong_with(fin, story, name, ("csv",))] == []


@pytest.mark.proof
@pytest.mark.parametrize("name", REPORTS)
def test_each_report_is_the_same_in_each_format(story: Cast, fin: Machine, name: str):
    assert wrong_with(fin, story, name, tuple(READERS)) == []


def test_each_report_of_money_is_the_trial_balance_to_the_unit(story: Cast, fin: Machine):
    def told(name: str) -> dict[str, Any]:
        said: dict[str, Any] = fin.get(address(name, story)).json()
        return said

    def control(name: str, column: str) -> Decimal:
        totals = told(name)["control"]["totals"]
        return sum((Decimal(t["sum"]["amount"]) for t in totals if t["column"] == column), ZERO)

    rows = told("trial-balance")["rows"]
    stands = {row["account_code"]: Decimal(row["closing"]["amount"]) for row in rows}
    spent = sum(stands.get(code, ZERO) for code in chart.SPEND)
    owed = -sum(stands.get(code, ZERO) for code in STANDING)
    of_vendor = told("vendor-statement")
    (vendor,) = of_vendor["sums"]
    assert of_vendor["lines"][-1]["balance"] == vendor["closing"]  # it runs from line to line
    assert spent > ZERO
    assert owed > ZERO
    # What departments were charged, by each report that says so.
    assert control("spend", "amount") == spent
    assert Decimal(told("department-statement")["closing"]["amount"]) == spent
    # The fee stands apart from the amount: each once, together everything.
    fee = control("department-statement", "fee")
    assert fee == stands[chart.MARKETPLACE_FEE] > ZERO
    assert control("department-statement", "amount") + fee == spent
    assert control("department-statement", "open") == stands[chart.COMMITMENT]
    assert control("budget-status", "charged") == spent
    # What is promised.
    assert control("commitments", "open") == stands[chart.COMMITMENT]
    assert control("budget-status", "committed") == stands[chart.COMMITMENT]
    # What vendors are owed.
    assert control("vendor-aging", "owed") == -stands[chart.VENDOR_PAYABLE]
    assert Decimal(vendor["closing"]["amount"]) == owed
    assert Decimal(told("provider-statement")["closing"]["amount"]) == owed
    # Both sides of everything.
    assert control("journal", "debit") == control("journal", "credit")
    sides = [sum(Decimal(row[side]["amount"]) for row in rows) for side in ("debit", "credit")]
    assert sides[0] == sides[1]


def test_the_first_and_the_last_day_of_all_are_days(cast: Cast, fin: Machine):
    first, last = date.min.isoformat(), date.max.isoformat()
    days = (f"from={first}&to={last}", f"from={last}&to={last}", f"as_of={first}", f"as_of={last}")
    wrong = []
    for name in REPORTS:
        said = address(name, cast).partition("?")[2].split("&")
        kept = [one for one in said if one.startswith(("department", "provider", "group_by"))]
        for asked in (*days, "period=2100-12"):
            answer = fin.get(f"reports/{name}/?{'&'.join([asked, *kept])}")
            if answer.status_code not in (200, 400):
                wrong.append(f"{name}?{asked}: {answer.status_code}")
    assert wrong == []
