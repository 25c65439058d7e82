"""What is changed past the posting function is noticed when a month is closed, and afterwards."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.closing import CloseBlocked, begin_closing, close_period
from ledger.models.periods import Period
from ledger.reports.close_checklist import close_checklist, record_sealed
from ledger.reports.period_seal import period_seal
from marketplace.log.sealer import seal
from marketplace.models.events import Event
from marketplace.models.log import Checkpoint
from tests.builders import NOON
from tests.ledger import builders
from tests.ledger.builders import after

MARCH = 202603


def test_a_balance_that_moves_behind_the_seal_breaks_it(founded, as_role):
    cast = founded
    builders.grant(cast, at=NOON)
    builders.close_month(cast, MARCH)
    assert period_seal(actor=cast.fin, period_id=MARCH).holds

    as_role("owner")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_balance SET debit_minor = debit_minor + 1 WHERE debit_minor > 0"
        )

    assert not period_seal(actor=cast.fin, period_id=MARCH).holds


def test_drift_in_a_month_stands_against_closing_it(founded, as_role):
    cast = founded
    builders.grant(cast, at=NOON)
    as_role("owner")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_balance SET debit_minor = debit_minor + 1 WHERE debit_minor > 0"
        )
    begin_closing(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    with pytest.raises(CloseBlocked):
        close_period(actor=cast.fin, period_id=MARCH, at=after(MARCH))

    paper = close_checklist(actor=cast.fin, period_id=MARCH, at=after(MARCH))
    (drift,) = paper.blockers
    assert drift.code == "books_hold"
    assert drift.rows[0].text == (
        "Account B100 of Marketing holds 10000001/0, its postings sum to 10000000/0."
    )


def test_even_the_owner_posts_nothing_into_a_closed_month(founded, as_role):
    cast = founded
    builders.grant(cast, at=NOON)
    builders.close_month(cast, MARCH)
    as_role("owner")

    with (
        pytest.raises(DatabaseError, match="is not open"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ledger_journalentry (public_id, kind, period_id, effective_on, posted_at,"
            " actor_id, source, occurrence, request_hash, memo) VALUES (%s, 'charged', 202603,"
            " '2026-03-05', now(), %s, %s, '0', '', '')",
            [uuid4(), cast.fin.pk, uuid4()],
        )


def test_the_closing_says_how_far_the_record_was_sealed(founded, as_role):
    cast = founded
    builders.grant(cast, at=NOON)
    before = record_sealed(Period.objects.get(pk=MARCH), after(MARCH))
    as_role("worker")
    seal(at=after(MARCH))
    sealed = record_sealed(Period.objects.get(pk=MARCH), after(MARCH))
    as_role("replay")
    builders.close_month(cast, MARCH)

    assert (before.state, sealed.state) == ("warning", "clear")
    newest = Checkpoint.objects.latest_first()[0]
    assert f'"checkpoint_size":{newest.size}' in Event.objects.get(kind="period.closed").body
