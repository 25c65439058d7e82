"""What was spent, summed by up to four things."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from ledger import chart
from ledger.periods import period_of
from ledger.reports.columns import Column, columns
from ledger.reports.known import NOW, Known
from ledger.reports.reading import departments_to_read, reader_of
from ledger.reports.statement_lines import accounts
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal

GROUPS_MAX = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Something to sum by: its column in the sums, and in which words it is said."""

    column: str
    key: str
    label: str
    named_in: str = ""  # where the words are


MONTH = "s.period_id / 100 || '-' || lpad((s.period_id %% 100)::text, 2, '0')"
KIND = """
SELECT charged.*, CASE a.code WHEN '5100' THEN 'in_house' WHEN '5200' THEN 'outside'
    WHEN '5300' THEN 'fee' ELSE 'other' END AS kind
FROM charged JOIN ledger_account AS a ON a.id = charged.account_id
"""
BY = {
    "department": Group(
        "department_id", "s.department_id::text", "d.name",
        "LEFT JOIN marketplace_department AS d ON d.id = s.department_id",
    ),
    "provider": Group(
        "provider_id", "s.provider_id::text", "v.name",
        "LEFT JOIN marketplace_provider AS v ON v.id = s.provider_id",
    ),
    "category": Group(
        "category_id", "c.code", "c.name",
        "LEFT JOIN marketplace_category AS c ON c.id = s.category_id",
    ),
    "month": Group("period_id", MONTH, MONTH),
    "kind": Group("kind", "s.kind", "s.kind"),
    "account": Group(
        "account_id", "a.code", "a.name", "LEFT JOIN ledger_account AS a ON a.id = s.account_id"
    ),
}  # fmt: skip
GROUPS = tuple(BY)

# Whole months are summed already; of months that are cut, the postings of the days are read. The
# entry that closes a year empties the accounts, and is no credit.
CHARGED = """
SELECT department_id, provider_id, category_id, period_id, account_id, currency,
    debit_minor - credit_minor AS minor, count
FROM ledger_monthlycharge
WHERE period_id BETWEEN %(first)s AND %(last)s AND period_id <> ALL (%(cut)s)
"""
OF_CUT_MONTHS = """
UNION ALL
SELECT p.department_id, p.provider_id, p.category_id, p.period_id, p.account_id, p.currency,
    p.debit_minor - p.credit_minor, 1
FROM ledger_posting AS p JOIN ledger_journalentry AS e ON e.id = p.entry_id
WHERE p.period_id = ANY (%(cut)s) AND p.account_id = ANY (%(accounts)s)
    AND p.department_id = ANY (%(departments)s)
    AND e.effective_on BETWEEN %(since_on)s AND %(until_on)s AND e.kind <> 'year_closed'
    AND (%(as_of)s::date IS NULL OR e.effective_on <= %(as_of)s)
    AND (%(known_at)s::timestamptz IS NULL OR e.posted_at <= %(known_at)s)
"""


class UnknownGroup(Refusal):
    """Nothing is grouped by that."""

    code = "unknown_group"
    field = "group_by"


@dataclass(frozen=True, slots=True)
class SpendRow:
    """One group in one currency."""

    keys: tuple[str, ...]  # one per group asked for: an id, a code, 2026-11
    labels: tuple[str, ...]
    amount: Money
    count: int  # of postings


def spend(
    *,
    actor: User,
    since_on: date,
    until_on: date,
    group_by: Sequence[str] = ("department",),
    department_id: UUID | None = None,
    include_children: bool = False,
    currency: str = "",
    known: Known = NOW,
) -> tuple[SpendRow, ...]:
    """
    Return charges less credits, from one day to another, both included, of the departments
    whose books the actor may read.

    :raises UnknownGroup: more than four groups, or one that there is not.
    :raises Unknown: `department_id` is no department whose books the actor may read.
    """
    if (
        len(group_by) > GROUPS_MAX
        or len(set(group_by)) < len(group_by)
        or set(group_by) - {*GROUPS}
    ):
        raise UnknownGroup(f"Name at most four of: {', '.join(GROUPS)}; each once.")
    departments = departments_to_read(
        reader_of(actor), department_id=department_id, include_children=include_children
    )
    first, last, cut = _months(since_on, until_on)
    if not known.is_now:  # no sum is stored of what was known then
        cut = [
            year * 100 + month
            for year in range(first // 100, last // 100 + 1)
            for month in range(1, 14)
            if first <= year * 100 + month <= last
        ]
    values: dict[str, Any] = {
        "first": first,
        "last": last,
        "cut": cut,
        "since_on": since_on,
        "until_on": until_on,
        "accounts": accounts(chart.SPEND),
        "departments": list(departments.values_list("pk", flat=True)),
        "currency": currency,
        "as_of": known.as_of,
        "known_at": known.known_at,
    }
    width = len(group_by)
    with connection.cursor() as cursor:
        cursor.execute(_sums(group_by, is_cut=bool(cut)), values)
        return tuple(
            SpendRow(row[:width], row[width:-3], Money(row[-2], row[-3]), row[-1])
            for row in cursor.fetchall()
        )


def _sums(group_by: Sequence[str], *, is_cut: bool) -> str:
    """Return the statement that sums, says each group in words, and sorts by these."""
    groups = [BY[name] for name in group_by]
    said_by = ", ".join([*(group.column for group in groups), "currency"])
    keys = [f"coalesce({group.key}, '')" for group in groups]
    labels = [f"coalesce({group.label}, '')" for group in groups]
    # By its words; what reads the same stays apart by its id.
    order = [group.label if group.named_in else f"s.{group.column}" for group in groups]
    order += ["s.currency", *(f"s.{group.column}" for group in groups)]
    charged = KIND if "kind" in group_by else "SELECT * FROM charged"
    return f"""
    WITH charged AS ({CHARGED}{OF_CUT_MONTHS if is_cut else ""}), s AS (
        SELECT {said_by}, sum(minor)::bigint AS minor, sum(count)::bigint AS count
        FROM ({charged}) AS c
        WHERE account_id = ANY (%(accounts)s) AND department_id = ANY (%(departments)s)
            AND (%(currency)s = '' OR currency = %(currency)s)
        GROUP BY {said_by}
    )
    SELECT {", ".join([*keys, *labels])}{"," if groups else ""} s.currency, s.minor, s.count
    FROM s {" ".join(group.named_in for group in groups)}
    ORDER BY {", ".join(order)}
    """  # noqa: S608 - made of the names above


def _months(since_on: date, until_on: date) -> tuple[int, int, list[int]]:
    """Return the first and the last month between two days, and those that are cut by them."""
    first, last = period_of(since_on), period_of(until_on)
    end = last + (until_on.month == 12)  # the adjusting period is the year's last day
    cut = {first} if since_on.day > 1 else set()
    if until_on.day < monthrange(until_on.year, until_on.month)[1]:
        cut |= {last, end}
    return first, end, sorted(cut)


def columns_of(group_by: Sequence[str]) -> tuple[Column[SpendRow], ...]:
    """Return the columns of such a paper: each group, then the sum."""
    named = [Column(name, _label_at(place)) for place, name in enumerate(group_by)]
    return (
        *named,
        *columns("count", currency=lambda row: row.amount.currency, amount=lambda row: row.amount),
    )


def _label_at(place: int) -> Callable[[SpendRow], str]:
    return lambda row: row.labels[place]
