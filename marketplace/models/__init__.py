"""Who there is and what is wanted. Import from the modules, not from here."""

from marketplace.models import (
    departments,
    events,
    job_files,
    jobs,
    log,
    mailing,
    panels,
    people,
    policies,
    providers,
    questions,
    redactions,
    templates,
    tokens,
    vendors,
    webhooks,
)

__all__ = [
    "departments",
    "events",
    "job_files",
    "jobs",
    "log",
    "mailing",
    "panels",
    "people",
    "policies",
    "providers",
    "questions",
    "redactions",
    "templates",
    "tokens",
    "vendors",
    "webhooks",
]
