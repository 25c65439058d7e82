"""A bar that says how far a long command is. Only a person at a terminal sees it."""

from __future__ import annotations

from django.core.management.base import OutputWrapper

WIDTH = 30


class ProgressBar:
    """Call it with what is looked at, how much of it is done, and of how much."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._is_seen = out.isatty()
        self._last = ""

    def __call__(self, what: str, done: int, of: int) -> None:
        share = min(done / of, 1.0) if of else 1.0
        full = round(share * WIDTH)
        line = f"{'█' * full}{'░' * (WIDTH - full)} {share:>4.0%}  {what}"
        if self._is_seen and line != self._last:
            self._out.write(f"\r\x1b[2K{line}", ending="")
            self._out.flush()
            self._last = line

    def clear(self) -> None:
        """Leave nothing of the bar behind."""
        if self._is_seen:
            self._out.write("\r\x1b[2K", ending="")
            self._out.flush()
