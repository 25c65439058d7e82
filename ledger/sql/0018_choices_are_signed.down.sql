DELETE FROM ledger_unrecordedrow WHERE table_name IN ('ledger_choicewanted', 'ledger_choiceanswer');
DROP TRIGGER rows_are_recorded ON ledger_choicewanted;
DROP TRIGGER rows_are_recorded ON ledger_choiceanswer;
GRANT UPDATE, DELETE ON
    ledger_choicewanted,
    ledger_choiceanswer
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER choices_are_signed_by_another ON ledger_choiceanswer;
DROP FUNCTION ledger_refuse_own_signature();
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['choicewanted', 'choiceanswer'] LOOP
        EXECUTE format('DROP TRIGGER %1$s_is_append_only ON ledger_%1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_is_not_truncated ON ledger_%1$s', name);
    END LOOP;
END
$$;
