"""The auditor's room: what holds, what was found wrong, and a receipt for each fact."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from ledger.checking import run_due_checks
from ledger.models.awards import Award
from ledger.models.record import RecordCheck
from ledger.recording import record_rows
from marketplace.log import verify
from marketplace.log.keys import verifier_keys
from marketplace.log.sealer import seal
from tests.builders import DAY
from tests.cast import Cast
from tests.ledger.altering import become_superuser
from tests.ledger.builders import CHOICE, bid_of, choose, contest, grant, publish, submit

NIGHT = (CHOICE + DAY).replace(hour=3)


def a_choice(company: Cast, as_role: Callable[[str], None]) -> Award:
    """Maya has chosen Vera's bid, another job is still sealed; all is recorded and sealed."""
    grant(company)
    award = choose(company, contest(company).vendor_bid)
    submit(company, publish(company, title="Still sealed"), company.vera_co, bid_of(["4000"]))
    as_role("worker")
    for _ in range(2):
        seal(at=CHOICE)
        record_rows(at=CHOICE)
    seal(at=CHOICE)
    return award


STORY = a_choice


@pytest.fixture
def award(told: Award, as_role: Callable[[str], None]) -> Award:
    as_role("web")
    return told


def read(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "<c-" not in text
    return text


def test_the_room_says_what_was_never_checked_and_what_waits(award, company, as_person):
    page = read(as_person(company.ada), "record")

    assert "The first check comes within a minute" in page
    assert "Copies out of the house" in page
    assert "Verify now" in page


@pytest.mark.parametrize("person", ["maya", "rolf", "pia", "vera"])
def test_the_room_is_for_those_who_watch_over_the_record(award, company, as_person, person):
    answer = as_person(getattr(company, person)).get(reverse("record"))

    assert answer.status_code == 403


@pytest.mark.parametrize("person", ["ada", "fin", "adam"])
def test_who_asks_for_a_check_finds_its_result_in_the_room(
    award, company, as_person, as_role, person
):
    client = as_person(getattr(company, person))

    answer = client.post(reverse("record-check"), follow=True)
    assert "Asked for." in answer.content.decode()
    again = client.post(reverse("record-check"))
    assert again.status_code == 409
    assert "asked for a moment ago" in again.content.decode()

    as_role("worker")
    assert run_due_checks(at=CHOICE) == 2
    as_role("web")
    page = read(client, "record")
    assert page.count("Nothing is wrong") == 3  # on top, and one for each check
    assert getattr(company, person).name in page


def test_a_record_that_does_not_hold_is_an_alarm_that_names_the_row(
    award, company, as_person, as_role
):
    become_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_award SET price_minor = price_minor + 1")
    as_role("worker")
    assert run_due_checks(at=NIGHT) == 2

    as_role("web")
    page = read(as_person(company.ada), "record")
    assert "The record does not hold" in page
    assert f"award {award.pk}: it is not what was recorded" in page
    assert [run.is_clean for run in RecordCheck.objects.order_by("kind")] == [True, False]


def test_an_auditor_finds_a_fact_and_its_receipt_is_genuine(
    award, company, as_person, tmp_path: Path
):
    ada = as_person(company.ada)
    for words in (award.job.reference, "bid chosen", "Vera", str(award.pk), "Maya"):
        assert "Bid chosen" in read(ada, "record", query=f"?q={words}")

    event = award.job.events.get(kind="award.made").pk
    assert "Still sealed" not in read(ada, "record", query="?q=bid opened")
    page = read(ada, "event", event)
    assert "verify.py receipt" in page
    file = ada.get(reverse("event-file", args=[event]))
    kept = tmp_path / "receipt"
    kept.write_bytes(file.content)
    words = [sys.executable, verify.__file__, "receipt", str(kept)]
    done = subprocess.run(
        [*words, "--key", str(verifier_keys()[0])], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_only_an_auditor_searches_the_whole_record(award, company, as_person):
    assert as_person(company.fin).get(reverse("record") + "?q=Vera").status_code == 403
    assert 'type="search"' not in read(as_person(company.adam), "record")


def test_each_side_proves_what_concerns_it_and_nothing_else(award, company, as_person):
    job = award.job_id

    assert "Bid chosen" in read(as_person(company.maya), "receipts", job)
    assert "Bid opened" in read(as_person(company.vera), "receipts", job)
    assert "Nothing here that you can prove" in read(as_person(company.otto), "receipts", award.pk)
    event = award.job.events.filter(kind="bid.opened", provider=company.events_team).get().pk
    assert as_person(company.pia).get(reverse("event", args=[event])).status_code == 200
    assert as_person(company.vera).get(reverse("event", args=[event])).status_code == 404


def test_jobs_opened_with_a_single_bid_are_listed(award, company, as_person):
    assert "Every job that was opened had at least two bids" in read(
        as_person(company.ada), "record"
    )


def test_words_are_taken_off_the_record_by_two_people(award, company, as_person):
    event = award.job.events.get(kind="award.made").pk
    ada, adam = as_person(company.ada), as_person(company.adam)
    assert award.reason.text in read(ada, "event", event)
    assert (
        as_person(company.maya).get(reverse("redaction-ask", args=[award.reason_id])).status_code
        == 403
    )

    asked = ada.post(
        reverse("redaction-ask", args=[award.reason_id]), {"reason": "It names a child."}
    )
    assert asked.status_code == 302
    assert "another person has to agree" in read(ada, "record")
    page = read(adam, "record")
    assert "Read the words, and agree" in page
    address = page.split('href="/record/redactions/')[1].split('"')[0]
    agree = f"/record/redactions/{address}"
    assert ada.post(agree).status_code == 409
    assert award.reason.text in adam.get(agree).content.decode()
    assert adam.post(agree).status_code == 302

    page = read(ada, "event", event)
    assert award.reason.text not in page and "[redacted]" in page
    assert adam.get(agree).status_code == 404
