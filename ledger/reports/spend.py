"""What was spent, summed by up to four things."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from ledger import chart
from ledger.periods import period_of
from ledger.reports.known import NOW, Known
from ledger.reports.reading import departments_to_read, reader_of
from ledger.reports.spend_rows import At, SpendRow, Spent, Words, columns_of
from ledger.reports.statement_lines import accounts
from marketplace.models.people import User
from marketplace.refusals import Refusal

__all__ = ["GROUPS", "SpendRow", "Spent", "UnknownGroup", "columns_of", "spend"]
GROUPS_MAX = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Something to sum by: its column in the sums, and where its words are, if not in itself."""

    column: str
    table: str = ""
    key: str = "id::text"


KIND = """
SELECT charged.*, CASE a.code WHEN '5100' THEN 'in_house' WHEN '5200' THEN 'outside'
    WHEN '5300' THEN 'fee' ELSE 'other' END AS kind
FROM charged JOIN ledger_account AS a ON a.id = charged.account_id
"""
BY = {
    "department": Group("department_id", "marketplace_department"),
    "provider": Group("provider_id", "marketplace_provider"),
    "category": Group("category_id", "marketplace_category", "code"),
    "month": Group("period_id"),
    "kind": Group("kind"),
    "account": Group("account_id", "ledger_account", "code"),
}
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
) -> Spent:
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
    with connection.cursor() as cursor:
        cursor.execute(_sums(group_by, is_cut=bool(cut)), values)
        currencies, minors, counts, *said = cursor.fetchone()
    if not currencies:
        return Spent()
    words = [_said(BY[name], *said[3 * nth : 3 * nth + 3]) for nth, name in enumerate(group_by)]
    return Spent(words, minors, currencies, counts)


def _said(group: Group, places: Sequence[Any], keys: Words, labels: Words) -> tuple[Words, Words]:
    """Return the key and the label of each row."""
    if group.table:
        return At(places, keys or ()), At(places, labels or ())
    if group.column == "period_id":
        months = {month: f"{month // 100}-{month % 100:02}" for month in set(places or ())}
        places = [months[month] for month in places or ()]
    return places, places


def _sums(group_by: Sequence[str], *, is_cut: bool) -> str:
    """
    Return the statement that sums, and sorts by the words of the groups. Its one row holds a
    column of the report in each array; what has words elsewhere is said by its place among them,
    so that thousands of rows are sorted by small numbers, and each name is told once.
    """
    groups = [BY[name] for name in group_by]
    named = [group for group in groups if group.table]
    said_by = ", ".join([*(group.column for group in groups), "currency"])
    charged = KIND if "kind" in group_by else "SELECT * FROM charged"
    places = [f"{g.column}_of.place" if g.table else f"s.{g.column}" for g in groups]
    joined = [f"LEFT JOIN {g.column}_of ON {g.column}_of.id = s.{g.column}" for g in named]
    told = [f"s{nth}" for nth in range(len(groups))]
    chosen = ["s.currency", "s.minor", "s.count", *map("{} AS {}".format, places, told)]
    arrays = ["array_agg(currency)", "array_agg(minor)", "array_agg(count)"]
    for group, place in zip(groups, told, strict=True):
        arrays += [f"array_agg({place})", *_words(group)]
    return f"""
    WITH charged AS ({CHARGED}{OF_CUT_MONTHS if is_cut else ""}), s AS MATERIALIZED (
        SELECT {said_by}, sum(minor)::bigint AS minor, sum(count)::bigint AS count
        FROM ({charged}) AS c
        WHERE account_id = ANY (%(accounts)s) AND department_id = ANY (%(departments)s)
            AND (%(currency)s = '' OR currency = %(currency)s)
        GROUP BY {said_by}
    ){"".join(_names(group) for group in named)}
    SELECT {", ".join(arrays)}
    FROM (
        SELECT {", ".join(chosen)}
        FROM s {" ".join(joined)}
        ORDER BY {", ".join([*places, "s.currency"])}
    ) AS sorted
    """  # noqa: S608 - made of the names above


def _names(group: Group) -> str:
    """Return what puts a group's words into their order; what reads the same, by its id."""
    return f""", {group.column}_of AS MATERIALIZED (
        SELECT id, {group.key} AS key, name, row_number() OVER (ORDER BY name, id) - 1 AS place
        FROM {group.table} WHERE id IN (SELECT {group.column} FROM s)
    )"""  # noqa: S608 - as above


def _words(group: Group) -> tuple[str, str]:
    if not group.table:
        return "NULL", "NULL"
    each = f"FROM {group.column}_of"
    return (
        f"(SELECT array_agg(key ORDER BY place) {each})",
        f"(SELECT array_agg(name ORDER BY place) {each})",
    )


def _months(since_on: date, until_on: date) -> tuple[int, int, list[int]]:
    """Return the first and the last month between two days, and those that are cut by them."""
    first, last = period_of(since_on), period_of(until_on)
    end = last + (until_on.month == 12)  # the adjusting period is the year's last day
    cut = {first} if since_on.day > 1 else set()
    if until_on.day < monthrange(until_on.year, until_on.month)[1]:
        cut |= {last, end}
    return first, end, sorted(cut)
