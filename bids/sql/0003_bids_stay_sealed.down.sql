GRANT UPDATE, DELETE ON
    bids_bid,
    bids_bidaccess,
    bids_opening,
    bids_openedbid,
    bids_openedprice,
    bids_openedpriceline,
    bids_disqualification,
    bids_fewbids,
    bids_score
    TO choicebook_web, choicebook_worker, choicebook_replay;
DROP TRIGGER scores_are_not_truncated ON bids_score;
DROP TRIGGER scores_are_replaced_once ON bids_score;
DROP TRIGGER accesses_are_not_truncated ON bids_bidaccess;
DROP TRIGGER accesses_are_recorded_once ON bids_bidaccess;
DROP TRIGGER fewbids_is_not_truncated ON bids_fewbids;
DROP TRIGGER fewbids_is_append_only ON bids_fewbids;
DROP TRIGGER disqualification_is_not_truncated ON bids_disqualification;
DROP TRIGGER disqualification_is_append_only ON bids_disqualification;
DROP TRIGGER openedpriceline_is_not_truncated ON bids_openedpriceline;
DROP TRIGGER openedpriceline_is_append_only ON bids_openedpriceline;
DROP TRIGGER openedprice_is_not_truncated ON bids_openedprice;
DROP TRIGGER openedprice_is_append_only ON bids_openedprice;
DROP TRIGGER openedbid_is_not_truncated ON bids_openedbid;
DROP TRIGGER openedbid_is_append_only ON bids_openedbid;
DROP TRIGGER opening_is_not_truncated ON bids_opening;
DROP TRIGGER opening_is_append_only ON bids_opening;
DROP TRIGGER opened_prices_wait_for_the_deadline ON bids_openedprice;
DROP TRIGGER opened_bids_wait_for_the_deadline ON bids_openedbid;
DROP TRIGGER openings_wait_for_the_deadline ON bids_opening;
DROP TRIGGER bids_are_not_truncated ON bids_bid;
DROP TRIGGER bids_are_never_changed ON bids_bid;
DROP TRIGGER bids_arrive_in_time ON bids_bid;
DROP FUNCTION bids_refuse_changing_a_score();
DROP FUNCTION bids_refuse_changing_an_access();
DROP FUNCTION bids_refuse_early_opening();
DROP FUNCTION bids_refuse_changing_a_bid();
DROP FUNCTION bids_refuse_untimely_bid();
