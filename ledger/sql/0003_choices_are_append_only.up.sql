-- Choices, work, charges and ratings are written once. A mistake is corrected by a further row.

CREATE TRIGGER journalentry_is_append_only
BEFORE UPDATE OR DELETE ON ledger_journalentry
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER journalentry_is_not_truncated
BEFORE TRUNCATE ON ledger_journalentry
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER posting_is_append_only
BEFORE UPDATE OR DELETE ON ledger_posting
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER posting_is_not_truncated
BEFORE TRUNCATE ON ledger_posting
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER award_is_append_only
BEFORE UPDATE OR DELETE ON ledger_award
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER award_is_not_truncated
BEFORE TRUNCATE ON ledger_award
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER noaward_is_append_only
BEFORE UPDATE OR DELETE ON ledger_noaward
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER noaward_is_not_truncated
BEFORE TRUNCATE ON ledger_noaward
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER milestone_is_append_only
BEFORE UPDATE OR DELETE ON ledger_milestone
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER milestone_is_not_truncated
BEFORE TRUNCATE ON ledger_milestone
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER delivery_is_append_only
BEFORE UPDATE OR DELETE ON ledger_delivery
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER delivery_is_not_truncated
BEFORE TRUNCATE ON ledger_delivery
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER acceptance_is_append_only
BEFORE UPDATE OR DELETE ON ledger_acceptance
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER acceptance_is_not_truncated
BEFORE TRUNCATE ON ledger_acceptance
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER return_is_append_only
BEFORE UPDATE OR DELETE ON ledger_return
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER return_is_not_truncated
BEFORE TRUNCATE ON ledger_return
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER completion_is_append_only
BEFORE UPDATE OR DELETE ON ledger_completion
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER completion_is_not_truncated
BEFORE TRUNCATE ON ledger_completion
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER dispute_is_append_only
BEFORE UPDATE OR DELETE ON ledger_dispute
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER dispute_is_not_truncated
BEFORE TRUNCATE ON ledger_dispute
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER resolution_is_append_only
BEFORE UPDATE OR DELETE ON ledger_resolution
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER resolution_is_not_truncated
BEFORE TRUNCATE ON ledger_resolution
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER rating_is_append_only
BEFORE UPDATE OR DELETE ON ledger_rating
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER rating_is_not_truncated
BEFORE TRUNCATE ON ledger_rating
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER reveal_is_append_only
BEFORE UPDATE OR DELETE ON ledger_reveal
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER reveal_is_not_truncated
BEFORE TRUNCATE ON ledger_reveal
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON
    ledger_journalentry,
    ledger_posting,
    ledger_award,
    ledger_noaward,
    ledger_milestone,
    ledger_delivery,
    ledger_acceptance,
    ledger_return,
    ledger_completion,
    ledger_dispute,
    ledger_resolution,
    ledger_rating,
    ledger_reveal
    FROM choicebook_web, choicebook_worker, choicebook_replay;


-- A change order is agreed once; nothing else in it moves.
CREATE FUNCTION ledger_refuse_changing_a_change() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.agreed_at IS NULL AND new.agreed_at IS NOT NULL
        AND (new.id, new.award_id, new.milestone_id, new.difference_minor, new.reason_id,
            new.proposed_by_id, new.proposed_at)
            IS NOT DISTINCT FROM (old.id, old.award_id, old.milestone_id, old.difference_minor,
            old.reason_id, old.proposed_by_id, old.proposed_at)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a change order is agreed once and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER change_orders_are_agreed_once
BEFORE UPDATE OR DELETE ON ledger_changeorder
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_changing_a_change();
CREATE TRIGGER change_orders_are_not_truncated
BEFORE TRUNCATE ON ledger_changeorder
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_changing_a_change();

REVOKE UPDATE, DELETE ON ledger_changeorder
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (agreed_at, agreed_by_id) ON ledger_changeorder
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- An estimate is released once; its amount stays.
REVOKE UPDATE, DELETE ON ledger_precommitment
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (released_at) ON ledger_precommitment
    TO choicebook_web, choicebook_worker, choicebook_replay;
