"""What each kind of event is called: on a line of facts, and as something that one did."""

from __future__ import annotations

TOLD = {
    "job.drafted": ("Draft begun", "You began a draft"),
    "job.published": ("Published", "You published a job"),
    "job.addendum": ("Addendum", "You added an addendum"),
    "job.extended": ("Deadline moved", "You moved a deadline"),
    "job.closed": ("Closed by the clock", "You closed a job"),
    "bids.rooted": ("Sealed bids fixed under one fingerprint", "You fixed the sealed bids"),
    "job.opened": ("Bids opened", "You opened bids"),
    "job.prices_opened": ("Prices opened", "You opened prices"),
    "job.cancelled": ("Cancelled", "You cancelled a job"),
    "job.not_awarded": ("Ended without a choice", "You ended a job without a choice"),
    "question.asked": ("Question asked", "You asked a question"),
    "question.answered": ("Question answered", "You answered a question"),
    "invitation.sent": ("Invited", "You invited a provider"),
    "invitation.declined": ("Declined to bid", "You declined to bid"),
    "bid.opened": ("Bid opened", "You opened a bid"),
    "bid.disqualified": ("Bid ruled out", "You ruled out a bid"),
    "bid.scored": ("Bid scored", "You scored a bid"),
    "bid.score_agreed": ("Score agreed on by the panel", "You noted an agreed score"),
    "panel.appointed": ("Appointed to the panel", "You appointed a panel"),
    "panel.left": ("Taken off the panel", "You took somebody off a panel"),
    "panel.interest_declared": ("Interests declared", "You declared your interests"),
    "panel.interest_answered": ("Interest decided on", "You decided on an interest"),
    "panel.consented": ("A judge agreed to the sheet", "You agreed to a panel’s sheet"),
    "panel.agreed": ("The panel agreed", "Your panel agreed"),
    "job.final_round": ("Best and final bids asked for", "You asked for best and final bids"),
    "job.final_bids_opened": ("Best and final bids opened", "You opened final bids"),
    "choice.wanted": ("A choice waits for a second head", "You asked a second head to sign"),
    "choice.signed": ("Choice signed by a second head", "You signed a choice"),
    "choice.sent_back": ("Choice sent back", "You sent a choice back"),
    "award.made": ("Bid chosen", "You chose a bid"),
    "award.overridden": ("Choice overridden", "You overrode a choice"),
    "award.replaced": ("Choice replaced", "You replaced a choice"),
    "award.withdrawn": ("Choice withdrawn", "You withdrew from a choice"),
    "objection.raised": ("Objection raised", "You objected to a choice"),
    "objection.decided": ("Objection decided", "You decided on an objection"),
    "award.cancellation_offered": ("Cancellation offered", "You offered to call work off"),
    "award.cancelled": ("Called off by both sides", "You agreed to call work off"),
    "award.currency_settled": ("Payment settled", "You settled a payment"),
    "milestone.late_charge_allowed": ("Late charge allowed", "You allowed a late charge"),
    "retention.released": ("Retention released", "You released a retention"),
    "rate.stated": ("Rate stated", "You stated a rate"),
    "delivery.made": ("Work delivered", "You delivered work"),
    "delivery.accepted": ("Work accepted", "You accepted work"),
    "delivery.returned": ("Work sent back", "You sent work back"),
    "change.proposed": ("Change proposed", "You proposed a change"),
    "change.signed": ("Change signed by a second head", "You signed a change"),
    "change.agreed": ("Change agreed", "You agreed to a change"),
    "dispute.raised": ("Charge contested", "You contested a charge"),
    "dispute.resolved": ("Dispute settled", "You settled a dispute"),
    "award.completed": ("All work accepted", "You accepted the last of the work"),
    "rating.given": ("Rating given", "You rated the work"),
    "rating.revealed": ("Ratings shown", "You completed the ratings"),
    "budget.granted": ("Budget granted", "You granted a budget"),
    "period.closing": ("Closing of a month begun", "You began to close a month"),
    "period.stopped": ("Closing of a month stopped", "You stopped closing a month"),
    "period.closed": ("Month closed", "You closed a month"),
    "period.asked": ("Reopening asked for", "You asked to reopen a month"),
    "period.declined": ("Reopening declined", "You declined to reopen a month"),
    "period.reopened": ("Month reopened", "You signed the reopening of a month"),
    "correction.asked": ("Correction asked for", "You asked for a correction"),
    "correction.signed": ("Correction signed", "You signed a correction"),
    "correction.declined": ("Correction declined", "You declined a correction"),
    "department.registered": ("Department registered", "You registered a department"),
    "team.registered": ("Team registered", "You registered a team"),
    "vendor.admitted": ("Vendor admitted", "You admitted a vendor"),
    "person.added": ("Person added", "You added a person"),
    "policy.stated": ("Policy stated", "You stated a policy"),
    "category.added": ("Kind of work added", "You added a kind of work"),
    "office.granted": ("Office granted", "You granted an office"),
    "office.withdrawn": ("Office withdrawn", "You withdrew an office"),
    "rows.recorded": ("Rows bound to the record", "You bound rows to the record"),
    "words.redaction_wanted": ("Redaction asked for", "You asked for a redaction"),
    "person.erasure_asked": ("Erasure asked for", "You asked that your name be taken away"),
    "person.erased": ("Person's name taken away", "You took a person's name away"),
    "words.redacted": ("Words redacted", "You redacted words"),
    "check.wished": ("Check of the record asked for", "You asked for a check of the record"),
    "record.checked": ("Record checked", "You checked the record"),
    "company.founded": ("Company founded", "You founded the company"),
}


def told(kind: str) -> str:
    """Return what happened, as a line of facts says it."""
    return TOLD[kind][0] if kind in TOLD else _plain(kind)


def done(kind: str) -> str:
    """Return what happened, as one says it to who did it."""
    return TOLD[kind][1] if kind in TOLD else _plain(kind)


def _plain(kind: str) -> str:
    return kind.replace(".", " ").replace("_", " ").capitalize()
