"""Whether the books hold: what is stored is what the postings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

Progress = Callable[[str, int, int], None]  # what is looked at, how much of it, of how much

NAMED = 100


def quiet(_what: str, _done: int, _of: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question to the books: rows of `sql` are what is wrong, each with its words."""

    name: str
    counted: str
    sql: str


CHECKS = (
    Check(
        "every entry balances in each book and currency",
        "SELECT count(*) FROM ledger_journalentry",
        """
        SELECT 'entry ' || e.public_id || ', book ' || coalesce(a.book, '-') || ' '
            || coalesce(p.currency, '-') || ': debit ' || coalesce(sum(p.debit_minor), 0)
            || ', credit ' || coalesce(sum(p.credit_minor), 0)
        FROM ledger_journalentry e
        LEFT JOIN ledger_posting p ON p.entry_id = e.id
        LEFT JOIN ledger_account a ON a.id = p.account_id
        GROUP BY e.id, e.public_id, a.book, p.currency
        HAVING count(p.line) = 0 OR sum(p.debit_minor) <> sum(p.credit_minor)
        ORDER BY e.id
        """,
    ),
    Check(
        "every posting belongs to an entry, and to its month",
        "SELECT count(*) FROM ledger_posting",
        """
        SELECT 'posting ' || p.entry_id || '/' || p.line || CASE
            WHEN e.id IS NULL THEN ': it has no entry ' || p.entry_id
            ELSE ': month ' || p.period_id || ', its entry ' || e.period_id END
        FROM ledger_posting p LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE e.period_id IS DISTINCT FROM p.period_id
        ORDER BY p.entry_id, p.line
        """,
    ),
    Check(
        "balances are the sums of their postings",
        "SELECT count(*) FROM ledger_posting",
        """
        WITH posted AS (
            SELECT p.account_id, p.department_id, p.period_id, p.currency,
                sum(p.debit_minor) AS debit, sum(p.credit_minor) AS credit
            FROM ledger_posting p
            GROUP BY 1, 2, 3, 4
        ), stored AS (
            SELECT account_id, department_id, period_id, currency,
                sum(debit_minor) AS debit, sum(credit_minor) AS credit
            FROM ledger_balance GROUP BY 1, 2, 3, 4
        )
        SELECT 'account ' || a.code || ', department ' || coalesce(d.name, '-') || ', period '
            || coalesce(posted.period_id, stored.period_id) || ': posted '
            || coalesce(posted.debit, 0) || '/' || coalesce(posted.credit, 0) || ', stored '
            || coalesce(stored.debit, 0) || '/' || coalesce(stored.credit, 0)
        FROM posted FULL JOIN stored
            ON stored.account_id = posted.account_id
            AND stored.department_id IS NOT DISTINCT FROM posted.department_id
            AND stored.period_id = posted.period_id AND stored.currency = posted.currency
        LEFT JOIN ledger_account a ON a.id = coalesce(posted.account_id, stored.account_id)
        LEFT JOIN marketplace_department d
            ON d.id = coalesce(posted.department_id, stored.department_id)
        WHERE (posted.debit, posted.credit) IS DISTINCT FROM (stored.debit, stored.credit)
        ORDER BY 1
        """,
    ),
    Check(
        "charges by month are the sums of their postings",
        "SELECT count(*) FROM ledger_monthlycharge",
        """
        WITH posted AS (
            SELECT p.period_id, p.department_id, p.account_id, p.category_id, p.provider_id,
                p.currency, sum(p.debit_minor) AS debit, sum(p.credit_minor) AS credit,
                count(*) AS postings
            FROM ledger_posting p
            JOIN ledger_account a ON a.id = p.account_id AND ledger_is_cost(a.code)
            JOIN ledger_journalentry e ON e.id = p.entry_id AND e.kind <> 'year_closed'
            WHERE p.department_id IS NOT NULL
            GROUP BY 1, 2, 3, 4, 5, 6
        ), compared AS (
            SELECT period_id, department_id, account_id, category_id, provider_id, currency,
                debit, credit, postings, 0 AS stored
            FROM posted
            UNION ALL
            SELECT period_id, department_id, account_id, category_id, provider_id, currency,
                -debit_minor, -credit_minor, -count, 1
            FROM ledger_monthlycharge
        )
        SELECT 'department ' || coalesce(d.name, '-') || ', period ' || c.period_id
            || ', account ' || a.code || ', provider ' || coalesce(v.name, '-') || ': posted '
            || coalesce(sum(debit) FILTER (WHERE stored = 0), 0) || '/'
            || coalesce(sum(credit) FILTER (WHERE stored = 0), 0) || ', stored '
            || coalesce(-sum(debit) FILTER (WHERE stored = 1), 0) || '/'
            || coalesce(-sum(credit) FILTER (WHERE stored = 1), 0)
        FROM compared c
        JOIN ledger_account a ON a.id = c.account_id
        LEFT JOIN marketplace_department d ON d.id = c.department_id
        LEFT JOIN marketplace_provider v ON v.id = c.provider_id
        GROUP BY c.period_id, c.department_id, d.name, a.code, c.provider_id, v.name,
            c.category_id, c.currency
        HAVING sum(debit) <> 0 OR sum(credit) <> 0 OR sum(postings) <> 0
        ORDER BY 1
        """,
    ),
    Check(
        "turnover of providers in closed months is the sum of its postings",
        "SELECT count(*) FROM ledger_providerturnover",
        """
        WITH compared AS (
            SELECT p.provider_id, p.period_id, p.account_id, p.currency, p.debit_minor AS debit,
                p.credit_minor AS credit
            FROM ledger_posting p
            JOIN ledger_journalentry e ON e.id = p.entry_id AND e.kind <> 'year_closed'
            WHERE p.provider_id IS NOT NULL
            UNION ALL
            SELECT provider_id, period_id, account_id, currency, -debit_minor, -credit_minor
            FROM ledger_providerturnover
        )
        SELECT 'provider ' || v.name || ', period ' || c.period_id || ', account ' || a.code
            || ': posted and stored differ by ' || sum(debit) || '/' || sum(credit)
        FROM compared c
        JOIN ledger_period m ON m.id = c.period_id AND m.closed_at IS NOT NULL
        JOIN ledger_account a ON a.id = c.account_id
        JOIN marketplace_provider v ON v.id = c.provider_id
        GROUP BY v.name, c.provider_id, c.period_id, a.code, c.currency
        HAVING sum(debit) <> 0 OR sum(credit) <> 0
        ORDER BY 1
        """,
    ),
    Check(
        "open commitments are what the budget lines hold as committed",
        "SELECT count(*) FROM ledger_commitment",
        """
        SELECT 'budget line ' || b.id || ': committed ' || b.committed_minor || ', open '
            || coalesce(sum(c.open_minor), 0)
        FROM ledger_budgetline b LEFT JOIN ledger_commitment c ON c.budget_line_id = b.id
        GROUP BY b.id
        HAVING b.committed_minor <> coalesce(sum(c.open_minor), 0)
        ORDER BY b.id
        """,
    ),
    Check(
        "estimates not released are what the budget lines hold as pre-committed",
        "SELECT count(*) FROM ledger_precommitment",
        """
        SELECT 'budget line ' || b.id || ': pre-committed ' || b.precommitted_minor
            || ', estimates ' || coalesce(sum(c.amount_minor), 0)
        FROM ledger_budgetline b
        LEFT JOIN (
            SELECT p.amount_minor, coalesce((
                SELECT e.budget_line_id FROM ledger_estimatecarried e
                JOIN ledger_budgetline l ON l.id = e.budget_line_id
                WHERE e.estimate_id = p.job_id ORDER BY l.fiscal_year DESC LIMIT 1
            ), p.budget_line_id) AS budget_line_id
            FROM ledger_precommitment p WHERE p.released_at IS NULL
        ) c ON c.budget_line_id = b.id
        GROUP BY b.id
        HAVING b.precommitted_minor <> coalesce(sum(c.amount_minor), 0)
        ORDER BY b.id
        """,
    ),
    Check(
        "postings that name a budget line are what it was charged",
        "SELECT count(*) FROM ledger_budgetline",
        """
        SELECT 'budget line ' || b.id || ': charged ' || b.charged_minor || ', posted '
            || coalesce(sum(p.debit_minor - p.credit_minor), 0)
        FROM ledger_budgetline b LEFT JOIN ledger_posting p ON p.budget_line_id = b.id
        GROUP BY b.id
        HAVING b.charged_minor <> coalesce(sum(p.debit_minor - p.credit_minor), 0)
        ORDER BY b.id
        """,
    ),
    Check(
        "budget lines hold the sum of what entries did to them",
        "SELECT count(*) FROM ledger_budgetmovement",
        """
        SELECT 'budget line ' || b.id || ': holds ' || concat_ws('/', b.budget_minor,
            b.carried_in_minor, b.precommitted_minor, b.committed_minor, b.charged_minor)
            || ', moved ' || concat_ws('/', coalesce(sum(m.budget_minor), 0),
            coalesce(sum(m.carried_in_minor), 0), coalesce(sum(m.precommitted_minor), 0),
            coalesce(sum(m.committed_minor), 0), coalesce(sum(m.charged_minor), 0))
        FROM ledger_budgetline b LEFT JOIN ledger_budgetmovement m ON m.budget_line_id = b.id
        GROUP BY b.id
        HAVING (b.budget_minor, b.carried_in_minor, b.precommitted_minor, b.committed_minor,
            b.charged_minor) IS DISTINCT FROM (coalesce(sum(m.budget_minor), 0)::bigint,
            coalesce(sum(m.carried_in_minor), 0)::bigint,
            coalesce(sum(m.precommitted_minor), 0)::bigint,
            coalesce(sum(m.committed_minor), 0)::bigint, coalesce(sum(m.charged_minor), 0)::bigint)
        ORDER BY b.id
        """,
    ),
    Check(
        "every accepted milestone is charged once",
        "SELECT count(*) FROM ledger_acceptance",
        """
        SELECT 'delivery ' || x.delivery_id || ': booked ' || count(e.id) || ' times'
        FROM ledger_acceptance x
        JOIN ledger_delivery d ON d.id = x.delivery_id AND d.amount_minor > 0
        LEFT JOIN ledger_journalentry e ON e.kind = 'charged' AND e.source = x.delivery_id
        GROUP BY x.delivery_id
        HAVING count(e.id) <> 1
        ORDER BY x.delivery_id
        """,
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what is wrong; nothing wrong is an empty tuple."""

    checked: dict[str, int]
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.wrong


@contextmanager
def one_moment() -> Iterator[None]:
    """Read one moment of everything, while others go on writing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def check_books(*, progress: Progress = quiet) -> Report:
    """Compare all that is stored with what the postings say, at one moment."""
    checked: dict[str, int] = {}
    wrong: list[str] = []
    for number, check in enumerate(CHECKS):
        progress(f"that {check.name}", number, len(CHECKS))
        with connection.cursor() as cursor:
            cursor.execute(check.counted)
            checked[check.name] = cursor.fetchone()[0]
        wrong += [f"{check.name}: {words}" for words in _rows(check.sql)]
    progress("the books", len(CHECKS), len(CHECKS))
    return Report(checked=checked, wrong=tuple(wrong))


def _rows(sql: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        # Books that are wrong throughout are as wrong as with a hundred rows named.
        cursor.execute(f"SELECT * FROM ({sql}) AS wrong LIMIT {NAMED}")  # noqa: S608 - our own
        for row in cursor:
            yield row[0]
