"""Reports that the worker makes because they are large: asked for, watched, fetched as they are."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from ledger.exchange.focus import COLUMNS as FOCUS_COLUMNS
from ledger.exchange.focus import focus_rows
from ledger.exchange.formats import FORMATS, PIECES, SPOOLED
from ledger.exchange.keeping import keep_file, pieces_of
from ledger.models.files import ReportRun
from ledger.reports import choices, journal, outside_payments
from ledger.reports.columns import Column
from ledger.reports.known import NOW, Known
from marketplace.log.checkpoints import last_size
from marketplace.models.people import User
from marketplace.refusals import Refusal

log = structlog.stdlib.get_logger("choicebook.reports")
COUNTED_EVERY = 5_000
WAITING_MAX = 10
GIVEN_UP_AFTER = timedelta(hours=1)  # a worker that took so long is gone
MEDIA = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
Made = tuple[Sequence[Column[Any]], Iterable[Any]]


class TooManyRuns(Refusal):
    """A person has so many runs waiting, not more."""

    code = "too_many_runs"


class RunNotDone(Refusal):
    """There is no file yet, or none came of it."""

    code = "run_not_done"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run, and how far it is."""

    id: UUID
    report: str
    format: str
    wanted_at: datetime
    begun_at: datetime | None
    rows_done: int
    done_at: datetime | None
    checkpoint: int | None
    file_name: str
    size: int | None
    sha256: str
    problem: str


def _journal(actor: User, question: Mapping[str, Any]) -> Made:
    only = journal.JournalFilter(**question)
    return journal.COLUMNS, journal.every_line(actor=actor, only=only)


def _choices(actor: User, question: Mapping[str, Any]) -> Made:
    only = choices.ChoiceFilter(**question)
    return choices.COLUMNS, choices.every_choice(actor=actor, only=only)


def _outside(actor: User, question: Mapping[str, Any]) -> Made:
    rows = outside_payments.outside_payments(actor=actor, **question)
    return outside_payments.COLUMNS, rows


def _focus(actor: User, question: Mapping[str, Any]) -> Made:
    return FOCUS_COLUMNS, focus_rows(actor=actor, **question)


REPORTS: dict[str, Callable[[User, Mapping[str, Any]], Made]] = {
    "journal": _journal,
    "choices": _choices,
    "outside-spend": _outside,
    "focus": _focus,
}


@transaction.atomic
def want_report(
    *, actor: User, report: str, format: str, question: Mapping[str, Any], at: datetime
) -> RunFacts:
    """
    Ask the worker for a report; what it shows is what the actor may see when it is made.

    :raises TooManyRuns: the actor has many waiting.
    """
    if ReportRun.objects.of(actor).waiting().count() >= WAITING_MAX:
        raise TooManyRuns(f"You have {WAITING_MAX} reports waiting; wait for one of them.")
    if report not in REPORTS or format not in FORMATS:
        raise ValueError("The door knows which reports there are.")
    told = {name: _told(value) for name, value in _flat(question).items() if value is not None}
    run = ReportRun.objects.create(
        report=report, format=format, question=told, wanted_by=actor, wanted_at=at
    )
    return _facts(run)


def runs(*, actor: User) -> list[RunFacts]:
    """Return the actor's runs, the last asked for first."""
    found = ReportRun.objects.of(actor).select_related("file").order_by("-wanted_at", "pk")
    return [_facts(run) for run in found[:200]]


def run(*, actor: User, run_id: UUID) -> RunFacts:
    """Return one run of the actor's. :raises Unknown: there is none such."""
    return _facts(ReportRun.objects.of(actor).select_related("file").one(run_id))


def run_file(*, actor: User, run_id: UUID) -> tuple[str, str, Iterator[bytes]]:
    """
    Return the name, the kind and the content of what came of a run; the same bytes each time.

    :raises Unknown: there is none such. :raises RunNotDone: it has no file.
    """
    found = ReportRun.objects.of(actor).select_related("file").one(run_id)
    if found.file is None:
        raise RunNotDone(found.problem or "It is still being made; ask again in a moment.")
    return found.file.name, found.file.media_type, pieces_of(file_id=found.file.pk)


def make_due_reports(*, at: datetime) -> dict[str, int]:
    """
    Make what people wait for, the oldest first. Called outside a transaction: how far a report is
    can then be seen while it is made.
    """
    due = ReportRun.objects.waiting().filter(wanted_at__lte=at).order_by("wanted_at", "pk")
    made = sum(_make(id, at=at) for id in list(due.values_list("pk", flat=True)[:20]))
    return {"reports_made": made}


def _make(run_id: UUID, *, at: datetime) -> bool:
    run = _begun(run_id, at=at)
    if run is None:
        return False
    try:
        _fill(run, at=at)
    except Refusal as refusal:
        run.file, run.problem = None, refusal.text[:300]
    except Exception:  # whatever it was, the next report is still wanted
        log.exception("report not made", run=str(run.pk))
        run.file, run.problem = None, "It could not be made. It has been noted."
    run.done_at = at
    run.save(update_fields=["rows_done", "done_at", "checkpoint", "file", "problem"])
    return run.file is not None


@transaction.atomic
def _begun(run_id: UUID, *, at: datetime) -> ReportRun | None:
    """Claim a run; None where another worker is at it. One that died is begun anew."""
    due = ReportRun.objects.waiting().select_for_update(of=("self",), skip_locked=True)
    free = Q(begun_at=None) | Q(begun_at__lt=at - GIVEN_UP_AFTER)
    run = due.select_related("wanted_by").filter(free, pk=run_id).first()
    if run is not None:
        run.begun_at = at
        run.save(update_fields=["begun_at"])
    return run


def _fill(run: ReportRun, *, at: datetime) -> None:
    run.checkpoint, run.rows_done = last_size(), 0
    question = _meant_by(run.question)
    columns, rows = REPORTS[run.report](run.wanted_by, question)
    counted = _counted(rows, run)
    # Laid down here first: the database is not held while the rows are read.
    with TemporaryFile() as spool:
        if run.format in PIECES:
            spool.writelines(PIECES[run.format](columns, counted))
        else:
            with SPOOLED[run.format](columns, counted, title=run.report) as made:
                shutil.copyfileobj(made, spool)
        spool.seek(0)
        pieces = iter(partial(spool.read, 1 << 20), b"")
        media = MEDIA.get(run.format, f"application/{run.format}")
        with transaction.atomic():
            name = f"{run.report}.{run.format}"
            run.file = keep_file(name=name, media_type=media, pieces=pieces, at=at)


def _counted(rows: Iterable[Any], run: ReportRun) -> Iterator[Any]:
    for row in rows:
        run.rows_done += 1
        if run.rows_done % COUNTED_EVERY == 0:
            run.save(update_fields=["rows_done"])
        yield row


def _facts(run: ReportRun) -> RunFacts:
    file = run.file
    return RunFacts(
        id=run.pk,
        report=run.report,
        format=run.format,
        wanted_at=run.wanted_at,
        begun_at=run.begun_at,
        rows_done=run.rows_done,
        done_at=run.done_at,
        checkpoint=run.checkpoint,
        file_name=file.name if file else "",
        size=file.size if file else None,
        sha256=bytes(file.digest).hex() if file else "",
        problem=run.problem,
    )


def _flat(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question of plain values: what was known by when is two of them."""
    known = question.get("known", NOW)
    plain = {name: value for name, value in question.items() if name != "known"}
    return plain | {"as_of": known.as_of, "known_at": known.known_at}


def _meant_by(told: Mapping[str, Any]) -> dict[str, Any]:
    question = {name: _meant(name, value) for name, value in told.items()}
    known = Known(question.pop("as_of", None), question.pop("known_at", None))
    return question if known.is_now else question | {"known": known}


def _told(value: Any) -> Any:
    return value if isinstance(value, int | bool | list) else str(value)


def _meant(name: str, value: Any) -> Any:
    """Return a value as the read takes it: names end in what they are."""
    if not isinstance(value, str):
        return value
    if name.endswith("_on") or name == "as_of":
        return date.fromisoformat(value)
    if name.endswith("_id"):
        return UUID(value)
    return datetime.fromisoformat(value) if name.endswith(("_at", "_since")) else value
