-- What is written in the record stays. A mistake is corrected by a further line.
CREATE FUNCTION choicebook_refuse_rewriting() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', tg_table_name, tg_op
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER events_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_event
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER events_are_not_truncated
BEFORE TRUNCATE ON marketplace_event
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON marketplace_event
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- Words may be redacted, with a moment, and nothing else: what the record hashed stays said.
CREATE FUNCTION marketplace_refuse_rewording() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE'
        AND old.redacted_at IS NULL AND new.redacted_at IS NOT NULL AND new.text = ''
        AND (new.id, new.salt, new.digest, new.written_at)
            IS NOT DISTINCT FROM (old.id, old.salt, old.digest, old.written_at)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'words are redacted, never changed' USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER words_are_redacted_only
BEFORE UPDATE OR DELETE ON marketplace_words
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_rewording();
CREATE TRIGGER words_are_not_truncated
BEFORE TRUNCATE ON marketplace_words
FOR EACH STATEMENT EXECUTE FUNCTION marketplace_refuse_rewording();

REVOKE UPDATE, DELETE ON marketplace_words
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (text, redacted_at) ON marketplace_words
    TO choicebook_web, choicebook_worker, choicebook_replay;
