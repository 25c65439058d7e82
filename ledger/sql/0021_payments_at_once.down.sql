DROP TRIGGER rows_are_recorded ON ledger_outsidespend;
DROP FUNCTION ledger_note_outside_spend;
CREATE TRIGGER rows_are_recorded
AFTER INSERT OR UPDATE ON ledger_outsidespend
FOR EACH ROW WHEN (true) EXECUTE FUNCTION ledger_note_row('id');

DROP TRIGGER payments_name_what_there_is ON ledger_outsidespend;
DROP FUNCTION ledger_admit_outside_spend;
ALTER TABLE ledger_outsidespend
    ADD FOREIGN KEY (department_id) REFERENCES marketplace_department DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (category_id) REFERENCES marketplace_category DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (provider_id) REFERENCES marketplace_provider DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (recorded_by_id) REFERENCES marketplace_user DEFERRABLE INITIALLY DEFERRED;
