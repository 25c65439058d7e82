-- What was handed out stays as it was handed out: files, their pieces, batches.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'ledger_keptfile', 'ledger_filepiece', 'ledger_ledgerbatch', 'ledger_batchedentry'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I'
            || ' FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting()',
            name || '_is_append_only', name
        );
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting()',
            name || '_is_not_truncated', name
        );
        EXECUTE format(
            'REVOKE UPDATE, DELETE ON %I FROM choicebook_web, choicebook_worker, choicebook_replay',
            name
        );
    END LOOP;
END;
$$;

-- Batches are numbered without a gap: the general ledger notices one that is missing.
CREATE FUNCTION ledger_refuse_a_gap_in_batches() RETURNS trigger AS $$
BEGIN
    IF new.number <> 1 + (SELECT count(*) FROM ledger_ledgerbatch) THEN
        RAISE EXCEPTION 'batches are numbered one after the other'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER batches_are_numbered_without_a_gap
BEFORE INSERT ON ledger_ledgerbatch
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_a_gap_in_batches();

SELECT ledger_watch_rows('ledger_ledgerbatch', 'number');
