"""Choices, work, charges, ratings. Import from the modules, not from here."""

from ledger.models import (
    awards,
    budgets,
    cancellations,
    charges,
    corrections,
    journal,
    moves,
    overrides,
    periods,
    pricing,
    rates,
    ratings,
    record,
    retentions,
    signatures,
    years,
)

__all__ = [
    "awards",
    "budgets",
    "cancellations",
    "charges",
    "corrections",
    "journal",
    "moves",
    "overrides",
    "periods",
    "pricing",
    "rates",
    "ratings",
    "record",
    "retentions",
    "signatures",
    "years",
]
