"""What a company paid past the marketplace comes in from its files, credits and old names too."""

from __future__ import annotations

import gzip
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.exchange import payments
from ledger.models.budgets import BudgetLine
from ledger.models.years import OutsideSpend
from ledger.reports.spend import spend
from marketplace.admission import register_department
from marketplace.models.departments import Department
from marketplace.models.events import Event
from marketplace.money import Money
from tests.cast import FOUNDED, Cast
from tests.ledger.builders import assert_books_hold

pytestmark = pytest.mark.django_db
HEAD = "department,category,paid_on,reference,supplier,net,vat,gross,currency\n"
ROWS = (
    "Parks & Leisure,Plants,2026-03-02,7001,Green Ltd,100.00,20.00,120.00,GBP\n"
    "PARKS AND  LEISURE,Plants,2026-03-02,7001,Green Ltd,50.00,,,GBP\n"
    "Parks & Leisure,Plants,2026-03-02,7001,Green Ltd,100.00,20.00,120.00,GBP\n"
    "Green Spaces,Plants,2026-03-09,7009,Green Ltd,-30.00,,,GBP\n"
    "Parks & Leisure,Plants,2026-03-09,7010,Green Ltd,0.00,,,GBP\n"
    "Parks & Leisure,Plants,someday,7011,Green Ltd,1.00,,,GBP\n"
)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paid, renamed = tmp_path / "paid.csv.gz", tmp_path / "renamed.csv"
    paid.write_bytes(gzip.compress((HEAD + ROWS).encode()))
    renamed.write_text("Green Spaces,Parks and leisure\n")
    return [str(paid), "--renamed", str(renamed), "--add-departments", "--add-categories"]


def told(*words: str) -> str:
    out = StringIO()
    call_command("import_payments", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_payments_and_credits_of_a_department_that_was_renamed_come_to_one_sum(
    cast: Cast, files: list[str]
):
    said = told(*files)

    assert "4 of 6 recorded" in said
    assert "line 6:" in said
    assert "line 7:" in said
    parks = Department.objects.get(name="Parks & Leisure")
    span = {"since_on": OutsideSpend.objects.earliest("paid_on").paid_on.replace(day=1)}
    span["until_on"] = OutsideSpend.objects.latest("paid_on").paid_on
    (row,) = spend(actor=cast.fin, **span)
    assert (row.labels, row.amount) == (("Parks & Leisure",), Money(220_00, "GBP"))
    (row,) = spend(actor=cast.fin, **span, group_by=("department", "category", "month"))
    assert row.labels == ("Parks & Leisure", "Plants", "2026-03")
    assert row.amount == Money(220_00, "GBP")
    assert BudgetLine.objects.get(department=parks).charged_minor == 220_00
    assert_books_hold()


def test_a_file_sent_again_is_recorded_once_and_a_dry_run_keeps_nothing(
    cast: Cast, files: list[str]
):
    assert "4 of 6 would be recorded" in told(*files, "--dry-run")
    assert not OutsideSpend.objects.exists()
    told(*files)
    told(*files)

    assert OutsideSpend.objects.count() == 4
    assert_books_hold()


def test_an_import_that_was_stopped_goes_on_where_it_was(
    cast: Cast, files: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(payments, "GROUP", 2)
    take, taken = payments._take, []

    def stopped(group: Any, *others: Any, **words: Any) -> None:
        if taken:
            raise KeyboardInterrupt
        taken.append(group)
        take(group, *others, **words)

    monkeypatch.setattr(payments, "_take", stopped)
    with pytest.raises(CommandError, match=r"Stopped after 2 rows\. What was recorded stays\."):
        told(*files)
    assert OutsideSpend.objects.count() == 2
    monkeypatch.setattr(payments, "_take", take)

    assert "4 of 6 recorded" in told(*files)
    assert OutsideSpend.objects.count() == 4
    assert Event.objects.filter(kind="outside_spend.recorded").count() == 2
    assert_books_hold()


def test_a_row_told_again_with_another_kind_of_work_is_refused(cast: Cast, files: list[str]):
    told(*files[:-1])

    said = told(*files)

    assert "0 of 6 recorded" in said
    assert "refused 4: booked_differently" in said
    assert_books_hold()


def test_a_file_that_holds_no_payments_is_refused(cast: Cast, tmp_path: Path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name\nA\n")
    with pytest.raises(CommandError, match="lacks the columns"):
        told(str(wrong))


def test_a_row_with_cells_too_many_or_too_few_is_refused_and_stops_no_other(
    cast: Cast, tmp_path: Path
):
    good = "Parks,Plants,2026-03-02,7001,Green Ltd,100.00,,,GBP\n"
    paid = tmp_path / "paid.csv"
    paid.write_text(f"{HEAD}{good.replace('100.00', '1,500.00')}Parks\n\n{good}")

    said = told(str(paid), "--add-departments")

    assert "1 of 3 recorded" in said
    assert "line 2:" in said
    assert "line 3:" in said
    assert OutsideSpend.objects.count() == 1
    assert_books_hold()


def test_a_row_whose_department_cannot_be_made_stops_no_other(cast: Cast, tmp_path: Path):
    good = "Parks,Plants,2026-03-02,7001,Green Ltd,100.00,,,GBP\n"
    late = good.replace("2026", "2206").replace("Parks", "Later")
    paid = tmp_path / "paid.csv"
    paid.write_text(HEAD + good.replace("Parks", "P" * 201) + late + good)

    said = told(str(paid), "--add-departments")

    assert "1 of 3 recorded" in said
    assert "1: paid_too_early" in said
    assert not Department.objects.filter(name="Later").exists()
    assert_books_hold()


def test_a_department_that_comes_under_its_old_name_alone_is_made_under_the_new(
    cast: Cast, tmp_path: Path
):
    row = "Green Spaces,Plants,2026-03-09,7009,Green Ltd,30.00,,,GBP\n"
    (tmp_path / "renamed.csv").write_text("Green Spaces,Parks and leisure\n")
    words = ["--renamed", str(tmp_path / "renamed.csv"), "--add-departments"]
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_text(HEAD + row)
        assert "1 of 1 recorded" in told(str(tmp_path / name), *words)

    assert Department.objects.filter(name="Parks and leisure").count() == 1
    assert not Department.objects.filter(name="Green Spaces").exists()


def test_of_two_departments_with_like_names_the_one_that_is_spelled_so_is_charged(
    cast: Cast, tmp_path: Path
):
    for name in ("Plan A+", "Plan A-"):
        register_department(
            actor=cast.adam, name=name, cost_centre=name, currency="GBP", at=FOUNDED
        )
    row = "Plan A-,Plants,2026-03-09,7009,Green Ltd,30.00,,,GBP\n"
    paid = tmp_path / "paid.csv"
    paid.write_text(HEAD + row + row.replace("Plan A-", "Plan A"))

    said = told(str(paid), "--add-departments")

    assert "1 of 2 recorded" in said
    assert "may be one of several" in said
    assert OutsideSpend.objects.get().department.name == "Plan A-"


def test_lines_of_one_document_with_a_long_number_are_told_apart(cast: Cast, tmp_path: Path):
    row = f"Parks,Plants,2026-03-09,{'7' * 99},Green Ltd,30.00,,,GBP\n"
    paid = tmp_path / "paid.csv"
    paid.write_text(HEAD + row + row.replace("30.00", "40.00"))

    assert "2 of 2 recorded" in told(str(paid), "--add-departments")
