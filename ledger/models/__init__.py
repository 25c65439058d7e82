"""Choices, work, charges, ratings. Import from the modules, not from here."""

from ledger.models import awards, budgets, journal, moves, periods, pricing, ratings, record, years

__all__ = [
    "awards",
    "budgets",
    "journal",
    "moves",
    "periods",
    "pricing",
    "ratings",
    "record",
    "years",
]
