-- An estimate is carried to a later year of the same budget; a rate's reason is written once.
CREATE FUNCTION ledger_refuse_carrying_astray() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_precommitment AS p
        JOIN ledger_budgetline AS before ON before.id = p.budget_line_id
        JOIN ledger_budgetline AS after ON after.id = new.budget_line_id
        WHERE p.job_id = new.estimate_id AND p.released_at IS NULL
            AND after.fiscal_year > before.fiscal_year
            AND after.department_id = before.department_id AND after.currency = before.currency
    ) THEN
        RAISE EXCEPTION 'an estimate is carried to a later year of the same budget'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER an_estimate_is_carried_to_a_later_year
BEFORE INSERT ON ledger_estimatecarried
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_carrying_astray();

CREATE TRIGGER estimatecarried_is_append_only
BEFORE UPDATE OR DELETE ON ledger_estimatecarried
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER estimatecarried_is_not_truncated
BEFORE TRUNCATE ON ledger_estimatecarried
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER ratereason_is_append_only
BEFORE UPDATE OR DELETE ON ledger_ratereason
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER ratereason_is_not_truncated
BEFORE TRUNCATE ON ledger_ratereason
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
REVOKE UPDATE, DELETE ON ledger_estimatecarried, ledger_ratereason
    FROM choicebook_web, choicebook_worker, choicebook_replay;
SELECT ledger_watch_rows('ledger_estimatecarried', 'id');
SELECT ledger_watch_rows('ledger_ratereason', 'rate_id');

-- What was posted with each provider's name in a month, summed when the month is closed: it has no
-- writers then. The entry that closes a year's accounts is no charge and no credit.
CREATE FUNCTION ledger_sum_up_providers(in_period integer) RETURNS void AS $$
    DELETE FROM ledger_providerturnover WHERE period_id = in_period;
    INSERT INTO ledger_providerturnover (
        provider_id, period_id, account_id, currency, debit_minor, credit_minor
    )
    SELECT p.provider_id, in_period, p.account_id, p.currency,
        sum(p.debit_minor)::bigint, sum(p.credit_minor)::bigint
    FROM ledger_posting AS p
    JOIN ledger_journalentry AS e ON e.id = p.entry_id AND e.kind <> 'year_closed'
    WHERE p.provider_id IS NOT NULL AND e.period_id = in_period
    GROUP BY p.provider_id, p.account_id, p.currency
$$ LANGUAGE sql;
REVOKE EXECUTE ON FUNCTION ledger_sum_up_providers FROM PUBLIC;

CREATE FUNCTION ledger_sum_up_closed_month() RETURNS trigger AS $$
BEGIN
    PERFORM ledger_sum_up_providers(new.period_id);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER turnover_of_a_closed_month_is_summed_up
AFTER INSERT ON ledger_periodstep
FOR EACH ROW WHEN (new.step = 'closed') EXECUTE FUNCTION ledger_sum_up_closed_month();

REVOKE INSERT, UPDATE, DELETE ON ledger_providerturnover
    FROM choicebook_web, choicebook_worker, choicebook_replay;
SELECT ledger_sum_up_providers(id) FROM ledger_period WHERE closed_at IS NOT NULL;
