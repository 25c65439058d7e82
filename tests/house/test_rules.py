"""The code keeps the house rules, and each rule would notice if it did not."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.rules import APPS, ROOT, RULES, complaints, drawer


@pytest.mark.parametrize("name", RULES)
def test_the_code_keeps_the_rule(name):
    assert complaints(RULES[name]) == []


@pytest.mark.parametrize("name", RULES)
def test_the_rule_notices_when_it_is_broken(name):
    rule = RULES[name]

    assert list(rule.check(ast.parse(rule.bad)))
    assert not list(rule.check(ast.parse("def read(*, actor): return list(actor)")))


@pytest.mark.parametrize("name", RULES)
def test_the_rule_looks_at_files(name):
    assert list(RULES[name].files())


def modules() -> list[Path]:
    return [path for app in APPS for path in (ROOT / app).rglob("*.py")]


def test_no_module_is_a_drawer():
    assert [path for path in modules() if drawer(path)] == []
    assert drawer(Path("bids/utils.py"))
    assert drawer(Path("bids/services/__init__.py"))
    assert not drawer(Path("bids/submission.py"))


NAMED = re.compile(r"\d{4}_[a-z][a-z0-9]*(_[a-z0-9]+)*\.py")


def well_named(name: str) -> bool:
    return bool(NAMED.fullmatch(name)) and "auto_" not in name


def test_a_migration_is_named_for_what_it_does():
    names = [path.name for path in modules() if path.parent.name == "migrations"]

    assert [name for name in names if name != "__init__.py" and not well_named(name)] == []
    assert well_named("0003_entries_balance.py")
    assert not well_named("0003_auto_20261121_1200.py")


@pytest.mark.parametrize("app", APPS)
def test_two_migrations_never_share_a_number(app):
    numbers = [path.name[:4] for path in (ROOT / app).glob("migrations/0*.py")]

    assert len(numbers) == len(set(numbers))
