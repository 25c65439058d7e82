"""Schemathesis knocks at the running site over its port, as each of the nine; `-m proof`."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from marketplace.models.people import User
from marketplace.tokens import issue_token, scopes
from tests.cast import Cast
from tests.permissions.world import ROLES, STORY, WORDS, Ids

__all__ = ["STORY"]  # a thing of every kind, so that an address leads somewhere
RULES = Path(__file__).with_name("schemathesis.toml")
HOOKS = "tests.api.schemathesis_hooks"
EXAMPLES = "10"  # an operation, half of them nonsense
LINE_MAX = 600  # of what it says: an address may be as long as a book


def dictionaries(told: Ids) -> str:
    """Return, for each part of an address, the things that it may name."""
    known: dict[str, set[str]] = {name: {str(value)} for name, value in WORDS.items()}
    for situation in told.values():
        for name, value in situation.items():
            if isinstance(value, UUID | int):
                known.setdefault(name, set()).add(str(value))
    lines = []
    for name, values in sorted(known.items()):
        numbers = all(one.isdigit() for one in values)
        kept = sorted(map(int, values)) if numbers else sorted(values)
        lines += [f"[dictionaries.{name}]", f"values = {kept}"]
        lines += [f'[parameters."path.{name}"]', f'dictionary = "{name}"', "probability = 0.7"]
    return "\n".join(lines)


def knock(site: str, told: Ids, secret: str, folder: Path) -> tuple[int, str]:
    """Let it run; return how it ended and what it said."""
    config, described = folder / "schemathesis.toml", folder / "openapi.json"
    config.write_text(f"{RULES.read_text()}\n{dictionaries(told)}\n")
    call_command("spectacular", "--format", "openapi-json", "--file", described)
    program = str(Path(sys.executable).with_name("schemathesis"))
    header = ["--header", f"Authorization:Bearer {secret}"] if secret else []
    done = subprocess.run(
        [
            *(program, "--config-file", str(config), "--no-color", "run", str(described)),
            *("--url", site, "--phases", "fuzzing", "--max-examples", EXAMPLES, "--seed", "1"),
            *("--continue-on-failure", "--no-shrink", "--output-sanitize", "false", *header),
        ],
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(RULES.parents[2])},
        check=False,
        capture_output=True,
        text=True,
    )
    told_by_it = [line[:LINE_MAX] for line in (done.stdout + done.stderr).splitlines()]
    return done.returncode, "\n".join(told_by_it)


def token_of(person: User, now: datetime) -> str:
    every = [scope for scope, _ in scopes()]
    until = now + timedelta(days=1)
    return issue_token(actor=person, name="tests", scopes=every, expires_at=until, at=now).secret


@pytest.mark.proof
@pytest.mark.parametrize("role", ROLES)
def test_schemathesis_finds_nothing_wrong(
    told: Ids,
    founded: Cast,
    site: str,
    as_role: Any,
    settings: Any,
    tmp_path: Path,
    role: str,
):
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    person = getattr(founded, ROLES[role]) if ROLES[role] else None
    secret = token_of(person, datetime.now(UTC)) if person else ""
    as_role("web")

    ended, said = knock(site, told, secret, tmp_path)

    if ended:
        pytest.fail(said, pytrace=False)
