"""Migrating in less time makes the same database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import AutoField, CheckConstraint, ForeignKey, Q

from marketplace.management.commands.migrate import neighbours_stay
from marketplace.project.embedded import ROOT
from tests import database

ASKED = {
    "columns": "SELECT table_name, column_name, ordinal_position, column_default, is_nullable,"
    " data_type, character_maximum_length, generation_expression"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)"
    " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "privileges": "SELECT relname, relacl::text, relrowsecurity FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
}
DJANGOS_WAY = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), verbosity=0, skip_checks=True)
"""


@contextmanager
def emptied() -> Iterator[str]:
    name = f"test_{uuid4().hex[:10]}"
    with database.admin() as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER {database.owner()} TEMPLATE template0")
    yield name
    database.drop(name)


def migrated_djangos_way(name: str) -> None:
    environment = os.environ | {
        variable: database.with_database(os.environ[variable], name)
        for variable in database.URLS.values()
    }
    environment |= {"DATABASE_ROLE": "owner"}
    environment["DJANGO_SETTINGS_MODULE"] = "marketplace.project.settings"
    subprocess.run([sys.executable, "-c", DJANGOS_WAY], cwd=ROOT, env=environment, check=True)


def shape(name: str) -> dict[str, list[tuple[object, ...]]]:
    address = database.with_database(os.environ[database.ADMIN], name)
    with psycopg.connect(address) as connection:
        return {what: connection.execute(query).fetchall() for what, query in ASKED.items()}


@pytest.mark.proof
def test_our_way_to_migrate_makes_the_database_that_djangos_makes() -> None:
    with emptied() as ours, emptied() as djangos:
        database.migrate(ours)
        migrated_djangos_way(djangos)
        found, wanted = shape(ours), shape(djangos)

    assert len(wanted["columns"]) > 1000
    for what in ASKED:
        assert found[what] == wanted[what], what


def two_models() -> ProjectState:
    state = ProjectState()
    state.add_model(ModelState("office", "Person", [("id", AutoField(primary_key=True))]))
    refers = ("author", ForeignKey("office.Person", on_delete=lambda *_: None))
    fields = [("id", AutoField(primary_key=True)), refers]
    state.add_model(ModelState("office", "Letter", fields))
    return state


def test_a_neighbour_is_drawn_anew_only_where_a_key_changes() -> None:
    with neighbours_stay():
        state = two_models()
        person = state.apps.get_model("office.person")
        letter = state.apps.get_model("office.letter")

        positive = CheckConstraint(condition=Q(id__gt=0), name="an_id_is_positive")
        state.add_constraint("office", "letter", positive)
        assert state.apps.get_model("office.letter") is not letter
        assert state.apps.get_model("office.person") is person
        assert state.is_delayed, "Python in a migration is to see all drawn afresh"

        state.alter_field("office", "person", "id", AutoField(primary_key=True), False)
        assert state.apps.get_model("office.person") is not person
        author = state.apps.get_model("office.letter")._meta.get_field("author")
        assert author.related_model is state.apps.get_model("office.person")


def test_afterwards_django_draws_as_ever() -> None:
    before = {name: getattr(ProjectState, name) for name in ("add_model", "reload_model")}

    with neighbours_stay():
        assert ProjectState.reload_model is not before["reload_model"]

    assert {name: getattr(ProjectState, name) for name in before} == before
