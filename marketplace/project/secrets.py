"""Secrets of the embedded mode, made once and kept under .local/. Production brings its own."""

import base64
import binascii
import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from marketplace.project.embedded import ROOT

KEY_BYTES = 32


def kept(name: str) -> str:
    """Return this checkout's own secret, made at its first use, readable by its owner alone."""
    folder = ROOT / ".local" / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    fresh = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    # Written aside and linked into place: of two processes at once, both get the same one.
    aside = folder / f"{name}.{os.getpid()}"
    aside.write_text(fresh, encoding="ascii")
    aside.chmod(0o600)
    try:
        os.link(aside, path)
    except FileExistsError:
        fresh = path.read_text(encoding="ascii").strip()
    finally:
        aside.unlink()
    return fresh


def require_key(name: str, value: str) -> bytes:
    """Return the 32 bytes that a base64 text stands for; refuse anything else."""
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be {KEY_BYTES} random bytes, as base64.")
    return key
