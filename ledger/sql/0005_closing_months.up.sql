-- An entry belongs to an open month and to a day in it, whoever writes it and however.
--
-- Closing a month takes the same lock exclusively: it waits for every writer and then for none. The
-- month is read in a statement of its own, after the wait, so that it is seen as the closing left it.
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

-- As before, but for two things: whether the month is open is asked by the trigger above, and what an
-- entry does to budget lines is kept with it, so that every figure of a line can be traced.
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

CREATE TRIGGER budgetmovement_is_append_only
BEFORE UPDATE OR DELETE ON ledger_budgetmovement
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER budgetmovement_is_not_truncated
BEFORE TRUNCATE ON ledger_budgetmovement
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
REVOKE INSERT, UPDATE, DELETE ON ledger_budgetmovement
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- A month begins open, and its number says its days.
CREATE FUNCTION ledger_refuse_misnamed_month() RETURNS trigger AS $$
BEGIN
    IF new.closing_at IS NOT NULL OR new.closed_at IS NOT NULL OR new.closed_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'period % begins open', new.id USING ERRCODE = 'check_violation';
    END IF;
    IF new.fiscal_year <> new.id / 100 OR new.starts_on <> (
        CASE WHEN new.id % 100 = 13 THEN make_date(new.id / 100, 12, 31)
        ELSE make_date(new.id / 100, new.id % 100, 1) END
    ) OR new.ends_on <> (
        CASE WHEN new.id % 100 = 13 THEN new.starts_on
        ELSE (new.starts_on + interval '1 month')::date - 1 END
    ) THEN
        RAISE EXCEPTION 'period % has other days', new.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER months_begin_open
BEFORE INSERT ON ledger_period
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_misnamed_month();

-- A month moves by a step and no other way: this runs as its owner, and no other role may update
-- ledger_period. The lock is the one that writers share: the step waits for them, and they for it.
CREATE FUNCTION ledger_take_period_step() RETURNS trigger AS $$
DECLARE
    month record;
    asked record;
BEGIN
    PERFORM pg_advisory_xact_lock(7301, new.period_id);
    SELECT closing_at, closed_at INTO month FROM ledger_period WHERE id = new.period_id;
    IF new.answers_id IS NOT NULL THEN
        SELECT period_id, step, position, taken_by_id INTO asked
        FROM ledger_periodstep WHERE id = new.answers_id;
        IF asked.step <> 'asked' OR asked.period_id <> new.period_id OR EXISTS (
            SELECT FROM ledger_periodstep
            WHERE period_id = new.period_id AND position > asked.position
        ) THEN
            RAISE EXCEPTION 'this answers nothing that waits' USING ERRCODE = 'check_violation';
        END IF;
        IF new.step = 'reopened' AND asked.taken_by_id = new.taken_by_id THEN
            RAISE EXCEPTION 'a month is reopened by two people' USING ERRCODE = 'check_violation';
        END IF;
    END IF;

    IF new.step = 'closing' AND month.closing_at IS NULL THEN
        UPDATE ledger_period SET closing_at = new.taken_at WHERE id = new.period_id;
    ELSIF new.step = 'stopped' AND month.closing_at IS NOT NULL AND month.closed_at IS NULL THEN
        UPDATE ledger_period SET closing_at = NULL WHERE id = new.period_id;
    ELSIF new.step = 'closed' AND month.closing_at IS NOT NULL AND month.closed_at IS NULL THEN
        UPDATE ledger_period SET closed_at = new.taken_at, closed_by_id = new.taken_by_id
        WHERE id = new.period_id;
    ELSIF new.step = 'reopened' AND month.closed_at IS NOT NULL THEN
        UPDATE ledger_period SET closing_at = NULL, closed_at = NULL, closed_by_id = NULL
        WHERE id = new.period_id;
    ELSIF new.step IN ('asked', 'declined') AND month.closed_at IS NOT NULL THEN
        NULL; -- the month stays closed
    ELSE
        RAISE EXCEPTION 'period % takes no step “%” now', new.period_id, new.step
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER months_move_by_steps
BEFORE INSERT ON ledger_periodstep
FOR EACH ROW EXECUTE FUNCTION ledger_take_period_step();

CREATE TRIGGER periodstep_is_append_only
BEFORE UPDATE OR DELETE ON ledger_periodstep
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER periodstep_is_not_truncated
BEFORE TRUNCATE ON ledger_periodstep
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON ledger_period, ledger_periodstep
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- A correction is asked for by one person and signed by another; whoever asked may take it back.
CREATE FUNCTION ledger_refuse_signing_alone() RETURNS trigger AS $$
BEGIN
    IF new.reversal_id IS NOT NULL AND new.answered_by_id = (
        SELECT asked_by_id FROM ledger_correction WHERE id = new.correction_id
    ) THEN
        RAISE EXCEPTION 'an entry is reversed by two people' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER corrections_are_signed_by_a_second_person
BEFORE INSERT ON ledger_correctionanswer
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_signing_alone();

CREATE TRIGGER correction_is_append_only
BEFORE UPDATE OR DELETE ON ledger_correction
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER correction_is_not_truncated
BEFORE TRUNCATE ON ledger_correction
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER correctionanswer_is_append_only
BEFORE UPDATE OR DELETE ON ledger_correctionanswer
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER correctionanswer_is_not_truncated
BEFORE TRUNCATE ON ledger_correctionanswer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
REVOKE UPDATE, DELETE ON ledger_correction, ledger_correctionanswer
    FROM choicebook_web, choicebook_worker, choicebook_replay;
