-- What was told to every bidder is a record like the others: nobody empties it, its owner included.
CREATE TRIGGER addenda_are_not_truncated
BEFORE TRUNCATE ON marketplace_addendum
FOR EACH STATEMENT EXECUTE FUNCTION choicebook_refuse_rewriting();
