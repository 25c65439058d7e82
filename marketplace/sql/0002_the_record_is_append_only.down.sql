GRANT UPDATE, DELETE ON marketplace_words, marketplace_event
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER words_are_not_truncated ON marketplace_words;
DROP TRIGGER words_are_redacted_only ON marketplace_words;
DROP FUNCTION marketplace_refuse_rewording();
DROP TRIGGER events_are_not_truncated ON marketplace_event;
DROP TRIGGER events_are_append_only ON marketplace_event;
DROP FUNCTION choicebook_refuse_rewriting();
