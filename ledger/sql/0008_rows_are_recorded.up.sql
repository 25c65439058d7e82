-- Every row of the record is bound to the log: what is written is noted here, the clock takes the
-- note, and an event carries the digest. A note says which row, never what is in it.
CREATE FUNCTION ledger_note_row() RETURNS trigger AS $$
DECLARE
    noted text;
BEGIN
    IF tg_argv[0] = 'id' THEN
        noted := new.id;
    ELSIF tg_argv[0] = 'job_id' THEN
        noted := new.job_id;
    ELSIF tg_argv[0] = 'bid_id' THEN
        noted := new.bid_id;
    ELSIF tg_argv[0] = 'award_id' THEN
        noted := new.award_id;
    ELSIF tg_argv[0] = 'delivery_id' THEN
        noted := new.delivery_id;
    ELSIF tg_argv[0] = 'dispute_id' THEN
        noted := new.dispute_id;
    ELSE
        noted := to_jsonb(new) ->> tg_argv[0];
    END IF;
    INSERT INTO ledger_unrecordedrow (table_name, key) VALUES (tg_table_name, noted);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

-- Watch a table, and note what is in it already. Whoever adds a table of the record calls this.
CREATE FUNCTION ledger_watch_rows(watched regclass, key text, condition text DEFAULT 'true')
RETURNS void AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER rows_are_recorded AFTER INSERT OR UPDATE ON %s FOR EACH ROW WHEN (%s)'
        || ' EXECUTE FUNCTION ledger_note_row(%L)', watched, condition, key
    );
    EXECUTE format(
        'INSERT INTO ledger_unrecordedrow (table_name, key) SELECT %L, new.%I FROM %s AS new'
        || ' WHERE %s', watched::text, key, watched, condition
    );
END;
$$ LANGUAGE plpgsql;
REVOKE EXECUTE ON FUNCTION ledger_watch_rows FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION ledger_watch_rows
    FROM choicebook_web, choicebook_worker, choicebook_replay;

SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('marketplace_policy', 'id'),
    ('marketplace_membership', 'id'),
    ('marketplace_officeheld', 'id'),
    ('marketplace_addendum', 'id'),
    ('marketplace_question', 'id'),
    ('bids_opening', 'job_id'),
    ('bids_openedbid', 'bid_id'),
    ('bids_openedprice', 'bid_id'),
    ('bids_openedpriceline', 'id'),
    ('bids_disqualification', 'bid_id'),
    ('bids_fewbids', 'job_id'),
    ('bids_sealedroot', 'job_id'),
    ('bids_score', 'id'),
    ('ledger_account', 'id'),
    ('ledger_period', 'id'),
    ('ledger_journalentry', 'id'),
    ('ledger_award', 'id'),
    ('ledger_noaward', 'job_id'),
    ('ledger_milestone', 'id'),
    ('ledger_changeorder', 'id'),
    ('ledger_delivery', 'id'),
    ('ledger_acceptance', 'delivery_id'),
    ('ledger_return', 'delivery_id'),
    ('ledger_completion', 'award_id'),
    ('ledger_dispute', 'id'),
    ('ledger_resolution', 'dispute_id'),
    ('ledger_reveal', 'award_id'),
    ('ledger_precommitment', 'job_id'),
    ('ledger_budgetline', 'id'),
    ('ledger_commitment', 'id'),
    ('ledger_grant', 'id'),
    ('ledger_signinglimit', 'id'),
    ('ledger_movewanted', 'id'),
    ('ledger_moveanswer', 'wanted_id'),
    ('ledger_teampricing', 'id'),
    ('ledger_modestated', 'id'),
    ('ledger_carryforward', 'id'),
    ('ledger_yearend', 'id'),
    ('ledger_recoverysettled', 'id'),
    ('ledger_outsidespend', 'id'),
    ('ledger_checkwish', 'id'),
    ('ledger_recordcheck', 'id'),
    ('marketplace_logepoch', 'number'),
    ('marketplace_checkpoint', 'size'),
    ('marketplace_checkpointcopy', 'id')
) AS watched (name, key);

-- Words are bound by the row that names them; that they were redacted is a fact of its own.
SELECT ledger_watch_rows('marketplace_words', 'id', 'new.redacted_at IS NOT NULL');

-- A draft is nobody's record. With its publication a job enters it, and all that belongs to it.
SELECT ledger_watch_rows('marketplace_job', 'id', 'new.published_at IS NOT NULL');

CREATE FUNCTION ledger_note_what_is_published() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'marketplace_criterion', id FROM marketplace_criterion WHERE job_id = new.id
    UNION ALL
    SELECT 'marketplace_invitation', id FROM marketplace_invitation WHERE job_id = new.id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER what_is_published_is_recorded
AFTER UPDATE ON marketplace_job
FOR EACH ROW WHEN (old.published_at IS NULL AND new.published_at IS NOT NULL)
EXECUTE FUNCTION ledger_note_what_is_published();

CREATE FUNCTION ledger_note_invitation() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'marketplace_invitation', new.id FROM marketplace_job
    WHERE id = new.job_id AND published_at IS NOT NULL;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER rows_are_recorded
AFTER INSERT OR UPDATE ON marketplace_invitation
FOR EACH ROW EXECUTE FUNCTION ledger_note_invitation();

-- Nothing here tells that a bid came before all of them are open.
CREATE FUNCTION ledger_note_opened_bids() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'bids_bid', id FROM bids_bid WHERE job_id = new.job_id
    UNION ALL
    SELECT 'bids_bidaccess', a.id
    FROM bids_bidaccess AS a JOIN bids_bid AS b ON b.id = a.bid_id WHERE b.job_id = new.job_id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER opened_bids_are_recorded
AFTER INSERT ON bids_opening
FOR EACH ROW EXECUTE FUNCTION ledger_note_opened_bids();

CREATE FUNCTION ledger_note_access() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'bids_bidaccess', new.id
    FROM bids_bid AS b JOIN bids_opening AS o ON o.job_id = b.job_id WHERE b.id = new.bid_id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER rows_are_recorded
AFTER INSERT OR UPDATE ON bids_bidaccess
FOR EACH ROW EXECUTE FUNCTION ledger_note_access();

-- Nor that one side has rated, before both are revealed.
CREATE FUNCTION ledger_note_revealed_ratings() RETURNS trigger AS $$
BEGIN
    INSERT INTO ledger_unrecordedrow (table_name, key)
    SELECT 'ledger_rating', id FROM ledger_rating WHERE award_id = new.award_id;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

CREATE TRIGGER revealed_ratings_are_recorded
AFTER INSERT ON ledger_reveal
FOR EACH ROW EXECUTE FUNCTION ledger_note_revealed_ratings();

-- What is there already.
INSERT INTO ledger_unrecordedrow (table_name, key)
SELECT 'marketplace_criterion', c.id
FROM marketplace_criterion AS c JOIN marketplace_job AS j ON j.id = c.job_id
WHERE j.published_at IS NOT NULL
UNION ALL
SELECT 'marketplace_invitation', i.id
FROM marketplace_invitation AS i JOIN marketplace_job AS j ON j.id = i.job_id
WHERE j.published_at IS NOT NULL
UNION ALL
SELECT 'bids_bid', b.id FROM bids_bid AS b JOIN bids_opening AS o ON o.job_id = b.job_id
UNION ALL
SELECT 'bids_bidaccess', a.id
FROM bids_bidaccess AS a JOIN bids_bid AS b ON b.id = a.bid_id
JOIN bids_opening AS o ON o.job_id = b.job_id
UNION ALL
SELECT 'ledger_rating', r.id
FROM ledger_rating AS r JOIN ledger_reveal AS v ON v.award_id = r.award_id;

-- Digests, and what was found when they were looked at, are part of the record themselves.
CREATE TRIGGER rowbatch_is_append_only
BEFORE UPDATE OR DELETE ON ledger_rowbatch
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER rowbatch_is_not_truncated
BEFORE TRUNCATE ON ledger_rowbatch
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER recordcheck_is_append_only
BEFORE UPDATE OR DELETE ON ledger_recordcheck
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER recordcheck_is_not_truncated
BEFORE TRUNCATE ON ledger_recordcheck
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON ledger_rowbatch, ledger_checkwish, ledger_recordcheck
    FROM choicebook_web, choicebook_worker, choicebook_replay;
-- A note is written by the triggers, and taken by the clock alone.
REVOKE INSERT, UPDATE, DELETE ON ledger_unrecordedrow
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT DELETE ON ledger_unrecordedrow TO choicebook_worker, choicebook_replay;
REVOKE INSERT ON ledger_rowbatch, ledger_recordcheck FROM choicebook_web;
