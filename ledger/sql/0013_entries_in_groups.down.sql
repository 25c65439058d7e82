-- One entry a call again, and a foreign key for each thing that a posting names.
DROP FUNCTION ledger_post_entries;
DROP FUNCTION ledger_steps_of_lines;
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
    IF NOT EXISTS (SELECT FROM ledger_period WHERE id = in_period) THEN
        PERFORM ledger_open_period(in_period, in_posted_at);
    END IF;

    -- The trigger takes the month's lock and refuses a month that is not open, before all else.
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
        entry_id, period_id, line, account_id, debit_minor, credit_minor, department_id,
        category_id, budget_line_id, job_id, award_id, milestone_id, provider_id, currency
    )
    SELECT entry, in_period, l.line, l.account, l.debit, l.credit, l.department,
        l.category, l.budget_line, l.job, l.award, l.milestone, l.provider, l.currency
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

    INSERT INTO ledger_budgetmovement (
        entry_id, budget_line_id, budget_minor, carried_in_minor, precommitted_minor,
        committed_minor, charged_minor
    )
    SELECT entry, m.* FROM unnest(
        in_moved_lines, in_budgets, in_carried, in_precommitted, in_committed, in_charged
    ) AS m;

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

    INSERT INTO ledger_monthlycharge (
        period_id, department_id, account_id, category_id, provider_id, currency,
        debit_minor, credit_minor, count
    )
    SELECT in_period, l.department, l.account, l.category, l.provider, l.currency,
        sum(l.debit)::bigint, sum(l.credit)::bigint, count(*)
    FROM unnest(
        in_accounts, in_departments, in_currencies, in_debits, in_credits, in_categories,
        in_providers
    ) AS l (account, department, currency, debit, credit, category, provider)
    JOIN ledger_account AS a ON a.id = l.account AND ledger_is_cost(a.code)
    WHERE l.department IS NOT NULL AND in_kind <> 'year_closed'
    GROUP BY l.department, l.account, l.category, l.provider, l.currency
    ORDER BY l.department, l.account, l.category, l.provider, l.currency
    ON CONFLICT (period_id, department_id, account_id, category_id, provider_id, currency)
    DO UPDATE SET
        debit_minor = ledger_monthlycharge.debit_minor + excluded.debit_minor,
        credit_minor = ledger_monthlycharge.credit_minor + excluded.credit_minor,
        count = ledger_monthlycharge.count + excluded.count;

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

REVOKE EXECUTE ON FUNCTION ledger_post_entry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post_entry
    TO choicebook_web, choicebook_worker, choicebook_replay;

DROP TRIGGER movements_name_what_there_is ON ledger_budgetmovement;
DROP FUNCTION ledger_admit_movements;
CREATE OR REPLACE FUNCTION ledger_refuse_unbalanced_entry() RETURNS trigger AS $$
DECLARE
    lines bigint;
    balances boolean;
BEGIN
    SELECT sum(book.lines), bool_and(book.debit = book.credit) INTO lines, balances
    FROM (
        SELECT count(*) AS lines, sum(p.debit_minor) AS debit, sum(p.credit_minor) AS credit
        FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id
        WHERE p.entry_id = new.id
        GROUP BY a.book, p.currency
    ) AS book;
    IF coalesce(lines, 0) < 2 THEN
        RAISE EXCEPTION 'entry % has fewer than two postings', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT balances THEN
        RAISE EXCEPTION 'entry % does not balance', new.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

DROP TRIGGER postings_come_with_their_entry ON ledger_posting;
DROP FUNCTION ledger_admit_postings;
CREATE FUNCTION ledger_refuse_late_posting() RETURNS trigger AS $$
DECLARE
    touched record;
    entry record;
BEGIN
    FOR touched IN SELECT DISTINCT entry_id, period_id FROM added LOOP
        SELECT period_id, written_in INTO entry FROM ledger_journalentry
        WHERE id = touched.entry_id;
        IF entry.written_in <> pg_current_xact_id()::text::bigint THEN
            RAISE EXCEPTION 'an entry takes no further postings'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF entry.period_id <> touched.period_id THEN
            RAISE EXCEPTION 'a posting belongs to the month of its entry'
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER postings_come_with_their_entry
AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_late_posting();

DROP TRIGGER rows_are_recorded ON ledger_journalentry;
DROP FUNCTION ledger_note_entries;
CREATE TRIGGER rows_are_recorded AFTER INSERT OR UPDATE ON ledger_journalentry
FOR EACH ROW EXECUTE FUNCTION ledger_note_row('id');

DROP TRIGGER entries_belong_to_an_open_month ON ledger_journalentry;
DROP FUNCTION ledger_admit_entries;
CREATE FUNCTION ledger_refuse_entry_outside_its_month() RETURNS trigger AS $$
DECLARE
    month record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7301, new.period_id);
    SELECT starts_on, ends_on, closing_at INTO month
    FROM ledger_period WHERE id = new.period_id;
    IF NOT FOUND OR month.closing_at IS NOT NULL THEN
        RAISE EXCEPTION 'period % is not open', new.period_id USING ERRCODE = 'CB001';
    END IF;
    IF new.effective_on NOT BETWEEN month.starts_on AND month.ends_on THEN
        RAISE EXCEPTION '% is no day of period %', new.effective_on, new.period_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER entries_belong_to_an_open_month
BEFORE INSERT ON ledger_journalentry
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_entry_outside_its_month();

ALTER TABLE ledger_posting
    ADD CONSTRAINT a_posting_has_an_entry FOREIGN KEY (entry_id)
        REFERENCES ledger_journalentry DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_has_an_account FOREIGN KEY (account_id)
        REFERENCES ledger_account DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_a_department FOREIGN KEY (department_id)
        REFERENCES marketplace_department DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_a_category FOREIGN KEY (category_id)
        REFERENCES marketplace_category DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_a_budget_line FOREIGN KEY (budget_line_id)
        REFERENCES ledger_budgetline DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_a_job FOREIGN KEY (job_id)
        REFERENCES marketplace_job DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_an_award FOREIGN KEY (award_id)
        REFERENCES ledger_award DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_a_milestone FOREIGN KEY (milestone_id)
        REFERENCES ledger_milestone DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT a_posting_names_a_provider FOREIGN KEY (provider_id)
        REFERENCES marketplace_provider DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_budgetmovement
    ADD FOREIGN KEY (entry_id) REFERENCES ledger_journalentry DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (budget_line_id) REFERENCES ledger_budgetline DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_journalentry
    ADD FOREIGN KEY (period_id) REFERENCES ledger_period DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (actor_id) REFERENCES marketplace_user DEFERRABLE INITIALLY DEFERRED;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'marketplace_user', 'marketplace_department', 'marketplace_category',
        'marketplace_provider', 'marketplace_job', 'ledger_account', 'ledger_period',
        'ledger_budgetline'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS what_entries_name_stays ON %I', name);
        EXECUTE format('DROP TRIGGER what_entries_name_is_not_truncated ON %I', name);
    END LOOP;
END;
$$;
DROP FUNCTION ledger_refuse_removing_what_is_named;
