-- Four login roles: the owner migrates, the web serves people, the worker does what the clock
-- does, replay writes history at past moments. Only the owner may change the shape of a table.
DO $$
DECLARE
    wanted text[] := ARRAY[
        'choicebook_owner', 'choicebook_web', 'choicebook_worker', 'choicebook_replay'
    ];
    missing text[];
    name text;
BEGIN
    SELECT array_agg(w ORDER BY w) INTO missing
    FROM unnest(wanted) AS w
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = w);

    IF missing IS NULL THEN
        RETURN;
    END IF;
    IF NOT (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'The database roles of Choicebook are missing: %.',
            array_to_string(missing, ', ')
            USING HINT = 'The role ' || current_user || ' may not create roles. As one who may, run:'
                || ' CREATE ROLE choicebook_owner LOGIN; CREATE ROLE choicebook_web LOGIN;'
                || ' CREATE ROLE choicebook_worker LOGIN; CREATE ROLE choicebook_replay LOGIN;'
                || ' then give each a password and migrate again.';
    END IF;
    FOREACH name IN ARRAY missing LOOP
        EXECUTE format('CREATE ROLE %I LOGIN', name);
    END LOOP;
END
$$;

-- What is there already: tables of other apps may have come first.
GRANT USAGE ON SCHEMA public TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- What is still to come. TRUNCATE is given to nobody: it would empty a record past its triggers.
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES
    TO choicebook_web, choicebook_worker, choicebook_replay;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO choicebook_web, choicebook_worker, choicebook_replay;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT EXECUTE ON FUNCTIONS TO choicebook_web, choicebook_worker, choicebook_replay;

-- What has been migrated is the owner's to say.
REVOKE INSERT, UPDATE, DELETE ON django_migrations
    FROM choicebook_web, choicebook_worker, choicebook_replay;
