GRANT UPDATE (control, tolerance_minor) ON ledger_budgetline
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT DELETE ON ledger_period
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT EXECUTE ON FUNCTION ledger_post_entry TO PUBLIC;
