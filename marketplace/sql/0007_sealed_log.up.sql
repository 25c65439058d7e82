-- Each event says in which transaction it was written. Numbers of rows are given before a commit,
-- so their order is not the order in which they can be seen; a transaction below the oldest that
-- is still running, though, is finished, and nothing can appear behind it any more. Both columns
-- fill themselves and nobody may write them: an event dated back would never be sealed.
-- The default of `epoch` is the current one; raising it waits for every writer.
ALTER TABLE marketplace_event
    ADD COLUMN epoch integer NOT NULL DEFAULT 1,
    ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX events_in_sealing_order ON marketplace_event (epoch, written_in, id);

REVOKE INSERT ON marketplace_event FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT INSERT (
    id, kind, actor_id, subject_id, job_id, provider_id, audience, happened_at, recorded_at,
    body, salt, leaf
) ON marketplace_event TO choicebook_web, choicebook_worker, choicebook_replay;

INSERT INTO marketplace_logepoch (number, cluster, reason)
SELECT 1, system_identifier, 'The log begins.' FROM pg_control_system();

ALTER TABLE marketplace_logleaf ADD CONSTRAINT log_leaf_is_a_hash CHECK (octet_length(leaf) = 32);
ALTER TABLE marketplace_logtile
    ADD CONSTRAINT log_tile_is_complete CHECK (octet_length(hashes) = 8192),
    ADD CONSTRAINT log_tile_has_a_root CHECK (octet_length(root) = 32);
ALTER TABLE marketplace_checkpoint
    ADD CONSTRAINT checkpoint_has_a_root CHECK (octet_length(root) = 32);

-- The log only grows, and only the worker lets it.
CREATE TRIGGER log_epochs_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_logepoch
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER log_epochs_are_not_truncated
BEFORE TRUNCATE ON marketplace_logepoch
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER log_leaves_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_logleaf
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER log_leaves_are_not_truncated
BEFORE TRUNCATE ON marketplace_logleaf
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER log_tiles_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_logtile
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER log_tiles_are_not_truncated
BEFORE TRUNCATE ON marketplace_logtile
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER checkpoints_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_checkpoint
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER checkpoints_are_not_truncated
BEFORE TRUNCATE ON marketplace_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER checkpoint_copies_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_checkpointcopy
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER checkpoint_copies_are_not_truncated
BEFORE TRUNCATE ON marketplace_checkpointcopy
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE INSERT, UPDATE, DELETE ON
    marketplace_logepoch,
    marketplace_logleaf,
    marketplace_logtile,
    marketplace_checkpoint,
    marketplace_checkpointcopy
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT INSERT ON
    marketplace_logleaf,
    marketplace_logtile,
    marketplace_checkpoint,
    marketplace_checkpointcopy
    TO choicebook_worker;
