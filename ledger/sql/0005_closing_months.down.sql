GRANT UPDATE, DELETE ON ledger_correction, ledger_correctionanswer
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER correctionanswer_is_not_truncated ON ledger_correctionanswer;
DROP TRIGGER correctionanswer_is_append_only ON ledger_correctionanswer;
DROP TRIGGER correction_is_not_truncated ON ledger_correction;
DROP TRIGGER correction_is_append_only ON ledger_correction;
DROP TRIGGER corrections_are_signed_by_a_second_person ON ledger_correctionanswer;
DROP FUNCTION ledger_refuse_signing_alone;

GRANT UPDATE ON ledger_period TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE, DELETE ON ledger_periodstep TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER periodstep_is_not_truncated ON ledger_periodstep;
DROP TRIGGER periodstep_is_append_only ON ledger_periodstep;
DROP TRIGGER months_move_by_steps ON ledger_periodstep;
DROP FUNCTION ledger_take_period_step;
DROP TRIGGER months_begin_open ON ledger_period;
DROP FUNCTION ledger_refuse_misnamed_month;

GRANT INSERT, UPDATE, DELETE ON ledger_budgetmovement
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER budgetmovement_is_not_truncated ON ledger_budgetmovement;
DROP TRIGGER budgetmovement_is_append_only ON ledger_budgetmovement;

CREATE OR REPLACE FUNCTION ledger_post_entry(
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

DROP TRIGGER entries_belong_to_an_open_month ON ledger_journalentry;
DROP FUNCTION ledger_refuse_entry_outside_its_month;
