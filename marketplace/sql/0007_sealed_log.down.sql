-- What guards the tables of the log goes with them.
GRANT INSERT ON marketplace_event TO choicebook_web, choicebook_worker, choicebook_replay;
DROP INDEX events_in_sealing_order;
ALTER TABLE marketplace_event DROP COLUMN written_in, DROP COLUMN epoch;
