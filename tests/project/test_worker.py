"""The one worker does every duty, whatever becomes of another."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.management.commands.work import is_ours
from marketplace.project.tasks import run_duties
from tests.house.rules import ROOT

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def fine(*, at):
    return {"closed": 1, "asked_at_hour": at.hour}


def broken(*, at):
    raise RuntimeError("one duty fails")


@pytest.fixture
def duties(settings):
    settings.DUTIES = [f"{__name__}.broken", f"{__name__}.fine"]
    return settings.DUTIES


def test_a_duty_that_fails_stops_no_other(duties):
    assert run_duties(at=NOON) == {
        duties[0]: {"failed": 1},
        duties[1]: {"closed": 1, "asked_at_hour": 12},
    }


@pytest.mark.django_db
def test_work_once_says_what_was_done_and_fails_when_a_duty_did(duties, settings, capsys):
    with pytest.raises(CommandError):
        call_command("work", "--once")
    settings.DUTIES = duties[1:]

    call_command("work", "--once")

    assert "closed 1" in capsys.readouterr().out


@pytest.mark.django_db
def test_every_duty_of_the_house_can_be_done():
    assert all("failed" not in done for done in run_duties(at=NOON).values())


def test_a_second_worker_stands_by_until_the_first_is_gone(committed):
    words = connection.get_connection_params()
    with psycopg.connect(**words, autocommit=True) as second:
        with psycopg.connect(**words, autocommit=True) as first:
            assert is_ours(first)
            assert not is_ours(second)
        # The database notices a closed connection a moment later.
        assert any(is_ours(second) or time.sleep(0.05) for _ in range(200))


def test_a_worker_that_never_came_is_missed(committed):
    with pytest.raises(CommandError, match="sign of life"):
        call_command("work", "--check")


@pytest.mark.parametrize(("age", "healthy"), [("50 seconds", True), ("70 seconds", False)])
def test_a_worker_gives_signs_of_life(committed, age, healthy, capsys):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)",
            [age],
        )

    if healthy:
        call_command("work", "--check")
        assert "50 seconds" in capsys.readouterr().out
    else:
        with pytest.raises(CommandError):
            call_command("work", "--check")


def test_the_worker_takes_back_what_a_killed_one_had_begun_and_ends_in_order(committed):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status)"
            " VALUES ('default', 'marketplace.project.tasks.duties', 'duties', 'doing')"
            " RETURNING id"
        )
        (left_behind,) = cursor.fetchone()
    environment = os.environ | {
        "DATABASE_WORKER_URL": os.environ["DATABASE_WORKER_URL"].replace(
            os.environ["DATABASE_WORKER_URL"].split("?")[0].rsplit("/", 1)[1], committed
        ),
        "DATABASE_ROLE": "worker",
        "LOG_LEVEL": "INFO",
    }
    words = [sys.executable, "manage.py", "work"]
    worker = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        for line in worker.stderr:
            if "worker started" in line:
                break
        else:
            pytest.fail("The worker did not start.")
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=30)
    finally:
        worker.kill()

    assert worker.returncode == 0
    assert "worker stopped" in said
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs WHERE id = %s", [left_behind])
        assert cursor.fetchone() is None
