-- Who had words taken off the record, who agreed, and why.
SELECT ledger_watch_rows('marketplace_redactionwanted', 'id');
SELECT ledger_watch_rows('marketplace_redaction', 'wanted_id');
