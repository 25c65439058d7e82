-- A part that came back commits together with its entry, and leaves something of the payout: what
-- comes back wholly is a step.
CREATE FUNCTION ledger_refuse_unbooked_part() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_journalentry
        WHERE kind = 'payout_part_reversed' AND source = new.payout_id
            AND occurrence = new.reference
    ) THEN
        RAISE EXCEPTION 'payout %: % is not booked', new.payout_id, new.reference
            USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT sum(amount_minor) FROM ledger_partback WHERE payout_id = new.payout_id)
        >= (SELECT amount_minor FROM ledger_payout WHERE id = new.payout_id) THEN
        RAISE EXCEPTION 'payout %: more came back in parts than it paid', new.payout_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE CONSTRAINT TRIGGER a_part_back_is_booked
AFTER INSERT ON ledger_partback
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_unbooked_part();

CREATE TRIGGER partwanted_is_append_only
BEFORE UPDATE OR DELETE ON ledger_partwanted
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER partwanted_is_not_truncated
BEFORE TRUNCATE ON ledger_partwanted
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER partback_is_append_only
BEFORE UPDATE OR DELETE ON ledger_partback
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER partback_is_not_truncated
BEFORE TRUNCATE ON ledger_partback
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON ledger_partwanted, ledger_partback
    FROM choicebook_web, choicebook_worker, choicebook_replay;

SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('ledger_partwanted', 'id'),
    ('ledger_partback', 'id'),
    ('marketplace_vendorprofile', 'id'),
    ('marketplace_terms', 'version'),
    ('marketplace_termsacceptance', 'id'),
    ('marketplace_vendordeclaration', 'id'),
    ('marketplace_vendoranswer', 'id'),
    ('marketplace_providersuspension', 'id')
) AS watched (name, key);
