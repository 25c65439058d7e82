-- How often a token asked in its minute is written with each request and read by nobody later:
-- it is not written ahead, so that no request waits for a disk because of it.
ALTER TABLE marketplace_requestcount SET UNLOGGED;

-- What is told never changes on the way, and a message is never taken back unsent.
CREATE FUNCTION marketplace_refuse_retelling() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE'
        AND (new.id, new.webhook_id, new.kind, new.occurrence, new.body, new.told_at)
            IS NOT DISTINCT FROM
            (old.id, old.webhook_id, old.kind, old.occurrence, old.body, old.told_at)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a message is sent as it was told' USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER messages_stay_as_told
BEFORE UPDATE OR DELETE ON marketplace_webhookmessage
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_retelling();
CREATE TRIGGER messages_are_not_truncated
BEFORE TRUNCATE ON marketplace_webhookmessage
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
