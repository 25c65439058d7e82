-- Postings are most of what a marketplace keeps. A row is found by its entry and line and by nothing
-- else, so it has no number of its own; it carries its month, so that the postings of an account in a
-- month are one short walk in one index, and equal keys share their place there. Wide columns first:
-- nothing is lost to alignment.
ALTER TABLE ledger_posting RENAME TO ledger_posting_before;
CREATE TABLE ledger_posting (
    entry_id bigint NOT NULL,
    period_id integer NOT NULL,
    line smallint NOT NULL CONSTRAINT a_line_has_its_place CHECK (line >= 0),
    account_id smallint NOT NULL,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    department_id uuid,
    category_id uuid,
    budget_line_id uuid,
    job_id uuid,
    award_id uuid,
    milestone_id uuid,
    provider_id uuid,
    currency varchar(3) NOT NULL
);
INSERT INTO ledger_posting (
    entry_id, period_id, line, account_id, debit_minor, credit_minor, department_id, category_id,
    budget_line_id, job_id, award_id, milestone_id, provider_id, currency
)
SELECT p.entry_id, e.period_id, p.line, p.account_id, p.debit_minor, p.credit_minor,
    p.department_id, p.category_id, p.budget_line_id, p.job_id, p.award_id, p.milestone_id,
    p.provider_id, p.currency
FROM ledger_posting_before AS p JOIN ledger_journalentry AS e ON e.id = p.entry_id
ORDER BY p.entry_id, p.line;
DROP TABLE ledger_posting_before;

ALTER TABLE ledger_posting
    ADD CONSTRAINT lines_of_an_entry PRIMARY KEY (entry_id, line),
    ADD CONSTRAINT a_posting_is_a_debit_or_a_credit CHECK (
        (debit_minor > 0 AND credit_minor = 0) OR (debit_minor = 0 AND credit_minor > 0)
    ),
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
CREATE INDEX postings_of_an_account ON ledger_posting (account_id, department_id, period_id);
CREATE INDEX postings_of_a_provider ON ledger_posting (provider_id, account_id, period_id)
    WHERE provider_id IS NOT NULL;
CREATE INDEX postings_of_an_award ON ledger_posting (award_id) WHERE award_id IS NOT NULL;
CREATE INDEX postings_of_a_budget_line ON ledger_posting (budget_line_id)
    WHERE budget_line_id IS NOT NULL;

CREATE TRIGGER posting_is_append_only
BEFORE UPDATE OR DELETE ON ledger_posting
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER posting_is_not_truncated
BEFORE TRUNCATE ON ledger_posting
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER postings_come_with_their_entry
AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_late_posting();
REVOKE INSERT, UPDATE, DELETE ON ledger_posting, ledger_monthlycharge
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- Sums are written over again and again: room in the page keeps each new version beside the old.
ALTER TABLE ledger_balance SET (fillfactor = 60);
ALTER TABLE ledger_budgetline SET (fillfactor = 50);
ALTER TABLE ledger_commitment SET (fillfactor = 80);
ALTER TABLE ledger_monthlycharge SET (fillfactor = 80);

-- Which accounts say what a department was charged, or shown: those of cost. The entry that closes a
-- year empties them; it is no charge and no credit, so it is left out of these sums.
CREATE FUNCTION ledger_is_cost(code text) RETURNS boolean AS $$
    SELECT code LIKE '5%' OR code LIKE 'M5%'
$$ LANGUAGE sql IMMUTABLE PARALLEL SAFE;

INSERT INTO ledger_monthlycharge (
    period_id, department_id, account_id, category_id, provider_id, currency,
    debit_minor, credit_minor, count
)
SELECT p.period_id, p.department_id, p.account_id, p.category_id, p.provider_id, p.currency,
    sum(p.debit_minor)::bigint, sum(p.credit_minor)::bigint, count(*)
FROM ledger_posting AS p
JOIN ledger_account AS a ON a.id = p.account_id
JOIN ledger_journalentry AS e ON e.id = p.entry_id
WHERE p.department_id IS NOT NULL AND ledger_is_cost(a.code) AND e.kind <> 'year_closed'
GROUP BY 1, 2, 3, 4, 5, 6;

-- A posting joins its entry in the transaction that wrote the entry, or never; in the same month.
-- Entry by entry: joined, the planner expects a thousand rows and reads the whole journal for four.
CREATE OR REPLACE FUNCTION ledger_refuse_late_posting() RETURNS trigger AS $$
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

-- As before, in one statement.
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

-- As before, but for three things: it opens the month if nobody has, so that posting is one round
-- trip; a posting carries its month; and what departments were charged is summed by month as well.
-- That sum stands just before the budget line, which the same department's charges wait for anyway.
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

-- The first fact of a month opens it. Two may come at once; the second finds the month there.
CREATE FUNCTION ledger_open_period(in_period integer, in_opened_at timestamptz)
RETURNS void AS $$
    INSERT INTO ledger_period (id, fiscal_year, starts_on, ends_on, opened_at)
    SELECT in_period, in_period / 100, d.starts_on,
        CASE WHEN in_period % 100 = 13 THEN d.starts_on
        ELSE (d.starts_on + interval '1 month')::date - 1 END,
        in_opened_at
    FROM (
        SELECT CASE WHEN in_period % 100 = 13 THEN make_date(in_period / 100, 12, 31)
            ELSE make_date(in_period / 100, in_period % 100, 1) END
    ) AS d (starts_on)
    ON CONFLICT (id) DO NOTHING
$$ LANGUAGE sql;
REVOKE EXECUTE ON FUNCTION ledger_open_period FROM PUBLIC;

-- A closed month has no writers: its sixteen stripes become one, so that years are read in fewer
-- rows. The sums stay what they are. Reopened, it takes stripes again.
CREATE FUNCTION ledger_fold_stripes() RETURNS trigger AS $$
BEGIN
    WITH folded AS (
        DELETE FROM ledger_balance WHERE period_id = new.period_id AND stripe > 0
        RETURNING account_id, department_id, currency, debit_minor, credit_minor
    )
    INSERT INTO ledger_balance (
        account_id, department_id, period_id, currency, stripe, debit_minor, credit_minor
    )
    SELECT account_id, department_id, new.period_id, currency, 0,
        sum(debit_minor)::bigint, sum(credit_minor)::bigint
    FROM folded GROUP BY account_id, department_id, currency
    ON CONFLICT (account_id, department_id, period_id, currency, stripe) DO UPDATE SET
        debit_minor = ledger_balance.debit_minor + excluded.debit_minor,
        credit_minor = ledger_balance.credit_minor + excluded.credit_minor;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER stripes_of_a_closed_month_are_folded
AFTER INSERT ON ledger_periodstep
FOR EACH ROW WHEN (new.step = 'closed') EXECUTE FUNCTION ledger_fold_stripes();
