DROP TRIGGER openings_above_the_limit_are_signed_by_two ON bids_opening;
DROP FUNCTION bids_refuse_opening_by_one();
DROP FUNCTION bids_needs_two_people(uuid);
DROP TRIGGER openings_are_signed_for_once_closed ON bids_openingsignature;
DROP FUNCTION bids_refuse_an_early_signature();
DROP TRIGGER openingsignature_is_append_only ON bids_openingsignature;
DROP TRIGGER openingsignature_is_not_truncated ON bids_openingsignature;
DROP TRIGGER openinglimit_is_append_only ON bids_openinglimit;
DROP TRIGGER openinglimit_is_not_truncated ON bids_openinglimit;
DROP TRIGGER rows_are_recorded ON bids_openingsignature;
DROP TRIGGER rows_are_recorded ON bids_openinglimit;
DROP TRIGGER bids_are_sealed_with_a_living_key ON bids_bid;
DROP TRIGGER drafts_are_sealed_with_a_living_key ON bids_biddraft;
DROP TRIGGER files_are_sealed_with_a_living_key ON bids_sealedfile;
DROP FUNCTION bids_refuse_a_retired_key();
DROP TRIGGER rewrapped_bids_are_recorded ON bids_bid;
DROP FUNCTION bids_note_a_rewrapped_bid();
DROP TRIGGER files_are_of_their_bid ON bids_bidfile;
DROP FUNCTION bids_refuse_a_foreign_file();
DROP TRIGGER files_of_bids_are_never_changed ON bids_bidfile;
DROP TRIGGER files_of_bids_are_not_truncated ON bids_bidfile;
DROP FUNCTION bids_refuse_changing_a_bids_file();
DROP TRIGGER sealed_files_are_never_changed ON bids_sealedfile;
DROP TRIGGER sealed_files_are_not_truncated ON bids_sealedfile;
DROP FUNCTION bids_refuse_changing_a_file();

-- As before: nobody wraps keys anew.
CREATE OR REPLACE FUNCTION bids_refuse_changing_a_bid() RETURNS trigger AS $$
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
