-- An entry belongs to an open month and to a day in it, whoever writes it and however.
--
-- Closing a month takes the same lock exclusively: it waits for every writer and then for none. The
-- month is read in a statement of its own, after the wait, so that it is seen as the closing left it.
CREATE FUNCTION ledger_refuse_entry_outside_its_month() RETURNS trigger AS $$
DECLARE
    month record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7301, new.period_id);
    SELECT starts_on, ends_on, closing_at INTO month
    FROM ledger_period WHERE id = new.period_id;
    IF NOT FOUND OR month.closing_at IS NOT NULL THEN
        RAISE EXCEPTION 'period % is not open', new.period_id USING ERRCODE = 'CB001';
    END IF;
    IF new.effective_on NOT BETWEEN month.starts_on AND month.ends_on THEN
        RAISE EXCEPTION '% is no day of period %', new.effective_on, new.period_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER entries_belong_to_an_open_month
BEFORE INSERT ON ledger_journalentry
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_entry_outside_its_month();
