DROP TRIGGER batches_are_numbered_without_a_gap ON ledger_ledgerbatch;
DROP FUNCTION ledger_refuse_a_gap_in_batches();
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'ledger_keptfile', 'ledger_filepiece', 'ledger_ledgerbatch', 'ledger_batchedentry'
    ] LOOP
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_is_append_only', name);
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_is_not_truncated', name);
    END LOOP;
END;
$$;
