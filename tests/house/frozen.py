"""
Shipped SQL is frozen: databases out there have run it, so an edit would reach some and not others.

    python -m tests.house.frozen     adds new files to the list; a listed one is never changed
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.house.rules import APPS, ROOT

LIST = Path(__file__).with_name("frozen_sql.txt")


def fingerprints(root: Path = ROOT) -> dict[str, str]:
    """Return each SQL file with its SHA-256."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for app in APPS
        for path in sorted((root / app).glob("sql/*.sql"))
    }


def listed(text: str) -> dict[str, str]:
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}


def changed(now: dict[str, str], then: dict[str, str]) -> list[str]:
    """Return what differs from the list: edited, gone, or not listed yet."""
    return sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))


def main() -> None:
    then = listed(LIST.read_text(encoding="utf-8")) if LIST.exists() else {}
    both = fingerprints() | then
    LIST.write_text("".join(f"{both[name]}  {name}\n" for name in sorted(both)), encoding="utf-8")


if __name__ == "__main__":
    main()
