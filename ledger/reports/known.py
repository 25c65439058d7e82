"""A report as it was: up to a day of effect, and as it was known at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Known:
    """Which entries count: those effective up to a day, and booked up to a moment."""

    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether everything counts, so that stored sums may be read."""
        return self.as_of is None and self.known_at is None

    def of(self, entry: str = "") -> Q:
        """Return what finds these entries; `entry` is the way to them, like `entry__`."""
        found = Q()
        if self.as_of is not None:
            found &= Q(**{f"{entry}effective_on__lte": self.as_of})
        if self.known_at is not None:
            found &= Q(**{f"{entry}posted_at__lte": self.known_at})
        return found


NOW = Known()
