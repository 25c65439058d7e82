"""The same chance in two worlds: what is drawn depends on what is done, and on nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from marketplace.compiled import Kept


@contextmanager
def dice(thrown_for: str) -> Iterator[None]:
    """
    Let ids, references, nonces and tokens come out alike whenever the same is done: then two
    answers can be compared byte by byte, and nothing has to be masked that could hold news.
    """
    thrown = Random(thrown_for)
    statement = Kept._statement

    def compiled(*words: Any) -> Any:
        # Compiled once a process, for whoever asks first: that is no doing of theirs.
        before = thrown.getstate()
        try:
            return statement(*words)
        finally:
            thrown.setstate(before)

    with (
        patch("os.urandom", thrown.randbytes),
        patch("random._urandom", thrown.randbytes),
        patch.object(Kept, "_statement", compiled),
    ):
        yield
