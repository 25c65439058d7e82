"""
When Python looks for garbage. What a web process has loaded by the time it serves stays loaded, and
to search through it again and again makes whoever asks then wait for a tenth of a second.
"""

from __future__ import annotations

import gc

from django.urls import get_resolver

# Papers and their rows are young and many: 700, the usual number, is less than one list.
YOUNG = 20_000


def settle() -> None:
    """Load what the first request would load, and leave it out of every later search."""
    _ = get_resolver().reverse_dict
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
