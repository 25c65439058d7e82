"""The same chance in two worlds: what is drawn depends on what is done, and on nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from unittest.mock import patch


@contextmanager
def dice(thrown_for: str) -> Iterator[None]:
    """
    Let ids, references, nonces and tokens come out alike whenever the same is done: then two
    answers can be compared byte by byte, and nothing has to be masked that could hold news.
    """
    thrown = Random(thrown_for)
    with patch("os.urandom", thrown.randbytes), patch("random._urandom", thrown.randbytes):
        yield
