"""Who may bid for a published job."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_provider, tell
from marketplace.openness import refuse_not_open
from marketplace.permissions import may_publish_for
from marketplace.readiness import (
    AuthorInInvitedTeam,
    OwnTeamInvited,
    SuspendedInvited,
    UnapprovedInvited,
)
from marketplace.refusals import Refusal, require
from marketplace.sides import bidding_side


class AlreadyInvited(Refusal):
    """A provider is invited once, unless it declined."""

    code = "already_invited"
    field = "provider_id"


class JudgeInInvitedTeam(Refusal):
    """Nobody judges a contest that their own side is in."""

    code = "judge_in_invited_team"
    field = "provider_id"


@transaction.atomic(savepoint=False)
def invite_provider(*, actor: User, job_id: UUID, provider_id: UUID, at: datetime) -> Invitation:
    """
    Invite one more provider while bids may come, or once more one that declined.

    :raises Unknown: the actor cannot see the job or the provider.
    :raises Forbidden: the actor does not publish for the job's department.
    :raises BiddingOver, AlreadyInvited, SuspendedInvited, UnapprovedInvited, OwnTeamInvited,
        AuthorInInvitedTeam, JudgeInInvitedTeam: the rules say no.
    """
    job = Job.objects.visible_to(actor).published().lock(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_publish_for(actor, job.department))
    refuse_not_open(job, at)
    known = job.invitations.filter(provider=provider).first()
    if known is not None and known.declined_at is None:
        raise AlreadyInvited(f"“{provider}” is invited already.")
    if provider.suspended_at is not None:
        raise SuspendedInvited(f"“{provider}” is suspended.")
    if provider.approved_at is None:
        raise UnapprovedInvited(f"Finance has not approved “{provider}” yet.")
    if provider.department_id == job.department_id:
        raise OwnTeamInvited(f"“{provider}” belongs to the department itself.")
    _refuse_both_sides(job, provider)

    invitation = known or Invitation(job=job, provider=provider)
    # Of an earlier "no" the row keeps nothing: the record has it, and the digest of its reason.
    invitation.invited_at = at
    invitation.declined_at = invitation.declined_by = invitation.decline_reason = None
    invitation.save()
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


def _refuse_both_sides(job: Job, provider: Provider) -> None:
    side = bidding_side(job, [provider])
    if {job.author_id, job.published_by_id} & side.keys():
        raise AuthorInInvitedTeam(f"An author of this job belongs to “{provider}”.")
    judges = [seat for seat in job.panel.current().select_related("user") if seat.user_id in side]
    if judges:
        names = ", ".join(sorted(seat.user.name for seat in judges))
        raise JudgeInInvitedTeam(f"On the panel, and with “{provider}”: {names}.")
