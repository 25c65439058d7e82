-- A file is sealed once. It may be left out of the next bid; only one that no bid was submitted
-- with is thrown away (its bids hold on to it). The owner wraps keys anew, and nobody else.
ALTER TABLE bids_sealedfile ALTER COLUMN envelope SET STORAGE EXTERNAL;

CREATE FUNCTION bids_refuse_changing_a_file() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        RETURN old;  -- the foreign key of its bids refuses the rest
    END IF;
    IF (new.id, new.job_id, new.provider_id, new.attached_by_id, new.attached_at, new.label,
            new.envelope)
        IS NOT DISTINCT FROM (old.id, old.job_id, old.provider_id, old.attached_by_id,
            old.attached_at, old.label, old.envelope)
        AND ((new.key, new.key_name) IS NOT DISTINCT FROM (old.key, old.key_name)
            OR current_user = 'choicebook_owner')
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a sealed file is never changed' USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER sealed_files_are_never_changed
BEFORE UPDATE OR DELETE ON bids_sealedfile
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_a_file();
CREATE TRIGGER sealed_files_are_not_truncated
BEFORE TRUNCATE ON bids_sealedfile
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE FUNCTION bids_refuse_changing_a_bids_file() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND current_user = 'choicebook_owner'
        AND (new.id, new.bid_id, new.file_id) IS NOT DISTINCT FROM (old.id, old.bid_id, old.file_id)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'what a bid was submitted with is never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER files_of_bids_are_never_changed
BEFORE UPDATE OR DELETE ON bids_bidfile
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_a_bids_file();
CREATE TRIGGER files_of_bids_are_not_truncated
BEFORE TRUNCATE ON bids_bidfile
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- A file is its bid's: of the same job and provider, and there before the deadline.
CREATE FUNCTION bids_refuse_a_foreign_file() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM bids_bid AS b JOIN bids_sealedfile AS f
            ON f.job_id = b.job_id AND f.provider_id = b.provider_id
        WHERE b.id = new.bid_id AND f.id = new.file_id AND f.attached_at <= b.submitted_at
    ) THEN
        RAISE EXCEPTION 'the file belongs to another bid' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER files_are_of_their_bid
BEFORE INSERT ON bids_bidfile
FOR EACH ROW EXECUTE FUNCTION bids_refuse_a_foreign_file();

-- Rotation: the owner wraps the keys of a bid anew. Nothing that the keys open moves with them.
CREATE OR REPLACE FUNCTION bids_refuse_changing_a_bid() RETURNS trigger AS $$
DECLARE
    job record;
BEGIN
    IF tg_op = 'UPDATE'
        AND (new.id, new.reference, new.job_id, new.provider_id, new.variant, new.submitted_by_id,
            new.submitted_at, new.quality_envelope, new.price_envelope, new.fingerprint,
            new.receipt)
            IS NOT DISTINCT FROM (old.id, old.reference, old.job_id, old.provider_id, old.variant,
            old.submitted_by_id, old.submitted_at, old.quality_envelope, old.price_envelope,
            old.fingerprint, old.receipt)
    THEN
        IF current_user = 'choicebook_owner'
            AND (new.withdrawn_at, new.confirmed_addendum)
                IS NOT DISTINCT FROM (old.withdrawn_at, old.confirmed_addendum)
        THEN
            RETURN new;
        END IF;
        SELECT closes_at, closed_at INTO job FROM marketplace_job WHERE id = new.job_id;
        IF (new.quality_key, new.price_key, new.key_name)
                IS NOT DISTINCT FROM (old.quality_key, old.price_key, old.key_name)
            AND (old.withdrawn_at IS NOT DISTINCT FROM new.withdrawn_at OR old.withdrawn_at IS NULL)
            AND new.confirmed_addendum >= old.confirmed_addendum
            AND job.closed_at IS NULL
            AND (new.withdrawn_at IS NULL OR new.withdrawn_at < job.closes_at)
        THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'a bid is withdrawn or confirmed before its deadline, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

-- A bid on the record whose keys were wrapped anew is bound to it again.
CREATE FUNCTION bids_note_a_rewrapped_bid() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'bids_bid', new.id FROM bids_opening AS o WHERE o.job_id = new.job_id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER rewrapped_bids_are_recorded
AFTER UPDATE OF key_name ON bids_bid
FOR EACH ROW EXECUTE FUNCTION bids_note_a_rewrapped_bid();

-- A retired key seals nothing any more, whichever process still holds it.
CREATE FUNCTION bids_refuse_a_retired_key() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM bids_sealkey WHERE name = new.key_name AND retired_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the key that this is sealed with was retired'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER bids_are_sealed_with_a_living_key
BEFORE INSERT ON bids_bid
FOR EACH ROW EXECUTE FUNCTION bids_refuse_a_retired_key();
CREATE TRIGGER drafts_are_sealed_with_a_living_key
BEFORE INSERT OR UPDATE ON bids_biddraft
FOR EACH ROW EXECUTE FUNCTION bids_refuse_a_retired_key();
CREATE TRIGGER files_are_sealed_with_a_living_key
BEFORE INSERT ON bids_sealedfile
FOR EACH ROW EXECUTE FUNCTION bids_refuse_a_retired_key();

-- Two people open above the limit that stood when the job was published; one without a ceiling
-- has no value that could be under it. Imported jobs were opened elsewhere.
CREATE FUNCTION bids_needs_two_people(job_id uuid) RETURNS boolean AS $$
    SELECT EXISTS (
        SELECT FROM marketplace_job AS j
        JOIN marketplace_policy AS p ON p.id = j.policy_id
        CROSS JOIN LATERAL (
            SELECT l.limit_minor FROM bids_openinglimit AS l
            WHERE l.currency = j.currency AND l.stated_at <= j.published_at
            ORDER BY l.stated_at DESC LIMIT 1
        ) AS the_limit
        WHERE j.id = $1 AND p.code <> 'imported'
            AND (j.ceiling_minor IS NULL OR j.ceiling_minor > the_limit.limit_minor)
    )
$$ LANGUAGE sql STABLE;

CREATE FUNCTION bids_refuse_opening_by_one() RETURNS trigger AS $$
BEGIN
    IF bids_needs_two_people(new.job_id) AND (
        SELECT count(*) < 2 FROM bids_openingsignature WHERE job_id = new.job_id
    ) THEN
        RAISE EXCEPTION 'above the limit two people open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER openings_above_the_limit_are_signed_by_two
BEFORE INSERT ON bids_opening
FOR EACH ROW EXECUTE FUNCTION bids_refuse_opening_by_one();

-- Nobody signs before the job is closed.
CREATE FUNCTION bids_refuse_an_early_signature() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM marketplace_job
        WHERE id = new.job_id AND closed_at <= new.signed_at AND opened_at IS NULL
    ) THEN
        RAISE EXCEPTION 'an opening is signed for between the closing and itself'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER openings_are_signed_for_once_closed
BEFORE INSERT ON bids_openingsignature
FOR EACH ROW EXECUTE FUNCTION bids_refuse_an_early_signature();

CREATE TRIGGER openingsignature_is_append_only
BEFORE UPDATE OR DELETE ON bids_openingsignature
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openingsignature_is_not_truncated
BEFORE TRUNCATE ON bids_openingsignature
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openinglimit_is_append_only
BEFORE UPDATE OR DELETE ON bids_openinglimit
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER openinglimit_is_not_truncated
BEFORE TRUNCATE ON bids_openinglimit
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
SELECT ledger_watch_rows('bids_openingsignature', 'id');
SELECT ledger_watch_rows('bids_openinglimit', 'id');

REVOKE UPDATE, DELETE ON bids_bidfile, bids_openinglimit, bids_openingsignature
    FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE UPDATE ON bids_sealedfile FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (detached_at) ON bids_sealedfile
    TO choicebook_web, choicebook_worker, choicebook_replay;
REVOKE UPDATE, DELETE ON bids_sealkey FROM choicebook_web, choicebook_worker, choicebook_replay;
