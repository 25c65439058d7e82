-- Payments made outside come by the thousand: what they name is asked once a statement, as with
-- postings. Departments, kinds of work, providers and people lose no row, whoever asks.
DO $$
DECLARE
    key record;
BEGIN
    FOR key IN
        SELECT conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid = 'ledger_outsidespend'::regclass
    LOOP
        EXECUTE format('ALTER TABLE ledger_outsidespend DROP CONSTRAINT %I', key.conname);
    END LOOP;
END;
$$;

CREATE FUNCTION ledger_admit_outside_spend() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT department_id, category_id, provider_id, recorded_by_id FROM added
        ) AS a
        WHERE (SELECT d.id FROM marketplace_department AS d WHERE d.id = a.department_id) IS NULL
            OR (SELECT u.id FROM marketplace_user AS u WHERE u.id = a.recorded_by_id) IS NULL
            OR a.category_id IS NOT NULL AND (
                SELECT k.id FROM marketplace_category AS k WHERE k.id = a.category_id
            ) IS NULL
            OR a.provider_id IS NOT NULL AND (
                SELECT v.id FROM marketplace_provider AS v WHERE v.id = a.provider_id
            ) IS NULL
    ) THEN
        RAISE EXCEPTION 'a payment names what there is' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SET jit = off;

CREATE TRIGGER payments_name_what_there_is
AFTER INSERT ON ledger_outsidespend
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_admit_outside_spend();

-- As each row was noted, but for all of a statement at once.
DROP TRIGGER rows_are_recorded ON ledger_outsidespend;
CREATE FUNCTION ledger_note_outside_spend() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'ledger_outsidespend', id FROM added ORDER BY id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER rows_are_recorded
AFTER INSERT ON ledger_outsidespend
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_outside_spend();
