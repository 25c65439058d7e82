-- What a panel said together is replaced once, by a further score; nothing else in it moves.
CREATE FUNCTION bids_refuse_changing_an_agreed_score() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.replaced_at IS NULL AND new.replaced_at IS NOT NULL
        AND (new.id, new.bid_id, new.criterion_id, new.quarters, new.reason_id,
            new.was_talked_over, new.noted_by_id, new.noted_at)
            IS NOT DISTINCT FROM (old.id, old.bid_id, old.criterion_id, old.quarters,
            old.reason_id, old.was_talked_over, old.noted_by_id, old.noted_at)
        AND NOT EXISTS (
            SELECT FROM bids_agreement AS a JOIN bids_bid AS b ON b.job_id = a.job_id
            WHERE b.id = old.bid_id
        )
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'an agreed score is replaced before all agree, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER agreed_scores_are_replaced_once
BEFORE UPDATE OR DELETE ON bids_agreedscore
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_an_agreed_score();
CREATE TRIGGER agreed_scores_are_not_truncated
BEFORE TRUNCATE ON bids_agreedscore
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- Once all agreed, nobody judges quality anew; where a panel judges, no price is opened before.
CREATE FUNCTION bids_refuse_score_after_agreement() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM bids_agreement AS a JOIN bids_bid AS b ON b.job_id = a.job_id
        WHERE b.id = new.bid_id
    ) THEN
        RAISE EXCEPTION 'nobody judges quality after the panel agreed'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER scores_come_before_the_agreement
BEFORE INSERT ON bids_score
FOR EACH ROW EXECUTE FUNCTION bids_refuse_score_after_agreement();
CREATE TRIGGER agreed_scores_come_before_the_agreement
BEFORE INSERT ON bids_agreedscore
FOR EACH ROW EXECUTE FUNCTION bids_refuse_score_after_agreement();

CREATE FUNCTION bids_refuse_price_before_agreement() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM bids_bid AS b
        JOIN marketplace_job AS j ON j.id = b.job_id
        JOIN marketplace_panelseat AS s ON s.job_id = j.id AND s.left_at IS NULL
        WHERE b.id = new.bid_id AND j.procedure = 'formal'
            AND NOT EXISTS (SELECT FROM bids_agreement AS a WHERE a.job_id = j.id)
    ) THEN
        RAISE EXCEPTION 'no price is opened before the panel agreed'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER prices_wait_for_the_agreement
BEFORE INSERT ON bids_openedprice
FOR EACH ROW EXECUTE FUNCTION bids_refuse_price_before_agreement();

-- Best and final bids are sealed as the first ones were: in time by this clock, and replaced by
-- their own side before the round ends, never after.
CREATE FUNCTION bids_refuse_untimely_final_offer() RETURNS trigger AS $$
DECLARE
    last_round record;
BEGIN
    SELECT r.asked_at, r.closes_at INTO last_round
    FROM bids_shortlisted AS s JOIN bids_finalround AS r ON r.job_id = s.round_id
    WHERE s.bid_id = new.earlier_id;
    IF last_round.asked_at IS NULL OR new.submitted_at < last_round.asked_at
        OR new.submitted_at >= last_round.closes_at OR new.submitted_at > clock_timestamp()
        OR (new.submitted_at < clock_timestamp() - interval '60 seconds'
            AND current_user NOT IN ('choicebook_replay', 'choicebook_owner'))
    THEN
        RAISE EXCEPTION 'the round takes no bids at that moment' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER final_offers_arrive_in_time
BEFORE INSERT ON bids_finaloffer
FOR EACH ROW EXECUTE FUNCTION bids_refuse_untimely_final_offer();

CREATE FUNCTION bids_refuse_changing_a_final_offer() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE'
        AND (new.id, new.earlier_id, new.reference, new.submitted_by_id, new.submitted_at,
            new.quality_envelope, new.price_envelope, new.fingerprint, new.receipt)
            IS NOT DISTINCT FROM (old.id, old.earlier_id, old.reference, old.submitted_by_id,
            old.submitted_at, old.quality_envelope, old.price_envelope, old.fingerprint,
            old.receipt)
    THEN
        -- Rotation: the owner wraps its keys anew.
        IF current_user = 'choicebook_owner'
            AND new.replaced_at IS NOT DISTINCT FROM old.replaced_at
        THEN
            RETURN new;
        END IF;
        IF old.replaced_at IS NULL AND new.replaced_at IS NOT NULL
            AND (new.quality_key, new.price_key, new.key_name)
                IS NOT DISTINCT FROM (old.quality_key, old.price_key, old.key_name)
            AND EXISTS (
                SELECT FROM bids_shortlisted AS s
                JOIN bids_finalround AS r ON r.job_id = s.round_id
                WHERE s.bid_id = old.earlier_id AND new.replaced_at < r.closes_at
            )
        THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'a final bid is replaced before its round ends, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER final_offers_are_sealed_with_a_living_key
BEFORE INSERT ON bids_finaloffer
FOR EACH ROW EXECUTE FUNCTION bids_refuse_a_retired_key();
CREATE TRIGGER final_offers_are_replaced_once
BEFORE UPDATE OR DELETE ON bids_finaloffer
FOR EACH ROW EXECUTE FUNCTION bids_refuse_changing_a_final_offer();
CREATE TRIGGER final_offers_are_not_truncated
BEFORE TRUNCATE ON bids_finaloffer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- After its round a final offer becomes a bid, byte for byte: the one door past the deadline.
CREATE OR REPLACE FUNCTION bids_refuse_untimely_bid() RETURNS trigger AS $$
DECLARE
    job record;
BEGIN
    IF EXISTS (
        SELECT FROM bids_finaloffer AS f
        JOIN bids_bid AS e ON e.id = f.earlier_id
        JOIN bids_finalround AS r ON r.job_id = e.job_id
        WHERE f.id = new.id AND f.replaced_at IS NULL AND clock_timestamp() >= r.closes_at
            AND (new.job_id, new.provider_id, new.submitted_at, new.quality_envelope,
                new.price_envelope, new.quality_key, new.price_key, new.key_name,
                new.fingerprint, new.receipt, new.reference)
                IS NOT DISTINCT FROM (e.job_id, e.provider_id, f.submitted_at, f.quality_envelope,
                f.price_envelope, f.quality_key, f.price_key, f.key_name, f.fingerprint,
                f.receipt, f.reference)
    ) THEN
        RETURN new;
    END IF;
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

CREATE FUNCTION bids_refuse_early_final_opening() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM bids_finalround AS r WHERE r.job_id = new.round_id
            AND (clock_timestamp() < r.closes_at OR new.opened_at < r.closes_at)
    ) THEN
        RAISE EXCEPTION 'no final bid is opened before its round ends'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER final_openings_wait_for_the_end
BEFORE INSERT ON bids_finalopening
FOR EACH ROW EXECUTE FUNCTION bids_refuse_early_final_opening();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'consent', 'agreement', 'finalround', 'shortlisted', 'finalbid', 'finalopening'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE ON bids_%1$s'
            || ' FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting()', name
        );
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_not_truncated BEFORE TRUNCATE ON bids_%1$s'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting()', name
        );
    END LOOP;
END
$$;

REVOKE UPDATE, DELETE ON
    bids_agreedscore,
    bids_consent,
    bids_agreement,
    bids_finalround,
    bids_shortlisted,
    bids_finaloffer,
    bids_finalbid,
    bids_finalopening
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (replaced_at) ON bids_agreedscore, bids_finaloffer
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- All of it is the record's.
SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('marketplace_panelseat', 'id'),
    ('marketplace_interest', 'seat_id'),
    ('marketplace_interestanswer', 'interest_id'),
    ('bids_agreedscore', 'id'),
    ('bids_consent', 'id'),
    ('bids_agreement', 'job_id'),
    ('bids_finalround', 'job_id'),
    ('bids_shortlisted', 'bid_id'),
    ('bids_finalbid', 'bid_id'),
    ('bids_finalopening', 'round_id')
) AS watched (name, key);

CREATE FUNCTION bids_note_final_bid() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key) VALUES ('bids_bid', new.bid_id);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER final_bids_are_recorded
AFTER INSERT ON bids_finalbid
FOR EACH ROW EXECUTE FUNCTION bids_note_final_bid();
