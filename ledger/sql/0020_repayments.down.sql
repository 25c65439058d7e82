DROP TRIGGER rows_are_recorded ON ledger_repayment;
DROP TRIGGER repayment_is_not_truncated ON ledger_repayment;
DROP TRIGGER repayment_is_append_only ON ledger_repayment;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_poll
    TO choicebook_web, choicebook_worker, choicebook_replay;
