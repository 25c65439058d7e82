"""
Which database, as whom. Given by DATABASE_URL, or else embedded.

Four login roles keep four kinds of work apart: the owner migrates, the web serves people, the
worker does what the clock does, and replay writes history at past moments (imports and the
demonstration). A command's name tells its role; DATABASE_ROLE overrules it.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from marketplace.project.embedded import ROOT, Embedded
from marketplace.project.env import env_bool, env_int, env_secret, env_str

NAME = "choicebook"
ROLES = ("owner", "web", "worker", "replay")
ROLE_OF_COMMAND = {
    "migrate": "owner",
    "makemigrations": "owner",
    "sqlmigrate": "owner",
    "showmigrations": "owner",
    "dbshell": "owner",
    "raise_epoch": "owner",
    "rotate_bid_keys": "owner",
    "restore_drill": "owner",
    "work": "worker",
    "import_ocds": "replay",
    "seed_demonstration": "replay",
}
# Commands that look at code only. They must work where no database can be started.
WITHOUT_DATABASE = frozenset(
    {
        *("check", "collectstatic", "compilemessages", "findstatic", "help", "log_keys"),
        *("makemessages", "version"),
    }
)


def role_of(command_line: Sequence[str]) -> str:
    """Return the role for a manage.py command line."""
    command = command_line[1] if len(command_line) > 1 else "help"
    return env_str("DATABASE_ROLE", ROLE_OF_COMMAND.get(command, "web"))


def is_embedded() -> bool:
    return not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def url_of(role: str) -> str:
    """Return the address of the database for one role. A role without its own uses the web's."""
    if role not in ROLES:
        raise ImproperlyConfigured(f"DATABASE_ROLE is one of {', '.join(ROLES)}, not “{role}”.")
    if is_embedded():
        return _embedded().url(user=f"{NAME}_{role}", database=NAME)
    web = env_secret("DATABASE_URL")
    return web if role == "web" else env_secret(f"DATABASE_{role.upper()}_URL", web)


def configuration(role: str) -> dict[str, Any]:
    """Return Django's settings of the one database connection."""
    url = urlsplit(url_of(role))
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL must begin with postgresql://, not {url.scheme}://. "
            "PostgreSQL is the only database that keeps what the ledger promises."
        )
    options: dict[str, Any] = dict(parse_qsl(url.query))
    # What asks for it is prepared at once: posting. A pooler between must know prepared statements
    # (PgBouncer does since 1.21), or say 0.
    options["prepare_threshold"] = env_int("DATABASE_PREPARE", 5) or None
    host = options.pop("host", None) or unquote(url.hostname or "")
    if role == "web" and env_bool("DATABASE_POOL", True):
        size_max = env_int("DATABASE_POOL_MAX", 8)
        options["pool"] = {"min_size": 1, "max_size": size_max, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": host,
        "PORT": str(url.port or ""),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "NAME": unquote(url.path.lstrip("/")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if "pool" in options else 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # a verb owns its transaction
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


_server: Embedded | None = None


def _embedded() -> Embedded:
    global _server
    if _server is None:
        _server = Embedded(ROOT / ".local" / env_str("EMBEDDED_NAME", "run"))
    return _server


def prepare() -> None:
    """Start the embedded server, if that is the one, and keep it while this process lives."""
    if is_embedded():
        atexit.register(prepare_embedded().release)


def prepare_embedded() -> Embedded:
    """Return the embedded server, running, with its roles and its database."""
    server = _embedded()
    server.start()
    make_roles(server)
    make_database(server, NAME)
    return server


def make_roles(server: Embedded) -> None:
    """Create the login roles. On a given server the first migration or its administrator does."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.url(user="postgres", database="postgres")) as connection:
        # Two processes may arrive here at once.
        connection.execute("SELECT pg_advisory_xact_lock(2026)")
        for role in ROLES:
            name = f"{NAME}_{role}"
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            if not known.fetchone():
                statement = sql.SQL("CREATE ROLE {} LOGIN NOBYPASSRLS")
                connection.execute(statement.format(sql.Identifier(name)))


def make_database(server: Embedded, name: str) -> None:
    """Create an empty database that the owner role owns, unless there is one."""
    import psycopg
    from psycopg import sql

    admin = server.url(user="postgres", database="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(2026)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            words = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
            owner = sql.Identifier(f"{NAME}_owner")
            connection.execute(words.format(sql.Identifier(name), owner))
