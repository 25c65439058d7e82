DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN
        SELECT tgrelid::regclass AS table_name, tgname FROM pg_trigger
        WHERE tgname IN (
            'rows_are_recorded', 'what_is_published_is_recorded', 'opened_bids_are_recorded',
            'revealed_ratings_are_recorded'
        )
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', watched.tgname, watched.table_name);
    END LOOP;
END
$$;
DROP TRIGGER rowbatch_is_append_only ON ledger_rowbatch;
DROP TRIGGER rowbatch_is_not_truncated ON ledger_rowbatch;
DROP TRIGGER recordcheck_is_append_only ON ledger_recordcheck;
DROP TRIGGER recordcheck_is_not_truncated ON ledger_recordcheck;
DROP FUNCTION ledger_note_revealed_ratings();
DROP FUNCTION ledger_note_access();
DROP FUNCTION ledger_note_opened_bids();
DROP FUNCTION ledger_note_invitation();
DROP FUNCTION ledger_note_what_is_published();
DROP FUNCTION ledger_watch_rows(regclass, text, text);
DROP FUNCTION ledger_note_row();
