-- A seat on a panel is left once; nothing else in it moves.
CREATE FUNCTION marketplace_refuse_changing_a_seat() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.left_at IS NULL AND new.left_at IS NOT NULL
        AND (new.id, new.job_id, new.user_id, new.appointed_by_id, new.appointed_at)
            IS NOT DISTINCT FROM (old.id, old.job_id, old.user_id, old.appointed_by_id,
            old.appointed_at)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a seat on a panel is left once, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER seats_are_left_once
BEFORE UPDATE OR DELETE ON marketplace_panelseat
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_changing_a_seat();
CREATE TRIGGER seats_are_not_truncated
BEFORE TRUNCATE ON marketplace_panelseat
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

-- Nobody judges a contest that they bid in: not when they are appointed, by whatever door.
CREATE FUNCTION marketplace_refuse_bidder_on_panel() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM marketplace_membership AS m
        JOIN marketplace_invitation AS i ON i.provider_id = m.provider_id
        WHERE m.user_id = new.user_id AND m.ended_at IS NULL
            AND i.job_id = new.job_id AND i.declined_at IS NULL
    ) THEN
        RAISE EXCEPTION 'nobody judges a contest that their own side is in'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER judges_do_not_bid
BEFORE INSERT ON marketplace_panelseat
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_bidder_on_panel();

CREATE TRIGGER interest_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_interest
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER interest_is_not_truncated
BEFORE TRUNCATE ON marketplace_interest
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER interestanswer_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_interestanswer
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER interestanswer_is_not_truncated
BEFORE TRUNCATE ON marketplace_interestanswer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON
    marketplace_panelseat,
    marketplace_interest,
    marketplace_interestanswer
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (left_at, left_reason_id) ON marketplace_panelseat
    TO choicebook_web, choicebook_worker, choicebook_replay;
