-- Who is here already was admitted by an administrator, or taken over: it may bid as before.
UPDATE marketplace_provider SET approved_at = admitted_at;

-- Whoever invited a vendor does not approve it.
CREATE FUNCTION marketplace_refuse_approving_alone() RETURNS trigger AS $$
BEGIN
    IF new.is_approved AND EXISTS (
        SELECT FROM marketplace_vendorinvitation
        WHERE provider_id = new.provider_id AND is_new_company
            AND invited_by_id = new.answered_by_id
    ) THEN
        RAISE EXCEPTION 'who invited a vendor does not approve it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_second_person_approves_a_vendor
BEFORE INSERT ON marketplace_vendoranswer
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_approving_alone();

CREATE TRIGGER vendorprofile_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_vendorprofile
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER vendorprofile_is_not_truncated
BEFORE TRUNCATE ON marketplace_vendorprofile
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER terms_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_terms
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER terms_is_not_truncated
BEFORE TRUNCATE ON marketplace_terms
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER termsacceptance_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_termsacceptance
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER termsacceptance_is_not_truncated
BEFORE TRUNCATE ON marketplace_termsacceptance
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER vendordeclaration_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_vendordeclaration
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER vendordeclaration_is_not_truncated
BEFORE TRUNCATE ON marketplace_vendordeclaration
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER vendoranswer_is_append_only
BEFORE UPDATE OR DELETE ON marketplace_vendoranswer
FOR EACH ROW EXECUTE FUNCTION choicebook_refuse_rewriting();
CREATE TRIGGER vendoranswer_is_not_truncated
BEFORE TRUNCATE ON marketplace_vendoranswer
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();

REVOKE UPDATE, DELETE ON
    marketplace_vendorprofile,
    marketplace_terms,
    marketplace_termsacceptance,
    marketplace_vendordeclaration,
    marketplace_vendoranswer
    FROM choicebook_web, choicebook_worker, choicebook_replay;

-- A suspension is filled in once, when it ends; what was said of it stays.
CREATE FUNCTION marketplace_refuse_rewriting_suspension() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a suspension stays on the record' USING ERRCODE = 'check_violation';
    END IF;
    IF old.ended_at IS NOT NULL OR new.ended_at IS NULL
        OR (new.id, new.provider_id, new.reason_id, new.suspended_by_id, new.suspended_at)
        IS DISTINCT FROM
        (old.id, old.provider_id, old.reason_id, old.suspended_by_id, old.suspended_at) THEN
        RAISE EXCEPTION 'a suspension ends, and nothing else of it changes'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER a_suspension_only_ends
BEFORE UPDATE OR DELETE ON marketplace_providersuspension
FOR EACH ROW EXECUTE FUNCTION marketplace_refuse_rewriting_suspension();
CREATE TRIGGER providersuspension_is_not_truncated
BEFORE TRUNCATE ON marketplace_providersuspension
FOR EACH STATEMENT EXECUTE FUNCTION marketplace_refuse_rewriting_suspension();
REVOKE UPDATE, DELETE ON marketplace_providersuspension
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (return_reason_id, ended_by_id, ended_at) ON marketplace_providersuspension
    TO choicebook_web, choicebook_worker, choicebook_replay;

-- An invitation keeps whom it was for and how long it opens.
REVOKE UPDATE, DELETE ON marketplace_vendorinvitation
    FROM choicebook_web, choicebook_worker, choicebook_replay;
GRANT UPDATE (
    provider_id, sent_at, accepted_by_id, accepted_at, withdrawn_by_id, withdrawn_at
) ON marketplace_vendorinvitation TO choicebook_web, choicebook_worker, choicebook_replay;
