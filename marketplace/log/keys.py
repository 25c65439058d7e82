"""The keys of the log: the one that signs, and those that signed before it."""

from __future__ import annotations

import base64
from functools import cache

from django.conf import settings

from marketplace.log.notes import Signer, VerifierKey


def signer() -> Signer:
    """Return who signs checkpoints now. Only the worker needs it."""
    return _signer(settings.LOG_ORIGIN, settings.LOG_KEY)


def verifier_keys() -> tuple[VerifierKey, ...]:
    """Return every key that a checkpoint of this log may be signed with, the current one first."""
    return (signer().verifier, *_earlier(tuple(settings.LOG_KEYS_BEFORE)))


@cache
def _signer(origin: str, encoded: str) -> Signer:
    return Signer(origin, base64.b64decode(encoded))


@cache
def _earlier(texts: tuple[str, ...]) -> tuple[VerifierKey, ...]:
    return tuple(VerifierKey.read(text) for text in texts)
