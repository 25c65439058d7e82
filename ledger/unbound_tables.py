"""The tables whose rows the sealed log does not bind one by one, each with the reason."""

# Proved in another way: by the tree of the log, or as sums of what is recorded.
PROVED_OTHERWISE = {
    "ledger_posting": "part of its entry's digest",
    "ledger_budgetmovement": "part of its entry's digest",
    "ledger_balance": "the sum of its postings: see books.py",
    "ledger_monthlycharge": "the sum of its postings: see books.py",
    "ledger_providerturnover": "the sum of its postings: see books.py",
    "ledger_rowbatch": "its own digest stands in an event",
    "marketplace_logleaf": "hashed from its event, and into the tree",
    "marketplace_logtile": "hashed from the leaves",
}

# What says nothing by itself, so that no check could miss it.
SAYS_NOTHING = {
    ("ledger_balance", "id"): "a number that nothing refers to",
    ("ledger_monthlycharge", "id"): "a number that nothing refers to",
    ("ledger_providerturnover", "id"): "a number that nothing refers to",
    ("ledger_balance", "stripe"): "which of sixteen counters of one sum this is",
}

NOT_RECORD = {
    "marketplace_user": "people may be renamed and erased; the record holds their ids",
    "marketplace_department": "places may be renamed; the record holds their ids",
    "marketplace_provider": "may be renamed; the record holds their ids",
    "marketplace_provider_categories": "what a provider says that it does",
    "marketplace_vendorinvitation": "an address; that it was sent, used or withdrawn is an event",
    "marketplace_template": "what jobs begin with; a job that does is fixed when it is published",
    "marketplace_jobfilecontent": "the bytes of a file, whose digest stands in the file's own row",
    "marketplace_category": "may be renamed; the record holds their ids",
    "marketplace_notice": "the outbox: what is told, not what happened",
    "marketplace_mailchoice": "how somebody wants to be told; what they are told is the outbox",
    "marketplace_keptanswer": "answers kept for requests that come twice",
    "marketplace_token": "keys to the API, given and taken back",
    "marketplace_requestcount": "how often a token asked in its minute",
    "marketplace_webhook": "where messages go; that it was added or ended is an event",
    "marketplace_webhookmessage": "the outbox: what is told, not what happened",
    "bids_sealedfile": "ciphertext; its digest stands in the fingerprint of its bid",
    "bids_bidfile": "the key of a file, wrapped; which files a bid has, its fingerprint says",
    "bids_sealkey": "names of keys",
    "bids_finaloffer": "sealed; at the end of its round it becomes a bid, which is recorded",
    "bids_biddraft": "written over while it is being written, and secret",
    "ledger_stripeevent": "what Stripe announced; what was true then stands in steps and movements",
    "ledger_keptfile": "made from the record, and can be made again; a batch names its digest",
    "ledger_filepiece": "the content of such a file",
    "ledger_batchedentry": "which batch an entry is in; the batch's own file says so",
    "ledger_reportrun": "a report that somebody asked for",
    "ledger_poll": "when Stripe is read again",
    "ledger_unrecordedrow": "what waits for its digest",
}
