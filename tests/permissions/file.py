"""
The file of permissions, read and written. `python -m pytest tests/permissions --write` asks each
operation that has no block yet and adds what it answered: read each line before you keep it.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.permissions.operations import operations as known_operations
from tests.permissions.world import ROLES

FILE = Path(__file__).parents[1] / "permissions.yaml"
NOT_ASKED = "not asked yet"
Cells = dict[str, str]  # a role, and what it may
Rows = dict[str, Cells]  # a situation
HEAD = """\
# Who may do what, and when: each operation, each of the nine roles, in each situation.
#
# may: the answer does not depend on who asks (the state of things may still say no).
# 401: sign in first. 403: visible, but not yours to do. 404: the same bytes as what is not there.
# 409: yours otherwise, but not here: you stand on the bidding side, or it is about yourself.
#
# Roles: AN nobody · RQ requester · HD head of the department · PL, PM lead and member of an
# in-house team · VU lead of a vendor · FI finance · AU auditor · AD administrator.
# Situations of a job: draft, open, sealed (closed, waiting for the opening), opened, decided,
# standstill; its bid is VU's own, and to PL and PM a rival's. foreign: another department's, to
# which only the offices have something to say. own: what belongs to the nine and to no job.
#
# The oracle of tests/permissions/: no code reads it.
"""


def kept() -> dict[str, Rows]:
    """Return each operation's rows, one situation each."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the quick one, where it is
    said = yaml.load(FILE.read_text(), loader) if FILE.exists() else {}
    return {
        name: {one.strip(): cells for many, cells in rows.items() for one in many.split(",")}
        for name, rows in (said or {}).items()
        if name != NOT_ASKED
    }


def not_asked() -> list[str]:
    """Return the operations that nobody has been asked about yet: each is known to be missing."""
    said = yaml.safe_load(FILE.read_text())
    return said.get(NOT_ASKED) or []


def keep(operations: dict[str, Rows]) -> None:
    """Write the file: situations with the same answers in one row."""
    lines = [HEAD]
    for name, rows in operations.items():
        lines.append(f"{name}:" if name == name.strip() else f'"{name}":')  # home has no name
        together: dict[tuple[str, ...], list[str]] = {}
        for situation, cells in rows.items():
            together.setdefault(tuple(cells[role] for role in ROLES), []).append(situation)
        for cells_, several in together.items():
            said = ", ".join(f"{role}: {cell}" for role, cell in zip(ROLES, cells_, strict=True))
            lines.append(f"  {', '.join(several)}: {{{said}}}")
    waiting = [str(one) for one in known_operations() if str(one) not in operations]
    if waiting:
        lines += [f"{NOT_ASKED}:", *(f'  - "{one}"' for one in waiting)]
    FILE.write_text("\n".join(lines) + "\n")
