-- Overrides, cancellations, retentions, signatures, rates: each is a row, written once.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'override', 'cancellationoffer', 'cancellation', 'retention', 'release',
        'changesignature', 'latecharge', 'bookingrate', 'currencysettlement'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I
            FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting()',
            name || '_is_append_only', 'ledger_' || name
        );
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting()',
            name || '_is_not_truncated', 'ledger_' || name
        );
        EXECUTE format(
            'REVOKE UPDATE, DELETE ON %I
            FROM choicebook_web, choicebook_worker, choicebook_replay',
            'ledger_' || name
        );
    END LOOP;
END;
$$;

-- An award replaces a choice on its own job, and only one that itself replaced nothing: a choice
-- is overridden once.
CREATE FUNCTION ledger_refuse_replacing_another_job() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_award
        WHERE id = new.replaces_id AND job_id = new.job_id AND replaces_id IS NULL
    ) THEN
        RAISE EXCEPTION 'award % does not replace the choice on its job', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER an_award_replaces_a_choice_on_its_job
BEFORE INSERT ON ledger_award
FOR EACH ROW WHEN (new.replaces_id IS NOT NULL)
EXECUTE FUNCTION ledger_refuse_replacing_another_job();

-- Work ends once: it is finished, or both sides called it off.
CREATE FUNCTION ledger_refuse_a_second_end() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_completion WHERE award_id = new.award_id)
        AND EXISTS (SELECT FROM ledger_cancellation WHERE award_id = new.award_id)
    THEN
        RAISE EXCEPTION 'award % ended before', new.award_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER work_is_finished_or_cancelled
AFTER INSERT ON ledger_completion
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_a_second_end();
CREATE TRIGGER work_is_cancelled_or_finished
AFTER INSERT ON ledger_cancellation
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_a_second_end();
