"""What a killed run leaves in the folder of temporary files, and who may remove it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "choicebook-test-"


def new_folder() -> Path:
    """Make an empty folder whose name says which process it belongs to."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sweep() -> None:
    """Remove the folders whose process is gone, unless a server still runs in one."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        number = folder.name.removeprefix(PREFIX).split("-")[0]
        ours = folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.geteuid()
        if not ours or not number.isdigit() or lives(int(number)) or _serves(folder):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _serves(folder: Path) -> bool:
    for file in folder.glob("*/data/postmaster.pid"):
        first = file.read_text(encoding="ascii").split("\n")[0]
        if first.strip().isdigit() and lives(int(first)):
            return True
    return False
