"""
What finance pulls of a whole company, to the unit: the demonstration's years, and another system's
record. What each report comes to is held against the trial balance, account by account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from ledger import chart
from ledger.demonstration.history import tell_history
from ledger.reports.vendor_year import STANDING
from marketplace.models.departments import Department
from marketplace.models.people import Office, User
from marketplace.models.providers import Provider
from tests.api.conftest import DAY, NOW, Machine
from tests.cast import assemble
from tests.ledger.exchange.packages import ASSAM, with_real_data

Sums = Counter[str]  # by currency; a currency that comes to nothing is left out


class Books:
    """The reports of a company, as its finance pulls them."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        months = [month["label"] for month in machine.get("periods/?limit=200").json()["items"]]
        first, last = min(months), max(months)
        # The books begin with the first of them: nothing was brought forward into it.
        self.span = f"from={first}-01&to={last[:4]}-12-31"
        self.years = range(int(first[:4]), int(last[:4]) + 1)
        asked = f"reports/trial-balance/?period={first}&until_period={last}"
        answer = machine.get(asked)
        assert answer.status_code == 200, answer.content
        self.rows = answer.json()["rows"]

    def told(self, report: str, asked: str = "") -> dict[str, Any]:
        answer = self.machine.get(f"reports/{report}/?{asked}")
        assert answer.status_code == 200, (report, asked, answer.content)
        return dict(answer.json())

    def control(self, report: str, column: str, asked: str = "") -> Sums:
        """Return what a column comes to by the report's own control."""
        totals = self.told(report, asked)["control"]["totals"]
        return summed(one["sum"] for one in totals if one["column"] == column)

    def stands(self, *accounts: str) -> Sums:
        """Return what accounts come to by the trial balance."""
        return summed(row["closing"] for row in self.rows if row["account_code"] in accounts)

    def currencies(self) -> set[str]:
        return {row["currency"] for row in self.rows}


def summed(amounts: Iterator[dict[str, str]] | list[dict[str, str]]) -> Sums:
    sums: Sums = Counter()
    for one in amounts:
        sums[one["currency"]] += Decimal(one["amount"])  # type: ignore[assignment]
    return Counter({unit: sum for unit, sum in sums.items() if sum})


def turned(sums: Sums) -> Sums:
    return Counter({unit: -sum for unit, sum in sums.items()})


def all_of(parts: Iterator[Sums]) -> Sums:
    sums: Sums = Counter()
    for part in parts:
        sums.update(part)
    return Counter({unit: sum for unit, sum in sums.items() if sum})


def statements(books: Books, column: str) -> Sums:
    return all_of(
        books.control("department-statement", column, f"{books.span}&department={id}&currency={c}")
        for id in Department.objects.values_list("pk", flat=True)
        for c in books.currencies()
    )


def owed_by_statement(books: Books) -> Sums:
    """Return what the vendors' statements end with."""
    vendors = Provider.objects.filter(department=None).values_list("pk", flat=True)
    papers = [books.told("vendor-statement", f"{books.span}&provider={id}") for id in vendors]
    return summed([one["closing"] for paper in papers for one in paper["sums"]])


def differences(books: Books) -> dict[str, tuple[Sums, Sums]]:
    """Return each report whose figure is not the trial balance's, with both."""
    spent, promised = books.stands(*chart.SPEND), books.stands(chart.COMMITMENT)
    years = [f"fiscal_year={year}" for year in books.years]
    by_place = f"{books.span}&group_by=department&group_by=category"
    asked = {
        "spend": (books.control("spend", "amount", by_place), spent),
        "statements": (all_of(statements(books, name) for name in ("amount", "fee")), spent),
        "fees": (statements(books, "fee"), books.stands(chart.MARKETPLACE_FEE)),
        "budgets": (all_of(books.control("budget-status", "charged", y) for y in years), spent),
        "promises": (books.control("commitments", "open", "only_open=false"), promised),
        "budgets' promises": (
            all_of(books.control("budget-status", "committed", y) for y in years),
            promised,
        ),
        "aging": (
            books.control("vendor-aging", "owed"),
            turned(books.stands(chart.VENDOR_PAYABLE)),
        ),
        "vendors' statements": (owed_by_statement(books), turned(books.stands(*STANDING))),
        "debits": (books.control("journal", "debit"), summed([r["debit"] for r in books.rows])),
        "credits": (books.control("journal", "credit"), summed([r["credit"] for r in books.rows])),
        "choices": (
            books.control("choices", "price"),
            summed(books.told("choices/totals")["awarded"]),
        ),
        "shares": (
            all_of(
                books.control("choice-share", column)
                for column in ("in_house_value", "outside_value")
            ),
            books.control("choices", "price"),
        ),
    }
    print({name: dict(both[1]) for name, both in asked.items()})  # noqa: T201 - what was compared
    return {name: both for name, both in asked.items() if both[0] != both[1]}


@pytest.mark.proof
def test_every_report_of_the_demonstration_is_the_trial_balance(
    db: None, machine_of: Callable[..., Machine]
):
    tell_history(now=datetime.now(UTC), say=lambda _line: None)
    finance = User.objects.filter(offices__office=Office.FINANCE, offices__ended_at=None)
    books = Books(machine_of(finance.order_by("email")[0]))

    assert books.stands(*chart.SPEND)
    assert differences(books) == {}


@pytest.mark.proof
@with_real_data
def test_every_report_of_another_systems_record_is_the_trial_balance(
    committed: str,
    as_role: Callable[[str], None],
    machine_of: Callable[..., Machine],
    settings: Any,
):
    settings.API_REQUESTS_PER_MINUTE = 100_000  # a statement for each of its vendors
    as_role("replay")  # committed, so that the import may share its work among processes
    fin = machine_of(assemble(at=NOW - 300 * DAY).fin)
    call_command("import_ocds", str(ASSAM), stdout=StringIO(), stderr=StringIO())
    books = Books(fin)

    assert books.control("choices", "price")["INR"] == Decimal("104243513165.45")
    assert differences(books) == {}
