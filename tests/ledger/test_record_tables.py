"""Every table of the house has its place: in the record, proved otherwise, or not the record."""

from __future__ import annotations

import pytest
from django.db import connection

from ledger.record_tables import EVENTS, RECORD, columns_of, words_columns
from ledger.unbound_tables import NOT_RECORD, PROVED_OTHERWISE, SAYS_NOTHING

pytestmark = pytest.mark.django_db

OURS = "SELECT tablename FROM pg_tables WHERE tablename ~ '^(marketplace|bids|ledger)_'"
WATCHED = """
SELECT DISTINCT c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE t.tgname = 'rows_are_recorded'
"""
FUNCTIONS = """
SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname LIKE 'ledger\\_note\\_%'
"""


def said(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def test_every_table_is_the_record_or_says_why_it_is_not():
    places = [*RECORD, *PROVED_OTHERWISE, *NOT_RECORD]

    assert len(places) == len(set(places))
    assert said(OURS) == set(places)


def test_every_table_of_the_record_is_watched():
    (functions,) = said(FUNCTIONS)
    by_another = {name for name in RECORD if f"'{name}'" in functions}

    # Events are taken from their places in the log.
    assert said(WATCHED) | by_another | {EVENTS} == set(RECORD)


@pytest.mark.parametrize("table", RECORD.values(), ids=lambda table: table.name)
def test_a_table_of_the_record_names_columns_that_are_there(table):
    there = columns_of(table.name)

    assert table.key in there
    assert set(table.later) <= there.keys()
    assert sorted([*table.fixed_columns, *table.later_columns]) == sorted(there)


def test_what_says_nothing_is_there():
    assert all(column in columns_of(table) for table, column in SAYS_NOTHING)


def test_words_are_named_by_tables_of_the_record_alone():
    assert {table for table, _ in words_columns()} <= set(RECORD)
