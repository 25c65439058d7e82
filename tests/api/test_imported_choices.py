"""Another system's record over HTTP: the choices that its publisher states, to the last unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.api.conftest import DAY, NOW, Machine
from tests.cast import Cast, assemble
from tests.ledger.exchange.packages import ASSAM, OWN, with_real_data


def every_row(machine: Machine) -> Iterator[dict[str, Any]]:
    """Follow the pages to the end."""
    path = "reports/choices/?limit=200"
    while path:
        page = machine.get(path).json()
        yield from page["items"]
        path = page["next"]


def the_books_balance(machine: Machine) -> bool:
    """Whether they do, over all their months."""
    months = [month["label"] for month in machine.get("periods/?limit=200").json()["items"]]
    span = f"period={min(months)}&until_period={max(months)}"
    return bool(machine.get(f"reports/trial-balance/?{span}").json()["is_balanced"])


def test_the_choices_of_our_own_small_package_are_a_row_each(cast: Cast, fin: Machine):
    call_command(
        "import_ocds", str(OWN / "fair_releases.json"), stdout=StringIO(), stderr=StringIO()
    )

    rows = list(every_row(fin))

    assert len(rows) == 8
    awarded: Counter[str] = Counter()
    for row in rows:
        awarded[row["currency"]] += Decimal(row["price"]["amount"])
    assert awarded == {"EUR": Decimal("13551.51"), "JPY": 120_000}
    assert {row["reason_code"] for row in rows} == {"imported"}
    assert fin.get("reports/choices/totals/").json()["choices"] == 8
    assert the_books_balance(fin)
    assert fin.get("reports/trial-balance/?period=2000-01").status_code == 400


@pytest.mark.proof
@with_real_data
def test_the_choices_of_the_large_package_are_exactly_those_it_states(
    committed: str, as_role: Callable[[str], None], machine_of: Callable[..., Machine]
):
    as_role("replay")  # committed, so that the import may share its work among processes
    fin = machine_of(assemble(at=NOW - 300 * DAY).fin)
    assert list(every_row(fin)) == []
    call_command("import_ocds", str(ASSAM), stdout=StringIO(), stderr=StringIO())

    rows = list(every_row(fin))

    assert len(rows) == len({row["award_id"] for row in rows}) == 2_750
    assert {row["currency"] for row in rows} == {"INR"}
    assert sum(Decimal(row["price"]["amount"]) for row in rows) == Decimal("104243513165.45")
    assert sum(row["valid_priced_bids"] for row in rows) == 7_152
    assert len({row["department_id"] for row in rows}) == 65
    contested = [row for row in rows if row["valid_priced_bids"] >= 2]
    assert len(contested) == 2_321
    assert sum(row["is_lowest"] for row in contested) == 2_233
    assert sum(row["is_lowest"] and row["lowest_is_tied"] for row in contested) == 540
    totals = fin.get("reports/choices/totals/").json()
    assert (totals["choices"], totals["contested"]) == (2_750, 2_321)
    # In 540 of the 2,233 the lowest price was tied; in 5 more it was, and lost.
    assert (totals["lowest_chosen"], totals["lowest_chosen_tied"]) == (2_233, 540)
    assert totals["lowest_tied"] == 545
    lines = b"".join(fin.get("reports/choices/?format=csv").streaming_content).splitlines()
    assert len(lines) == 2_751
    assert the_books_balance(fin)
