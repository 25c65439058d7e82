-- A published job is what bidders were told. Its deadline moves later, its moments come once;
-- nothing else in it changes, and only a draft is thrown away.
CREATE FUNCTION marketplace_refuse_changing_a_job() RETURNS trigger AS $$
BEGIN
    IF old.published_at IS NULL THEN
        RETURN coalesce(new, old);
    END IF;
    IF tg_op = 'UPDATE'
        AND (new.id, new.reference, new.department_id, new.category_id, new.policy_id,
            new.author_id, new.title, new.need, new.procedure, new.mode, new.currency,
            new.ceiling_minor, new.shows_ceiling, new.point_minor, new.starts_on, new.ends_on,
            new.questions_until, new.bids_wanted, new.too_few_rule, new.waiver_id,
            new.source_key, new.drafted_at, new.published_at, new.published_by_id,
            new.fingerprint)
            IS NOT DISTINCT FROM (old.id, old.reference, old.department_id, old.category_id,
            old.policy_id, old.author_id, old.title, old.need, old.procedure, old.mode,
            old.currency, old.ceiling_minor, old.shows_ceiling, old.point_minor, old.starts_on,
            old.ends_on, old.questions_until, old.bids_wanted, old.too_few_rule, old.waiver_id,
            old.source_key, old.drafted_at, old.published_at, old.published_by_id,
            old.fingerprint)
        AND (new.closes_at = old.closes_at
            OR (new.closes_at > old.closes_at AND old.closed_at IS NULL))
        AND (old.closed_at IS NULL OR new.closed_at IS NOT DISTINCT FROM old.closed_at)
        AND (old.opened_at IS NULL OR new.opened_at IS NOT DISTINCT FROM old.opened_at)
        AND (old.decided_at IS NULL OR new.decided_at IS NOT DISTINCT FROM old.decided_at)
        AND (old.cancelled_at IS NULL
            OR (new.cancelled_at, new.cancelled_by_id, new.cancellation_id)
            IS NOT DISTINCT FROM (old.cancelled_at, old.cancelled_by_id, old.cancellation_id))
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a published job is amended, never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER published_jobs_stay
BEFORE UPDATE OR DELETE ON marketplace_job
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_changing_a_job();

-- What bids are judged on is fixed before the first of them can come.
CREATE FUNCTION marketplace_refuse_changing_a_criterion() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT FROM marketplace_job
        WHERE id IN (old.job_id, new.job_id) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the criteria of a published job are fixed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(new, old);
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER criteria_of_published_jobs_stay
BEFORE INSERT OR UPDATE OR DELETE ON marketplace_criterion
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_changing_a_criterion();

-- A question is answered once, to everybody.
CREATE FUNCTION marketplace_refuse_changing_a_question() RETURNS trigger AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.answered_at IS NULL AND new.answered_at IS NOT NULL
        AND (new.id, new.job_id, new.provider_id, new.asked_by_id, new.asked_at, new.text)
            IS NOT DISTINCT FROM (old.id, old.job_id, old.provider_id, old.asked_by_id,
            old.asked_at, old.text)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a question is answered once, and never changed'
        USING ERRCODE = 'restrict_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER questions_are_answered_once
BEFORE UPDATE OR DELETE ON marketplace_question
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_changing_a_question();

CREATE TRIGGER addenda_are_append_only
BEFORE UPDATE OR DELETE ON marketplace_addendum
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON marketplace_addendum, marketplace_question
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (answer, answered_by_id, answered_at) ON marketplace_question
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- Rules are stated, places and offices end: none of them is rewritten.
REVOKE UPDATE, DELETE ON marketplace_policy, marketplace_membership, marketplace_officeheld
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (ended_at) ON marketplace_membership
    TO choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (ended_at) ON marketplace_officeheld
    TO choicebook_web, choicebook_worker, choicebook_replay;
