GRANT UPDATE, DELETE ON ledger_precommitment, ledger_changeorder
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER change_orders_are_not_truncated ON ledger_changeorder;
DROP TRIGGER change_orders_are_agreed_once ON ledger_changeorder;
DROP FUNCTION ledger_refuse_changing_a_change();
GRANT UPDATE, DELETE ON
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
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER reveal_is_not_truncated ON ledger_reveal;
DROP TRIGGER reveal_is_append_only ON ledger_reveal;
DROP TRIGGER rating_is_not_truncated ON ledger_rating;
DROP TRIGGER rating_is_append_only ON ledger_rating;
DROP TRIGGER resolution_is_not_truncated ON ledger_resolution;
DROP TRIGGER resolution_is_append_only ON ledger_resolution;
DROP TRIGGER dispute_is_not_truncated ON ledger_dispute;
DROP TRIGGER dispute_is_append_only ON ledger_dispute;
DROP TRIGGER completion_is_not_truncated ON ledger_completion;
DROP TRIGGER completion_is_append_only ON ledger_completion;
DROP TRIGGER return_is_not_truncated ON ledger_return;
DROP TRIGGER return_is_append_only ON ledger_return;
DROP TRIGGER acceptance_is_not_truncated ON ledger_acceptance;
DROP TRIGGER acceptance_is_append_only ON ledger_acceptance;
DROP TRIGGER delivery_is_not_truncated ON ledger_delivery;
DROP TRIGGER delivery_is_append_only ON ledger_delivery;
DROP TRIGGER milestone_is_not_truncated ON ledger_milestone;
DROP TRIGGER milestone_is_append_only ON ledger_milestone;
DROP TRIGGER noaward_is_not_truncated ON ledger_noaward;
DROP TRIGGER noaward_is_append_only ON ledger_noaward;
DROP TRIGGER award_is_not_truncated ON ledger_award;
DROP TRIGGER award_is_append_only ON ledger_award;
DROP TRIGGER posting_is_not_truncated ON ledger_posting;
DROP TRIGGER posting_is_append_only ON ledger_posting;
DROP TRIGGER journalentry_is_not_truncated ON ledger_journalentry;
DROP TRIGGER journalentry_is_append_only ON ledger_journalentry;
