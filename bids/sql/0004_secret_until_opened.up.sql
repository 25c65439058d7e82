-- What was rooted stays.
CREATE TRIGGER sealedroot_is_append_only
BEFORE UPDATE OR DELETE ON bids_sealedroot
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER sealedroot_is_not_truncated
BEFORE TRUNCATE ON bids_sealedroot
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON bids_sealedroot
    FROM choicebook_web, choicebook_worker, choicebook_replay;
