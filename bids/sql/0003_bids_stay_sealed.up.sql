-- The deadline is the database's: whatever clock an application has, a bid is in time by this
-- one. Only who replays history, and the owner who restores it, may write older moments.
CREATE FUNCTION bids_refuse_untimely_bid() RETURNS trigger AS $$
DECLARE
    job record;
BEGIN
    SELECT published_at, closes_at, closed_at, cancelled_at INTO job
    FROM marketplace_job WHERE id = new.job_id;
    IF new.submitted_at > clock_timestamp() THEN
        RAISE EXCEPTION 'a bid cannot arrive in the future' USING ERRCODE = 'check_violation';
    END IF;
    IF new.submitted_at < clock_timestamp() - interval '60 seconds'
        AND current_user NOT IN ('choicebook_replay', 'choicebook_owner')
    THEN
        RAISE EXCEPTION 'a bid cannot arrive in the past' USING ERRCODE = 'check_violation';
    END IF;
    IF job.published_at IS NULL OR new.submitted_at < job.published_at
        OR new.submitted_at >= job.closes_at
        OR job.closed_at IS NOT NULL OR job.cancelled_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'the job takes no bids at that moment' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER bids_arrive_in_time
BEFORE INSERT ON bids_bid
FOR EACH ROW EXECUTE FUNCTION bids_refuse_untimely_bid();

-- A bid is withdrawn once, before the deadline, and agrees to addenda; nothing else in it moves.
CREATE FUNCTION bids_refuse_changing_a_bid() RETURNS trigger AS $$
DECLARE
    job record;
BEGIN
    IF tg_op = 'UPDATE'
        AND (old.withdrawn_at IS NOT DISTINCT FROM new.withdrawn_at OR old.withdrawn_at IS NULL)
        AND new.confirmed_addendum >= old.confirmed_addendum
        AND (new.id, new.reference, new.job_id, new.provider_id, new.variant, new.submitted_by_id,
            new.submitted_at, new.quality_envelope, new.price_envelope, new.quality_key,
            new.price_key, new.key_name, new.fingerprint, new.receipt)
            IS NOT DISTINCT FROM (old.id, old.reference, old.job_id, old.provider_id, old.variant,
            old.submitted_by_id, old.submitted_at, old.quality_envelope, old.price_envelope,
            old.quality_key, old.price_key, old.key_name, old.fingerprint, old.receipt)
    THEN
        SELECT closes_at, closed_at INTO job FROM marketplace_job WHERE id = new.job_id;
        IF job.closed_at IS NULL AND (new.withdrawn_at IS NULL OR new.withdrawn_at < job.closes_at)
        THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'a bid is withdrawn or confirmed before its deadline, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER bids_are_never_changed
BEFORE UPDATE OR DELETE ON bids_bid
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_a_bid();
CREATE TRIGGER bids_are_not_truncated
BEFORE TRUNCATE ON bids_bid
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- Nobody opens early, with whatever clock: the deadline has passed here, and the job is closed.
CREATE FUNCTION bids_refuse_early_opening() RETURNS trigger AS $$
DECLARE
    job record;
BEGIN
    IF tg_table_name = 'bids_opening' THEN
        SELECT closes_at, closed_at INTO job FROM marketplace_job WHERE id = new.job_id;
    ELSE
        SELECT j.closes_at, j.closed_at INTO job
        FROM bids_bid b JOIN marketplace_job j ON j.id = b.job_id WHERE b.id = new.bid_id;
    END IF;
    IF job.closed_at IS NULL OR job.closes_at IS NULL
        OR clock_timestamp() < job.closes_at OR new.opened_at < job.closes_at
    THEN
        RAISE EXCEPTION 'no bid is opened before its deadline' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER openings_wait_for_the_deadline
BEFORE INSERT ON bids_opening
FOR EACH ROW EXECUTE FUNCTION bids_refuse_early_opening();
CREATE TRIGGER opened_bids_wait_for_the_deadline
BEFORE INSERT ON bids_openedbid
FOR EACH ROW EXECUTE FUNCTION bids_refuse_early_opening();
CREATE TRIGGER opened_prices_wait_for_the_deadline
BEFORE INSERT ON bids_openedprice
FOR EACH ROW EXECUTE FUNCTION bids_refuse_early_opening();

-- What was opened, why a bid is out, and that bids were few is written once.
CREATE TRIGGER opening_is_append_only
BEFORE UPDATE OR DELETE ON bids_opening
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER opening_is_not_truncated
BEFORE TRUNCATE ON bids_opening
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openedbid_is_append_only
BEFORE UPDATE OR DELETE ON bids_openedbid
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openedbid_is_not_truncated
BEFORE TRUNCATE ON bids_openedbid
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openedprice_is_append_only
BEFORE UPDATE OR DELETE ON bids_openedprice
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openedprice_is_not_truncated
BEFORE TRUNCATE ON bids_openedprice
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openedpriceline_is_append_only
BEFORE UPDATE OR DELETE ON bids_openedpriceline
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openedpriceline_is_not_truncated
BEFORE TRUNCATE ON bids_openedpriceline
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER disqualification_is_append_only
BEFORE UPDATE OR DELETE ON bids_disqualification
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER disqualification_is_not_truncated
BEFORE TRUNCATE ON bids_disqualification
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER fewbids_is_append_only
BEFORE UPDATE OR DELETE ON bids_fewbids
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER fewbids_is_not_truncated
BEFORE TRUNCATE ON bids_fewbids
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- A line of the access log enters the record once; nothing else in it moves.
CREATE FUNCTION bids_refuse_changing_an_access() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.recorded_at IS NULL AND new.recorded_at IS NOT NULL
        AND (new.id, new.bid_id, new.kind, new.actor_id, new.happened_at)
            IS NOT DISTINCT FROM (old.id, old.bid_id, old.kind, old.actor_id, old.happened_at)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER accesses_are_recorded_once
BEFORE UPDATE OR DELETE ON bids_bidaccess
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_an_access();
CREATE TRIGGER accesses_are_not_truncated
BEFORE TRUNCATE ON bids_bidaccess
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- A score is replaced once, by a further one; nothing else in it moves.
CREATE FUNCTION bids_refuse_changing_a_score() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.replaced_at IS NULL AND new.replaced_at IS NOT NULL
        AND (new.id, new.bid_id, new.criterion_id, new.scorer_id, new.quarters, new.reason_id,
            new.scored_at)
            IS NOT DISTINCT FROM (old.id, old.bid_id, old.criterion_id, old.scorer_id,
            old.quarters, old.reason_id, old.scored_at)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a score is replaced by a further one, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER scores_are_replaced_once
BEFORE UPDATE OR DELETE ON bids_score
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_a_score();
CREATE TRIGGER scores_are_not_truncated
BEFORE TRUNCATE ON bids_score
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON
    bids_bid,
    bids_bidaccess,
    bids_opening,
    bids_openedbid,
    bids_openedprice,
    bids_openedpriceline,
    bids_disqualification,
    bids_fewbids,
    bids_score
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (withdrawn_at, confirmed_addendum) ON bids_bid
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (recorded_at) ON bids_bidaccess
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (replaced_at) ON bids_score
    TO choicebook_web, choicebook_worker, choicebook_replay;
