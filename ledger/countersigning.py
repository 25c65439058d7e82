"""Choosing together: above a limit one head names the bid, and a second one signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.permissions import may_read_bids_on
from ledger.awarding import make_choice
from ledger.commissioning import refuse_undecidable
from ledger.eligibility import refuse_both_sides, refuse_unjudged, valid_bid
from ledger.grounds import Grounds, refuse_without_grounds
from ledger.models.awards import Award
from ledger.models.signatures import ChoiceAnswer, ChoiceWanted
from ledger.permissions import may_choose, may_sign_choice
from ledger.reports.second_heads import kept_from_choosing, second_heads
from ledger.reports.weighing import freeze
from ledger.signing import signed_above
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.notices import nobody_listens, tell
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep


class NoSecondHeadNeeded(Refusal):
    """Below the limit a head chooses alone."""

    code = "no_second_head_needed"


class SignatureWanted(Refusal):
    """One choice waits for its second head at a time."""

    code = "signature_wanted"


class ComparisonChanged(Refusal):
    """What was compared is not what the choice was wanted on."""

    code = "comparison_changed"


class AlreadyAnswered(Refusal):
    """The second head has answered."""

    code = "already_answered"


@transaction.atomic(savepoint=False)
def want_choice(
    *,
    actor: User,
    job_id: UUID,
    bid_id: UUID,
    reason_code: str,
    reason: str,
    at: datetime,
    decisive_criterion_id: UUID | None = None,
    followed_view: str = "",
) -> ChoiceWanted:
    """
    Name the bid that one would choose, with its reason, for a second head to sign. Nothing is
    promised, and no bidder is told, before that.

    :raises Unknown, Forbidden: not the actor's to see, or to choose.
    :raises NoSecondHeadNeeded, SignatureWanted: it is not needed, or waits already; and whatever
        `choose_bid` refuses.
    """
    job = Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)
    require(may_choose(actor, job))
    refuse_undecidable(job)
    refuse_both_sides(actor, job)
    paper = freeze(job, refuse_unjudged(job))
    bid = valid_bid(job, bid_id, paper=paper)
    grounds = Grounds(reason_code, reason.strip(), decisive_criterion_id, followed_view, False)
    refuse_without_grounds(grounds, bid=bid, paper=paper)
    if signed_above(job, bid.price.quoted, at=at) is None:
        raise NoSecondHeadNeeded("This price is one head's to choose.")
    if ChoiceWanted.objects.filter(job=job, answer=None).exists():
        raise SignatureWanted("A choice waits for its second head. They sign it, or send it back.")
    words = keep(grounds.reason, at=at)
    wanted = ChoiceWanted.objects.create(
        job=job,
        bid=bid,
        wanted_by=actor,
        wanted_at=at,
        reason_code=grounds.code,
        reason=words,
        decisive_criterion_id=grounds.criterion_id,
        followed_view=grounds.view,
        comparison_digest=paper.digest,
    )
    facts: dict[str, Fact] = {
        "bid": str(bid.pk),
        "reason_code": grounds.code,
        "reason_digest": words.digest.hex(),
        "comparison_digest": paper.digest.hex(),
    }
    _record(actor, "choice.wanted", wanted, at=at, facts=facts)
    _tell_second_head(wanted, at=at)
    return wanted


@transaction.atomic(savepoint=False)
def sign_choice(*, actor: User, wanted_id: UUID, at: datetime) -> Award:
    """
    Sign what another head would choose: it becomes the choice, with that head as its author.

    :raises Unknown, Forbidden: no such choice to see; a second head signs, who bids for nobody.
    :raises AlreadyAnswered, ComparisonChanged: the rules say no; and what `choose_bid` refuses.
    """
    wanted, job = _lock_wanted(actor, wanted_id)
    author = wanted.wanted_by
    require(may_choose(author, job), f"{author.name} may not choose any more. Send it back.")
    refuse_undecidable(job)
    refuse_both_sides(wanted.wanted_by, job)
    paper = freeze(job, refuse_unjudged(job))
    if paper.digest != bytes(wanted.comparison_digest):
        raise ComparisonChanged("What was compared has changed since. Send it back.")
    bid = valid_bid(job, wanted.bid_id, paper=paper)
    grounds = Grounds(
        wanted.reason_code,
        wanted.reason.text,
        wanted.decisive_criterion_id,
        wanted.followed_view,
        False,
    )
    award = make_choice(
        bid=bid,
        actor=wanted.wanted_by,
        grounds=grounds,
        price=bid.price.quoted,
        paper=paper,
        at=at,
    )
    ChoiceAnswer.objects.create(wanted=wanted, answered_by=actor, answered_at=at, award=award)
    _record(actor, "choice.signed", wanted, at=at, facts={"award": str(award.pk)})
    return award


@transaction.atomic(savepoint=False)
def send_choice_back(*, actor: User, wanted_id: UUID, reason: str, at: datetime) -> ChoiceAnswer:
    """
    Do not sign what another head would choose, and say why. They may name a bid again.

    :raises Unknown, Forbidden: no such choice to see; a second head answers, who bids for nobody.
    :raises AlreadyAnswered, ReasonMissing: the rules say no.
    """
    wanted, job = _lock_wanted(actor, wanted_id)
    if not reason.strip():
        raise ReasonMissing("Say what speaks against it.")
    words = keep(reason.strip(), at=at)
    answer = ChoiceAnswer.objects.create(
        wanted=wanted, answered_by=actor, answered_at=at, reason=words
    )
    facts = {"reason_digest": words.digest.hex()}
    _record(actor, "choice.sent_back", wanted, at=at, facts=facts)
    tell(
        "choice.sent_back",
        recipients=[wanted.wanted_by],
        text=f"{actor.name} does not sign your choice for “{job.title}”: {reason.strip()}",
        because="you would choose it",
        at=at,
        job=job,
        subject=wanted,
    )
    return answer


def _lock_wanted(actor: User, wanted_id: UUID) -> tuple[ChoiceWanted, Job]:
    jobs = Job.objects.visible_to(actor)
    found = ChoiceWanted.objects.filter(pk=wanted_id, job__in=jobs.values("pk")).first()
    # Before the choice, bidders must not learn that one waits.
    if found is None or not may_read_bids_on(actor, jobs.one(found.job_id)):
        raise Unknown("There is no such choice.")
    job = jobs.select_related("department", "policy").lock(found.job_id)
    require(may_sign_choice(actor, job, found.wanted_by_id), "A second head signs.")
    refuse_both_sides(actor, job)
    wanted = ChoiceWanted.objects.select_related("wanted_by", "reason").get(pk=wanted_id)
    if ChoiceAnswer.objects.filter(wanted=wanted).exists():
        raise AlreadyAnswered("The second head has answered.")
    return wanted, job


def _record(
    actor: User, kind: str, wanted: ChoiceWanted, *, at: datetime, facts: Mapping[str, Fact]
) -> None:
    record(actor, kind, wanted, at=at, audience=Audience.BUYER, job=wanted.job, facts=facts)


def _tell_second_head(wanted: ChoiceWanted, *, at: datetime) -> None:
    if nobody_listens():
        return
    job = wanted.job
    kept_off = kept_from_choosing([job])[job.pk]
    tell(
        "choice.wanted",
        recipients=second_heads(job.department, wanted.wanted_by_id, kept_off),
        text=f"{wanted.wanted_by} would choose a bid for “{job.title}”. Sign it, or send it back.",
        because="above a limit a second head signs",
        at=at,
        job=job,
        subject=wanted,
    )
