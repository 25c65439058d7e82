-- The chart of accounts. Book A: actual, B: budget, E: commitments, M: memo.
INSERT INTO ledger_account (code, name, book, normal_side) VALUES
    ('1100', 'Bank clearing', 'A', 'debit'),
    ('1150', 'Stripe balance', 'A', 'debit'),
    ('1160', 'Payouts in transit', 'A', 'debit'),
    ('1190', 'Currency clearing', 'A', 'debit'),
    ('1300', 'Vendor receivable', 'A', 'debit'),
    ('1400', 'Recoverable tax', 'A', 'debit'),
    ('2100', 'Vendor payable', 'A', 'credit'),
    ('2110', 'Retention', 'A', 'credit'),
    ('2120', 'Payout in process', 'A', 'credit'),
    ('2150', 'Dispute hold', 'A', 'credit'),
    ('2200', 'Accruals', 'A', 'credit'),
    ('3000', 'Net position', 'A', 'credit'),
    ('4100', 'Provider recovery', 'A', 'credit'),
    ('4190', 'Recovery deferred', 'A', 'credit'),
    ('4200', 'Marketplace fee recovery', 'A', 'credit'),
    ('5100', 'Charge, in-house', 'A', 'debit'),
    ('5200', 'Charge, vendor', 'A', 'debit'),
    ('5300', 'Marketplace fee', 'A', 'debit'),
    ('5400', 'Payment fees', 'A', 'debit'),
    ('5500', 'Currency differences', 'A', 'debit'),
    ('5600', 'Central subsidy', 'A', 'debit'),
    ('5700', 'Override difference', 'A', 'debit'),
    ('5800', 'Outside spend', 'A', 'debit'),
    ('B100', 'Budget', 'B', 'debit'),
    ('B900', 'Budget control', 'B', 'credit'),
    ('E100', 'Pre-commitment', 'E', 'debit'),
    ('E110', 'Commitment', 'E', 'debit'),
    ('E900', 'Commitment reserve', 'E', 'credit'),
    ('E910', 'Pre-commitment reserve', 'E', 'credit');

-- The only way into the journal. It runs as its owner, and nobody else may write these tables.
-- The order is the locking order: period, fact, balances, commitments, budget lines last, so that
-- a budget line is locked only through the commit. Under READ COMMITTED the WHERE of the budget
-- update is evaluated again after a wait, so the fund check is exact.
--
-- CB001: the period is not open. CB002: the fact is booked, differently. CB003: not enough money.
CREATE FUNCTION ledger_post_entry(
    in_kind text, in_period integer, in_effective_on date, in_posted_at timestamptz,
    in_actor uuid, in_source uuid, in_occurrence text, in_request_hash bytea, in_memo text,
    in_reverses bigint, in_corrects_period integer,
    in_accounts smallint[], in_departments uuid[], in_currencies text[],
    in_debits bigint[], in_credits bigint[], in_categories uuid[], in_budget_lines uuid[],
    in_jobs uuid[], in_awards uuid[], in_milestones uuid[], in_providers uuid[],
    in_commitments uuid[], in_originals bigint[], in_adjusted bigint[],
    in_liquidated bigint[], in_released bigint[],
    in_moved_lines uuid[], in_budgets bigint[], in_carried bigint[], in_precommitted bigint[],
    in_committed bigint[], in_charged bigint[]
) RETURNS bigint AS $$
DECLARE
    entry bigint;
    known bytea;
    stripe_here smallint := pg_backend_pid() % 16;
    move record;
    short record;
BEGIN
    -- Closing a period takes this lock exclusively: it waits for every writer and then for none.
    PERFORM pg_advisory_xact_lock_shared(7301, in_period);
    IF NOT EXISTS (
        SELECT FROM ledger_period WHERE id = in_period AND closing_at IS NULL
    ) THEN
        RAISE EXCEPTION 'period % is not open', in_period USING ERRCODE = 'CB001';
    END IF;

    INSERT INTO ledger_journalentry (
        public_id, kind, period_id, effective_on, posted_at, actor_id, source, occurrence,
        request_hash, memo, reverses_id, corrects_period_id
    ) VALUES (
        gen_random_uuid(), in_kind, in_period, in_effective_on, in_posted_at, in_actor, in_source,
        in_occurrence, in_request_hash, in_memo, in_reverses, in_corrects_period
    )
    ON CONFLICT (kind, source, occurrence) DO NOTHING
    RETURNING id INTO entry;

    IF entry IS NULL THEN
        SELECT id, request_hash INTO entry, known FROM ledger_journalentry
        WHERE kind = in_kind AND source = in_source AND occurrence = in_occurrence;
        IF known IS DISTINCT FROM in_request_hash THEN
            RAISE EXCEPTION '% of % is booked already, with other figures', in_kind, in_source
                USING ERRCODE = 'CB002';
        END IF;
        RETURN entry;
    END IF;

    INSERT INTO ledger_posting (
        entry_id, line, account_id, department_id, currency, debit_minor, credit_minor,
        category_id, budget_line_id, job_id, award_id, milestone_id, provider_id
    )
    SELECT entry, l.line, l.account, l.department, l.currency, l.debit, l.credit,
        l.category, l.budget_line, l.job, l.award, l.milestone, l.provider
    FROM unnest(
        in_accounts, in_departments, in_currencies, in_debits, in_credits, in_categories,
        in_budget_lines, in_jobs, in_awards, in_milestones, in_providers
    ) WITH ORDINALITY AS l (
        account, department, currency, debit, credit, category,
        budget_line, job, award, milestone, provider, line
    );

    -- Sorted, so that two entries over the same accounts cannot wait for each other.
    INSERT INTO ledger_balance (
        account_id, department_id, period_id, currency, stripe, debit_minor, credit_minor
    )
    SELECT l.account, l.department, in_period, l.currency, stripe_here,
        sum(l.debit)::bigint, sum(l.credit)::bigint
    FROM unnest(in_accounts, in_departments, in_currencies, in_debits, in_credits)
        AS l (account, department, currency, debit, credit)
    GROUP BY l.account, l.department, l.currency
    ORDER BY l.account, l.department NULLS FIRST, l.currency
    ON CONFLICT (account_id, department_id, period_id, currency, stripe) DO UPDATE SET
        debit_minor = ledger_balance.debit_minor + excluded.debit_minor,
        credit_minor = ledger_balance.credit_minor + excluded.credit_minor;

    FOR move IN
        SELECT * FROM unnest(in_commitments, in_originals, in_adjusted, in_liquidated, in_released)
            AS m (id, original, adjusted, liquidated, released) ORDER BY m.id
    LOOP
        UPDATE ledger_commitment SET
            original_minor = original_minor + move.original,
            adjusted_minor = adjusted_minor + move.adjusted,
            liquidated_minor = liquidated_minor + move.liquidated,
            released_minor = released_minor + move.released
        WHERE id = move.id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no commitment %', move.id USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;

    FOR move IN
        SELECT *, m.budget + m.carried - m.precommitted - m.committed - m.charged AS more
        FROM unnest(
            in_moved_lines, in_budgets, in_carried, in_precommitted, in_committed, in_charged
        ) AS m (id, budget, carried, precommitted, committed, charged) ORDER BY m.id
    LOOP
        UPDATE ledger_budgetline SET
            budget_minor = budget_minor + move.budget,
            carried_in_minor = carried_in_minor + move.carried,
            precommitted_minor = precommitted_minor + move.precommitted,
            committed_minor = committed_minor + move.committed,
            charged_minor = charged_minor + move.charged
        WHERE id = move.id
            AND (
                control <> 'hard'
                OR move.more >= 0
                OR available_minor + move.more >= -tolerance_minor
            );
        IF NOT FOUND THEN
            SELECT available_minor, tolerance_minor, currency INTO short
            FROM ledger_budgetline WHERE id = move.id;
            RAISE EXCEPTION 'budget line % cannot cover this', move.id
                USING ERRCODE = 'CB003',
                    DETAIL = coalesce(short.available_minor, 0) || ' ' || -move.more || ' '
                        || coalesce(short.currency, '');
        END IF;
    END LOOP;

    RETURN entry;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

-- An entry balances, in each book and currency, when its transaction commits. On the entry and
-- not on its postings: a trigger on postings says nothing of an entry that has none.
CREATE FUNCTION ledger_refuse_unbalanced_entry() RETURNS trigger AS $$
BEGIN
    IF (SELECT count(*) < 2 FROM ledger_posting WHERE entry_id = new.id) THEN
        RAISE EXCEPTION 'entry % has fewer than two postings', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id
        WHERE p.entry_id = new.id
        GROUP BY a.book, p.currency
        HAVING sum(p.debit_minor) <> sum(p.credit_minor)
    ) THEN
        RAISE EXCEPTION 'entry % does not balance', new.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE CONSTRAINT TRIGGER entries_balance
AFTER INSERT ON ledger_journalentry
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_unbalanced_entry();

-- A posting joins its entry in the transaction that wrote the entry, or never.
CREATE FUNCTION ledger_refuse_late_posting() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN ledger_journalentry AS e ON e.id = added.entry_id
        WHERE e.written_in <> pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION 'an entry takes no further postings' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER postings_come_with_their_entry
AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_late_posting();

-- Budget lines and commitments begin empty, so that every figure in them has an entry.
CREATE FUNCTION ledger_refuse_figures_without_entry() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'a new row of % is empty', tg_table_name USING ERRCODE = 'check_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER budget_lines_begin_empty
BEFORE INSERT ON ledger_budgetline
FOR EACH ROW
WHEN (
    new.budget_minor <> 0 OR new.carried_in_minor <> 0 OR new.precommitted_minor <> 0
    OR new.committed_minor <> 0 OR new.charged_minor <> 0
)
EXECUTE FUNCTION ledger_refuse_figures_without_entry();

CREATE TRIGGER commitments_begin_empty
BEFORE INSERT ON ledger_commitment
FOR EACH ROW
WHEN (
    new.original_minor <> 0 OR new.adjusted_minor <> 0 OR new.liquidated_minor <> 0
    OR new.released_minor <> 0
)
EXECUTE FUNCTION ledger_refuse_figures_without_entry();

REVOKE INSERT, UPDATE, DELETE
    ON ledger_account, ledger_journalentry, ledger_posting, ledger_balance
    FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE UPDATE, DELETE ON ledger_budgetline, ledger_commitment
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (control, tolerance_minor) ON ledger_budgetline
    TO choicebook_web, choicebook_worker, choicebook_replay;
