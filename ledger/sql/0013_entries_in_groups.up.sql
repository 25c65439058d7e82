-- One function posts one entry or many: in one call, with sums made once for all of them.
--
-- What an entry names stays: none of these tables loses a row, whoever asks. So that a posting
-- names what there is can be asked once, when it is written, and for all postings of a statement
-- together. A foreign key would ask for each, and write a lock into rows that everybody shares.
CREATE FUNCTION ledger_refuse_removing_what_is_named() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% stays as it is named: % is refused', tg_table_name, tg_op
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

-- Awards, milestones and entries are append-only, and a published job is never deleted, already.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'marketplace_user', 'marketplace_department', 'marketplace_category',
        'marketplace_provider', 'marketplace_job', 'ledger_account', 'ledger_period',
        'ledger_budgetline'
    ] LOOP
        IF name <> 'marketplace_job' THEN
            EXECUTE format(
                'CREATE TRIGGER what_entries_name_stays BEFORE DELETE OR UPDATE OF id ON %I'
                || ' FOR EACH ROW EXECUTE FUNCTION ledger_refuse_removing_what_is_named()', name
            );
        END IF;
        EXECUTE format(
            'CREATE TRIGGER what_entries_name_is_not_truncated BEFORE TRUNCATE ON %I'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_removing_what_is_named()', name
        );
    END LOOP;
END;
$$;

ALTER TABLE ledger_posting
    DROP CONSTRAINT a_posting_has_an_entry,
    DROP CONSTRAINT a_posting_has_an_account,
    DROP CONSTRAINT a_posting_names_a_department,
    DROP CONSTRAINT a_posting_names_a_category,
    DROP CONSTRAINT a_posting_names_a_budget_line,
    DROP CONSTRAINT a_posting_names_a_job,
    DROP CONSTRAINT a_posting_names_an_award,
    DROP CONSTRAINT a_posting_names_a_milestone,
    DROP CONSTRAINT a_posting_names_a_provider;

-- The foreign keys that Django named, wherever this database got them from.
DO $$
DECLARE
    key record;
BEGIN
    FOR key IN
        SELECT c.conrelid::regclass AS of_table, c.conname FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND (
            c.conrelid = 'ledger_budgetmovement'::regclass
            OR c.conrelid = 'ledger_journalentry'::regclass
            AND a.attname IN ('period_id', 'actor_id')
        )
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.of_table, key.conname);
    END LOOP;
END;
$$;

-- Entries belong to an open month and to a day in it, and somebody made them; whoever writes them
-- and however. Closing a month takes the lock exclusively: it waits for every writer and then for
-- none. The month is read in a statement of its own, after the wait, as the closing left it.
DROP TRIGGER entries_belong_to_an_open_month ON ledger_journalentry;
DROP FUNCTION ledger_refuse_entry_outside_its_month;
CREATE FUNCTION ledger_admit_entries() RETURNS trigger AS $$
DECLARE
    wrong record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7301, of.period_id)
    FROM (SELECT DISTINCT period_id FROM added ORDER BY period_id) AS of;

    SELECT a.period_id, a.effective_on, m.id IS NULL OR m.closing_at IS NOT NULL AS is_shut,
        a.effective_on NOT BETWEEN m.starts_on AND m.ends_on AS is_another_day INTO wrong
    FROM added AS a LEFT JOIN ledger_period AS m ON m.id = a.period_id
    WHERE m.id IS NULL OR m.closing_at IS NOT NULL
        OR a.effective_on NOT BETWEEN m.starts_on AND m.ends_on
        OR (SELECT u.id FROM marketplace_user AS u WHERE u.id = a.actor_id) IS NULL
    LIMIT 1;
    IF FOUND THEN
        IF wrong.is_shut THEN
            RAISE EXCEPTION 'period % is not open', wrong.period_id
                USING ERRCODE = 'CB001', DETAIL = wrong.period_id;
        ELSIF wrong.is_another_day THEN
            RAISE EXCEPTION '% is no day of period %', wrong.effective_on, wrong.period_id
                USING ERRCODE = 'check_violation';
        END IF;
        RAISE EXCEPTION 'an entry is made by somebody' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SET jit = off;

CREATE TRIGGER entries_belong_to_an_open_month
AFTER INSERT ON ledger_journalentry
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_admit_entries();

-- As each row was noted, but for all of a statement at once.
DROP TRIGGER rows_are_recorded ON ledger_journalentry;
CREATE FUNCTION ledger_note_entries() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'ledger_journalentry', id FROM added ORDER BY id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER rows_are_recorded
AFTER INSERT ON ledger_journalentry
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_entries();

-- Postings join their entry in the transaction that wrote it, or never; in the same month. They
-- name what there is, and each statement brings them balanced, so that entries always balance.
-- Each name is looked up by itself: joined, the planner might read a whole table for four rows.
DROP TRIGGER postings_come_with_their_entry ON ledger_posting;
DROP FUNCTION ledger_refuse_late_posting;
CREATE FUNCTION ledger_admit_postings() RETURNS trigger AS $$
DECLARE
    here bigint := pg_current_xact_id()::text::bigint;
    sums record;
BEGIN
    SELECT min(b.entry_id) FILTER (WHERE b.difference <> 0) AS unbalanced,
        bool_and(b.joins) AS join_in_time, bool_and(b.fits) AS fit, bool_and(b.names) AS name
    INTO sums
    FROM (
        SELECT a.entry_id, sum(a.debit_minor) - sum(a.credit_minor) AS difference,
            coalesce((
                SELECT e.written_in FROM ledger_journalentry AS e WHERE e.id = a.entry_id
            ) = here, false) AS joins,
            min(a.period_id) = max(a.period_id) AND min(a.period_id) = (
                SELECT e.period_id FROM ledger_journalentry AS e WHERE e.id = a.entry_id
            ) AS fits,
            bool_and(
                c.id IS NOT NULL
                AND (a.department_id IS NULL OR (
                    SELECT d.id FROM marketplace_department AS d WHERE d.id = a.department_id
                ) IS NOT NULL)
                AND (a.category_id IS NULL OR (
                    SELECT k.id FROM marketplace_category AS k WHERE k.id = a.category_id
                ) IS NOT NULL)
                AND (a.budget_line_id IS NULL OR (
                    SELECT l.id FROM ledger_budgetline AS l WHERE l.id = a.budget_line_id
                ) IS NOT NULL)
                AND (a.job_id IS NULL OR (
                    SELECT j.published_at FROM marketplace_job AS j WHERE j.id = a.job_id
                ) IS NOT NULL)
                AND (a.award_id IS NULL OR (
                    SELECT w.id FROM ledger_award AS w WHERE w.id = a.award_id
                ) IS NOT NULL)
                AND (a.milestone_id IS NULL OR (
                    SELECT m.id FROM ledger_milestone AS m WHERE m.id = a.milestone_id
                ) IS NOT NULL)
                AND (a.provider_id IS NULL OR (
                    SELECT v.id FROM marketplace_provider AS v WHERE v.id = a.provider_id
                ) IS NOT NULL)
            ) AS names
        FROM added AS a LEFT JOIN ledger_account AS c ON c.id = a.account_id
        GROUP BY a.entry_id, c.book, a.currency
    ) AS b;
    IF sums.join_in_time IS FALSE THEN
        RAISE EXCEPTION 'an entry takes no further postings' USING ERRCODE = 'restrict_violation';
    ELSIF sums.fit IS FALSE THEN
        RAISE EXCEPTION 'a posting belongs to the month of its entry'
            USING ERRCODE = 'check_violation';
    ELSIF sums.name IS FALSE THEN
        RAISE EXCEPTION 'a posting names what there is' USING ERRCODE = 'foreign_key_violation';
    ELSIF sums.unbalanced IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not balance', sums.unbalanced
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SET jit = off;

CREATE TRIGGER postings_come_with_their_entry
AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_admit_postings();

-- What is left for the commit: an entry of which no posting came. One that came is balanced, and
-- no single posting balances.
CREATE OR REPLACE FUNCTION ledger_refuse_unbalanced_entry() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_posting WHERE entry_id = new.id) THEN
        RAISE EXCEPTION 'entry % has fewer than two postings', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE FUNCTION ledger_admit_movements() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added AS a
        WHERE (SELECT e.id FROM ledger_journalentry AS e WHERE e.id = a.entry_id) IS NULL
            OR (SELECT l.id FROM ledger_budgetline AS l WHERE l.id = a.budget_line_id) IS NULL
    ) THEN
        RAISE EXCEPTION 'a movement names an entry and a budget line'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SET jit = off;

CREATE TRIGGER movements_name_what_there_is
AFTER INSERT ON ledger_budgetmovement
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_admit_movements();

-- The only way into the journal. It runs as its owner, and nobody else may write these tables.
-- The order is the locking order: months, facts, balances, commitments, sums by month, budget lines
-- last, so that a budget line is locked only through the commit; each of them in one order. Under
-- READ COMMITTED the WHERE of the budget update is evaluated again after a wait, so the fund check
-- is exact. A line's moves are checked one after the other, as if each entry came alone.
--
-- Entries that are booked already are left out, and their ids returned. All come in, or none.
-- CB001: a period is not open; which. CB002: a fact is booked, differently; the entry's place.
-- CB003: not enough money; available, wanted, currency and the entry's place.
DROP FUNCTION ledger_post_entry;
CREATE FUNCTION ledger_post_entries(
    in_actor uuid, in_posted_at timestamptz,
    in_kinds text[], in_periods integer[], in_effective_on date[], in_sources uuid[],
    in_occurrences text[], in_request_hashes bytea[], in_memos text[], in_reverses bigint[],
    in_corrects_periods integer[],
    in_entries_of_lines integer[], in_lines smallint[], in_accounts smallint[],
    in_departments uuid[], in_currencies text[], in_debits bigint[], in_credits bigint[],
    in_categories uuid[], in_budget_lines uuid[], in_jobs uuid[], in_awards uuid[],
    in_milestones uuid[], in_providers uuid[],
    in_entries_of_commitments integer[], in_commitments uuid[], in_originals bigint[],
    in_adjusted bigint[], in_liquidated bigint[], in_released bigint[],
    in_entries_of_moves integer[], in_moved_lines uuid[], in_budgets bigint[],
    in_carried bigint[], in_precommitted bigint[], in_committed bigint[], in_charged bigint[]
) RETURNS bigint[] AS $$
DECLARE
    entries bigint[];
    made bigint[];  -- the same, without those that were there
    stripe_here smallint := pg_backend_pid() % 16;
    month integer;
    known record;
    move record;
    short record;
    refused record;
BEGIN
    FOR month IN SELECT DISTINCT unnest(in_periods) AS id ORDER BY id LOOP
        PERFORM pg_advisory_xact_lock_shared(7301, month);
        IF NOT EXISTS (SELECT FROM ledger_period WHERE id = month) THEN
            PERFORM ledger_open_period(month, in_posted_at);
        END IF;
    END LOOP;

    -- Facts are claimed in one order, so that two groups cannot wait for each other; their
    -- numbers are those of the group's order.
    WITH told AS MATERIALIZED (
        SELECT e.*, nextval('ledger_journalentry_id_seq') AS id
        FROM unnest(
            in_kinds, in_periods, in_effective_on, in_sources, in_occurrences, in_request_hashes,
            in_memos, in_reverses, in_corrects_periods
        ) WITH ORDINALITY AS e (
            kind, period, effective_on, source, occurrence, request_hash, memo, reverses,
            corrects_period, nth
        )
    ), claimed AS (
        INSERT INTO ledger_journalentry (
            id, public_id, kind, period_id, effective_on, posted_at, actor_id, source, occurrence,
            request_hash, memo, reverses_id, corrects_period_id
        )
        SELECT id, gen_random_uuid(), kind, period, effective_on, in_posted_at, in_actor, source,
            occurrence, request_hash, memo, reverses, corrects_period
        FROM told ORDER BY kind, source, occurrence, nth
        ON CONFLICT (kind, source, occurrence) DO NOTHING
        RETURNING id
    )
    SELECT array_agg(c.id ORDER BY t.nth) INTO made FROM told AS t LEFT JOIN claimed AS c USING (id);

    entries := made;
    IF array_position(made, NULL) IS NOT NULL THEN
        FOR nth IN 1..cardinality(made) LOOP
            CONTINUE WHEN made[nth] IS NOT NULL;
            SELECT id, request_hash INTO known FROM ledger_journalentry
            WHERE kind = in_kinds[nth] AND source = in_sources[nth]
                AND occurrence = in_occurrences[nth];
            IF known.request_hash IS DISTINCT FROM in_request_hashes[nth] THEN
                RAISE EXCEPTION '% of % is booked already, with other figures',
                    in_kinds[nth], in_sources[nth] USING ERRCODE = 'CB002', DETAIL = nth;
            END IF;
            entries[nth] := known.id;
        END LOOP;
        IF array_remove(made, NULL) = '{}' THEN
            RETURN entries;
        END IF;
    END IF;

    INSERT INTO ledger_posting (
        entry_id, period_id, line, account_id, debit_minor, credit_minor, department_id,
        category_id, budget_line_id, job_id, award_id, milestone_id, provider_id, currency
    )
    SELECT made[l.nth], in_periods[l.nth], l.line, l.account, l.debit, l.credit, l.department,
        l.category, l.budget_line, l.job, l.award, l.milestone, l.provider, l.currency
    FROM unnest(
        in_entries_of_lines, in_lines, in_accounts, in_departments, in_currencies, in_debits,
        in_credits, in_categories, in_budget_lines, in_jobs, in_awards, in_milestones, in_providers
    ) AS l (
        nth, line, account, department, currency, debit, credit, category,
        budget_line, job, award, milestone, provider
    )
    WHERE made[l.nth] IS NOT NULL;

    -- Sorted, so that two entries over the same accounts cannot wait for each other.
    INSERT INTO ledger_balance (
        account_id, department_id, period_id, currency, stripe, debit_minor, credit_minor
    )
    SELECT l.account, l.department, in_periods[l.nth], l.currency, stripe_here,
        sum(l.debit)::bigint, sum(l.credit)::bigint
    FROM unnest(
        in_entries_of_lines, in_accounts, in_departments, in_currencies, in_debits, in_credits
    ) AS l (nth, account, department, currency, debit, credit)
    WHERE made[l.nth] IS NOT NULL
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2 NULLS FIRST, 3, 4
    ON CONFLICT (account_id, department_id, period_id, currency, stripe) DO UPDATE SET
        debit_minor = ledger_balance.debit_minor + excluded.debit_minor,
        credit_minor = ledger_balance.credit_minor + excluded.credit_minor;

    IF cardinality(in_commitments) > 0 THEN
        FOR move IN
            SELECT m.id, sum(m.original) AS original, sum(m.adjusted) AS adjusted,
                sum(m.liquidated) AS liquidated, sum(m.released) AS released
            FROM unnest(
                in_entries_of_commitments, in_commitments, in_originals, in_adjusted,
                in_liquidated, in_released
            ) AS m (nth, id, original, adjusted, liquidated, released)
            WHERE made[m.nth] IS NOT NULL
            GROUP BY m.id ORDER BY m.id
        LOOP
            UPDATE ledger_commitment SET
                original_minor = original_minor + move.original,
                adjusted_minor = adjusted_minor + move.adjusted,
                liquidated_minor = liquidated_minor + move.liquidated,
                released_minor = released_minor + move.released
            WHERE id = move.id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'there is no commitment %', move.id
                    USING ERRCODE = 'check_violation';
            END IF;
        END LOOP;
    END IF;

    INSERT INTO ledger_monthlycharge (
        period_id, department_id, account_id, category_id, provider_id, currency,
        debit_minor, credit_minor, count
    )
    SELECT in_periods[l.nth], l.department, l.account, l.category, l.provider, l.currency,
        sum(l.debit)::bigint, sum(l.credit)::bigint, count(*)
    FROM unnest(
        in_entries_of_lines, in_accounts, in_departments, in_currencies, in_debits, in_credits,
        in_categories, in_providers
    ) AS l (nth, account, department, currency, debit, credit, category, provider)
    JOIN ledger_account AS a ON a.id = l.account AND ledger_is_cost(a.code)
    WHERE l.department IS NOT NULL AND in_kinds[l.nth] <> 'year_closed'
        AND made[l.nth] IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (period_id, department_id, account_id, category_id, provider_id, currency)
    DO UPDATE SET
        debit_minor = ledger_monthlycharge.debit_minor + excluded.debit_minor,
        credit_minor = ledger_monthlycharge.credit_minor + excluded.credit_minor,
        count = ledger_monthlycharge.count + excluded.count;

    IF cardinality(in_moved_lines) = 0 THEN
        RETURN entries;
    END IF;

    INSERT INTO ledger_budgetmovement (
        entry_id, budget_line_id, budget_minor, carried_in_minor, precommitted_minor,
        committed_minor, charged_minor
    )
    SELECT made[m.nth], m.line, m.budget, m.carried, m.precommitted, m.committed, m.charged
    FROM unnest(
        in_entries_of_moves, in_moved_lines, in_budgets, in_carried, in_precommitted,
        in_committed, in_charged
    ) AS m (nth, line, budget, carried, precommitted, committed, charged)
    WHERE made[m.nth] IS NOT NULL;

    FOR move IN
        SELECT m.id, sum(m.budget) AS budget, sum(m.carried) AS carried,
            sum(m.precommitted) AS precommitted, sum(m.committed) AS committed,
            sum(m.charged) AS charged, min(m.so_far) FILTER (WHERE m.more < 0) AS lowest
        FROM ledger_steps_of_lines(
            made, in_entries_of_moves, in_moved_lines, in_budgets, in_carried, in_precommitted,
            in_committed, in_charged
        ) AS m
        GROUP BY m.id ORDER BY m.id
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
                OR move.lowest IS NULL
                OR available_minor + move.lowest >= -tolerance_minor
            );
        IF NOT FOUND THEN
            SELECT available_minor, tolerance_minor, currency INTO short
            FROM ledger_budgetline WHERE id = move.id;
            SELECT m.nth, m.more, m.so_far - m.more AS before INTO refused
            FROM ledger_steps_of_lines(
                made, in_entries_of_moves, in_moved_lines, in_budgets, in_carried,
                in_precommitted, in_committed, in_charged
            ) AS m
            WHERE m.id = move.id AND m.more < 0
                AND short.available_minor + m.so_far < -short.tolerance_minor
            ORDER BY m.nth LIMIT 1;
            RAISE EXCEPTION 'budget line % cannot cover this', move.id
                USING ERRCODE = 'CB003', DETAIL = format(
                    '%s %s %s %s', short.available_minor + refused.before, -refused.more,
                    short.currency, refused.nth
                );
        END IF;
    END LOOP;

    RETURN entries;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

-- What each entry does to a budget line, and what the group has done to it so far.
CREATE FUNCTION ledger_steps_of_lines(
    in_made bigint[], in_entries integer[], in_lines uuid[], in_budgets bigint[],
    in_carried bigint[], in_precommitted bigint[], in_committed bigint[], in_charged bigint[]
) RETURNS TABLE (
    nth integer, id uuid, budget bigint, carried bigint, precommitted bigint, committed bigint,
    charged bigint, more bigint, so_far numeric
) AS $$
    SELECT m.*, sum(m.more) OVER (PARTITION BY m.id ORDER BY m.nth)
    FROM (
        SELECT u.*, u.budget + u.carried - u.precommitted - u.committed - u.charged AS more
        FROM unnest(
            in_entries, in_lines, in_budgets, in_carried, in_precommitted, in_committed, in_charged
        ) AS u (nth, id, budget, carried, precommitted, committed, charged)
        WHERE in_made[u.nth] IS NOT NULL
    ) AS m
$$ LANGUAGE sql STABLE;

REVOKE EXECUTE ON FUNCTION ledger_post_entries, ledger_steps_of_lines FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post_entries
    TO choicebook_web, choicebook_worker, choicebook_replay;
