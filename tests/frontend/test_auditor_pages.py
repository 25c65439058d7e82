"""The auditor's room: what holds, what was found wrong, and a receipt for each fact."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

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
from marketplace.membership import add_member
from tests.builders import DAY, HOUR
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


def test_the_room_says_what_was_never_checked_and_what_waits(award, company, as_person, settings):
    settings.LOG_COPIES_BY_MAIL = True

    page = read(as_person(company.ada), "record")

    assert "The first check comes within a minute" in page
    assert "Copies out of the house" in page
    assert "Finance and auditors, by mail" in page
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
    assert page.count("Nothing is wrong") == 4  # of each check on top, and in the list of them
    assert getattr(company, person).name in page


def test_a_check_of_no_events_is_not_called_good(founded, as_person, as_role):
    as_role("worker")
    run_due_checks(at=NIGHT)
    as_role("web")

    page = read(as_person(founded.ada), "record")
    assert "No event was sealed then: there was nothing to check." in page
    assert "Nothing to check yet" in page
    assert page.count("Nothing is wrong") == 2  # the books, which were looked at


def test_the_books_verdict_is_not_the_records(founded, as_person):
    words = {"kind": "books", "wrong": [], "is_clean": True, "checked": {}, "log_size": 0}
    RecordCheck.objects.create(started_at=NIGHT, ended_at=NIGHT + HOUR, **words)

    page = read(as_person(founded.ada), "record")
    head = page[page.index("page-head") : page.index("Sealed events")]
    record, books = head.split("The record</dt>")[1].split("The books</dt>")
    assert "Not checked yet. The first check comes within a minute." in record
    assert "Nothing is wrong" not in record
    assert "Nothing is wrong" in books


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
    assert 'id="q"' not in read(as_person(company.adam), "record")


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
    assert reverse("periods") not in page  # an administrator keeps no books
    address = page.split('href="/record/redactions/')[1].split('"')[0]
    agree = f"/record/redactions/{address}"
    assert ada.post(agree).status_code == 409
    assert award.reason.text in adam.get(agree).content.decode()
    assert adam.post(agree).status_code == 302

    page = read(ada, "event", event)
    assert award.reason.text not in page and "[redacted]" in page
    assert adam.get(agree).status_code == 404


def test_the_evidence_of_a_job_is_checked_without_us(award, company, as_person, tmp_path):
    """One zip; every receipt in it is proved by the program in it, offline."""
    answer = as_person(company.ada).get(reverse("evidence", args=[award.job_id]))
    assert answer.status_code == 200
    with ZipFile(BytesIO(answer.content)) as pack:
        pack.extractall(tmp_path)
    receipts = sorted((tmp_path / "receipts").iterdir())
    assert len(receipts) > 5
    for file in (receipts[0], receipts[-1]):
        words = [sys.executable, "-I", "verify.py", "receipt", str(file), "--key", "keys.txt"]
        words += ["--checkpoint", "checkpoint.txt"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout[:7]) == (0, "PROVED."), done.stdout
    keys = verify.read_keys([str(tmp_path / "keys.txt")])
    for file in receipts:
        assert verify.check_receipt(
            file.read_text(), keys, (tmp_path / "checkpoint.txt").read_text()
        )

    events = json.loads((tmp_path / "events.json").read_text())
    (chosen,) = [one for one in events if one["body"]["kind"] == "award.made"]
    words_kept = {one["digest"]: one for one in json.loads((tmp_path / "words.json").read_text())}
    why = words_kept[chosen["body"]["reason_digest"]]
    assert sha256(bytes.fromhex(why["salt"]) + why["text"].encode()).hexdigest() == why["digest"]
    assert "E110" in (tmp_path / "entries.csv").read_text()
    for line in (tmp_path / "sha256sums.txt").read_text().splitlines():
        digest, name = line.split("  ")
        assert sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    changed = receipts[0].read_text().replace("extra ", "extra AA", 1)
    with pytest.raises((verify.Refuted, verify.Unreadable)):
        verify.check_receipt(changed, keys)


def test_evidence_holds_what_its_reader_may_know(award, company, as_person):
    def kinds(person: str) -> set[str]:
        answer = as_person(getattr(company, person)).get(reverse("evidence", args=[award.job_id]))
        assert answer.status_code == 200
        with ZipFile(BytesIO(answer.content)) as pack:
            assert ("words.json" in pack.namelist()) == (person == "ada")
            return {one["body"]["kind"] for one in json.loads(pack.read("events.json"))}

    assert "award.made" in kinds("maya")
    assert kinds("vera") <= kinds("ada")
    stranger = as_person(company.otto).get(reverse("evidence", args=[award.job_id]))
    assert stranger.status_code == 404


def test_an_auditor_asks_and_draws(award, company, as_person):
    add_member(
        actor=company.adam,
        user_id=company.rolf.pk,
        role="member",
        provider_id=company.events_team.pk,
        at=CHOICE,
    )
    ada = as_person(company.ada)

    page = read(ada, "audit-questions", query="?seed=22+November&size=5")

    assert "Rolf" in page
    assert "Bidders had" not in page
    assert reverse("evidence", args=[award.job_id]) in page
    sheet = b"".join(ada.get(reverse("audit-sample-csv") + "?seed=22+November")).decode()
    assert str(award.pk) in sheet
    for person in (company.fin, company.maya, company.adam):
        assert as_person(person).get(reverse("audit-questions")).status_code == 403
