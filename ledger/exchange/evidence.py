"""
All that proves a job, in one file for somebody who does not trust us: each event with its receipt,
the checkpoint, the keys, the entries of the books, and the program that checks it without network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ledger.exchange.tables import csv_file
from ledger.reports.journal import COLUMNS, JournalFilter, every_line
from ledger.reports.record_room import FactRow, facts_of
from marketplace.log import verify
from marketplace.log.checkpoints import latest_checkpoint
from marketplace.log.keys import verifier_keys
from marketplace.log.receipts import NotSealedYet, Receipt, receipt
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.permissions import may_audit
from marketplace.redacting import proved_words
from marketplace.refusals import Unknown

# What people wrote, by the names of its digests in events. A rating's stands in an event that is
# recorded at its reveal, not before.
DIGESTS_OF_WORDS = (
    *("reason_digest", "text_digest", "missing_digest", "ruling_digest"),
    *("question_digest", "what_digest"),
)
ZIP_TYPE = "application/zip"
README = """{title}
{underline}

What the sealed record of Choicebook says about this job, as of {at:%Y-%m-%d %H:%M} UTC, for the
reader it was made for. It can be checked without Choicebook: no database, no network.

    checkpoint.txt    how long the record is and its root, signed; compare it with the copies that
                      left the house by themselves
    keys.txt          the keys of the record; take them from where you trust them, and compare
    receipts/         one file an event: that it stands in the record, and at which place
    events.json       the same events, readable
    words.json        what people wrote; its salted digest stands in the event (auditors only)
    entries.csv       the entries of the books that name this job
    verify.py         checks a receipt; needs Python 3.11 and the package “cryptography”
    sha256sums.txt    the digest of each file here

Check every receipt:

    for file in receipts/*
    do python verify.py receipt "$file" --key keys.txt --checkpoint checkpoint.txt
    done

Check a text of words.json: its digest is SHA-256 of the salt's bytes, then the text in UTF-8.
{waiting}"""


@dataclass(frozen=True, slots=True)
class Pack:
    """A file to keep."""

    file_name: str
    content: bytes


def evidence_pack(*, actor: User, job_id: UUID, at: datetime) -> Pack:
    """
    Return all that proves a job, as far as it concerns the reader: a head's own jobs, a provider's
    own part, all that is open for finance and auditors.

    :raises Unknown: nothing of this job is the reader's to prove.
    :raises NothingSealed: there is no checkpoint yet.
    """
    facts = facts_of(actor=actor, subject_id=job_id)
    job = Job.objects.only("title", "reference").filter(pk=job_id).first()
    if not facts or job is None:
        raise Unknown("There is nothing here that you can prove.")
    upto = latest_checkpoint()
    sealed, waiting = _receipts(actor, facts, size=upto.size)
    files = dict(_files(actor, job_id, sealed))
    files["checkpoint.txt"] = upto.note
    files["README.txt"] = README.format(
        title=f"Evidence: {job.title}",
        underline="=" * (len(job.title) + 10),
        at=at,
        waiting=f"\nRecorded, and not sealed yet: {waiting} of the events.\n" if waiting else "",
    )
    sums = [f"{sha256(text.encode()).hexdigest()}  {name}" for name, text in sorted(files.items())]
    files["sha256sums.txt"] = "\n".join(sums) + "\n"
    return Pack(f"evidence-{job.reference or job.pk}.zip", _zipped(files, at))


def _receipts(
    actor: User, facts: tuple[FactRow, ...], *, size: int
) -> tuple[list[tuple[FactRow, Receipt]], int]:
    """Return the receipts under one checkpoint, the oldest event first, and how many lack one."""
    found: list[tuple[FactRow, Receipt]] = []
    waiting = 0
    for fact in reversed(facts):
        try:
            found.append((fact, receipt(actor=actor, event_id=fact.event_id, size=size)))
        except NotSealedYet:
            waiting += 1
    return found, waiting


def _files(
    actor: User, job_id: UUID, sealed: list[tuple[FactRow, Receipt]]
) -> Iterator[tuple[str, str]]:
    yield "verify.py", Path(verify.__file__).read_text(encoding="utf-8")
    yield "keys.txt", "".join(f"{key}\n" for key in verifier_keys())
    events = []
    for number, (fact, proof) in enumerate(sealed, start=1):
        name = f"receipts/{number:04}-{proof.file_name}"
        yield name, proof.text
        events.append(
            {
                "receipt": name,
                "what": fact.text,
                "who": fact.who,
                "happened_at": fact.happened_at.isoformat(),
                "body": json.loads(proof.body),
            }
        )
    yield "events.json", _json(events)
    if may_audit(actor):
        yield "words.json", _json(_words([proof for _fact, proof in sealed]))
    lines = every_line(actor=actor, only=JournalFilter(job_id=job_id))
    yield "entries.csv", b"".join(csv_file(COLUMNS, lines)).decode()


def _words(proofs: list[Receipt]) -> list[dict[str, str]]:
    digests = {
        value
        for proof in proofs
        for name, value in json.loads(proof.body).items()
        if name.endswith(DIGESTS_OF_WORDS) and value
    }
    return [
        {"digest": one.digest, "salt": one.salt, "text": one.text}
        for one in proved_words(sorted(digests))
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _zipped(files: dict[str, str], at: datetime) -> bytes:
    """Return the files as one; the same files at the same moment are the same bytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as packed:
        for name, text in sorted(files.items()):
            about = ZipInfo(name, date_time=at.timetuple()[:6])
            about.compress_type = ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            packed.writestr(about, text.encode())
    return buffer.getvalue()
