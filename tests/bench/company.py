"""A company of twenty departments and thirty vendors, and two years of books in a few minutes."""

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

DEPARTMENTS, VENDORS, BATCH = 20, 30, 5_000
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM ledger_account")
        accounts = dict(cursor.fetchall())
    return Company(cast, lines, vendors, accounts)


# The posting function itself, called for many entries in one statement: charge, owed, fee.
FILL = """
SELECT ledger_post_entry(
    'charged', of.period, of.day, of.day + time '12:00', %(actor)s, gen_random_uuid(), '0',
    sha256(of.n::text::bytea), '', NULL, NULL,
    %(accounts)s::smallint[], ARRAY[of.department, NULL, of.department, NULL]::uuid[],
    ARRAY['EUR', 'EUR', 'EUR', 'EUR'],
    ARRAY[of.price, 0, of.price / 50, 0]::bigint[], ARRAY[0, of.price, 0, of.price / 50]::bigint[],
    ARRAY[%(category)s, %(category)s, %(category)s, %(category)s]::uuid[],
    ARRAY[of.line, NULL, of.line, NULL]::uuid[],
    NULL::uuid[], NULL::uuid[], NULL::uuid[],
    ARRAY[of.vendor, of.vendor, of.vendor, of.vendor]::uuid[],
    ARRAY[]::uuid[], ARRAY[]::bigint[], ARRAY[]::bigint[], ARRAY[]::bigint[], ARRAY[]::bigint[],
    ARRAY[of.line], ARRAY[0]::bigint[], ARRAY[0]::bigint[], ARRAY[0]::bigint[], ARRAY[0]::bigint[],
    ARRAY[of.price + of.price / 50]::bigint[]
) FROM (
    SELECT n, p.period, p.day + n %% 28 AS day, (%(prices)s::bigint[])[1 + n %% 7] AS price,
        (l.lines)[1 + n * 7 %% 20] AS line, (%(places)s::uuid[])[1 + n * 7 %% 20] AS department,
        (%(vendors)s::uuid[])[1 + n * 11 %% 30] AS vendor
    FROM generate_series(%(begin)s::bigint, %(end)s::bigint - 1) AS n
    JOIN unnest(%(periods)s::integer[], %(days)s::date[]) WITH ORDINALITY AS p (period, day, nth)
        ON p.nth = 1 + n %% 24
    CROSS JOIN LATERAL (
        SELECT CASE p.period / 100 WHEN 2024 THEN %(of_2024)s::uuid[]
            WHEN 2025 THEN %(of_2025)s::uuid[] ELSE %(of_2026)s::uuid[] END AS lines
    ) AS l
) AS of
"""


def fill(company: Company, *, postings: int) -> None:
    """Book entries of four postings until there are so many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_posting")
        (there,) = cursor.fetchone()
        words = {
            "actor": company.cast.fin.pk,
            "accounts": [company.accounts[code] for code in ("5200", "2100", "5300", "4200")],
            "category": company.cast.events.pk,
            "prices": [50_00, 99_99, 1_250_00, 333_33, 80_00, 12_345_67, 700_00],
            "places": [line.department_id for line in company.lines[2026]],
            "vendors": company.vendors,
            "periods": [day.year * 100 + day.month for day in MONTHS],
            "days": MONTHS,
            **{f"of_{year}": [line.pk for line in of] for year, of in company.lines.items()},
        }
        for begin in range(there // 4, postings // 4, BATCH):
            end = min(begin + BATCH, postings // 4)
            cursor.execute(FILL, {**words, "begin": begin, "end": end})
        for table in ("posting", "journalentry", "balance", "budgetline"):
            cursor.execute(f"ANALYZE ledger_{table}")
