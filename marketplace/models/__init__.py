"""Who there is and what is wanted. Import from the modules, not from here."""

from marketplace.models import (
    departments,
    events,
    jobs,
    log,
    panels,
    people,
    policies,
    providers,
    questions,
    redactions,
    tokens,
    vendors,
    webhooks,
)

__all__ = [
    "departments",
    "events",
    "jobs",
    "log",
    "panels",
    "people",
    "policies",
    "providers",
    "questions",
    "redactions",
    "tokens",
    "vendors",
    "webhooks",
]
