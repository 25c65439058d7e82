-- The roles stay: other databases of the same server may use them.
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES
    FROM choicebook_web, choicebook_worker, choicebook_replay;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    REVOKE USAGE ON SEQUENCES FROM choicebook_web, choicebook_worker, choicebook_replay;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    REVOKE EXECUTE ON FUNCTIONS FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE ALL ON ALL TABLES IN SCHEMA public
    FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public
    FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE USAGE ON SCHEMA public FROM choicebook_web, choicebook_worker, choicebook_replay;
