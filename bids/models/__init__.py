"""Offers. Import from the modules, not from here."""

from bids.models import bids, panels

__all__ = ["bids", "panels"]
