-- What one head wanted to publish and what the second one said, what a bidder said of the contest
-- and what was answered, is written once.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'publishinglimit', 'publicationwanted', 'publicationanswer', 'hearing', 'hearingreply'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE ON ledger_%1$s'
            || ' FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting()', name
        );
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_not_truncated BEFORE TRUNCATE ON ledger_%1$s'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting()', name
        );
        EXECUTE format(
            'REVOKE UPDATE, DELETE ON ledger_%1$s'
            || ' FROM choicebook_web, choicebook_worker, choicebook_replay', name
        );
    END LOOP;
END
$$;

-- Nobody signs what they wanted themselves.
CREATE FUNCTION ledger_refuse_own_publication() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_publicationwanted AS w
        WHERE w.id = new.wanted_id AND w.wanted_by_id = new.answered_by_id
    ) THEN
        RAISE EXCEPTION 'a second head signs, not the first one'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER publications_are_signed_by_another
BEFORE INSERT ON ledger_publicationanswer
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_own_publication();

-- A job above the nearest limit of its department is published when a second head has signed. One
-- without a ceiling has no value that could be under it. Where currencies differ the verb asks.
CREATE FUNCTION ledger_refuse_unsigned_publication() RETURNS trigger AS $$
DECLARE
    found record;
BEGIN
    SELECT l.job_minor, l.year_minor, o.currency = new.currency AS is_comparable INTO found
    FROM marketplace_department AS d
    CROSS JOIN LATERAL unnest(d.lineage) WITH ORDINALITY AS t(id, steps)
    JOIN marketplace_department AS o ON o.id = t.id
    CROSS JOIN LATERAL (
        SELECT job_minor, year_minor FROM ledger_publishinglimit
        WHERE department_id = t.id AND stated_at <= new.published_at
        ORDER BY stated_at DESC LIMIT 1
    ) AS l
    WHERE d.id = new.department_id
    ORDER BY t.steps LIMIT 1;
    IF coalesce(found.job_minor, found.year_minor) IS NOT NULL
        AND (new.ceiling_minor IS NULL
            OR (found.is_comparable AND new.ceiling_minor > found.job_minor))
        AND NOT EXISTS (
            SELECT FROM marketplace_policy WHERE id = new.policy_id AND code = 'imported'
        )
        AND NOT EXISTS (
            SELECT FROM ledger_publicationanswer AS a
            JOIN ledger_publicationwanted AS w ON w.id = a.wanted_id
            WHERE w.job_id = new.id AND w.wanted_by_id = new.published_by_id
                AND a.reason_id IS NULL AND a.answered_at = new.published_at
        )
    THEN
        RAISE EXCEPTION 'above the limit a second head signs the publication'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER publications_above_the_limit_are_signed
BEFORE UPDATE ON marketplace_job
FOR EACH ROW WHEN (old.published_at IS NULL AND new.published_at IS NOT NULL)
EXECUTE FUNCTION ledger_refuse_unsigned_publication();

SELECT ledger_watch_rows('marketplace_policyoffer', 'id');
SELECT ledger_watch_rows('ledger_publishinglimit', 'id');
SELECT ledger_watch_rows('ledger_publicationwanted', 'id');
SELECT ledger_watch_rows('ledger_publicationanswer', 'wanted_id');
SELECT ledger_watch_rows('ledger_hearing', 'id');
SELECT ledger_watch_rows('ledger_hearingreply', 'hearing_id');

-- With its publication a job's files enter the record; those of an addendum at once.
CREATE OR REPLACE FUNCTION ledger_note_what_is_published() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'marketplace_criterion', id FROM marketplace_criterion WHERE job_id = new.id
    UNION ALL
    SELECT 'marketplace_invitation', id FROM marketplace_invitation WHERE job_id = new.id
    UNION ALL
    SELECT 'marketplace_jobfile', id FROM marketplace_jobfile WHERE job_id = new.id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;
SELECT ledger_watch_rows('marketplace_jobfile', 'id', 'new.addendum_id IS NOT NULL');
