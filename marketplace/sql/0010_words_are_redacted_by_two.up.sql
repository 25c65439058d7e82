-- Words go when two people say so, and then wholly: with the salt, which would let a reader guess
-- the text from its hash. The hash itself stays; the record was made of it.
CREATE OR REPLACE FUNCTION marketplace_refuse_rewording() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE'
        AND old.redacted_at IS NULL AND new.redacted_at IS NOT NULL
        AND new.text = '[redacted]' AND new.salt = ''::bytea
        AND (new.id, new.digest, new.written_at)
            IS NOT DISTINCT FROM (old.id, old.digest, old.written_at)
        AND EXISTS (
            SELECT FROM marketplace_redaction AS r
            JOIN marketplace_redactionwanted AS w ON w.id = r.wanted_id
            WHERE w.words_id = new.id AND r.agreed_at = new.redacted_at
        )
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'words are redacted by two people, never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE FUNCTION marketplace_refuse_ones_own_redaction() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM marketplace_redactionwanted
        WHERE id = new.wanted_id AND wanted_by_id = new.agreed_by_id
    ) THEN
        RAISE EXCEPTION 'nobody agrees to their own redaction' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_second_person_redacts
BEFORE INSERT ON marketplace_redaction
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_ones_own_redaction();

CREATE TRIGGER redactionwanted_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_redactionwanted
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER redactionwanted_is_not_truncated
BEFORE TRUNCATE ON marketplace_redactionwanted
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER redaction_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_redaction
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER redaction_is_not_truncated
BEFORE TRUNCATE ON marketplace_redaction
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON marketplace_redactionwanted, marketplace_redaction
    FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE UPDATE ON marketplace_words FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (text, salt, redacted_at) ON marketplace_words TO choicebook_web, choicebook_replay;
