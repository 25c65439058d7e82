-- Steps of one payout stand in one line, whoever takes them: the lock is that of the verbs.
CREATE FUNCTION ledger_refuse_step_out_of_turn() RETURNS trigger AS $$
DECLARE
    before text[];
BEGIN
    PERFORM pg_advisory_xact_lock(7320, hashtext(new.payout_id::text));
    SELECT coalesce(array_agg(kind), '{}') INTO before
    FROM ledger_payoutstep WHERE payout_id = new.payout_id AND attempt = new.attempt;
    IF (CASE new.kind
        -- A new attempt is made only after a definite no to the one before.
        WHEN 'approved' THEN NOT (
            EXISTS (
                SELECT FROM ledger_payoutanswer
                WHERE payout_id = new.payout_id AND is_approved
            ) AND (new.attempt = 1 OR EXISTS (
                SELECT FROM ledger_payoutstep
                WHERE payout_id = new.payout_id AND attempt = new.attempt - 1 AND kind = 'refused'
            ))
        )
        WHEN 'sending' THEN NOT ('approved' = ANY (before))
        WHEN 'unknown' THEN NOT ('sending' = ANY (before)) OR before && '{sent,refused}'::text[]
        WHEN 'sent' THEN NOT ('sending' = ANY (before)) OR 'refused' = ANY (before)
        WHEN 'refused' THEN NOT ('sending' = ANY (before)) OR 'sent' = ANY (before)
        ELSE NOT ('sent' = ANY (before))
    END) THEN
        RAISE EXCEPTION '% is no step after %', new.kind, before USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_step_follows_the_one_before
BEFORE INSERT ON ledger_payoutstep
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_step_out_of_turn();

-- A step that moves money commits together with its entry; and what is approved was still owed.
CREATE FUNCTION ledger_refuse_unbooked_step() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_journalentry
        WHERE kind = 'payout_' || new.kind AND source = new.payout_id
            AND occurrence = new.attempt::text
    ) THEN
        RAISE EXCEPTION 'payout %, attempt %: % is not booked', new.payout_id, new.attempt, new.kind
            USING ERRCODE = 'check_violation';
    END IF;
    IF new.kind = 'approved' AND EXISTS (
        SELECT FROM ledger_payoutpart AS part
        JOIN ledger_posting AS p ON p.award_id = part.award_id
            AND p.milestone_id IS NOT DISTINCT FROM part.milestone_id
        JOIN ledger_account AS a ON a.id = p.account_id AND a.code = '2100'
        WHERE part.payout_id = new.payout_id
        GROUP BY part.award_id, part.milestone_id
        HAVING sum(p.credit_minor - p.debit_minor) < 0
    ) THEN
        RAISE EXCEPTION 'payout % pays more than is owed', new.payout_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE CONSTRAINT TRIGGER a_step_is_booked
AFTER INSERT ON ledger_payoutstep
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (new.kind IN ('approved', 'refused', 'sent', 'reversed'))
EXECUTE FUNCTION ledger_refuse_unbooked_step();

-- Who said where the money goes does not say that it goes; nor, above the limit, who asked.
CREATE FUNCTION ledger_refuse_approving_alone() RETURNS trigger AS $$
BEGIN
    IF new.is_approved AND EXISTS (
        SELECT FROM ledger_payout AS o JOIN ledger_payee AS e ON e.id = o.payee_id
        WHERE o.id = new.payout_id AND (
            e.set_by_id IN (new.answered_by_id, o.asked_by_id)
            OR (o.needs_signature AND o.asked_by_id = new.answered_by_id)
        )
    ) THEN
        RAISE EXCEPTION 'a second person approves a payout' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_second_person_approves_a_payout
BEFORE INSERT ON ledger_payoutanswer
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_approving_alone();

CREATE FUNCTION ledger_refuse_confirming_alone() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_payee WHERE id = new.payee_id AND set_by_id = new.confirmed_by_id
    ) THEN
        RAISE EXCEPTION 'a second person confirms a payee' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_second_person_confirms_a_payee
BEFORE INSERT ON ledger_payeeconfirmation
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_confirming_alone();

-- What is said and done about payouts is written once.
CREATE TRIGGER payee_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payee
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payee_is_not_truncated
BEFORE TRUNCATE ON ledger_payee
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payeeconfirmation_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payeeconfirmation
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payeeconfirmation_is_not_truncated
BEFORE TRUNCATE ON ledger_payeeconfirmation
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payeereading_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payeereading
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payeereading_is_not_truncated
BEFORE TRUNCATE ON ledger_payeereading
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutlimit_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payoutlimit
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutlimit_is_not_truncated
BEFORE TRUNCATE ON ledger_payoutlimit
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payout_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payout
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payout_is_not_truncated
BEFORE TRUNCATE ON ledger_payout
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutpart_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payoutpart
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutpart_is_not_truncated
BEFORE TRUNCATE ON ledger_payoutpart
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutanswer_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payoutanswer
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutanswer_is_not_truncated
BEFORE TRUNCATE ON ledger_payoutanswer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutstep_is_append_only
BEFORE UPDATE OR DELETE ON ledger_payoutstep
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER payoutstep_is_not_truncated
BEFORE TRUNCATE ON ledger_payoutstep
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER sendback_is_append_only
BEFORE UPDATE OR DELETE ON ledger_sendback
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER sendback_is_not_truncated
BEFORE TRUNCATE ON ledger_sendback
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER topup_is_append_only
BEFORE UPDATE OR DELETE ON ledger_topup
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER topup_is_not_truncated
BEFORE TRUNCATE ON ledger_topup
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER topupstep_is_append_only
BEFORE UPDATE OR DELETE ON ledger_topupstep
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER topupstep_is_not_truncated
BEFORE TRUNCATE ON ledger_topupstep
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER balancemovement_is_append_only
BEFORE UPDATE OR DELETE ON ledger_balancemovement
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER balancemovement_is_not_truncated
BEFORE TRUNCATE ON ledger_balancemovement
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER movementmatch_is_append_only
BEFORE UPDATE OR DELETE ON ledger_movementmatch
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER movementmatch_is_not_truncated
BEFORE TRUNCATE ON ledger_movementmatch
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER movementexception_is_append_only
BEFORE UPDATE OR DELETE ON ledger_movementexception
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER movementexception_is_not_truncated
BEFORE TRUNCATE ON ledger_movementexception
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON
    ledger_payee,
    ledger_payeeconfirmation,
    ledger_payeereading,
    ledger_payoutlimit,
    ledger_payout,
    ledger_payoutpart,
    ledger_payoutanswer,
    ledger_payoutstep,
    ledger_sendback,
    ledger_topup,
    ledger_topupstep,
    ledger_balancemovement,
    ledger_movementmatch,
    ledger_movementexception
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- An event is taken by the web and worked by the worker; nothing in it is changed but that.
REVOKE UPDATE, DELETE ON ledger_stripeevent FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (worked_at, tried, fault) ON ledger_stripeevent TO choicebook_worker, choicebook_replay;

SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('ledger_payee', 'id'),
    ('ledger_payeeconfirmation', 'payee_id'),
    ('ledger_payeereading', 'id'),
    ('ledger_payoutlimit', 'id'),
    ('ledger_payout', 'id'),
    ('ledger_payoutpart', 'id'),
    ('ledger_payoutanswer', 'payout_id'),
    ('ledger_payoutstep', 'id'),
    ('ledger_sendback', 'payout_id'),
    ('ledger_topup', 'id'),
    ('ledger_topupstep', 'id'),
    ('ledger_balancemovement', 'id'),
    ('ledger_movementmatch', 'movement_id'),
    ('ledger_movementexception', 'movement_id')
) AS watched (name, key);
