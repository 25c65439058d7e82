"""Taking a choice back before any work: the provider declines it, or an objection was upheld."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids.models.bids import Bid
from ledger.delivering import refuse_ended
from ledger.models.awards import Award, ChangeOrder, Delivery
from ledger.models.objections import Withdrawal, WithdrawalCause
from ledger.permissions import may_commit_provider
from ledger.promising import release_rest
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.notices import people_of_department, people_of_providers, tell
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class WorkUnderWay(Refusal):
    """What has begun is ended with the other side, for a fee or for nothing."""

    code = "work_under_way"


@transaction.atomic(savepoint=False)
def decline_award(*, actor: User, award_id: UUID, reason: str, at: datetime) -> Withdrawal:
    """
    Say, as the provider chosen, that one will not do the work after all. The promise is free
    again, and the head chooses freely among the other bids.

    :raises Unknown: the actor cannot see the award.
    :raises Forbidden: the actor does not lead the provider chosen.
    :raises AwardEnded, WorkUnderWay, ReasonMissing: the rules say no.
    """
    award = Award.objects.visible_to(actor).lock(award_id)
    require(may_commit_provider(actor, award), "Only the lead of the provider chosen declines.")
    refuse_ended(award.pk)
    refuse_under_way(award)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why you cannot do it.")
    return withdraw_locked(
        actor=actor, award=award, cause=WithdrawalCause.DECLINED, reason=reason.strip(), at=at
    )


def refuse_under_way(award: Award) -> None:
    """:raises WorkUnderWay: something was handed over, or changed, already."""
    delivered = Delivery.objects.filter(milestone__award=award)
    changed = ChangeOrder.objects.filter(award=award, agreed_at__isnull=False)
    if delivered.exists() or changed.exists():
        raise WorkUnderWay("The work has begun. Offer to end it here instead.")


def withdraw_locked(
    *, actor: User, award: Award, cause: WithdrawalCause, reason: str, at: datetime
) -> Withdrawal:
    """Take a choice back for a verb that holds the job's lock: nothing is promised any more."""
    withdrawal = Withdrawal.objects.create(
        award=award,
        cause=cause,
        reason=keep(reason, at=at),
        withdrawn_by=actor,
        withdrawn_at=at,
    )
    release_rest(actor=actor, award=award, at=at)
    record(
        actor,
        "award.withdrawn",
        award,
        at=at,
        audience=Audience.BOTH,
        job=award.job,
        provider=award.provider,
        facts={
            "cause": str(cause),
            "reason_digest": bytes(withdrawal.reason.digest).hex(),
        },
    )
    _tell(withdrawal, award, at=at)
    return withdrawal


def _tell(withdrawal: Withdrawal, award: Award, *, at: datetime) -> None:
    """Tell the department what to do now, the provider chosen, and the other bidders."""
    job = award.job
    declined = withdrawal.cause == WithdrawalCause.DECLINED
    others = Bid.objects.standing().filter(job=job).exclude(provider=award.provider)
    bidders = others.values_list("provider_id", flat=True)
    what = f"{award.provider} declined" if declined else "An objection was upheld"
    told = [
        (
            people_of_department(award.department, Role.HEAD),
            (
                f"{what}: the choice for “{job.title}” is withdrawn. Choose among the other bids,"
                f" or end it without a choice. The reason: {withdrawal.reason.text}"
            ),
            "it is your department's job",
        ),
        (
            people_of_providers([award.provider_id]),
            f"The choice of your bid for “{job.title}” is withdrawn.",
            "your team or firm was chosen",
        ),
        (
            people_of_providers(bidders),
            f"The choice for “{job.title}” is withdrawn. A bid is chosen anew.",
            "your team or firm bid for it",
        ),
    ]
    for people, text, because in told:
        tell(
            "award.withdrawn",
            recipients=people,
            text=text,
            because=because,
            at=at,
            job=job,
            subject=award,
        )
