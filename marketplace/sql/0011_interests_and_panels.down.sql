GRANT UPDATE, DELETE ON
    marketplace_panelseat,
    marketplace_interest,
    marketplace_interestanswer
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER interestanswer_is_not_truncated ON marketplace_interestanswer;
DROP TRIGGER interestanswer_is_append_only ON marketplace_interestanswer;
DROP TRIGGER interest_is_not_truncated ON marketplace_interest;
DROP TRIGGER interest_is_append_only ON marketplace_interest;
DROP TRIGGER judges_do_not_bid ON marketplace_panelseat;
DROP TRIGGER seats_are_not_truncated ON marketplace_panelseat;
DROP TRIGGER seats_are_left_once ON marketplace_panelseat;
DROP FUNCTION marketplace_refuse_bidder_on_panel();
DROP FUNCTION marketplace_refuse_changing_a_seat();
