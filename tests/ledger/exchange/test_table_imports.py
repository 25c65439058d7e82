"""Tables come in row by row: the good ones are kept, the others say why not."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.exchange.table_imports import NotATable, import_table
from ledger.models.budgets import BudgetLine
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.refusals import Forbidden
from tests.builders import NOON, refused
from tests.cast import Cast
from tests.ledger.builders import assert_books_hold

pytestmark = pytest.mark.django_db
FINANCE = Path(__file__).parents[3].parent / "shared" / "data" / "finance"
OAKLAND = FINANCE / "oakland_budget_FY21-22__adopted.csv.gz"
DEPARTMENTS = """name,cost_centre,currency,parent_cost_centre
Harbour,H1,EUR,
Cranes,H2,EUR,H1
Twice,H1,EUR,
Lost,H9,EUR,H8
"""


def test_a_dry_run_says_what_would_become_of_each_row_and_keeps_nothing(cast: Cast):
    before = Department.objects.count()
    words = {"actor": cast.adam, "kind": "departments", "text": DEPARTMENTS, "at": NOON}

    dry = import_table(**words, is_dry=True)
    assert Department.objects.count() == before
    kept = import_table(**words, is_dry=False)

    assert [(row.line, row.is_kept, row.code) for row in kept.rows] == [
        (2, True, ""),
        (3, True, ""),
        (4, False, "cost_centre_taken"),
        (5, False, "unknown"),
    ]
    assert dry.rows == kept.rows
    assert (kept.kept, kept.refused) == (2, 2)
    assert Department.objects.get(cost_centre="H2").parent.name == "Harbour"


def test_people_and_providers_come_with_what_they_belong_to(cast: Cast):
    centre = cast.marketing.cost_centre
    people = f"email,name,cost_centre,role\nnina@example.com,Nina,{centre},requester\nx,No,,\n"
    providers = f"name,team_of_cost_centre,categories\nInk & Co,,{cast.printing.code}\n"
    providers += f"Studio,{centre},{cast.events.code}\nNobody,,nothing\n"

    told = import_table(actor=cast.adam, kind="people", text=people, is_dry=False, at=NOON)
    more = import_table(actor=cast.adam, kind="providers", text=providers, is_dry=False, at=NOON)

    assert [row.is_kept for row in told.rows] == [True, False]
    assert User.objects.get(email="nina@example.com").memberships.get().department == cast.marketing
    assert [row.is_kept for row in more.rows] == [True, True, False]
    assert Provider.objects.get(name="Studio").department == cast.marketing


def test_budgets_are_granted_once_however_often_the_table_is_sent(cast: Cast):
    centre = cast.marketing.cost_centre
    text = "cost_centre,fiscal_year,amount,currency,control\n"
    text += f"{centre},2026,1000.00,EUR,tracked\n{centre},2026,0,EUR,\nnone,2026,5,EUR,\n"
    words = {"actor": cast.fin, "kind": "budgets", "text": text, "is_dry": False, "at": NOON}

    first, again = import_table(**words), import_table(**words)

    assert [row.is_kept for row in first.rows] == [True, False, False]
    assert again.kept == 1
    assert BudgetLine.objects.get(department=cast.marketing).budget_minor == 1000_00
    with refused(Forbidden):
        import_table(**words | {"actor": cast.maya})
    assert_books_hold()


def test_a_row_with_a_cell_too_many_or_too_few_is_refused_under_its_line(cast: Cast):
    centre = cast.marketing.cost_centre
    text = "cost_centre,fiscal_year,currency,amount\n\n"
    text += f"{centre},2026,EUR,1,500.00\n{centre},2026,EUR\n{centre},2026,EUR,2\n"

    told = import_table(actor=cast.fin, kind="budgets", text=text, is_dry=False, at=NOON)

    assert [(row.line, row.is_kept, row.code) for row in told.rows] == [
        (3, False, "row_unreadable"),
        (4, False, "row_unreadable"),
        (5, True, ""),
    ]
    assert BudgetLine.objects.get(department=cast.marketing).budget_minor == 2_00
    assert_books_hold()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("5,EUR,Hard", "not_a_control"),
        ("5,eur,", "not_a_currency"),
        ("1E+999999,EUR,", "not_an_amount"),
    ],
)
def test_a_budget_that_could_not_refuse_is_refused(cast: Cast, cells: str, code: str):
    text = "cost_centre,fiscal_year,amount,currency,control\n"
    text += f"{cast.marketing.cost_centre},2026,{cells}\n"
    told = import_table(actor=cast.fin, kind="budgets", text=text, is_dry=False, at=NOON)
    assert [row.code for row in told.rows] == [code]


def test_a_text_that_is_too_long_stops_no_other_row(cast: Cast):
    text = f"name,cost_centre,currency\nA,{'9' * 41},EUR\nB,B1,EUR\n"
    told = import_table(actor=cast.adam, kind="departments", text=text, is_dry=False, at=NOON)
    people = f"email,name\n{'x' * 300}@example.com,X\nnina@example.com,Nina\n"
    more = import_table(actor=cast.adam, kind="people", text=people, is_dry=False, at=NOON)

    assert [row.code for row in told.rows] == ["cost_centre_too_long", ""]
    assert [row.is_kept for row in more.rows] == [False, True]


def test_a_rate_is_stated_by_a_table(cast: Cast):
    day = (NOON + timedelta(days=3)).date()
    text = f"currency,into,rate,in_force_on,reason\nUSD,EUR,0.9,{day},ECB\nUSD,EUR,x,soon,ECB\n"
    text += f"usd,EUR,0.9,{day},ECB\n"
    told = import_table(actor=cast.fin, kind="rates", text=text, is_dry=False, at=NOON)
    assert [row.is_kept for row in told.rows] == [True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name\nA\n",
        "name,cost_centre,currency,colour\n",
        "name,name,cost_centre,currency\n",
        '"a',
    ],
)
def test_what_is_no_such_table_is_refused_as_a_whole(cast: Cast, text: str):
    with pytest.raises(NotATable):
        import_table(actor=cast.adam, kind="departments", text=text, is_dry=False, at=NOON)


@pytest.mark.skipif(not OAKLAND.exists(), reason="../shared/data/finance is not here")
def test_a_citys_published_budget_comes_in_to_the_unit(cast: Cast):
    """Oakland, 2021-22: what each department may spend."""
    sums: Counter[str] = Counter()
    with gzip.open(OAKLAND, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["account_type"] == "Expense":
                sums[row["department"]] += round(float(row["amount"]) * 100)
    names = [name for name, minor in sorted(sums.items()) if minor > 0]
    centres = {name: f"OAK{place}" for place, name in enumerate(names)}
    departments = "name,cost_centre,currency\n" + "".join(
        f'"{name}",{centres[name]},USD\n' for name in names
    )
    budgets = "cost_centre,fiscal_year,amount,currency\n" + "".join(
        f"{centres[name]},2026,{sums[name] / 100:.2f},USD\n" for name in names
    )

    words = {"is_dry": False, "at": NOON}
    import_table(actor=cast.adam, kind="departments", text=departments, **words)
    told = import_table(actor=cast.fin, kind="budgets", text=budgets, **words)

    assert (told.kept, told.refused) == (len(names), 0)
    granted = BudgetLine.objects.filter(currency="USD").values_list("budget_minor", flat=True)
    assert sum(granted) == sum(sums[name] for name in names)
    assert_books_hold()
