"""The words for what the domain names by a code. One word per thing, here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontend.levels import USUAL_LEVELS

Words = Mapping[str, str | Promise]

STATES: Words = {
    "draft": _("Draft"),
    "open": _("Open for bids"),
    "closed": _("Sealed"),
    "to_choose": _("To choose"),
    "decided": _("Decided"),
    "standstill": _("Standstill"),
    "in_delivery": _("In delivery"),
    "to_rate": _("To rate"),
    "disputed": _("Disputed"),
    "finished": _("Finished"),
    "cancelled": _("Cancelled"),
    "no_award": _("Ended without a choice"),
}
QUIET_STATES = frozenset({"draft", "decided", "finished", "cancelled", "no_award"})

PROCEDURES: Words = {"quick": _("Quick"), "formal": _("Formal")}
MODES: Words = {
    "quality_to_price": _("Quality to price"),
    "lowest_cost": _("Lowest cost"),
    "fixed_price": _("Best quality for a fixed price"),
}
TOO_FEW: Words = {
    "extend_once": _("Extend once by three business days"),
    "go_on": _("Choose among those that came"),
    "end": _("End without a choice"),
}
REASONS: Words = {
    "best_value": _("Best value"),
    "quality": _("Better quality"),
    "price": _("Better price"),
    "dates": _("Better dates"),
    "experience": _("Experience with them"),
    "capacity": _("Capacity"),
    "imported": _("Not stated at the source"),
}
VIEWS: Words = {
    "charged": _("Comparable cost"),
    "spent": _("What the company really spends"),
    "neither": _("Neither of the two"),
}
LINE_KINDS: Words = {
    "labour": _("Labour"),
    "hired_labour": _("Hired labour"),
    "overhead": _("Overhead"),
    "materials": _("Materials"),
    "travel": _("Travel"),
    "subcontract": _("Subcontract"),
}
MILESTONE_STATES: Words = {
    "waiting": _("In work"),
    "late": _("Late"),
    "delivered": _("Delivered"),
    "returned": _("Returned"),
    "accepted": _("Accepted"),
    "called_off": _("Called off"),
}
BID_STATES: Words = {
    "sealed": _("Sealed"),
    "to_confirm": _("To confirm"),
    "withdrawn": _("Withdrawn"),
    "opened": _("Opened"),
    "disqualified": _("Disqualified"),
    "never_opened": _("Never opened"),
    "chosen": _("Chosen"),
    "not_chosen": _("Not chosen"),
    "not_awarded": _("Ended without a choice"),
}
ACCESSES: Words = {
    "submitted": _("Submitted"),
    "confirmed": _("Confirmed after an addendum"),
    "withdrawn": _("Withdrawn"),
    "compared": _("Compared with your own new price"),
    "read": _("Read by your own side"),
    "file_read": _("A file was read"),
    "opened": _("Opened"),
    "price_opened": _("Price opened"),
}
CAPACITIES: Words = {
    "head": _("Head"),
    "finance": _("Finance"),
    "auditor": _("Auditor"),
}
OUTCOMES: Words = {
    "chosen": _("You were chosen"),
    "not_chosen": _("You were not chosen"),
    "disqualified": _("Your bid was disqualified"),
    "no_award": _("Nobody was chosen"),
    "cancelled": _("The job was cancelled"),
}
ROLES: Words = {
    "head": _("Head"),
    "requester": _("Requester"),
    "lead": _("Lead"),
    "member": _("Member"),
}
OFFICES: Words = {
    "finance": _("Finance"),
    "auditor": _("Auditor"),
    "administrator": _("Administrator"),
}
KINDS: Words = {"in_house": _("In-house"), "outside": _("Outside")}
CONTROLS: Words = {"hard": _("Never exceeded"), "tracked": _("Tracked, not limited")}
MOVES: Words = {
    "waiting": _("Waiting for a signature"),
    "made": _("Moved"),
    "declined": _("Declined"),
}
PRICE_RULES: Words = {
    "market": _("Market: the bid is paid and recovered"),
    "cost_plus": _("Cost plus: what it cost, and a margin on it"),
    "negotiated": _("Negotiated: a part of the bid is paid and recovered"),
    "dual": _("Dual: the bid is paid, another part of it recovered"),
}
CHARGING_MODES: Words = {
    "chargeback": _("Charged to budgets"),
    "showback": _("Shown, not charged"),
}
RULES: Words = {
    "budget_control": _("Budgets"),
    "minimum_days": _("Days at least to bid"),
    "needs_team_and_vendor": _("A team and a vendor are invited"),
    "allows_variants": _("Several bids of one provider"),
    "formal_above_minor": _("Formal above"),
    "fee_basis_points": _("Marketplace fee"),
    "acceptance_days": _("Days until silence accepts"),
    "rating_days": _("Days to rate"),
    "dispute_days": _("Days to dispute"),
    "retention_basis_points": _("Kept back of a vendor"),
    "retention_days": _("Kept back for"),
    "charging_days": _("Days to charge what was sent back"),
    "large_change_basis_points": _("Changes need a second head above"),
    "override_above_minor": _("A head above may override from"),
    "administration_minor": _("Contract administration of an outside bid"),
    "changeover_minor": _("Changeover when work goes outside"),
    "panel_members": _("Judges of a formal job, at least"),
    "differential_basis_points": _("Protective differential"),
    "choice_alone_minor": _("A choice needs a second head above"),
    "tells_exact_price": _("Bidders are told the price chosen"),
}
UNSPENT: Words = {"lapse": _("Lapses"), "carry": _("Is carried on")}
OPEN_PROMISES: Words = {
    "with_budget": _("Carried on with its budget"),
    "without_budget": _("Carried on; the new year's budget pays"),
}
RECOVERY_POLICIES: Words = {
    "carry": _("Carried into the next year's rate"),
    "rebate": _("Given back to the departments that used the team"),
}
PERIODS: Words = {"open": _("Open"), "closing": _("Closing"), "closed": _("Closed")}
CHECKS: Words = {"clear": _("Clear"), "warning": _("Worth knowing"), "blocker": _("Keeps it open")}
CORRECTIONS: Words = {
    "waiting": _("Waits for a second person"),
    "signed": _("Signed and booked"),
    "declined": _("Declined"),
}
SEAT_STATES: Words = {
    "to_declare": _("has still to declare"),
    "judges": _("judges"),
    "out": _("out, until one level up it is decided"),
    "kept_off": _("kept off by an interest"),
    "bidding_side": _("off: joined the bidding side"),
    "left": _("left"),
}
LEVELS = ("0", "¼", "½", "¾", "1")  # what the quarters of a score are called

VENDOR_STATES: Words = {
    "preparing": _("Not complete"),
    "ready": _("Waits for finance"),
    "sent_back": _("Sent back"),
    "approved": _("Approved"),
    "suspended": _("Suspended"),
}
VENDOR_SAID: Words = {
    "profile": _("What the company is"),
    "categories": _("What it does"),
    "terms": _("The terms"),
    "declaration": _("Owners and conflicts of interest"),
}
INVITATION_STATES: Words = {
    "waiting": _("the mail goes out"),
    "sent": _("mailed"),
    "used": _("came in"),
    "withdrawn": _("withdrawn"),
    "ended": _("ended"),
}
YEAR_LINES: Words = {
    "earned": _("Earned"),
    "credited": _("Credited"),
    "paid": _("Paid"),
    "came_back": _("Came back"),
}
PAYOUT_STATES: Words = {
    "waiting": _("Waiting"),
    "declined": _("Declined"),
    "approved": _("Approved for payment"),
    "sending": _("Being sent"),
    "unknown": _("Unknown"),
    "refused": _("Refused"),
    "sent": _("Sent"),
    "paid": _("Paid"),
    "failed": _("Failed"),
    "returned": _("Returned"),
    "reversed": _("Reversed"),
}

TABLES: Mapping[str, Words] = {
    "states": STATES,
    "procedures": PROCEDURES,
    "modes": MODES,
    "too_few": TOO_FEW,
    "reasons": REASONS,
    "views": VIEWS,
    "line_kinds": LINE_KINDS,
    "milestone_states": MILESTONE_STATES,
    "bid_states": BID_STATES,
    "accesses": ACCESSES,
    "capacities": CAPACITIES,
    "outcomes": OUTCOMES,
    "roles": ROLES,
    "offices": OFFICES,
    "kinds": KINDS,
    "controls": CONTROLS,
    "moves": MOVES,
    "price_rules": PRICE_RULES,
    "charging_modes": CHARGING_MODES,
    "rules": RULES,
    "unspent": UNSPENT,
    "open_promises": OPEN_PROMISES,
    "recovery_policies": RECOVERY_POLICIES,
    "periods": PERIODS,
    "checks": CHECKS,
    "corrections": CORRECTIONS,
    "seat_states": SEAT_STATES,
    "vendor_states": VENDOR_STATES,
    "vendor_said": VENDOR_SAID,
    "invitation_states": INVITATION_STATES,
    "year_lines": YEAR_LINES,
    "payout_states": PAYOUT_STATES,
    "levels": USUAL_LEVELS,
}


def word(table: str, code: Any) -> str:
    """Return the word for a code; a code without one is shown as it is, not hidden."""
    return str(TABLES[table].get(str(code), code))


def choices(table: str, *codes: str) -> list[tuple[str, str | Promise]]:
    """Return codes and words for a form: all of a table, or those named."""
    words = TABLES[table]
    return [(code, words[code]) for code in (codes or words)]
