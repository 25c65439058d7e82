GRANT UPDATE, DELETE ON
    marketplace_policy,
    marketplace_membership,
    marketplace_officeheld,
    marketplace_addendum,
    marketplace_question
    TO choicebook_web, choicebook_worker, choicebook_replay;

DROP TRIGGER addenda_are_append_only ON marketplace_addendum;
DROP TRIGGER questions_are_answered_once ON marketplace_question;
DROP FUNCTION marketplace_refuse_changing_a_question();
DROP TRIGGER criteria_of_published_jobs_stay ON marketplace_criterion;
DROP FUNCTION marketplace_refuse_changing_a_criterion();
DROP TRIGGER published_jobs_stay ON marketplace_job;
DROP FUNCTION marketplace_refuse_changing_a_job();
