"""Opening by two people: above a limit the clock waits for their signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bids.bidding import lock_job
from bids.models.openings import OpeningLimit, OpeningSignature
from bids.permissions import may_read_bids_on, sits_with_a_bidder
from marketplace.compiled import Kept
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.notices import holders, people_of_department, tell
from marketplace.openness import AlreadyCancelled
from marketplace.permissions import holds, is_member, may_administer, may_audit, may_publish_for
from marketplace.prepared import answered
from marketplace.publishing import AlreadyOpened, NotClosed
from marketplace.refusals import Forbidden, Refusal, Unknown, require
from marketplace.together import together
from marketplace.words import keep

HEAD, FINANCE, AUDITOR = "head", "finance", "auditor"
TWO = 2


class NotALimit(Refusal):
    """A limit is an amount, zero at least."""

    code = "not_a_limit"
    field = "limit"


class ReasonMissing(Refusal):
    """A limit says why."""

    code = "reason_missing"
    field = "reason"


class TwoPeopleNeeded(Refusal):
    """Above the limit the clock does not open alone."""

    code = "two_people_needed"


class ClockOpens(Refusal):
    """Up to the limit nobody needs to sign."""

    code = "clock_opens"


class SignedAlready(Refusal):
    """Two signatures are two people's."""

    code = "signed_already"


class SameSide(Forbidden):
    """The two are not both of the department that buys."""

    code = "same_side"


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """Who said: open them."""

    name: str
    capacity: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class OpeningRoom:
    """What is known before the opening: when, by whom, who has signed. Nothing of any bid."""

    job_id: UUID
    closes_at: datetime | None
    closed_at: datetime | None
    opened_at: datetime | None
    needs_two: bool
    signatures: tuple[SignatureFacts, ...]
    may_sign: bool


@transaction.atomic(savepoint=False)
def state_opening_limit(*, actor: User, limit: Money, reason: str, at: datetime) -> OpeningLimit:
    """
    State above which ceiling jobs published from now on are opened by two people. A job without
    a ceiling is above every limit. Until one is stated for a currency, the clock opens alone.

    :raises Forbidden: only an administrator sets thresholds: not those whom they bind.
    :raises NotALimit, ReasonMissing: the rules say no.
    """
    require(may_administer(actor), "An administrator sets the limit, not those whom it binds.")
    if limit.minor < 0:
        raise NotALimit("Give zero or more.")
    if not reason.strip():
        raise ReasonMissing("Say why in a sentence.")
    stated = OpeningLimit.objects.create(
        currency=limit.currency,
        limit_minor=limit.minor,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {"limit_minor": limit.minor, "currency": limit.currency}
    record(actor, "opening.limit_stated", stated, at=at, audience=Audience.COMPANY, facts=facts)
    return stated


@transaction.atomic(savepoint=False)
def sign_opening(*, actor: User, job_id: UUID, at: datetime) -> OpeningSignature:
    """
    Say that a closed job's bids shall be opened. With the second signature the clock opens them.

    :raises Unknown, Forbidden: not their job; neither a head of it, nor finance, nor an auditor;
        or of the bidding side.
    :raises SameSide: the other signature is of the same department.
    :raises AlreadyCancelled, NotClosed, AlreadyOpened, ClockOpens, SignedAlready: the rules say no.
    """
    job = lock_job(actor, job_id)
    capacity = _capacity(actor, job)
    require(capacity != "", "A head of the department, finance or an auditor signs.")
    if job.cancelled_at is not None:
        raise AlreadyCancelled("Nobody's sealed bid on a cancelled job is ever opened.")
    if job.opened_at is not None:
        raise AlreadyOpened(f"The bids on “{job.title}” are open already.")
    if job.closed_at is None or at < job.closed_at:
        raise NotClosed(f"“{job.title}” is not closed yet.")
    if not needs_two_people(job):
        raise ClockOpens("This job is not above the limit: the clock opens its bids by itself.")
    others = list(OpeningSignature.objects.filter(job=job).select_related("signed_by"))
    if any(one.signed_by_id == actor.pk for one in others):
        raise SignedAlready("You have signed. Another person signs as the second.")
    if _is_of_buyer(actor, capacity, job) and _buyer_signed(job, others):
        raise SameSide("The department has signed. The second is finance or an auditor.")
    signature = OpeningSignature.objects.create(
        job=job, signed_by=actor, signed_at=at, capacity=capacity
    )
    record(
        actor,
        "opening.signed",
        signature,
        at=at,
        audience=Audience.BUYER,
        job=job,
        facts={"capacity": capacity},
    )
    return signature


def opening_room(*, actor: User, job_id: UUID, at: datetime) -> OpeningRoom:
    """
    Return when and by whom a job's bids are opened.

    :raises Unknown: no such job, not published, or the person is not of the department, finance
        or auditing.
    """
    job = Job.objects.visible_to(actor).select_related("department").one(job_id)
    if job.published_at is None or not (
        may_read_bids_on(actor, job) or _capacity(actor, job) != ""
    ):
        raise Unknown("There is no such opening.")
    needs_two, signed = together(lambda: needs_two_people(job), lambda: _signed.all(job.pk))
    capacity = _capacity(actor, job)
    waits = needs_two and job.closed_at is not None and job.cancelled_at is None
    return OpeningRoom(
        job_id=job.pk,
        closes_at=job.closes_at,
        closed_at=job.closed_at,
        opened_at=job.opened_at,
        needs_two=needs_two,
        signatures=tuple(
            SignatureFacts(one.signed_by.name, one.capacity, one.signed_at) for one in signed
        ),
        may_sign=waits
        and job.opened_at is None
        and capacity != ""
        and all(one.signed_by_id != actor.pk for one in signed)
        and not (_is_of_buyer(actor, capacity, job) and _buyer_signed(job, signed)),
    )


def needs_two_people(job: Job) -> bool:
    """Whether a job is above the limit that stood when it was published; the database says it."""
    return bool(answered("SELECT bids_needs_two_people(%s)", [job.pk])[0][0])


def refuse_without_two(job: Job) -> list[OpeningSignature]:
    """Return who signed for the opening of a job. :raises TwoPeopleNeeded: too few did."""
    signed = _signed.all(job.pk)
    if len(signed) < TWO and needs_two_people(job):
        raise TwoPeopleNeeded(f"“{job.title}” is above the limit: two people sign its opening.")
    return signed


@Kept
def _signed(job: UUID) -> QuerySet[OpeningSignature]:
    signed = OpeningSignature.objects.filter(job=job).select_related("signed_by")
    return signed.order_by("signed_at", "id")


def waits_for_people(job: Job) -> bool:
    """Whether the clock must wait for signatures before it opens."""
    try:
        refuse_without_two(job)
    except TwoPeopleNeeded:
        return True
    return False


def ask_for_signatures(job: Job, *, at: datetime) -> None:
    """Tell those who may sign that a closed job waits for two of them."""
    if not needs_two_people(job):
        return
    for people, because in (
        (people_of_department(job.department), "you belong to the department"),
        (holders(Office.FINANCE), "you are of finance"),
        (holders(Office.AUDITOR), "you are an auditor"),
    ):
        tell(
            "opening.waits",
            recipients=people,
            text=f"“{job.title}” is closed. Two people sign before its bids are opened.",
            because=because,
            at=at,
            job=job,
            subject=job,
        )


def _is_of_buyer(person: User, capacity: str, job: Job) -> bool:
    # Whoever belongs to the department is its side, whatever office they hold besides.
    return capacity == HEAD or is_member(person, job.department)


def _buyer_signed(job: Job, signed: list[OpeningSignature]) -> bool:
    return any(_is_of_buyer(one.signed_by, one.capacity, job) for one in signed)


def _capacity(actor: User, job: Job) -> str:
    if actor.is_system or sits_with_a_bidder(actor, job):
        return ""
    if may_publish_for(actor, job.department):
        return HEAD
    if holds(actor, Office.FINANCE):
        return FINANCE
    return AUDITOR if may_audit(actor) else ""
