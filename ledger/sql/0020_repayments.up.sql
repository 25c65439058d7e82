-- What a vendor paid back is noted once, and stays as it was noted.
CREATE TRIGGER repayment_is_append_only
BEFORE UPDATE OR DELETE ON ledger_repayment
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER repayment_is_not_truncated
BEFORE TRUNCATE ON ledger_repayment
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON ledger_repayment FROM choicebook_web, choicebook_worker, choicebook_replay;

SELECT ledger_watch_rows('ledger_repayment', 'id');

-- When Stripe is read again is the worker's to say.
REVOKE INSERT, UPDATE, DELETE ON ledger_poll FROM choicebook_web;
REVOKE DELETE ON ledger_poll FROM choicebook_worker, choicebook_replay;
