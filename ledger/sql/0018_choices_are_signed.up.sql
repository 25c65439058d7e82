-- What one head wanted and what the second one said is written once.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['choicewanted', 'choiceanswer'] LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE ON ledger_%1$s'
            || ' FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting()', name
        );
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_not_truncated BEFORE TRUNCATE ON ledger_%1$s'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting()', name
        );
    END LOOP;
END
$$;

-- Nobody signs what they wanted themselves.
CREATE FUNCTION ledger_refuse_own_signature() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_choicewanted AS w
        WHERE w.id = new.wanted_id AND w.wanted_by_id = new.answered_by_id
    ) THEN
        RAISE EXCEPTION 'a second head signs, not the first one'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER choices_are_signed_by_another
BEFORE INSERT ON ledger_choiceanswer
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_own_signature();

REVOKE UPDATE, DELETE ON
    ledger_choicewanted,
    ledger_choiceanswer
    FROM choicebook_web, choicebook_worker, choicebook_replay;

SELECT ledger_watch_rows('ledger_choicewanted', 'id');
SELECT ledger_watch_rows('ledger_choiceanswer', 'wanted_id');
