DROP TRIGGER a_second_person_redacts ON marketplace_redaction;
DROP FUNCTION marketplace_refuse_ones_own_redaction();
DROP TRIGGER redactionwanted_is_append_only ON marketplace_redactionwanted;
DROP TRIGGER redactionwanted_is_not_truncated ON marketplace_redactionwanted;
DROP TRIGGER redaction_is_append_only ON marketplace_redaction;
DROP TRIGGER redaction_is_not_truncated ON marketplace_redaction;

CREATE OR REPLACE FUNCTION marketplace_refuse_rewording() RETURNS trigger AS $$
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

REVOKE UPDATE ON marketplace_words FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (text, redacted_at) ON marketplace_words
    TO choicebook_web, choicebook_worker, choicebook_replay;
