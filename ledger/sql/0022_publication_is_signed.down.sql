DROP TRIGGER rows_are_recorded ON marketplace_jobfile;
DROP TRIGGER rows_are_recorded ON marketplace_policyoffer;
CREATE OR REPLACE FUNCTION ledger_note_what_is_published() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'marketplace_criterion', id FROM marketplace_criterion WHERE job_id = new.id
    UNION ALL
    SELECT 'marketplace_invitation', id FROM marketplace_invitation WHERE job_id = new.id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;
DROP TRIGGER publications_above_the_limit_are_signed ON marketplace_job;
DROP FUNCTION ledger_refuse_unsigned_publication();
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'publishinglimit', 'publicationwanted', 'publicationanswer', 'hearing', 'hearingreply'
    ] LOOP
        EXECUTE format('DROP TRIGGER rows_are_recorded ON ledger_%1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_is_append_only ON ledger_%1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_is_not_truncated ON ledger_%1$s', name);
    END LOOP;
END
$$;
DROP TRIGGER publications_are_signed_by_another ON ledger_publicationanswer;
DROP FUNCTION ledger_refuse_own_publication();
