"""A job as a bidder or its buyer reads it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marketplace.calendar import reply_due_at
from marketplace.job_rows import added_to, asked_about, criteria_of, files_of, invited_to, seen
from marketplace.models.jobs import Criterion, CriterionKind, Job
from marketplace.models.people import Membership, Office, User
from marketplace.money import Money
from marketplace.permissions import (
    holds,
    may_answer_for,
    may_publish_for,
    offices_of,
    places_of,
)
from marketplace.together import together


@dataclass(frozen=True, slots=True)
class CriterionText:
    id: UUID
    name: str
    question: str
    weight: int
    levels: tuple[str, ...]
    knock_out: int | None
    kind: str  # judged, past_ratings


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question and its answer. Who asked is told to nobody."""

    id: UUID
    text: str
    asked_at: datetime
    due_at: datetime  # until when a reply is promised
    answer: str
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class FileText:
    """A file that bidders are given, with its addendum if it came later."""

    id: UUID
    name: str
    kind: str
    size: int
    sha256: str
    attached_at: datetime
    addendum: int | None


@dataclass(frozen=True, slots=True)
class AddendumText:
    number: int
    text: str
    added_at: datetime
    added_by: str
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class InvitedText:
    """A provider on the list, which only the buyer's side sees."""

    provider_id: UUID
    name: str
    is_in_house: bool
    invited_at: datetime
    declined_at: datetime | None
    decline_reason: str


@dataclass(frozen=True, slots=True)
class MySeat:
    """An invited provider that the reader belongs to."""

    provider_id: UUID
    name: str
    role: str
    is_in_house: bool
    invited_at: datetime
    declined_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobText:
    """All that the reader may know of a job; what they may not know is None or empty."""

    id: UUID
    reference: str
    title: str
    need: str
    department_id: UUID
    department_name: str
    category_id: UUID
    category_name: str
    policy_code: str
    procedure: str
    mode: str
    currency: str
    ceiling: Money | None
    shows_ceiling: bool
    point: Money | None
    starts_on: date | None
    ends_on: date | None
    questions_until: datetime | None
    closes_at: datetime | None
    bids_wanted: int
    too_few_rule: str
    criteria: tuple[CriterionText, ...]
    questions: tuple[QuestionText, ...]
    addenda: tuple[AddendumText, ...]
    files: tuple[FileText, ...]
    invited: tuple[InvitedText, ...]
    my_providers: tuple[MySeat, ...]
    drafted_at: datetime
    saved_at: datetime
    published_at: datetime | None
    extended_at: tuple[datetime, ...]
    closed_at: datetime | None
    opened_at: datetime | None
    cancelled_at: datetime | None
    cancellation: str
    waiver: str
    author_name: str
    copied_from_id: UUID | None
    fingerprint: str
    is_mine: bool  # the reader is on the buyer's side
    may_publish: bool
    may_answer: bool
    accepts_bids: bool
    accepts_questions: bool
    is_title_only: bool  # an administrator's: of its words, they see the title alone

    @property
    def asked(self) -> tuple[CriterionText, ...]:
        """What bidders answer to; the others are computed."""
        return tuple(one for one in self.criteria if one.kind == CriterionKind.JUDGED)


# What every reader of a job reads as it was written.
AS_WRITTEN = (
    *("id", "reference", "title", "department_id", "category_id", "procedure", "mode"),
    *("currency", "shows_ceiling", "starts_on", "ends_on", "questions_until", "closes_at"),
    *("bids_wanted", "too_few_rule", "drafted_at", "saved_at", "published_at", "closed_at"),
    *("opened_at", "cancelled_at"),
)


def job_text(*, actor: User, job_id: UUID, at: datetime) -> JobText:
    """Return a job as the person may read it. :raises Unknown: it is not theirs to see."""
    found: Any = seen(actor, job_id)
    job, is_mine, reads = found, found.is_mine, found.reads
    offices, places = together(lambda: offices_of(actor), lambda: places_of(actor))
    sees_invited = is_mine or Office.AUDITOR in offices
    return JobText(
        **{name: getattr(job, name) for name in AS_WRITTEN},
        need=job.need if reads else "",
        department_name=job.department.name,
        category_name=job.category.name,
        policy_code=job.policy.code,
        ceiling=job.ceiling if reads and _sees_ceiling(actor, job, is_mine=is_mine) else None,
        point=job.point_value if reads and job.point_minor is not None else None,
        **_lists(job, places, is_mine=is_mine, reads=reads, sees_invited=sees_invited),
        extended_at=tuple(job.extended_at),
        cancellation=job.cancellation.text if reads and job.cancellation else "",
        # Why one side only was invited tells bidders against whom they stand.
        waiver=job.waiver.text if job.waiver and sees_invited else "",
        author_name=job.author.name,
        copied_from_id=job.copied_from_id if is_mine else None,
        fingerprint=bytes(job.fingerprint).hex() if job.fingerprint else "",
        is_mine=is_mine,
        may_publish=may_publish_for(actor, job.department),
        may_answer=may_answer_for(actor, job.department),
        accepts_bids=job.accepts_bids(at),
        accepts_questions=_accepts_questions(job, at),
        is_title_only=not reads,
    )


def _lists(
    job: Job, places: Sequence[Membership], *, is_mine: bool, reads: bool, sees_invited: bool
) -> dict[str, Any]:
    """Return what there are several of."""
    wanted: dict[str, Callable[[], object]] = {"my_providers": lambda: _my_providers(places, job)}
    if reads:
        wanted |= {
            "criteria": lambda: tuple(map(_criterion, criteria_of.all(job.pk))),
            "questions": lambda: _questions(places, job, is_mine=is_mine),
            "addenda": lambda: _addenda(job),
            "files": lambda: _files(job),
        }
    if sees_invited:
        wanted["invited"] = lambda: _invited(job)
    nothing = dict.fromkeys(("criteria", "questions", "addenda", "files", "invited"), ())
    return nothing | dict(zip(wanted, together(*wanted.values()), strict=True))


def _accepts_questions(job: Job, at: datetime) -> bool:
    return job.accepts_bids(at) and (job.questions_until is None or at < job.questions_until)


def _sees_ceiling(actor: User, job: Job, *, is_mine: bool) -> bool:
    if job.shows_ceiling or is_mine or holds(actor, Office.FINANCE):
        return True
    return job.opened_at is not None and holds(actor, Office.AUDITOR)


def _criterion(one: Criterion) -> CriterionText:
    return CriterionText(
        one.pk, one.name, one.question, one.weight, tuple(one.levels), one.knock_out, one.kind
    )


def _questions(
    places: Iterable[Membership], job: Job, *, is_mine: bool
) -> tuple[QuestionText, ...]:
    # Until it is answered, a question is read by its asker's side and by the department.
    mine = {one.provider_id for one in places}
    return tuple(
        QuestionText(
            id=one.pk,
            text=one.text,
            asked_at=one.asked_at,
            due_at=reply_due_at(one.asked_at),
            answer=one.answer,
            answered_at=one.answered_at,
            answered_by=one.answered_by.name if one.answered_by else "",
        )
        for one in asked_about.all(job.pk)
        if is_mine or one.answered_at is not None or one.provider_id in mine
    )


def _addenda(job: Job) -> tuple[AddendumText, ...]:
    return tuple(
        AddendumText(one.number, one.text, one.added_at, one.added_by.name, one.closes_at)
        for one in added_to.all(job.pk)
    )


def _files(job: Job) -> tuple[FileText, ...]:
    return tuple(
        FileText(
            id=one.pk,
            name=one.name,
            kind=one.kind,
            size=one.size,
            sha256=bytes(one.sha256).hex(),
            attached_at=one.attached_at,
            addendum=one.addendum.number if one.addendum else None,
        )
        for one in files_of.all(job.pk)
    )


def _invited(job: Job) -> tuple[InvitedText, ...]:
    return tuple(
        InvitedText(
            provider_id=one.provider_id,
            name=one.provider.name,
            is_in_house=one.provider.is_in_house,
            invited_at=one.invited_at,
            declined_at=one.declined_at,
            decline_reason=one.decline_reason.text if one.decline_reason else "",
        )
        for one in invited_to.all(job.pk)
    )


def _my_providers(places: Iterable[Membership], job: Job) -> tuple[MySeat, ...]:
    roles = {one.provider_id: one.role for one in places if one.provider_id}
    if not roles:
        return ()
    return tuple(
        MySeat(
            provider_id=one.provider_id,
            name=one.provider.name,
            role=roles[one.provider_id],
            is_in_house=one.provider.is_in_house,
            invited_at=one.invited_at,
            declined_at=one.declined_at,
        )
        for one in invited_to.all(job.pk)
        if one.provider_id in roles
    )
