-- The steps of months and the corrections of entries are part of the record.
SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('ledger_periodstep', 'id'),
    ('ledger_correction', 'id'),
    ('ledger_correctionanswer', 'correction_id')
) AS watched (name, key);
