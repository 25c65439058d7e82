DROP TRIGGER work_is_cancelled_or_finished ON ledger_cancellation;
DROP TRIGGER work_is_finished_or_cancelled ON ledger_completion;
DROP FUNCTION ledger_refuse_a_second_end();
DROP TRIGGER an_award_replaces_a_choice_on_its_job ON ledger_award;
DROP FUNCTION ledger_refuse_replacing_another_job();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'override', 'cancellationoffer', 'cancellation', 'retention', 'release',
        'changesignature', 'latecharge', 'bookingrate', 'currencysettlement'
    ] LOOP
        EXECUTE format('GRANT UPDATE, DELETE ON %I
            TO choicebook_web, choicebook_worker, choicebook_replay', 'ledger_' || name);
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_is_not_truncated', 'ledger_' || name);
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_is_append_only', 'ledger_' || name);
    END LOOP;
END;
$$;
