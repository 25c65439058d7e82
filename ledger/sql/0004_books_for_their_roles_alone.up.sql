-- A function is everybody's unless it is said otherwise; this one writes as its owner, so that a
-- role which may only read could have posted with it.
REVOKE EXECUTE ON FUNCTION ledger_post_entry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post_entry
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- A month of the books stays. No verb loosens a budget line yet; whichever will is given the column.
REVOKE DELETE ON ledger_period
    FROM choicebook_web, choicebook_worker, choicebook_replay;
REVOKE UPDATE (control, tolerance_minor) ON ledger_budgetline
    FROM choicebook_web, choicebook_worker, choicebook_replay;
