-- A template is kept once and ended once; a better one is kept beside it.
REVOKE UPDATE, DELETE ON marketplace_template
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (ended_at, ended_by_id) ON marketplace_template
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- What bidders were given stays what it was. Before the publication a file comes and goes; after
-- it one only comes, with an addendum of the same job.
CREATE FUNCTION marketplace_refuse_changing_a_job_file() RETURNS trigger AS $$
DECLARE
    published boolean;
BEGIN
    SELECT published_at IS NOT NULL INTO published
    FROM marketplace_job WHERE id = coalesce(new.job_id, old.job_id);
    IF tg_op = 'INSERT' AND new.addendum_id IS NULL AND NOT published THEN
        RETURN new;
    END IF;
    IF tg_op = 'INSERT' AND published AND EXISTS (
        SELECT FROM marketplace_addendum
        WHERE id = new.addendum_id AND job_id = new.job_id AND added_at = new.attached_at
    ) THEN
        RETURN new;
    END IF;
    IF tg_op = 'DELETE' AND NOT published THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'a file of a published job comes with an addendum, and never changes'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER files_of_published_jobs_stay
BEFORE INSERT OR UPDATE OR DELETE ON marketplace_jobfile
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_changing_a_job_file();
CREATE TRIGGER files_of_jobs_are_not_truncated
BEFORE TRUNCATE ON marketplace_jobfile
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- The bytes are those that the file names.
ALTER TABLE marketplace_jobfilecontent ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE FUNCTION marketplace_refuse_other_bytes() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'INSERT' AND EXISTS (
        SELECT FROM marketplace_jobfile AS f
        WHERE f.id = new.file_id AND f.size = length(new.content)
            AND f.sha256 = sha256(new.content)
    ) THEN
        RETURN new;
    END IF;
    IF tg_op = 'DELETE' AND EXISTS (
        SELECT FROM marketplace_jobfile AS f JOIN marketplace_job AS j ON j.id = f.job_id
        WHERE f.id = old.file_id AND j.published_at IS NULL
    ) THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'the bytes of a file are what it names, and never change'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER bytes_are_those_of_their_file
BEFORE INSERT OR UPDATE OR DELETE ON marketplace_jobfilecontent
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_other_bytes();
CREATE TRIGGER bytes_of_files_are_not_truncated
BEFORE TRUNCATE ON marketplace_jobfilecontent
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE ON marketplace_jobfile, marketplace_jobfilecontent
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- From when rules are offered, or not any more, is said and never unsaid.
CREATE TRIGGER policyoffer_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_policyoffer
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER policyoffer_is_not_truncated
BEFORE TRUNCATE ON marketplace_policyoffer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
REVOKE UPDATE, DELETE ON marketplace_policyoffer
    FROM choicebook_web, choicebook_worker, choicebook_replay;
