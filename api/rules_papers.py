"""Answers about the settings of the house and their histories."""

from __future__ import annotations

from api.papers import paper
from ledger.reports.house_rules import LimitRow, PolicyRow, RateRow, RuleChange

RateRowOut = paper(
    RateRow,
    *("rate_id", "currency", "into", "rate", "in_force_on", "reason", "stated_by", "stated_at"),
    "is_in_force",
)
LimitRowOut = paper(
    LimitRow, "limit_id", "limit", "reason", "stated_by", "stated_at", "is_in_force"
)
RuleChangeOut = paper(RuleChange, "name", "before", "after")
PolicyRowOut = paper(
    PolicyRow,
    *("policy_id", "code", "in_force_on", "explanation", "stated_by", "stated_at"),
    *("is_in_force", "is_ahead", "changes"),
)
