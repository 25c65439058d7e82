DROP TRIGGER final_bids_are_recorded ON bids_finalbid;
DROP FUNCTION bids_note_final_bid();
DELETE FROM ledger_unrecordedrow WHERE table_name IN (
    'marketplace_panelseat', 'marketplace_interest', 'marketplace_interestanswer',
    'bids_agreedscore', 'bids_consent', 'bids_agreement', 'bids_finalround', 'bids_shortlisted',
    'bids_finalbid', 'bids_finalopening'
);
DROP TRIGGER rows_are_recorded ON marketplace_panelseat;
DROP TRIGGER rows_are_recorded ON marketplace_interest;
DROP TRIGGER rows_are_recorded ON marketplace_interestanswer;
DROP TRIGGER rows_are_recorded ON bids_agreedscore;
DROP TRIGGER rows_are_recorded ON bids_consent;
DROP TRIGGER rows_are_recorded ON bids_agreement;
DROP TRIGGER rows_are_recorded ON bids_finalround;
DROP TRIGGER rows_are_recorded ON bids_shortlisted;
DROP TRIGGER rows_are_recorded ON bids_finalbid;
DROP TRIGGER rows_are_recorded ON bids_finalopening;
GRANT UPDATE, DELETE ON
    bids_agreedscore,
    bids_consent,
    bids_agreement,
    bids_finalround,
    bids_shortlisted,
    bids_finaloffer,
    bids_finalbid,
    bids_finalopening
    TO choicebook_web, choicebook_worker, choicebook_replay;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'consent', 'agreement', 'finalround', 'shortlisted', 'finalbid', 'finalopening'
    ] LOOP
        EXECUTE format('DROP TRIGGER %1$s_is_append_only ON bids_%1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_is_not_truncated ON bids_%1$s', name);
    END LOOP;
END
$$;
DROP TRIGGER final_openings_wait_for_the_end ON bids_finalopening;
DROP FUNCTION bids_refuse_early_final_opening();
CREATE OR REPLACE FUNCTION bids_refuse_untimely_bid() RETURNS trigger AS $$
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
DROP TRIGGER final_offers_are_not_truncated ON bids_finaloffer;
DROP TRIGGER final_offers_are_sealed_with_a_living_key ON bids_finaloffer;
DROP TRIGGER final_offers_are_replaced_once ON bids_finaloffer;
DROP FUNCTION bids_refuse_changing_a_final_offer();
DROP TRIGGER final_offers_arrive_in_time ON bids_finaloffer;
DROP FUNCTION bids_refuse_untimely_final_offer();
DROP TRIGGER prices_wait_for_the_agreement ON bids_openedprice;
DROP FUNCTION bids_refuse_price_before_agreement();
DROP TRIGGER agreed_scores_come_before_the_agreement ON bids_agreedscore;
DROP TRIGGER scores_come_before_the_agreement ON bids_score;
DROP FUNCTION bids_refuse_score_after_agreement();
DROP TRIGGER agreed_scores_are_not_truncated ON bids_agreedscore;
DROP TRIGGER agreed_scores_are_replaced_once ON bids_agreedscore;
DROP FUNCTION bids_refuse_changing_an_agreed_score();
