"""Who may bid for a published job, and who will not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Membership, Role, User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.openness import refuse_not_open
from marketplace.permissions import is_member, may_publish_for
from marketplace.readiness import AuthorInInvitedTeam, OwnTeamInvited, SuspendedInvited
from marketplace.refusals import Refusal, Unknown, require
from marketplace.words import keep


class AlreadyInvited(Refusal):
    """A provider is invited once."""

    code = "already_invited"
    field = "provider_id"


class ReasonMissing(Refusal):
    """Whoever invited would like to know why."""

    code = "reason_missing"
    field = "reason"


class AlreadyDeclined(Refusal):
    """The provider has said that it will not bid."""

    code = "already_declined"


@transaction.atomic(savepoint=False)
def invite_provider(*, actor: User, job_id: UUID, provider_id: UUID, at: datetime) -> Invitation:
    """
    Invite one more provider while bids may come.

    :raises Unknown: the actor cannot see the job or the provider.
    :raises Forbidden: the actor does not publish for the job's department.
    :raises BiddingOver, AlreadyInvited, SuspendedInvited, OwnTeamInvited, AuthorInInvitedTeam: no.
    """
    job = Job.objects.visible_to(actor).published().lock(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_publish_for(actor, job.department))
    refuse_not_open(job, at)
    if job.invitations.filter(provider=provider).exists():
        raise AlreadyInvited(f"“{provider}” is invited already.")
    if provider.suspended_at is not None:
        raise SuspendedInvited(f"“{provider}” is suspended.")
    if provider.department_id == job.department_id:
        raise OwnTeamInvited(f"“{provider}” belongs to the department itself.")
    people = [job.author_id, job.published_by_id]
    if Membership.objects.current().filter(user__in=people, provider=provider).exists():
        raise AuthorInInvitedTeam(f"An author of this job belongs to “{provider}”.")

    invitation = Invitation.objects.create(job=job, provider=provider, invited_at=at)
    record(
        actor,
        "invitation.sent",
        invitation,
        at=at,
        audience=Audience.BOTH,
        job=job,
        provider=provider,
    )
    tell(
        "job.published",
        recipients=people_of_provider(provider),
        text=f"You are invited to bid for “{job.title}”.",
        because="your provider is invited to this job",
        at=at,
        job=job,
        subject=job,
    )
    return invitation


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
