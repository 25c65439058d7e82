"""Whether one month of the books holds: the questions of `books`, asked of that month alone."""

from __future__ import annotations

from django.db import connection

QUESTIONS = (
    """
    SELECT 'Entry ' || e.public_id || ' does not balance in book ' || coalesce(a.book, '-')
        || ': debit ' || coalesce(sum(p.debit_minor), 0)
        || ', credit ' || coalesce(sum(p.credit_minor), 0) || '.'
    FROM ledger_journalentry e
    LEFT JOIN ledger_posting p ON p.entry_id = e.id
    LEFT JOIN ledger_account a ON a.id = p.account_id
    WHERE e.period_id = %s
    GROUP BY e.id, e.public_id, a.book, p.currency
    HAVING count(p.line) = 0 OR sum(p.debit_minor) <> sum(p.credit_minor)
    ORDER BY e.id LIMIT 20
    """,
    """
    WITH posted AS (
        SELECT p.account_id, p.department_id, p.currency,
            sum(p.debit_minor) AS debit, sum(p.credit_minor) AS credit
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE e.period_id = %s
        GROUP BY 1, 2, 3
    ), stored AS (
        SELECT account_id, department_id, currency,
            sum(debit_minor) AS debit, sum(credit_minor) AS credit
        FROM ledger_balance WHERE period_id = %s
        GROUP BY 1, 2, 3
    )
    SELECT 'Account ' || a.code || ' of ' || coalesce(d.name, 'the company') || ' holds '
        || coalesce(stored.debit, 0) || '/' || coalesce(stored.credit, 0)
        || ', its postings sum to '
        || coalesce(posted.debit, 0) || '/' || coalesce(posted.credit, 0) || '.'
    FROM posted FULL JOIN stored
        ON stored.account_id = posted.account_id AND stored.currency = posted.currency
        AND stored.department_id IS NOT DISTINCT FROM posted.department_id
    LEFT JOIN ledger_account a ON a.id = coalesce(posted.account_id, stored.account_id)
    LEFT JOIN marketplace_department d
        ON d.id = coalesce(posted.department_id, stored.department_id)
    WHERE (posted.debit, posted.credit) IS DISTINCT FROM (stored.debit, stored.credit)
    ORDER BY 1 LIMIT 20
    """,
    """
    WITH posted AS (
        SELECT p.budget_line_id, sum(p.debit_minor - p.credit_minor) AS charged
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE e.period_id = %s AND p.budget_line_id IS NOT NULL
        GROUP BY 1
    ), moved AS (
        SELECT m.budget_line_id, sum(m.charged_minor) AS charged
        FROM ledger_budgetmovement m JOIN ledger_journalentry e ON e.id = m.entry_id
        WHERE e.period_id = %s
        GROUP BY 1
    )
    SELECT 'Budget line ' || coalesce(posted.budget_line_id, moved.budget_line_id)
        || ' was charged ' || coalesce(moved.charged, 0) || ', its postings sum to '
        || coalesce(posted.charged, 0) || '.'
    FROM posted FULL JOIN moved USING (budget_line_id)
    WHERE coalesce(posted.charged, 0) <> coalesce(moved.charged, 0)
    ORDER BY 1 LIMIT 20
    """,
)


def wrong_in(period_id: int) -> tuple[str, ...]:
    """Return what does not hold in a month, in words; nothing is an empty tuple."""
    wrong: list[str] = []
    with connection.cursor() as cursor:
        for sql in QUESTIONS:
            cursor.execute(sql, [period_id] * sql.count("%s"))
            wrong += [row[0] for row in cursor.fetchall()]
    return tuple(wrong)
