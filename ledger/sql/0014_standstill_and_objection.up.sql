-- The standstill, objections, rulings, withdrawals: each is a row, written once.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['standstill', 'objection', 'ruling', 'withdrawal'] LOOP
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

SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('ledger_standstill', 'award_id'),
    ('ledger_objection', 'id'),
    ('ledger_ruling', 'objection_id'),
    ('ledger_withdrawal', 'award_id')
) AS watched (name, key);

-- An award replaces a choice on its own job: one that was withdrawn, or one that was not itself
-- an override.
CREATE OR REPLACE FUNCTION ledger_refuse_replacing_another_job() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_award AS a
        WHERE a.id = new.replaces_id AND a.job_id = new.job_id
            AND (EXISTS (SELECT FROM ledger_withdrawal AS w WHERE w.award_id = a.id)
                OR NOT EXISTS (SELECT FROM ledger_override AS o WHERE o.award_id = a.id))
    ) THEN
        RAISE EXCEPTION 'award % does not replace the choice on its job', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

-- No work is handed over, and so nothing is charged, before the standstill is over and every
-- objection decided; nor on a choice that was withdrawn.
CREATE FUNCTION ledger_refuse_early_work() RETURNS trigger AS $$
DECLARE
    award uuid;
BEGIN
    SELECT award_id INTO award FROM ledger_milestone WHERE id = new.milestone_id;
    IF EXISTS (
            SELECT FROM ledger_standstill
            WHERE award_id = award AND until_at > new.delivered_at
        )
        OR EXISTS (SELECT FROM ledger_withdrawal WHERE award_id = award)
        OR EXISTS (
            SELECT FROM ledger_objection AS o LEFT JOIN ledger_ruling AS r ON r.objection_id = o.id
            WHERE o.award_id = award AND r.objection_id IS NULL
        )
    THEN
        RAISE EXCEPTION 'work on award % waits', award USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER work_waits_for_the_standstill
BEFORE INSERT ON ledger_delivery
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_early_work();

-- An objection comes within the standstill, from another than the provider chosen.
CREATE FUNCTION ledger_refuse_late_objection() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_standstill AS s JOIN ledger_award AS a ON a.id = s.award_id
        WHERE a.id = new.award_id AND new.raised_at >= a.chosen_at AND new.raised_at < s.until_at
            AND a.provider_id <> new.provider_id
    ) THEN
        RAISE EXCEPTION 'an objection to award % is out of time or place', new.award_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER an_objection_comes_within_the_standstill
BEFORE INSERT ON ledger_objection
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_late_objection();

-- A choice is withdrawn only while nothing was handed over.
CREATE FUNCTION ledger_refuse_withdrawing_work() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
            SELECT FROM ledger_delivery AS d JOIN ledger_milestone AS m ON m.id = d.milestone_id
            WHERE m.award_id = new.award_id
        )
        OR EXISTS (SELECT FROM ledger_cancellation WHERE award_id = new.award_id)
        OR EXISTS (SELECT FROM ledger_award WHERE replaces_id = new.award_id)
    THEN
        RAISE EXCEPTION 'award % cannot be withdrawn any more', new.award_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_choice_is_withdrawn_before_work
BEFORE INSERT ON ledger_withdrawal
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_withdrawing_work();
