"""What the machine and its servers say when a test lost its database: a log, disk and memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from marketplace.project.embedded import ROOT
from tests.leftovers import PREFIX

LOST = "server closed the connection"
LINES = 12


def words_on_a_lost_server() -> Iterator[str]:
    """The last lines of every server that this run may have talked to, and what was to spare."""
    mine = Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getpid()}-*/*/data/server.log")
    for log in [*(ROOT / ".local" / "test").glob("*/data/server.log"), *mine]:
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()
        yield "\n".join([f"{log.parent.parent}:", *said[-LINES:]])
    for folder in (ROOT, Path(tempfile.gettempdir()), Path("/dev/shm")):
        if folder.is_dir():
            yield f"{folder}: {shutil.disk_usage(folder).free >> 20} MB free"
    memory = Path("/proc/meminfo")
    if memory.exists():
        lines = memory.read_text(encoding="ascii").splitlines()
        yield ", ".join(line for line in lines if line.startswith(("MemAvail", "Committed")))
