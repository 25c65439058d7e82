"""Choices, work, charges, ratings. Import from the modules, not from here."""

from ledger.models import awards, budgets, journal, periods, ratings

__all__ = ["awards", "budgets", "journal", "periods", "ratings"]
