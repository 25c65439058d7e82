"""Values from the environment, each with its type. What cannot be read stops the start, loudly."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str | None = None) -> str:
    """Return a text. Without a default it must be set and not empty."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set {name}: it has no default. See .env.example.")
    return default


def env_bool(name: str, default: bool) -> bool:
    """Return a yes or a no. A word that is neither is refused, not taken for a no."""
    value = env_str(name, "").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be yes or no, not “{value}”.")
    return default


def env_int(name: str, default: int) -> int:
    """Return a whole number."""
    value = env_str(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.") from None


def env_list(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return the words between commas."""
    value = env_str(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or list(default)


def env_secret(name: str, default: str | None = None) -> str:
    """Return a secret, from NAME or from the file that NAME_FILE points to. Never both."""
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return env_str(name, default)
    if os.environ.get(name):
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as reason:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {reason}") from reason
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE is empty.")
    return value
