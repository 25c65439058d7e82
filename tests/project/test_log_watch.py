"""Whoever watches the house sees when sealing lags behind or stands still."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from django.http import HttpResponse

from marketplace.history import record
from marketplace.log.sealer import seal
from marketplace.models.events import Audience
from marketplace.project import health
from marketplace.system import the_clock

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def readiness(rf, committed, as_role):
    """What /readyz answers."""
    as_role("worker")

    def ask() -> tuple[int, str]:
        answer = health.HealthMiddleware(lambda request: HttpResponse())(rf.get("/readyz"))
        return answer.status_code, json.loads(answer.content)["sealing"]

    return ask


def something_happens() -> None:
    clock = the_clock()
    record(clock, "test.happened", clock, at=NOON, audience=Audience.COMPANY)


def as_superuser(statement: str) -> None:
    with psycopg.connect(**connection.get_connection_params() | {"user": "postgres"}) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statement)


def test_sealing_that_keeps_up_is_fine(readiness):
    assert readiness() == (200, "ok")
    something_happens()
    assert readiness() == (200, "ok")
    seal(at=NOON)
    assert readiness() == (200, "ok")


def test_sealing_that_lags_behind_is_told_and_the_site_stays_ready(readiness):
    something_happens()
    as_superuser("UPDATE marketplace_event SET recorded_at = now() - interval '61 seconds'")

    assert readiness() == (200, "behind")

    seal(at=NOON)
    assert readiness() == (200, "ok")


def test_sealing_that_waits_for_a_new_epoch_is_told(readiness):
    something_happens()
    as_superuser("UPDATE marketplace_event SET written_in = '99999999999'")

    assert readiness() == (200, "stopped")


def test_the_figures_of_sealing_are_shown(committed, client, settings):
    settings.METRICS_TOKEN = "known"
    something_happens()
    settings.LOG_COPIES_ADDRESSES = []

    text = client.get("/metrics", headers={"Authorization": "Bearer known"}).content.decode()

    assert "choicebook_log_waiting_events 1.0" in text
    assert "choicebook_log_stopped 0.0" in text
    assert "choicebook_log_copies_failing 0.0" in text
    assert "choicebook_log_lag_seconds" in text
