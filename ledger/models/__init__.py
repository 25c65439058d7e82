"""Choices, work, charges, ratings. Import from the modules, not from here."""

from ledger.models import (
    awards,
    budgets,
    corrections,
    journal,
    moves,
    periods,
    pricing,
    ratings,
    record,
    years,
)

__all__ = [
    "awards",
    "budgets",
    "corrections",
    "journal",
    "moves",
    "periods",
    "pricing",
    "ratings",
    "record",
    "years",
]
