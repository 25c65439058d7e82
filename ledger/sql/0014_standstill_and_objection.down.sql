DROP TRIGGER a_choice_is_withdrawn_before_work ON ledger_withdrawal;
DROP FUNCTION ledger_refuse_withdrawing_work();
DROP TRIGGER an_objection_comes_within_the_standstill ON ledger_objection;
DROP FUNCTION ledger_refuse_late_objection();
DROP TRIGGER work_waits_for_the_standstill ON ledger_delivery;
DROP FUNCTION ledger_refuse_early_work();

CREATE OR REPLACE FUNCTION ledger_refuse_replacing_another_job() RETURNS trigger AS $$
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

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['standstill', 'objection', 'ruling', 'withdrawal'] LOOP
        EXECUTE format('GRANT UPDATE, DELETE ON %I
            TO choicebook_web, choicebook_worker, choicebook_replay', 'ledger_' || name);
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_is_not_truncated', 'ledger_' || name);
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_is_append_only', 'ledger_' || name);
    END LOOP;
END;
$$;
