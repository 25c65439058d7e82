"""Free text that people write into the record."""

from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

from marketplace.models.events import Words
from marketplace.rows import insert


def keep(text: str, *, at: datetime) -> Words:
    """Keep a text with the salted hash by which the record names it."""
    salt = token_bytes(16)
    return insert(Words(text=text, salt=salt, digest=digest_of(salt, text), written_at=at))


def digest_of(salt: bytes, text: str) -> bytes:
    """Return SHA-256(salt ‖ UTF-8 text). Without the salt, short texts could be guessed."""
    return sha256(salt + text.encode()).digest()
