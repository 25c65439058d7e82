"""The auditor's room: whether the record holds, since when, and where each fact stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bids.models.bids import Bid, Opening
from ledger.models.periods import Period, PeriodStep
from ledger.models.record import CheckKind, CheckWish, RecordCheck
from ledger.permissions import may_ask_for_a_check
from ledger.reports.wording import TOLD, told
from marketplace.log.checkpoints import CheckpointPaper, NothingSealed, latest_checkpoint
from marketplace.log.copies import CopyState, copy_states
from marketplace.log.receipts import provable_by
from marketplace.log.sealer import Backlog, backlog
from marketplace.models.events import Event
from marketplace.models.jobs import Job
from marketplace.models.log import LogLeaf
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.permissions import may_audit
from marketplace.refusals import Unknown, require
from marketplace.together import together

LAST = 30
FOUND = 50
OF_ITSELF = "rows.recorded"  # found when it is asked for by name


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One run of a check."""

    check_id: UUID
    kind: str
    name: str
    asked_by: str  # empty: the clock, at night
    started_at: datetime
    seconds: int
    is_clean: bool
    wrong: tuple[str, ...]
    log_size: int


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What one of the checks found last, or that it never ran."""

    kind: str
    name: str
    run: CheckRow | None

    @property
    def says(self) -> str:
        """unchecked, empty (there was nothing to check), clean or wrong."""
        if self.run is None:
            return "unchecked"
        if not self.run.is_clean:
            return "wrong"
        return "clean" if self.run.log_size or self.kind != CheckKind.RECORD else "empty"


@dataclass(frozen=True, slots=True)
class FactRow:
    """An event, as a line that leads to its receipt."""

    event_id: int
    happened_at: datetime
    text: str
    who: str
    job_id: UUID | None
    job_title: str
    provider_name: str
    month_on: date | None  # of a step of a month: its first day
    adjusting: str  # the label of an adjusting period, of which a step is; empty otherwise
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class SingleBid:
    """A job that was opened with one bid, or with none."""

    job_id: UUID
    title: str
    department_name: str
    opened_at: datetime
    bids: int


@dataclass(frozen=True, slots=True)
class RecordRoom:
    """What an auditor sees at a glance."""

    last: tuple[LastCheck, ...]  # of the record, then of the books
    checks: tuple[CheckRow, ...]
    failed: tuple[CheckRow, ...]  # of each kind the last check, where it found something
    asked_at: datetime | None  # a check that is waiting to be run
    checkpoint: CheckpointPaper | None
    backlog: Backlog
    copies: tuple[CopyState, ...]
    seals: tuple[FactRow, ...]  # months that were closed or opened again
    single_bids: tuple[SingleBid, ...]
    reads_all: bool

    @property
    def is_alarm(self) -> bool:
        return bool(self.failed)


def record_room(*, actor: User) -> RecordRoom:
    """
    Return what is known of the record's soundness.

    :raises Forbidden: the room is for auditors, finance and administrators.
    """
    require(may_ask_for_a_check(actor), "This room is for auditors, finance and administrators.")
    runs = RecordCheck.objects.select_related("wish__asked_by").order_by("-started_at", "kind")
    reads_all = may_audit(actor)
    ran, wish, checkpoint, waiting, copies, seals, single = together(
        lambda: list(runs[:LAST]),
        CheckWish.objects.filter(checks=None).order_by("asked_at").first,
        _checkpoint,
        backlog,
        lambda: tuple(copy_states()),
        lambda: tuple(_facts(provable_by(actor).filter(kind__startswith="period."))[:12]),
        lambda: single_bids() if reads_all else (),
    )
    checks = tuple(map(_check, ran))
    last = tuple(
        LastCheck(kind, str(kind.label), next((one for one in checks if one.kind == kind), None))
        for kind in (CheckKind.RECORD, CheckKind.BOOKS)
    )
    return RecordRoom(
        last=last,
        checks=checks,
        failed=tuple(one.run for one in last if one.run is not None and not one.run.is_clean),
        asked_at=wish.asked_at if wish else None,
        checkpoint=checkpoint,
        backlog=waiting,
        copies=copies,
        seals=seals,
        single_bids=single,
        reads_all=reads_all,
    )


def find_facts(*, actor: User, words: str) -> tuple[FactRow, ...]:
    """
    Return the events that have to do with these words: an id, a reference, the name of a job, a
    person or a provider, or what happened. The newest first, fifty at most.

    :raises Forbidden: only auditors search the whole record.
    """
    require(may_audit(actor), "Auditors search the record.")
    words = words.strip()
    if not words:
        return ()
    return tuple(_facts(provable_by(actor).filter(_about(words))))


def fact(*, actor: User, event_id: int) -> FactRow:
    """Return one event that the reader can have a receipt of. :raises Unknown: there is none."""
    rows = _facts(provable_by(actor).filter(pk=event_id))
    if not rows:
        raise Unknown("There is no such event.")
    return rows[0]


def facts_of(*, actor: User, subject_id: UUID) -> tuple[FactRow, ...]:
    """Return the events of a job, a bid, an award or a charge that the reader can prove."""
    events = provable_by(actor).filter(Q(subject_id=subject_id) | Q(job_id=subject_id))
    return tuple(_facts(events, most=None))


def _about(words: str) -> Q:
    try:
        id = UUID(words)
    except ValueError:
        pass
    else:
        return Q(subject_id=id) | Q(job_id=id) | Q(provider_id=id) | Q(actor_id=id)
    if words.isascii() and words.isdigit():
        return Q(pk=int(words[:18])) | Q(place__position=int(words[:18]))
    kinds = [kind for kind, (said, _) in TOLD.items() if words.lower() in said.lower()]
    opened = Bid.objects.filter(reference__iexact=words, job__opened_at__isnull=False)
    jobs = Job.objects.filter(published_at__isnull=False).filter(
        Q(reference__iexact=words) | Q(title__icontains=words)
    )
    about = Q(job__in=jobs) | Q(subject_id__in=opened.values("pk"))
    about |= Q(provider__in=Provider.objects.filter(name__icontains=words))
    about |= Q(actor__in=User.objects.filter(name__icontains=words))
    # What the log says of itself is told to whoever names it, and buries nothing else.
    return Q(kind__in=kinds) | Q(kind=words) | (about & ~Q(kind=OF_ITSELF))


def _facts(events: QuerySet[Event], *, most: int | None = FOUND) -> list[FactRow]:
    rows = list(
        events.select_related("actor", "job", "provider")
        .defer("body", "salt", "leaf")
        .order_by("-happened_at", "-pk")[:most]
    )
    sealed = LogLeaf.objects.filter(event__in=[row.pk for row in rows])
    places = set(sealed.values_list("event_id", flat=True))
    months = _months([row.subject_id for row in rows if row.kind.startswith("period.")])
    return [
        FactRow(
            event_id=row.pk,
            happened_at=row.happened_at,
            text=told(row.kind),
            who=row.actor.name,
            job_id=row.job_id,
            job_title=row.job.title if row.job else "",
            provider_name=row.provider.name if row.provider else "",
            month_on=month.starts_on if (month := months.get(row.subject_id)) else None,
            adjusting=str(month) if month and month.starts_on == month.ends_on else "",
            is_sealed=row.pk in places,
        )
        for row in rows
    ]


def _months(steps: list[UUID]) -> dict[UUID, Period]:
    """Return the month of each of these steps."""
    if not steps:
        return {}
    taken = PeriodStep.objects.filter(pk__in=steps).select_related("period")
    return {step.pk: step.period for step in taken}


def _check(run: RecordCheck) -> CheckRow:
    return CheckRow(
        check_id=run.pk,
        kind=run.kind,
        name=str(CheckKind(run.kind).label),
        asked_by=run.wish.asked_by.name if run.wish else "",
        started_at=run.started_at,
        seconds=round((run.ended_at - run.started_at).total_seconds()),
        is_clean=run.is_clean,
        wrong=tuple(run.wrong),
        log_size=run.log_size,
    )


def _checkpoint() -> CheckpointPaper | None:
    try:
        return latest_checkpoint()
    except NothingSealed:
        return None


def single_bids() -> tuple[SingleBid, ...]:
    """Return the jobs that were opened with one bid or none, the last first."""
    openings = Opening.objects.filter(bids_counted__lte=1).select_related("job__department")
    return tuple(
        SingleBid(
            job_id=one.job_id,
            title=one.job.title,
            department_name=one.job.department.name,
            opened_at=one.opened_at,
            bids=one.bids_counted,
        )
        for one in openings.order_by("-opened_at")[:LAST]
    )
