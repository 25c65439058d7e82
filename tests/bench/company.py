"""A company of twenty departments and thirty vendors, with a budget that nothing exhausts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db import connection

from ledger.granting import grant_budget
from ledger.models.budgets import BudgetLine
from ledger.periods import period_for
from marketplace.admission import admit_vendor, register_department
from marketplace.money import Money
from tests.builders import DAY, NOON
from tests.cast import FOUNDED, Cast, assemble
from tests.ledger.builders import choose, contest

DEPARTMENTS, VENDORS = 20, 30
MONTHS = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(11, 35)]  # to 2026-11


@dataclass(frozen=True)
class Company:
    cast: Cast
    lines: dict[int, list[BudgetLine]]  # by year, one a department
    vendors: list[UUID]
    accounts: dict[str, int]


def found() -> Company:
    """The company, with a budget for each department and year that nothing exhausts."""
    cast = assemble()
    places = [cast.marketing.pk]
    for number in range(1, DEPARTMENTS):
        made = register_department(
            actor=cast.adam,
            name=f"Department {number}",
            cost_centre=f"3{number:03}",
            currency="EUR",
            at=FOUNDED,
            parent_id=cast.house.pk,
        )
        places.append(made.pk)
    vendors = [
        admit_vendor(
            actor=cast.adam, name=f"Vendor {n}", at=FOUNDED, category_ids=[cast.events.pk]
        ).pk
        for n in range(VENDORS)
    ]
    lines = {
        year: [
            grant_budget(
                actor=cast.fin,
                department_id=place,
                fiscal_year=year,
                amount=Money(10**14, "EUR"),
                at=NOON - DAY,
                grant_id=uuid4(),
            )
            for place in places
        ]
        for year in (2024, 2025, 2026)
    }
    for first in MONTHS:
        period_for(first, at=NOON)
    choose(cast, contest(cast).vendor_bid)  # the pattern of filling.py
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM ledger_account")
        accounts = dict(cursor.fetchall())
    return Company(cast, lines, vendors, accounts)
