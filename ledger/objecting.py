"""Objecting to a choice within its standstill, and deciding on the objection one level up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.models.bids import Bid
from bids.permissions import may_bid_for
from ledger.models.awards import Award
from ledger.models.objections import Objection, Ruling, WithdrawalCause
from ledger.permissions import deciders_of, may_decide_objection
from ledger.standstill import ruling_due_at, standstill_until
from ledger.withdrawing import withdraw_locked
from marketplace.calendar import spoken
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep


class NothingToObjectTo(Refusal):
    """No choice stands."""

    code = "nothing_to_object_to"


class OwnAward(Refusal):
    """Whoever was chosen has nothing to object to; they may decline."""

    code = "own_award"


class StandstillOver(Refusal):
    """Objections come within the standstill; quick jobs have none."""

    code = "standstill_over"


class AlreadyObjected(Refusal):
    """A bidder objects to a choice once."""

    code = "already_objected"


class AlreadyRuled(Refusal):
    """An objection is decided once."""

    code = "already_ruled"


@transaction.atomic(savepoint=False)
def raise_objection(
    *, actor: User, job_id: UUID, provider_id: UUID, reason: str, at: datetime
) -> Objection:
    """
    Object to a choice, as a bidder who was not chosen. Until it is decided no work starts.

    :raises Unknown: the actor cannot see the job, or the provider did not bid.
    :raises Forbidden: the actor does not bid for this provider.
    :raises NothingToObjectTo, OwnAward, StandstillOver, AlreadyObjected, ReasonMissing: no.
    """
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    if not Bid.objects.standing().filter(job=job, provider=provider).exists():
        raise Unknown("There is no such bid of yours.")
    require(may_bid_for(actor, provider), "Only the lead objects.")
    award = _objectionable(job, provider, at=at)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what was wrong with the choice.")

    objection = Objection.objects.create(
        award=award,
        provider=provider,
        reason=keep(reason.strip(), at=at),
        raised_by=actor,
        raised_at=at,
    )
    _record(actor, "objection.raised", objection, at=at)
    _tell_raised(objection, at=at)
    return objection


def _objectionable(job: Job, provider: Provider, *, at: datetime) -> Award:
    """Return the choice that this bidder may object to now."""
    award = Award.objects.select_related("standstill", "provider").filter(job=job).first()
    if award is None:
        raise NothingToObjectTo("No choice stands on this job.")
    award.job = job
    if award.provider_id == provider.pk:
        raise OwnAward("Your own bid was chosen. You may decline it instead.")
    until = standstill_until(award)
    if until is None:
        raise StandstillOver("A choice in the quick procedure has no standstill to object in.")
    if at >= until:
        raise StandstillOver(f"Objections could come until {spoken(until)}.")
    if Objection.objects.filter(award=award, provider=provider).exists():
        raise AlreadyObjected("You objected to this choice before.")
    return award


@transaction.atomic(savepoint=False)
def decide_objection(
    *, actor: User, objection_id: UUID, upheld: bool, reason: str, at: datetime
) -> Ruling:
    """
    Decide on an objection, with a reason that its author reads. Where it is upheld the choice is
    withdrawn, and the department chooses again, freely, among the other bids.

    :raises Unknown: the actor cannot see the objection.
    :raises Forbidden: neither a head above the department nor an auditor, or not a stranger to it.
    :raises AlreadyRuled, ReasonMissing: the rules say no.
    """
    found = Objection.objects.visible_to(actor).one(objection_id)
    award = Award.record.lock(found.award_id)
    objection = Objection.objects.select_related("provider", "reason").get(pk=objection_id)
    objection.award = award
    require(may_decide_objection(actor, award), "A head above the department decides, or auditors.")
    if not Objection.objects.open().filter(pk=objection_id).exists():
        raise AlreadyRuled("This objection is decided, or the choice does not stand any more.")
    if not reason.strip():
        raise ReasonMissing("Say why, for the bidder who objects.")

    ruling = Ruling.objects.create(
        objection=objection,
        upheld=upheld,
        reason=keep(reason.strip(), at=at),
        decided_by=actor,
        decided_at=at,
    )
    facts: dict[str, Fact] = {
        "upheld": int(upheld),
        "ruling_digest": bytes(ruling.reason.digest).hex(),
    }
    _record(actor, "objection.decided", objection, at=at, more=facts)
    _tell_decided(ruling, objection, at=at)
    if upheld:
        cause = WithdrawalCause.OBJECTION
        withdraw_locked(actor=actor, award=award, cause=cause, reason=reason.strip(), at=at)
    return ruling


def _record(
    actor: User,
    kind: str,
    objection: Objection,
    *,
    at: datetime,
    more: dict[str, Fact] | None = None,
) -> None:
    record(
        actor,
        kind,
        objection,
        at=at,
        audience=Audience.BOTH,
        job=objection.award.job,
        provider=objection.provider,
        facts={
            "award": str(objection.award_id),
            "reason_digest": bytes(objection.reason.digest).hex(),
            **(more or {}),
        },
    )


def _tell_raised(objection: Objection, *, at: datetime) -> None:
    """Tell who decides, the department, and the provider chosen, whose work waits."""
    award, job = objection.award, objection.award.job
    due = spoken(ruling_due_at(objection))
    objects = f"{objection.provider} objects to the choice for “{job.title}”"
    told = [
        (
            deciders_of(award),
            f"{objects}: {objection.reason.text} Decide until {due}.",
            "you stand above the department, or audit",
        ),
        (
            people_of_department(award.department),
            (
                f"{objects}: {objection.reason.text} It is decided above you until {due};"
                " no work starts before."
            ),
            "it is your department's job",
        ),
        (
            people_of_provider(award.provider),
            (
                f"A bidder objects to the choice for “{job.title}”. It is decided until {due};"
                " work starts after that."
            ),
            "your team or firm was chosen",
        ),
    ]
    for people, text, because in told:
        tell(
            "objection.raised",
            recipients=people,
            text=text,
            because=because,
            at=at,
            job=job,
            subject=objection,
        )


def _tell_decided(ruling: Ruling, objection: Objection, *, at: datetime) -> None:
    """Tell its author, the department, and, where the choice stands, the provider chosen."""
    award, job = objection.award, objection.award.job
    word = "upheld" if ruling.upheld else "not upheld"
    told = [
        (
            people_of_provider(objection.provider),
            f"Your objection to the choice for “{job.title}” is {word}: {ruling.reason.text}",
            "your team or firm objected",
        ),
        (
            people_of_department(award.department),
            (
                f"The objection of {objection.provider} to the choice for “{job.title}” is {word}:"
                f" {ruling.reason.text}"
            ),
            "it is your department's job",
        ),
    ]
    if not ruling.upheld:
        until = standstill_until(award)
        start = f"after {spoken(until)}" if until and until > at else "now"
        told.append(
            (
                people_of_provider(award.provider),
                (
                    f"The objection to the choice for “{job.title}” is not upheld. Work may start"
                    f" {start}, unless another bidder objects."
                ),
                "your team or firm was chosen",
            )
        )
    for people, text, because in told:
        tell(
            "objection.decided",
            recipients=people,
            text=text,
            because=because,
            at=at,
            job=job,
            subject=objection,
        )
