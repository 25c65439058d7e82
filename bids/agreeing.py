"""Agreeing: after each judged alone, the panel gives one score per criterion, with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.bidding import refuse_decided
from bids.judging import Judging, judging, refuse_too_few
from bids.models.bids import Bid
from bids.models.panels import AgreedScore, Agreement, Consent
from bids.permissions import may_score
from bids.scoring import (
    HIGHEST,
    SHORTEST_REASON,
    LevelOutOfRange,
    OwnProvider,
    ReasonTooShort,
    ScoresAreFixed,
    judged_criterion,
)
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Criterion, Job
from marketplace.models.people import User
from marketplace.notices import people_of_department, tell
from marketplace.refusals import NotOpened, Refusal, require
from marketplace.sides import stands_with_bidder
from marketplace.words import keep


class NotAllIn(Refusal):
    """First each judges alone; then all see all scores, and talk."""

    code = "not_all_in"


class TalkMissing(Refusal):
    """Scores that lie far apart are talked over before one is agreed on."""

    code = "talk_missing"
    field = "was_talked_over"


class NotAllAgreed(Refusal):
    """A sheet is agreed on as a whole."""

    code = "not_all_agreed"


class SheetChanged(Refusal):
    """One says yes to the sheet that one has read."""

    code = "sheet_changed"
    field = "digest"


class ConsentGiven(Refusal):
    """This person has said yes to this sheet."""

    code = "consent_given"


@transaction.atomic(savepoint=False)
def agree_score(
    *,
    actor: User,
    bid_id: UUID,
    criterion_id: UUID,
    quarters: int,
    reason: str,
    at: datetime,
    was_talked_over: bool = False,
) -> AgreedScore:
    """
    Note what the panel says together of a bid on one criterion. It replaces what was noted before,
    and every consent given to the sheet as it was.

    :raises Unknown, Forbidden: not theirs to see, no criterion of this job, not on the panel.
    :raises OwnProvider, JudgingOver, RatingsSpeak, ScoresAreFixed, NotAllIn, NotOpened,
        TalkMissing, LevelOutOfRange, ReasonTooShort: the rules say no.
    """
    bid = Bid.objects.visible_to(actor).select_related("provider").one(bid_id)
    job = _lock_for_panel(actor, bid.job_id)
    criterion = judged_criterion(job, criterion_id)
    now = _refuse_not_in(job)
    place = (bid.pk, criterion.pk)
    if place not in now.places:
        raise NotOpened(f"The bid {bid.reference} is out.")
    if not 0 <= quarters <= HIGHEST:
        raise LevelOutOfRange("Choose one of the five levels.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort(f"Give a reason of at least {SHORTEST_REASON} characters.")
    if now.needs_talk(place) and not was_talked_over:
        raise TalkMissing(
            f"The scores lie {now.spread(place)} levels apart. Talk it over, and say that you did."
        )
    return _write(
        bid, criterion, quarters, reason.strip(), was_talked_over, actor=actor, job=job, at=at
    )


@transaction.atomic(savepoint=False)
def consent(*, actor: User, job_id: UUID, digest: bytes, at: datetime) -> Agreement | None:
    """
    Say yes to the whole sheet of agreed scores. When the last member of the panel has, it is
    agreed on, and quality is not judged again; until then nothing is returned.

    :param digest: of the sheet that was read; a sheet that changed meanwhile is read again.
    :raises Unknown, Forbidden: not theirs to see, or not on the panel.
    :raises OwnProvider, JudgingOver, ScoresAreFixed, PanelTooSmall, NotAllIn, NotAllAgreed,
        SheetChanged, ConsentGiven: the rules say no.
    """
    job = _lock_for_panel(actor, job_id)
    now = _refuse_not_in(job)
    refuse_too_few(job)  # somebody may have left since the opening
    if not now.is_complete:
        raise NotAllAgreed("Agree on a score for each bid on each criterion first.")
    if now.digest != digest:
        raise SheetChanged("Somebody changed the sheet since you read it. Read it again.")
    given = Consent.objects.filter(job=job, digest=digest, user__in=now.judges)
    facts: dict[str, Fact] = {"sheet": digest.hex()}
    audience = Audience.BUYER
    is_new = not given.filter(user=actor).exists()
    if is_new:
        said = Consent.objects.create(job=job, user=actor, digest=digest, given_at=at)
        record(actor, "panel.consented", said, at=at, audience=audience, job=job, facts=facts)
    # Whoever waited for somebody that has left the panel since may say it once more.
    if given.count() < len(now.judges):
        if not is_new:
            raise ConsentGiven("You have said yes. The others have still to.")
        return None
    agreement = Agreement.objects.create(job=job, agreed_at=at, digest=digest)
    record(actor, "panel.agreed", job, at=at, audience=audience, job=job, facts=facts)
    tell(
        "panel.agreed",
        recipients=people_of_department(job.department),
        text=f"The panel has agreed on its scores for “{job.title}”.",
        because="you belong to the department",
        at=at,
        job=job,
        subject=job,
    )
    return agreement


def _lock_for_panel(actor: User, job_id: UUID) -> Job:
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    if (name := stands_with_bidder(actor, job)) is not None:
        raise OwnProvider(f"You stand on the bidding side: {name}.")
    require(may_score(actor, job) and job.panel.exists(), "The panel agrees, nobody else.")
    refuse_decided(job)
    return job


def _refuse_not_in(job: Job) -> Judging:
    now = judging(job)
    if now.is_agreed:
        raise ScoresAreFixed("The panel has agreed; scores do not change any more.")
    if not now.is_in:
        raise NotAllIn("Each judges alone first. Scores show once all are in.")
    return now


def _write(
    bid: Bid,
    criterion: Criterion,
    quarters: int,
    reason: str,
    was_talked_over: bool,
    *,
    actor: User,
    job: Job,
    at: datetime,
) -> AgreedScore:
    words = keep(reason, at=at)
    AgreedScore.objects.filter(bid=bid, criterion=criterion, replaced_at=None).update(
        replaced_at=at
    )
    agreed = AgreedScore.objects.create(
        bid=bid,
        criterion=criterion,
        quarters=quarters,
        reason=words,
        was_talked_over=was_talked_over,
        noted_by=actor,
        noted_at=at,
    )
    facts: dict[str, Fact] = {
        "criterion": str(criterion.pk),
        "quarters": quarters,
        "talked_over": int(was_talked_over),
        "reason_digest": words.digest.hex(),
    }
    record(
        actor,
        "bid.score_agreed",
        bid,
        at=at,
        audience=Audience.BUYER,
        job=job,
        provider=bid.provider,
        facts=facts,
    )
    return agreed
