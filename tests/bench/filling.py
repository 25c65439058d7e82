"""
Books of any size: two years of a company's awards and charges, spread over its departments and
providers, with every sum that the posting function would keep.

One real award is the pattern. It is multiplied by SQL, past triggers and foreign keys, as the
superuser: millions of rows are what is wanted here, not how they came to be. `check_books` says
afterwards whether sums and postings agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

LINES_OF_AN_AWARD = 26  # promised once (2 lines), then charged four times (6 lines each)


@dataclass(frozen=True, slots=True)
class Company:
    """How large it is. Each department buys of ten providers, a third of them teams."""

    postings: int
    departments: int = 40
    providers: int = 60
    first_day: str = "2024-12-01"
    months: int = 24
    open_months: int = 2  # at the end; the others are closed, and their stripes folded

    @property
    def awards(self) -> int:
        return max(1, self.postings // LINES_OF_AN_AWARD)


def fill(connection: psycopg.Connection, company: Company) -> None:
    """Multiply the one award that is there. Needs a superuser's connection, in autocommit."""
    for words in SETTINGS:
        connection.execute(words)
    for statement in statements(company):
        connection.execute(statement)  # type: ignore[call-overload]
    connection.execute("RESET session_replication_role")
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


def statements(company: Company) -> Iterator[str]:
    """Return what fills the books, in order."""
    values = {
        "awards": company.awards,
        "d": company.departments,
        "p": company.providers,
        "first": f"'{company.first_day}'::date",
        "days": company.months * 30,
        "end": f"('{company.first_day}'::date + interval '{company.months} months')::date",
        "open": f"('{company.first_day}'::date"
        f" + interval '{company.months - company.open_months} months')::date",
    }
    for statement in (*PLANS, *PEOPLE_AND_WORK, *JOURNAL, *SUMS):
        yield statement.format(**values)


SETTINGS = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET work_mem = '128MB'",
    "SET maintenance_work_mem = '256MB'",
)

PLANS = (
    "CREATE TEMPORARY TABLE code AS SELECT code, id FROM ledger_account",
    # An award: its department, one of that department's ten providers, the price.
    """
    CREATE TEMPORARY TABLE plan AS
    SELECT n, md5('department' || d)::uuid AS department, md5('provider' || p)::uuid AS provider,
        p % 3 = 0 AS is_team, md5('department' || p % {d})::uuid AS team_of,
        md5('line' || extract(year FROM begins_on) || '-' || d)::uuid AS line,
        md5('job' || n)::uuid AS job, md5('award' || n)::uuid AS award, begins_on, quarter,
        quarter / 50 AS fee
    FROM (
        SELECT n, n % {d} AS d, (n % {d} * 7 + (hashint4(n) & 1048575) % 10 * 5) % {p} AS p,
            {first} + (n::bigint * {days} / {awards})::int AS begins_on,
            50 * (1 + (hashint4(n + 7) & 65535))::bigint AS quarter
        FROM generate_series(1, {awards}) AS n
    ) AS drawn
    """,
    # Its entries, in the order of their days: part 0 promises, parts 1 to 4 are charged.
    """
    CREATE TEMPORARY TABLE fact AS
    SELECT plan.*, part, happened_on,
        extract(year FROM happened_on)::int * 100 + extract(month FROM happened_on)::int AS period,
        100000 + row_number() OVER (ORDER BY happened_on, n, part) AS entry,
        CASE WHEN part > 0 THEN md5('milestone' || n || '-' || part)::uuid END AS milestone
    FROM plan CROSS JOIN generate_series(0, 4) AS part
    CROSS JOIN LATERAL (SELECT least(begins_on + part * 9, {end} - 1) AS happened_on) AS day
    """,
    """
    CREATE TEMPORARY TABLE granted AS
    SELECT md5('line' || year || '-' || n)::uuid AS line,
        md5('department' || n)::uuid AS department, year, 50000 + row_number() OVER () AS entry
    FROM generate_series(0, {d} - 1) AS n
    CROSS JOIN generate_series(extract(year FROM {first})::int,
        extract(year FROM {end} - 1)::int) AS year
    """,
)


def copied(table: str, source: str, changes: str) -> str:
    """Return the statement that copies the pattern's row, changed, for each row of a plan."""
    return (
        f"INSERT INTO {table} SELECT made.* FROM (SELECT t FROM {table} AS t LIMIT 1) AS pattern"
        f" CROSS JOIN {source} CROSS JOIN LATERAL"
        f" jsonb_populate_record(pattern.t, jsonb_build_object({changes})) AS made"
    )


PEOPLE_AND_WORK = (
    copied(
        "marketplace_department",
        "generate_series(0, {d} - 1) AS n",
        "'id', md5('department' || n), 'name', 'Department ' || n, 'cost_centre', 'bench-' || n,"
        " 'lineage', jsonb_build_array(md5('department' || n)::uuid), 'parent_id', NULL,"
        " 'source_key', NULL",
    ),
    copied(
        "marketplace_provider",
        "generate_series(0, {p} - 1) AS n",
        "'id', md5('provider' || n), 'name', 'Provider ' || n, 'source_key', NULL,"
        " 'department_id', CASE WHEN n % 3 = 0 THEN md5('department' || n % {d})::uuid END",
    ),
    copied(
        "marketplace_job",
        "plan",
        "'id', job, 'reference', 'bench-' || n, 'title', 'Job number ' || n,"
        " 'department_id', department, 'source_key', NULL, 'cancelled_at', NULL",
    ),
    copied(
        "ledger_award",
        "plan",
        "'id', award, 'job_id', job, 'bid_id', md5('bid' || n)::uuid, 'department_id', department,"
        " 'provider_id', provider, 'budget_line_id', line, 'price_minor', 4 * quarter,"
        " 'comparison', '{{}}', 'chosen_at', begins_on",
    ),
    """
    INSERT INTO ledger_milestone (id, position, title, price_minor, award_id)
    SELECT milestone, part, 'Part ' || part, quarter, award FROM fact WHERE part > 0
    """,
    """
    INSERT INTO ledger_commitment (id, line, original_minor, adjusted_minor, liquidated_minor,
        released_minor, award_id, budget_line_id)
    SELECT md5('commitment' || n)::uuid, 1, 4 * (quarter + fee), 0, 4 * (quarter + fee), 0, award,
        line
    FROM plan
    """,
    """
    INSERT INTO ledger_budgetline (id, fiscal_year, currency, control, tolerance_minor,
        budget_minor, carried_in_minor, precommitted_minor, committed_minor, charged_minor,
        department_id)
    SELECT g.line, g.year, 'EUR', 'hard', 0, 100000000000000, 0, 0, 0,
        coalesce((SELECT sum(4 * (quarter + fee)) FROM plan WHERE plan.line = g.line), 0),
        g.department
    FROM granted AS g
    """,
    """
    INSERT INTO ledger_period (id, fiscal_year, starts_on, ends_on, opened_at, closing_at,
        closed_at, closed_by_id)
    SELECT extract(year FROM day)::int * 100 + extract(month FROM day)::int,
        extract(year FROM day), day, (day + interval '1 month')::date - 1, day,
        CASE WHEN day < {open} THEN day + interval '2 months' END,
        CASE WHEN day < {open} THEN day + interval '2 months' END,
        CASE WHEN day < {open} THEN (SELECT chosen_by_id FROM ledger_award LIMIT 1) END
    FROM generate_series({first}, {end} - 1, interval '1 month') AS day
    ON CONFLICT (id) DO UPDATE SET closing_at = excluded.closing_at,
        closed_at = excluded.closed_at, closed_by_id = excluded.closed_by_id
    """,
)

ENTRIES = """
    INSERT INTO ledger_journalentry (id, public_id, kind, period_id, effective_on, posted_at,
        actor_id, source, occurrence, request_hash, memo)
"""
POSTINGS = """
    INSERT INTO ledger_posting (entry_id, period_id, line, account_id, debit_minor, credit_minor,
        department_id, category_id, budget_line_id, job_id, award_id, milestone_id, provider_id,
        currency)
"""
JOURNAL = (
    ENTRIES
    + """
    SELECT entry, gen_random_uuid(), CASE part WHEN 0 THEN 'awarded' ELSE 'charged' END, period,
        happened_on, happened_on + interval '9 hours',
        (SELECT chosen_by_id FROM ledger_award LIMIT 1), coalesce(milestone, award), '0',
        sha256(entry::text::bytea), ''
    FROM fact ORDER BY entry
    """,
    ENTRIES
    + """
    SELECT entry, gen_random_uuid(), 'budget_granted',
        extract(year FROM {first})::int * 100 + extract(month FROM {first})::int, {first},
        {first}, (SELECT chosen_by_id FROM ledger_award LIMIT 1), line, '0',
        sha256(entry::text::bytea), ''
    FROM granted
    """,
    POSTINGS
    + """
    SELECT f.entry, f.period, l.line, code.id, l.debit, l.credit, l.department,
        (SELECT category_id FROM marketplace_job LIMIT 1),
        CASE WHEN l.is_cost THEN f.line END, f.job, f.award,
        CASE WHEN l.line > 2 THEN f.milestone END, f.provider, 'EUR'
    FROM fact AS f CROSS JOIN LATERAL (VALUES
        (1, CASE f.part WHEN 0 THEN 'E110' ELSE 'E900' END,
            CASE f.part WHEN 0 THEN 4 ELSE 1 END * (f.quarter + f.fee), 0, f.department, false),
        (2, CASE f.part WHEN 0 THEN 'E900' ELSE 'E110' END,
            0, CASE f.part WHEN 0 THEN 4 ELSE 1 END * (f.quarter + f.fee), f.department, false),
        (3, CASE WHEN f.is_team THEN '5100' ELSE '5200' END, f.quarter, 0, f.department, true),
        (4, CASE WHEN f.is_team THEN '4100' ELSE '2100' END, 0, f.quarter,
            CASE WHEN f.is_team THEN f.team_of END, false),
        (5, '5300', f.fee, 0, f.department, true),
        (6, '4200', 0, f.fee, NULL, false)
    ) AS l (line, code, debit, credit, department, is_cost)
    JOIN code ON code.code = l.code
    WHERE l.line <= 2 OR f.part > 0
    ORDER BY f.entry, l.line
    """,
    POSTINGS
    + """
    SELECT entry, extract(year FROM {first})::int * 100 + extract(month FROM {first})::int,
        l.line, code.id, l.debit, l.credit, department, NULL, NULL, NULL, NULL, NULL, NULL, 'EUR'
    FROM granted CROSS JOIN (VALUES
        (1, 'B100', 100000000000000, 0), (2, 'B900', 0, 100000000000000)
    ) AS l (line, code, debit, credit)
    JOIN code ON code.code = l.code
    """,
    """
    INSERT INTO ledger_budgetmovement (entry_id, budget_line_id, budget_minor, carried_in_minor,
        precommitted_minor, committed_minor, charged_minor)
    SELECT entry, line, 0, 0, 0,
        CASE part WHEN 0 THEN 4 ELSE -1 END * (quarter + fee),
        CASE part WHEN 0 THEN 0 ELSE quarter + fee END
    FROM fact
    UNION ALL SELECT entry, line, 100000000000000, 0, 0, 0, 0 FROM granted
    """,
    "SELECT setval(pg_get_serial_sequence('ledger_journalentry', 'id'),"
    " (SELECT max(id) FROM ledger_journalentry))",
)

SUMS = (
    "DELETE FROM ledger_balance",
    """
    INSERT INTO ledger_balance (account_id, department_id, period_id, currency, stripe,
        debit_minor, credit_minor)
    SELECT p.account_id, p.department_id, p.period_id, p.currency,
        CASE WHEN m.closed_at IS NULL THEN p.entry_id % 8 ELSE 0 END,
        sum(p.debit_minor), sum(p.credit_minor)
    FROM ledger_posting AS p JOIN ledger_period AS m ON m.id = p.period_id
    GROUP BY 1, 2, 3, 4, 5
    """,
    "DELETE FROM ledger_monthlycharge",
    """
    INSERT INTO ledger_monthlycharge (period_id, department_id, account_id, category_id,
        provider_id, currency, debit_minor, credit_minor, count)
    SELECT p.period_id, p.department_id, p.account_id, p.category_id, p.provider_id, p.currency,
        sum(p.debit_minor), sum(p.credit_minor), count(*)
    FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id
    WHERE p.department_id IS NOT NULL AND ledger_is_cost(a.code)
    GROUP BY 1, 2, 3, 4, 5, 6
    """,
    "SELECT ledger_sum_up_providers(id) FROM ledger_period WHERE closed_at IS NOT NULL",
)
