DROP TRIGGER messages_are_not_truncated ON marketplace_webhookmessage;
DROP TRIGGER messages_stay_as_told ON marketplace_webhookmessage;
DROP FUNCTION marketplace_refuse_retelling();
ALTER TABLE marketplace_requestcount SET LOGGED;
