"""The same figures on page, API, CSV, XLSX and PDF: each amount of each row, and each sum."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client

from api.urls import urlpatterns
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.payees import confirm_payee, pay_by_hand
from ledger.settling import ask_payout
from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import HOUR, contest
from tests.api.test_every_report import REPORTS
from tests.builders import eur
from tests.cast import Cast
from tests.ledger import builders as ledger
from tests.reading import Shown, figure, shown_by, texts_on

THEN = NOW - HOUR  # all that is booked is of one day, so that it is of one month
MONTH = f"{THEN:%Y-%m}"
YEAR = THEN.year
WRITTEN = re.compile(r"(?:[A-Z]{3}\s)?[-\N{MINUS SIGN}]?[\d,]+\.\d+")  # an amount and nothing else
Row = Mapping[str, str]  # of a CSV


@dataclass(frozen=True)
class Page:
    """Where people read a report, and under which head which of its columns stands."""

    address: str
    question: str  # by which the API answers the same
    caption: str  # of the table, as it begins; empty where the figures stand in a list
    columns: Mapping[str, Callable[[Row], str | None]]
    rows: Callable[[Row], bool] = lambda row: True
    file: str = ""  # the address of its files, without the ending
    writes_own_paper: bool = False  # its PDF is no table of the columns


def of(name: str) -> Callable[[Row], str | None]:
    """Return what a column holds."""
    return lambda row: row[name]


def if_positive(row: Row) -> str | None:
    return row["amount"] if Decimal(row["amount"]) >= 0 else None


def if_negative(row: Row) -> str | None:
    return row["amount"] if Decimal(row["amount"]) < 0 else None


def is_booked(row: Row) -> bool:
    return row["line"] == "booked"


PROGRAMS_ALONE = "asked for by programs alone; no page shows it"
# Every report: the page that shows its rows, or why there is none.
PAGES: dict[str, Page | str] = {
    "accruals": PROGRAMS_ALONE,
    "budget-status": Page(
        address="/budgets/",
        question=f"fiscal_year={YEAR}",
        caption="",
        columns={
            "Granted": of("budget"),
            "Charged": lambda row: f"-{row['charged']}",
            "Free": of("available"),
        },
        file="/budgets",
    ),
    "carry-forward": Page(
        address=f"/finance/years/{YEAR}/",
        question=f"fiscal_year={YEAR}",
        caption="Open promises and unspent budgets",
        columns={"Amount": of("amount"), "Budget carried on": of("carried_budget")},
        file=f"/finance/years/{YEAR}/carry-forward",
    ),
    "changes": "the feed of a warehouse: it holds no figure",
    "choice-share": Page(
        address="/choices/",
        question="group_by=quarter",
        caption="How often an in-house team was chosen",
        columns={
            "Chosen": of("in_house"),
            "Contests": of("choices"),
            "Chosen before": of("returns"),
            "Return rate": of("return_rate"),
        },
    ),
    "choices": Page(
        address="/choices/",
        question="",
        caption="Choices made",
        columns={
            "Price": of("price"),
            "Best in-house": of("best_in_house"),
            "Best outside": of("best_outside"),
        },
        file="/choices",
    ),
    "commitments": Page(
        address="/budgets/",
        question=f"fiscal_year={YEAR}",
        caption="Open commitments",
        columns={"Promised": of("original"), "Still open": of("open")},
    ),
    "credit-notes": PROGRAMS_ALONE,
    "department-statement": Page(
        address=f"/statement/?department={{marketing}}&month={MONTH}",
        question=f"department={{marketing}}&period={MONTH}",
        caption="Lines of",
        columns={
            "Charge": if_positive,
            "Credit": if_negative,
            "Fee": of("fee"),
            "Balance": of("balance"),
        },
        rows=is_booked,
        file=f"/statement?department={{marketing}}&month={MONTH}",
        writes_own_paper=True,
    ),
    "disputes": PROGRAMS_ALONE,
    "journal": Page(
        address="/journal/?account=5200",
        question="account=5200",
        caption="Lines of",
        columns={"Debit": of("debit"), "Credit": of("credit")},
        file="/journal?account=5200",
    ),
    "payouts": Page(
        address="/finance/payouts/",
        question=f"from={YEAR - 1}-01-01&to={YEAR + 1}-12-31",
        caption="Each payout",
        columns={"Amount": of("amount")},
    ),
    "period-close": "a list of checks: it holds no figure",
    "provider-pnl": PROGRAMS_ALONE,
    "provider-statement": Page(
        address=f"/statement/?provider={{vera_co}}&month={MONTH}",
        question=f"provider={{vera_co}}&period={MONTH}",
        caption="Lines of",
        columns={"In": if_positive, "Back": if_negative, "Balance": of("balance")},
        rows=is_booked,
        file=f"/statement?provider={{vera_co}}&month={MONTH}",
        writes_own_paper=True,
    ),
    "rate-review": PROGRAMS_ALONE,
    "ratings": Page(
        address="/ratings/",
        question="",
        caption="Ratings of providers",
        columns={"n": of("n")},
        file="/ratings",
    ),
    "recoveries": Page(
        address=f"/finance/years/{YEAR}/",
        question=f"fiscal_year={YEAR}",
        caption="Recoveries and costs",
        columns={"Recovered": of("recovered"), "Cost": of("cost"), "Difference": of("over")},
        file=f"/finance/years/{YEAR}/recoveries",
    ),
    "spend": PROGRAMS_ALONE,
    "stripe-reconciliation": PROGRAMS_ALONE,
    "trial-balance": Page(
        address=f"/trial-balance/?period={MONTH.replace('-', '')}",
        question=f"period={MONTH}",
        caption="Accounts",
        columns={
            "Opening balance": of("opening"),
            "Debit": of("debit"),
            "Credit": of("credit"),
            "Closing": of("closing"),
        },
        file=f"/trial-balance?period={MONTH.replace('-', '')}",
    ),
    "vendor-aging": PROGRAMS_ALONE,
    "vendor-statement": Page(
        address=f"/vendors/{{vera_co}}/years/{YEAR}/",
        question=f"provider={{vera_co}}&from={YEAR}-01-01&to={YEAR}-12-31",
        caption="The year, line by line",
        columns={"Amount": of("amount"), "Owed then": of("balance")},
        file=f"/vendors/{{vera_co}}/years/{YEAR}",
    ),
}


@pytest.fixture
def story(cast: Cast) -> Cast:
    """
    Vera & Co and the Events team both work for Marketing: of Vera's work a part is credited, a
    part contested, a part handed over and a payout asked for.
    """
    award = ledger.choose(cast, contest(cast).vendor_bid, at=THEN - 2 * DAY)
    first, second, third = ledger.milestones(award)
    ledger.accept(cast, first, at=THEN - DAY)  # accepted a day after it is handed over
    ledger.accept(cast, second, at=THEN - DAY)
    ledger.deliver(cast, third, at=THEN)
    contested = {"actor": cast.maya, "reason": "The band did not come.", "at": THEN}
    dispute = raise_dispute(milestone_id=first.pk, amount=eur("4000"), **contested)
    given = {"actor": cast.fin, "reason": "It came late.", "at": THEN}
    resolve_dispute(dispute_id=dispute.pk, credit=eur("3000"), **given)
    raise_dispute(milestone_id=second.pk, amount=eur("1000"), **contested)
    other = ledger.choose(cast, contest(cast).team_bid, at=THEN - 2 * DAY)
    ledger.accept(cast, ledger.milestones(other)[0], at=THEN - DAY)
    fay = ledger.second_of_finance(cast, at=THEN - DAY)
    vendor = {"provider_id": cast.vera_co.pk, "at": THEN}
    payee = pay_by_hand(actor=fay, reference="4711", **vendor)
    confirm_payee(actor=cast.fin, payee_id=payee.pk, at=THEN)
    ask_payout(actor=cast.fin, payout_id=uuid4(), currency="EUR", **vendor)
    return cast


@pytest.fixture
def fins_browser(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.fin)
    return client


def filled(text: str, cast: Cast) -> str:
    return text.format(marketing=cast.marketing.pk, vera_co=cast.vera_co.pk)


def content_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    found: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found


def rows_of(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(file.decode())))


def sheet_of(file: bytes) -> list[dict[str, Any]]:
    names, *rows = openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def amounts_of(row: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the amounts of a row of JSON by their names."""
    return {
        name: Decimal(value["amount"])
        for name, value in row.items()
        if isinstance(value, dict) and value.keys() == {"amount", "currency"}
    }


def amounts_told(name: str, told: Mapping[str, Any]) -> list[dict[str, Decimal]]:
    """Return the amounts of each row that a report's JSON tells, in the order of its files."""
    if name == "journal":
        return [amounts_of(line) for entry in told["items"] for line in entry["lines"]]
    if name in ("department-statement", "provider-statement"):
        edges = amounts_of(told)
        return [
            {"balance": edges["opening"]},
            *map(amounts_of, told["lines"]),
            *({"shown": amounts_of(line)["amount"]} for line in told["shown"]),
            *map(amounts_of, told["promises"]),
            {"balance": edges["closing"]},
        ]
    part = next(one for one in ("items", "lines", "rows", "checks") if one in told)
    return [amounts_of(row) for row in told[part]]


def written(texts: Iterable[str]) -> Counter[Decimal | None]:
    """Return the amounts among these texts: those that are one, and nothing else."""
    return Counter(figure(text) for text in texts if WRITTEN.fullmatch(text.replace(" ", " ")))


def written_in(rows: Iterable[Row]) -> Counter[Decimal | None]:
    return written(cell for row in rows for cell in row.values())


def wrong_in_files(fin: Machine, cast: Cast, name: str) -> list[str]:
    """Return in which format a report says anything else than its JSON."""
    address = filled(f"reports/{name}/?{REPORTS[name]}", cast)
    told = fin.get(f"{address}&limit=200" if name not in WHOLE else address).json()
    files = {
        form: content_of(fin.get(f"{address}&format={form}")) for form in ("csv", "xlsx", "pdf")
    }
    rows, sheet = rows_of(files["csv"]), sheet_of(files["xlsx"])
    amounts = amounts_told(name, told)
    summed = {one["column"] for one in told["control"]["totals"]}
    wrong = [] if len(rows) == len(sheet) == len(amounts) else [f"{name}: rows are missing"]
    for place, (ours, row, cells) in enumerate(zip(amounts, rows, sheet, strict=False)):
        columns = (summed | ours.keys()) & row.keys()
        wanted = {column: ours[column] for column in columns & ours.keys()}
        of_csv = {column: Decimal(row[column]) for column in columns if row[column]}
        of_sheet = {
            column: Decimal(str(cells[column]))
            for column in columns
            if cells[column] not in (None, "")
        }
        if not wanted == of_csv == of_sheet:
            wrong.append(f"{name}, row {place}: {wanted}, csv {of_csv}, xlsx {of_sheet}")
    texts = texts_on(files["pdf"])
    if written(texts) != written_in(rows):
        wrong.append(f"{name}.pdf: {written(texts)}, not {written_in(rows)}")
    for one in told["control"]["totals"]:
        total = f"{one['column'].replace('_', ' ')}: {Decimal(one['sum']['amount']):,f}"
        if not any(total in text for text in texts):
            wrong.append(f"{name}.pdf: no {total}")
    return wrong


# Papers that come in one piece; the others are asked for with as many rows as they give at once.
WHOLE = {
    *("department-statement", "provider-statement", "vendor-statement"),
    *("trial-balance", "period-close"),
}


def test_each_report_says_the_same_in_json_and_in_each_file(story: Cast, fin: Machine):
    assert [said for name in REPORTS for said in wrong_in_files(fin, story, name)] == []


def test_each_report_of_the_api_is_among_those_that_are_compared():
    routes = [str(one.pattern) for one in urlpatterns]
    reports = {found[1] for route in routes if (found := re.fullmatch(r"reports/([\w-]+)/", route))}

    assert reports == PAGES.keys() == REPORTS.keys()


def expected_on(page: Page, rows: list[dict[str, str]]) -> list[list[Decimal | None]]:
    found = []
    for row in rows:
        if page.rows(row):
            said = [value(row) for value in page.columns.values()]
            found.append([Decimal(one) if one else None for one in said])
    return found


def shown_on(page: Page, shown: Shown) -> list[list[Decimal | None]]:
    """Return the figures that a page shows in each row, under the heads that are compared."""
    if not page.caption:
        by_name = [
            [figure(text) for name, text in shown.facts if name == one] for one in page.columns
        ]
        return [list(row) for row in zip(*by_name, strict=True)]
    tables = [one for one in shown.tables if one.caption.startswith(page.caption)]
    assert tables, page.caption
    return [
        [figure(row[head]) for head in page.columns]
        for table in tables
        for row in table.rows
        if not any(name.startswith("Brought forward") for name in row.values())
    ]


def wrong_on_page(fin: Machine, browser: Client, cast: Cast, name: str, page: Page) -> list[str]:
    """Return what a page, or a file of it, says otherwise than the API."""
    address = filled(f"reports/{name}/?{page.question}", cast)
    file = content_of(fin.get(f"{address}&format=csv"))
    rows = rows_of(file)
    wanted = expected_on(page, rows)
    found = shown_on(page, shown_by(content_of(browser.get(filled(page.address, cast))).decode()))
    wrong = [] if wanted == found else [f"{name}: {found} on its page, not {wanted}"]
    if not any(one is not None for row in wanted for one in row):
        wrong.append(f"{name}: no figure was compared")
    if page.file:
        wrong += wrong_in_files_of_page(browser, cast, name, page, file)
    return wrong


def wrong_in_files_of_page(
    browser: Client, cast: Cast, name: str, page: Page, file: bytes
) -> list[str]:
    path, _, question = filled(page.file, cast).partition("?")
    own = {
        form: content_of(browser.get(f"{path}.{form}?{question}"))
        for form in ("csv", "xlsx", "pdf")
        if (form != "xlsx" or name != "vendor-statement")  # a vendor has it as CSV and PDF
    }
    rows = rows_of(file)
    wrong = [] if sorted(own["csv"].splitlines()) == sorted(file.splitlines()) else [f"{name}.csv"]
    if "xlsx" in own and len(sheet_of(own["xlsx"])) != len(rows):
        wrong.append(f"{name}.xlsx: {len(sheet_of(own['xlsx']))} rows")
    wanted = written_on_paper(rows) if page.writes_own_paper else written_in(rows)
    if written(texts_on(own["pdf"])) != wanted:
        wrong.append(f"{name}.pdf: {written(texts_on(own['pdf']))}, not {wanted}")
    return wrong


def written_on_paper(rows: list[dict[str, str]]) -> Counter[Decimal | None]:
    """Return what a statement's own paper says: its lines, their sums, and what is promised."""
    booked = [row for row in rows if is_booked(row)]
    promised = [Decimal(row["open"]) for row in rows if row["line"] == "promised"]
    amounts = [Decimal(row["amount"]) for row in booked]
    fees = [Decimal(row["fee"]) for row in booked if row["fee"]]
    sums = [sum(one for one in amounts if one > 0), sum(one for one in amounts if one < 0)]
    return Counter(
        [
            *amounts,
            *fees,
            *(Decimal(row["balance"]) for row in rows if row["balance"]),
            *map(Decimal, sums),
            *([sum(fees)] if fees else []),
            *promised,
            *([sum(promised)] if promised else []),
        ]
    )


def test_each_page_shows_the_figures_of_its_report(story: Cast, fin: Machine, fins_browser: Client):
    wrong = []
    for name, page in PAGES.items():
        if isinstance(page, Page):
            wrong += wrong_on_page(fin, fins_browser, story, name, page)
    assert wrong == [], "\n".join(wrong)


def test_what_a_vendor_is_owed_runs_from_line_to_line(story: Cast, fin: Machine):
    paper = fin.get(
        filled(f"reports/vendor-statement/?{REPORTS['vendor-statement']}", story)
    ).json()
    (sums,) = paper["sums"]

    owed = [Decimal(sums["opening"]["amount"])]
    for line in paper["lines"]:
        owed.append(owed[-1] + Decimal(line["amount"]["amount"]))
    assert [Decimal(line["balance"]["amount"]) for line in paper["lines"]] == owed[1:]
    assert owed[-1] == Decimal(sums["closing"]["amount"])
    assert len(owed) > 3
