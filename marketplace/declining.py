"""
A provider says that it will not bid.

Pages and API do not call this: the provider may have a bid under seal, and only `bids.declining`
can take it back in the same transaction. The import contract keeps it so.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_department, tell
from marketplace.openness import refuse_not_open
from marketplace.permissions import is_member
from marketplace.refusals import ReasonMissing, Refusal, Unknown, require
from marketplace.words import keep


class AlreadyDeclined(Refusal):
    """The provider has said that it will not bid."""

    code = "already_declined"


@transaction.atomic(savepoint=False)
def decline_invitation(
    *, actor: User, job_id: UUID, provider_id: UUID, reason: str, at: datetime
) -> Invitation:
    """
    Say that a provider will not bid, and why.

    :raises Unknown: the actor cannot see the job or the provider, or it is not invited.
    :raises Forbidden: the actor does not lead the provider.
    :raises BiddingOver, AlreadyDeclined, ReasonMissing: the rules say no.
    """
    job = Job.objects.visible_to(actor).published().lock(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(actor.is_system or is_member(actor, provider, Role.LEAD))
    invitation = job.invitations.filter(provider=provider).first()
    if invitation is None:
        raise Unknown("There is no such invitation.")
    refuse_not_open(job, at)
    if invitation.declined_at is not None:
        raise AlreadyDeclined(f"“{provider}” has declined already.")
    if not reason.strip():
        raise ReasonMissing("Say why you will not bid.")

    invitation.declined_at, invitation.declined_by = at, actor
    invitation.decline_reason = keep(reason.strip(), at=at)
    invitation.save(update_fields=["declined_at", "declined_by", "decline_reason"])
    facts = {"reason_digest": invitation.decline_reason.digest.hex()}
    record(
        actor,
        "invitation.declined",
        invitation,
        at=at,
        audience=Audience.BOTH,
        job=job,
        provider=provider,
        facts=facts,
    )
    tell(
        "invitation.declined",
        recipients=people_of_department(job.department),
        text=f"“{provider}” will not bid for “{job.title}”: {reason.strip()}",
        because="you belong to the department",
        at=at,
        job=job,
        subject=invitation,
    )
    return invitation
