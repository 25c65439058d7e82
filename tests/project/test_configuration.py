"""Which role a command gets, which database, and what a production start refuses."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace.project import checks, database
from tests.house.rules import ROOT


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("migrate", "owner"),
        ("work", "worker"),
        ("seed_demonstration", "replay"),
        ("import_ocds", "replay"),
        ("shell", "web"),
        ("check_books", "web"),
    ],
)
def test_a_command_connects_as_the_role_it_needs(monkeypatch, command, role):
    monkeypatch.delenv("DATABASE_ROLE")

    assert database.role_of(["manage.py", command]) == role


def test_the_environment_overrules_the_role(monkeypatch):
    monkeypatch.setenv("DATABASE_ROLE", "owner")

    assert database.role_of(["manage.py", "shell"]) == "owner"


def test_an_unknown_role_is_refused():
    with pytest.raises(ImproperlyConfigured, match="boss"):
        database.url_of("boss")


def test_another_kind_of_database_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///books.db")

    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        database.configuration("web")


def test_an_address_is_read_with_what_is_escaped_in_it(monkeypatch):
    url = "postgresql://w%40b:p%3Aw@db.example:6432/books?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", url)

    read = database.configuration("web")

    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example", "6432", "books")
    assert (read["USER"], read["PASSWORD"]) == ("w@b", "p:w")
    assert read["OPTIONS"]["sslmode"] == "require"


def test_a_role_without_an_address_of_its_own_uses_the_webs(monkeypatch):
    monkeypatch.delenv("DATABASE_WORKER_URL")

    assert database.url_of("worker") == os.environ["DATABASE_URL"]


def test_the_web_may_not_start_as_the_owner_of_the_tables(committed, as_role):
    checks.refuse_a_strong_role()

    as_role("owner")

    with pytest.raises(ImproperlyConfigured, match="choicebook_web"):
        checks.refuse_a_strong_role()


def start(**environment: str) -> str:
    """Return what a start with nothing but this environment says."""
    plain = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME"}}
    words = [sys.executable, "manage.py", "check"]
    done = subprocess.run(
        words, cwd=ROOT, env=plain | environment, capture_output=True, text=True, check=False
    )
    return done.stderr + done.stdout


NEEDED = ["SECRET_KEY", "BID_SEAL_KEY", "RECEIPT_KEY", "LOG_KEY", "SITE_URL"]


@pytest.mark.parametrize("missing", NEEDED)
def test_production_guesses_nothing(missing):
    complete = {name: os.environ[name] for name in ("DATABASE_URL", *NEEDED)}

    assert "no issues" in start(**complete)
    complete.pop(missing)
    assert f"Set {missing}" in start(**complete)


def test_a_secure_site_has_cookies_that_only_it_can_set():
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.DEBUG)"
    )
    environment = os.environ | {
        "SITE_URL": "https://choice.example",
        "DJANGO_SETTINGS_MODULE": "marketplace.project.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [
        *("__Host-session", "__Host-csrf"),
        "True",
        "True",
        "31536000",
        "False",
    ]
