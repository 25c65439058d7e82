GRANT INSERT, UPDATE, DELETE
    ON ledger_account, ledger_journalentry, ledger_posting, ledger_balance
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE, DELETE ON ledger_budgetline, ledger_commitment
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER commitments_begin_empty ON ledger_commitment;
DROP TRIGGER budget_lines_begin_empty ON ledger_budgetline;
DROP FUNCTION ledger_refuse_figures_without_entry();
DROP TRIGGER postings_come_with_their_entry ON ledger_posting;
DROP FUNCTION ledger_refuse_late_posting();
DROP TRIGGER entries_balance ON ledger_journalentry;
DROP FUNCTION ledger_refuse_unbalanced_entry();
DROP FUNCTION ledger_post_entry(
    text, integer, date, timestamptz, uuid, uuid, text, bytea, text, bigint, integer,
    smallint[], uuid[], text[], bigint[], bigint[], uuid[], uuid[], uuid[], uuid[], uuid[], uuid[],
    uuid[], bigint[], bigint[], bigint[], bigint[],
    uuid[], bigint[], bigint[], bigint[], bigint[], bigint[]
);
DELETE FROM ledger_account;
