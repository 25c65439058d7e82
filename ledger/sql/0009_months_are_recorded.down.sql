DROP TRIGGER rows_are_recorded ON ledger_correctionanswer;
DROP TRIGGER rows_are_recorded ON ledger_correction;
DROP TRIGGER rows_are_recorded ON ledger_periodstep;
