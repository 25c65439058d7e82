"""
Where the copies of the tests' database lie: in memory, where there is some to spare.

A copy is two thousand small files that live for a moment. On a disk, their directory's book-keeping
costs ten times what the copy itself does, and more with each test.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from marketplace.project import binaries
from marketplace.project.embedded import Embedded

SPACE = "copies"
COPIES_IN = "CHOICEBOOK_TEST_COPIES"  # the tablespace of copies; not set where they lie on disk
SHARED = Path("/dev/shm")
ROOM = 3 << 30  # two processes with twenty worlds each need a quarter of it


def folder_of(server: Embedded) -> Path:
    return SHARED / f"choicebook-{os.geteuid()}-{binaries.digest(server.root)}"


def prepare(server: Embedded, connection: psycopg.Connection) -> None:
    """Give this server, on which no copy is left, a place in memory for those to come."""
    os.environ.pop(COPIES_IN, None)
    name = sql.Identifier(SPACE)
    # The one of an earlier run names a folder that ended with it.
    connection.execute(sql.SQL("DROP TABLESPACE IF EXISTS {}").format(name))
    if not SHARED.is_dir() or shutil.disk_usage(SHARED).free < ROOM:
        return
    folder = folder_of(server)
    clear(server)
    binaries.private_folder(folder, server.user)
    words = sql.SQL("CREATE TABLESPACE {} OWNER {} LOCATION {}")
    role = sql.Identifier("choicebook_owner")
    connection.execute(words.format(name, role, sql.Literal(str(folder))))
    os.environ[COPIES_IN] = SPACE


def clear(server: Embedded) -> None:
    """Give the memory back; the server has ended, or uses none."""
    folder = folder_of(server)
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
