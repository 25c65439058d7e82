SELECT ledger_watch_rows(name::regclass, key)
FROM (VALUES
    ('ledger_override', 'award_id'),
    ('ledger_cancellationoffer', 'id'),
    ('ledger_cancellation', 'award_id'),
    ('ledger_retention', 'id'),
    ('ledger_release', 'retention_id'),
    ('ledger_changesignature', 'change_id'),
    ('ledger_latecharge', 'milestone_id'),
    ('ledger_bookingrate', 'id'),
    ('ledger_currencysettlement', 'id')
) AS watched (name, key);
