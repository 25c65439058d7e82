"""Fixtures for every test: the database in four ways, and a browser. See tests/README.md."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker

from marketplace.project.embedded import DURABLE, Embedded
from tests import afterwards, database, leftovers
from tests.cast import Cast, assemble

# What takes longest begins first, so that the end of a run is made of small things.
LONGEST = (
    *("test_story_in_the_browser", "test_state_machine", "test_deployment", "test_kill"),
    *("test_demonstration", "test_tools", "_in_the_browser", "test_fuzz", "test_whole_life"),
)


def pytest_configure() -> None:
    """
    One thread has one connection, whether a browser is open or not.

    Playwright leaves a running loop in the thread, and where one runs Django keeps connections
    apart from those made before. A process forked then has no loop: it would find the connection
    of an earlier test, which nobody could close, and share it with whoever was forked next.
    """
    connections._connections = threading.local()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((i for i, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST))

    items.sort(key=place)
    for item in items:
        if item.get_closest_marker("proof") or item.get_closest_marker("bench"):
            item.add_marker(pytest.mark.timeout(0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A test that lost its server says what that server wrote last."""
    report = yield
    if report.failed and afterwards.LOST in str(report.longrepr):
        said = "\n".join(afterwards.words_on_a_lost_server())
        report.sections.append(("the servers", said))
    return report


@pytest.fixture(autouse=True)
def each_test_begins_in_english() -> Iterator[None]:
    """A request leaves its language with its thread; the next test would read it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process's copy of the template. Django's own way would migrate it again."""
    name = database.own_database()
    database.copy_template(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    for made in (name, *(world for world, _, _ in _worlds.values())):
        database.drop(made)


def use(name: str, role: str) -> dict[str, Any]:
    """Let Django connect to database `name` as `role`, from threads still to come too."""
    from marketplace.project.database import configuration

    connections.close_all()
    settings = connections.settings["default"]
    before = dict(settings)
    settings.update({key: configuration(role)[key] for key in ("USER", "PASSWORD")}, NAME=name)
    return before


@pytest.fixture
def committed(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """
    A fresh database where commits are real, used as the role `web` and dropped afterwards.

    For races, journeys and privileges. Nothing is flushed: TRUNCATE is refused, for tests too.
    """
    if {"db", "transactional_db"} & set(request.fixturenames):
        pytest.fail("A test is either rolled back (db) or committed, not both.", pytrace=False)
    name = f"{database.own_database()}_{uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        founded = "founded" in request.fixturenames
        database.copy_template(name, _world(_story(request))[0] if founded else None)
        before = use(name, getattr(request, "param", "web"))
        try:
            yield name
        finally:
            connections.close_all()
            connections.settings["default"].update(before)
            database.drop(name)


Story = Callable[[Cast, Callable[[str], Any]], Any]
_worlds: dict[Story | None, tuple[str, Cast, Any]] = {}


def _world(story: Story | None) -> tuple[str, Cast, Any]:
    """Return a database where the company is founded and the story was told, made once; both."""
    if story not in _worlds:
        before_it, company, _ = _world(None) if story else (None, None, None)
        name = f"{database.own_database()}_world_{len(_worlds)}"
        database.copy_template(name, before_it)
        before = use(name, "replay")
        try:
            cast = deepcopy(company) or assemble()
            told = story(cast, partial(use, name)) if story else None
        finally:
            connections.close_all()
            connections.settings["default"].update(before)
        _worlds[story] = name, cast, told
    return _worlds[story]


def _story(request: pytest.FixtureRequest) -> Story | None:
    return request.module.STORY if "told" in request.fixturenames else None


@pytest.fixture
def founded(committed: str, request: pytest.FixtureRequest) -> Cast:
    """The committed database with the company of the tests in it; this is who belongs to it."""
    use(committed, "replay")
    return deepcopy(_world(_story(request))[1])


@pytest.fixture
def told(founded: Cast, request: pytest.FixtureRequest) -> Any:
    """What came of the module's `STORY(cast, as_role)`, whose database this test has a copy of."""
    return deepcopy(_world(_story(request))[2])


@pytest.fixture
def as_role(committed: str) -> Any:
    """Reconnect the committed database as another role: `as_role("replay")`."""

    def switch(role: str) -> None:
        use(committed, role)

    return switch


@pytest.fixture
def site(committed: str) -> Iterator[str]:
    """The whole site on a port of its own, over the committed database. Its address."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("localhost")
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """An empty folder for a server, which may have to run as another user."""
    # Not tmp_path: the next pytest on this machine closes its parent to everybody else.
    parent = leftovers.new_folder()
    parent.chmod(0o755)
    yield parent / "run"
    shutil.rmtree(parent)


@pytest.fixture
def durable(server_folder: Path) -> Iterator[Embedded]:
    """A server of its own that flushes to disk before it confirms, as production does."""
    server = Embedded(server_folder, DURABLE)
    server.start()
    yield server
    server.release()


@pytest.fixture
def transactional_db() -> None:
    """Django would empty every table by TRUNCATE afterwards, which the record refuses."""
    pytest.fail("Use the fixture `committed` (or `site` for a browser).", pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that `./dev test` found. Chromium has no sandbox for root."""
    words = dict(browser_type_launch_args)
    if path := os.environ.get("CHROMIUM"):
        words["executable_path"] = path
    if os.geteuid() == 0:
        words["args"] = [*words.get("args", []), "--no-sandbox"]
    return words


@pytest.fixture
def cast(db: None) -> Any:
    """The company of the tests and its people, in a transaction. See tests/cast.py."""
    from tests.cast import assemble_again

    return assemble_again()
