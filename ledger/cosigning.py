"""Publishing together: above a limit one head wants it, and a second one up the tree signs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.commissioning import NotAnEstimate, publish_signed
from ledger.models.publications import PublicationAnswer, PublicationWanted
from ledger.reports.second_heads import kept_from_publishing, second_heads
from ledger.signing import (
    digest_to_sign,
    is_as_sent,
    lock_publications,
    published_above,
    waiting_publication,
)
from marketplace.drafting import AlreadyPublished
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.notices import tell
from marketplace.permissions import may_publish_for
from marketplace.readiness import missing
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep


class NoSecondSignatureNeeded(Refusal):
    """Below the limit a head publishes alone."""

    code = "no_second_signature_needed"


class PublicationWaits(Refusal):
    """The same draft waits for its second head already."""

    code = "publication_waits"


class DraftChanged(Refusal):
    """What is signed is what was sent, word for word."""

    code = "draft_changed"


class PublicationAnswered(Refusal):
    """The second head has answered."""

    code = "publication_answered"


@transaction.atomic(savepoint=False)
def want_publication(
    *, actor: User, job_id: UUID, at: datetime, estimate: Money | None = None
) -> PublicationWanted:
    """
    Send a draft above the limit to a second head. Nobody invited is told before they sign.

    :raises Unknown, Forbidden: not the actor's to see, or to publish.
    :raises AlreadyPublished, NotReady, NoSecondSignatureNeeded, PublicationWaits: no.
    :raises NotAnEstimate: the estimate is not above zero, or in another currency.
    """
    job = _lock(actor, job_id)
    if gaps := missing(job, at=at, publisher=actor):
        raise gaps[0].rule(gaps[0].text, gaps)
    why = published_above(job, at=at)
    if not why:
        raise NoSecondSignatureNeeded("This job is one head's to publish.")
    if waiting_publication(job) is not None:
        raise PublicationWaits("It waits for its second head. They sign it, or send it back.")
    if estimate is not None and (estimate.currency != job.currency or estimate.minor <= 0):
        raise NotAnEstimate(f"Give an estimate above zero in {job.currency}, or none.")
    reserved = None if estimate is None else estimate.minor
    wanted = PublicationWanted.objects.create(
        job=job,
        draft_digest=digest_to_sign(job, reserved),
        estimate_minor=reserved,
        wanted_by=actor,
        wanted_at=at,
    )
    facts: dict[str, Fact] = {"draft_digest": bytes(wanted.draft_digest).hex()}
    record(
        actor, "publication.wanted", wanted, at=at, audience=Audience.BUYER, job=job, facts=facts
    )
    tell(
        "publication.wanted",
        recipients=second_heads(job.department, actor.pk, kept_from_publishing([job])[job.pk]),
        text=f"{actor} would publish “{job.title}”. {why} Sign it, or send it back.",
        because="above a limit a second head signs",
        at=at,
        job=job,
        subject=wanted,
    )
    return wanted


@transaction.atomic(savepoint=False)
def sign_publication(*, actor: User, wanted_id: UUID, at: datetime) -> Job:
    """
    Sign what another head would publish: it is published in the same moment, in that head's name.

    :raises Unknown, Forbidden: no such draft to see; a second head signs.
    :raises PublicationAnswered, DraftChanged: the rules say no; and what `publish_job` refuses.
    """
    wanted, job = _lock_wanted(actor, wanted_id)
    author = wanted.wanted_by
    require(may_publish_for(author, job.department), f"{author.name} publishes no more for it.")
    if gaps := missing(job, at=at, publisher=actor):
        raise gaps[0].rule(gaps[0].text, gaps)
    if not is_as_sent(job, wanted):
        raise DraftChanged("The draft has changed since it was sent. Send it back.")
    lock_publications(job)
    PublicationAnswer.objects.create(wanted=wanted, answered_by=actor, answered_at=at)
    estimate = wanted.estimate_minor
    published = publish_signed(
        actor=author,
        job_id=job.pk,
        at=at,
        estimate=None if estimate is None else Money(estimate, job.currency),
    )
    record(actor, "publication.signed", wanted, at=at, audience=Audience.BUYER, job=job)
    return published


@transaction.atomic(savepoint=False)
def send_publication_back(
    *, actor: User, wanted_id: UUID, reason: str, at: datetime
) -> PublicationAnswer:
    """
    Do not sign what another head would publish, and say why. They may change it and send it again.

    :raises Unknown, Forbidden: no such draft to see; a second head answers.
    :raises PublicationAnswered, ReasonMissing: the rules say no.
    """
    wanted, job = _lock_wanted(actor, wanted_id)
    if not reason.strip():
        raise ReasonMissing("Say what speaks against it.")
    words = keep(reason.strip(), at=at)
    answer = PublicationAnswer.objects.create(
        wanted=wanted, answered_by=actor, answered_at=at, reason=words
    )
    facts: dict[str, Fact] = {"reason_digest": words.digest.hex()}
    record(
        actor, "publication.sent_back", wanted, at=at, audience=Audience.BUYER, job=job, facts=facts
    )
    tell(
        "publication.sent_back",
        recipients=[wanted.wanted_by],
        text=f"{actor.name} does not sign “{job.title}”: {reason.strip()}",
        because="you would publish it",
        at=at,
        job=job,
        subject=wanted,
    )
    return answer


def _lock(actor: User, job_id: UUID) -> Job:
    job = Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)
    require(may_publish_for(actor, job.department))
    if job.published_at is not None:
        raise AlreadyPublished(f"“{job.title}” is published already.")
    return job


def _lock_wanted(actor: User, wanted_id: UUID) -> tuple[PublicationWanted, Job]:
    jobs = Job.objects.visible_to(actor)
    found = PublicationWanted.objects.filter(pk=wanted_id, job__in=jobs.values("pk")).first()
    if found is None:
        raise Unknown("There is no such draft.")
    job = jobs.select_related("department", "policy").lock(found.job_id)
    require(
        may_publish_for(actor, job.department) and actor.pk != found.wanted_by_id,
        "A second head signs.",
    )
    wanted = PublicationWanted.objects.select_related("wanted_by").get(pk=wanted_id)
    if PublicationAnswer.objects.filter(wanted=wanted).exists():
        raise PublicationAnswered("The second head has answered.")
    return wanted, job
