GRANT UPDATE, DELETE ON
    ledger_grant,
    ledger_signinglimit,
    ledger_movewanted,
    ledger_moveanswer,
    ledger_teampricing,
    ledger_modestated,
    ledger_carryforward,
    ledger_yearend,
    ledger_recoverysettled,
    ledger_outsidespend
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER outsidespend_is_not_truncated ON ledger_outsidespend;
DROP TRIGGER outsidespend_is_append_only ON ledger_outsidespend;
DROP TRIGGER recoverysettled_is_not_truncated ON ledger_recoverysettled;
DROP TRIGGER recoverysettled_is_append_only ON ledger_recoverysettled;
DROP TRIGGER yearend_is_not_truncated ON ledger_yearend;
DROP TRIGGER yearend_is_append_only ON ledger_yearend;
DROP TRIGGER carryforward_is_not_truncated ON ledger_carryforward;
DROP TRIGGER carryforward_is_append_only ON ledger_carryforward;
DROP TRIGGER modestated_is_not_truncated ON ledger_modestated;
DROP TRIGGER modestated_is_append_only ON ledger_modestated;
DROP TRIGGER teampricing_is_not_truncated ON ledger_teampricing;
DROP TRIGGER teampricing_is_append_only ON ledger_teampricing;
DROP TRIGGER moveanswer_is_not_truncated ON ledger_moveanswer;
DROP TRIGGER moveanswer_is_append_only ON ledger_moveanswer;
DROP TRIGGER movewanted_is_not_truncated ON ledger_movewanted;
DROP TRIGGER movewanted_is_append_only ON ledger_movewanted;
DROP TRIGGER signinglimit_is_not_truncated ON ledger_signinglimit;
DROP TRIGGER signinglimit_is_append_only ON ledger_signinglimit;
DROP TRIGGER grant_is_not_truncated ON ledger_grant;
DROP TRIGGER grant_is_append_only ON ledger_grant;
DROP TRIGGER a_promise_is_carried_to_a_later_year ON ledger_commitment;
DROP FUNCTION ledger_refuse_foreign_follower();
DROP TRIGGER a_second_person_signs_a_move ON ledger_moveanswer;
DROP FUNCTION ledger_refuse_signing_ones_own_move();
DELETE FROM ledger_account WHERE book = 'M';
