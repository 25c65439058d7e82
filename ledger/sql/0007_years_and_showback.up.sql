-- Book M: what departments used while nobody is charged. Each account mirrors one of book A.
INSERT INTO ledger_account (code, name, book, normal_side) VALUES
    ('M2100', 'Shown: owed to vendors', 'M', 'credit'),
    ('M4100', 'Shown: provider recovery', 'M', 'credit'),
    ('M4200', 'Shown: marketplace fee recovery', 'M', 'credit'),
    ('M5100', 'Shown: charge, in-house', 'M', 'debit'),
    ('M5200', 'Shown: charge, vendor', 'M', 'debit'),
    ('M5300', 'Shown: marketplace fee', 'M', 'debit'),
    ('M5600', 'Shown: central subsidy', 'M', 'debit'),
    ('M5700', 'Shown: override difference', 'M', 'debit'),
    ('M5800', 'Shown: outside spend', 'M', 'debit');

-- A move of budget above the limit is made by somebody else than who proposed it.
CREATE FUNCTION ledger_refuse_signing_ones_own_move() RETURNS trigger AS $$
BEGIN
    IF new.is_made AND EXISTS (
        SELECT FROM ledger_movewanted AS p
        WHERE p.id = new.wanted_id AND p.needs_signature AND p.proposed_by_id = new.answered_by_id
    ) THEN
        RAISE EXCEPTION 'a second person signs a move of budget'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_second_person_signs_a_move
BEFORE INSERT ON ledger_moveanswer
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_signing_ones_own_move();

-- A promise is taken over by a later year's line of the same award, once the old one is empty.
CREATE FUNCTION ledger_refuse_foreign_follower() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_commitment AS c
        JOIN ledger_budgetline AS before ON before.id = c.budget_line_id
        JOIN ledger_budgetline AS after ON after.id = new.budget_line_id
        WHERE c.id = new.follows_id AND c.award_id = new.award_id AND c.line = new.line
            AND after.fiscal_year > before.fiscal_year
            AND after.department_id = before.department_id AND after.currency = before.currency
    ) THEN
        RAISE EXCEPTION 'a promise is carried to a later year of the same budget'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_promise_is_carried_to_a_later_year
BEFORE INSERT ON ledger_commitment
FOR EACH ROW WHEN (new.follows_id IS NOT NULL)
EXECUTE FUNCTION ledger_refuse_foreign_follower();

-- What finance states and books here is written once.
CREATE TRIGGER grant_is_append_only
BEFORE UPDATE OR DELETE ON ledger_grant
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER grant_is_not_truncated
BEFORE TRUNCATE ON ledger_grant
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER signinglimit_is_append_only
BEFORE UPDATE OR DELETE ON ledger_signinglimit
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER signinglimit_is_not_truncated
BEFORE TRUNCATE ON ledger_signinglimit
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER movewanted_is_append_only
BEFORE UPDATE OR DELETE ON ledger_movewanted
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER movewanted_is_not_truncated
BEFORE TRUNCATE ON ledger_movewanted
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER moveanswer_is_append_only
BEFORE UPDATE OR DELETE ON ledger_moveanswer
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER moveanswer_is_not_truncated
BEFORE TRUNCATE ON ledger_moveanswer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER teampricing_is_append_only
BEFORE UPDATE OR DELETE ON ledger_teampricing
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER teampricing_is_not_truncated
BEFORE TRUNCATE ON ledger_teampricing
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER modestated_is_append_only
BEFORE UPDATE OR DELETE ON ledger_modestated
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER modestated_is_not_truncated
BEFORE TRUNCATE ON ledger_modestated
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER carryforward_is_append_only
BEFORE UPDATE OR DELETE ON ledger_carryforward
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER carryforward_is_not_truncated
BEFORE TRUNCATE ON ledger_carryforward
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER yearend_is_append_only
BEFORE UPDATE OR DELETE ON ledger_yearend
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER yearend_is_not_truncated
BEFORE TRUNCATE ON ledger_yearend
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER recoverysettled_is_append_only
BEFORE UPDATE OR DELETE ON ledger_recoverysettled
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER recoverysettled_is_not_truncated
BEFORE TRUNCATE ON ledger_recoverysettled
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

CREATE TRIGGER outsidespend_is_append_only
BEFORE UPDATE OR DELETE ON ledger_outsidespend
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER outsidespend_is_not_truncated
BEFORE TRUNCATE ON ledger_outsidespend
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON
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
    FROM choicebook_web, choicebook_worker, choicebook_replay;
