"""Offers. Import from the modules, not from here."""

from bids.models import bids, files, openings, panels

__all__ = ["bids", "files", "openings", "panels"]
