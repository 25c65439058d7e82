"""A report as it was: up to a day of effect, and as it was known at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import Q

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """Which entries count: those effective up to a day, and booked up to a moment."""

    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether everything counts, so that stored sums may be read."""
        return self.as_of is None and self.known_at is None

    @property
    def until(self) -> datetime:
        """The last moment of what counts, for facts that are told by their moment."""
        ends = [datetime.combine(self.as_of, time.max, UTC)] if self.as_of else []
        return min([*ends, *([self.known_at] if self.known_at else [])], default=FOREVER)

    def of(self, entry: str = "") -> Q:
        """Return what finds these entries; `entry` is the way to them, like `entry__`."""
        found = Q()
        if self.as_of is not None:
            found &= Q(**{f"{entry}effective_on__lte": self.as_of})
        if self.known_at is not None:
            found &= Q(**{f"{entry}posted_at__lte": self.known_at})
        return found


NOW = Known()
