"""Whether a job takes a bid now, and from whom: what every verb on a bid asks first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from bids.models.bids import Bid
from bids.models.panels import FinalRound
from bids.permissions import people_of_both_sides
from marketplace.compiled import Kept
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Membership, User
from marketplace.models.providers import Provider
from marketplace.models.questions import Addendum
from marketplace.refusals import Refusal, Unknown


class BiddingClosed(Refusal):
    """The job takes no bids at this moment."""

    code = "bidding_closed"


class NotInvited(Unknown):
    """The provider was not asked, so to it the job is not there."""

    code = "unknown"


class DeclinedBefore(Refusal):
    """Who said that it will not bid hears no more of the job; only the department asks again."""

    code = "declined_before"


class OwnJob(Refusal):
    """A department's own team cannot bid on the department's job."""

    code = "own_job"


class ConflictOfSides(Refusal):
    """Nobody stands on both sides of a job."""

    code = "conflict_of_sides"


class SitsWithTwo(Refusal):
    """Somebody who belongs to two bidders of one job would carry each bid to the other."""

    code = "sits_with_two"


class ProviderNotApproved(Refusal):
    """A vendor bids once finance has approved it."""

    code = "provider_not_approved"


class ProviderSuspended(Refusal):
    """A suspended provider may not bid."""

    code = "provider_suspended"


class JudgingOver(Refusal):
    """What a choice was made on stays what it was."""

    code = "judging_over"


def lock_job(actor: User, job_id: UUID) -> Job:
    """Return the job, locked until the transaction ends. :raises Unknown: not theirs to see."""
    # With what every verb on a bid reads next; only the job itself is locked.
    return Job.objects.visible_to(actor).select_related("department", "policy").lock(job_id)


def refuse_closed(job: Job, *, at: datetime) -> None:
    """:raises BiddingClosed: the job takes no bids at this moment."""
    if not job.accepts_bids(at):
        raise BiddingClosed(f"Bidding on “{job.title}” is closed.")


def refuse_decided(job: Job) -> None:
    """:raises JudgingOver: a bid was chosen, or none."""
    if job.decided_at is not None:
        raise JudgingOver(f"“{job.title}” is decided; its bids are not judged any more.")


def refuse_bidder(job: Job, provider: Provider) -> None:
    """
    Return if this provider may bid on this job.

    :raises NotInvited, DeclinedBefore, ProviderSuspended, OwnJob, ConflictOfSides: it may not.
    """
    invitation = _invitation.first(job.pk, provider.pk)
    if invitation is None:
        raise NotInvited("There is no such job.")
    if invitation.declined_at is not None:
        raise DeclinedBefore(
            f"{provider.name} declined to bid. Ask the department to invite you again."
        )
    refuse_suspended(provider)
    if provider.department_id == job.department_id:
        raise OwnJob("A department's own team cannot bid on the department's job.")
    if people_of_both_sides(job, provider):
        raise ConflictOfSides("Somebody of your side wrote, approved or will judge this job.")


def refuse_two_bidders(actor: User, job: Job, provider_id: UUID) -> None:
    """
    While sealed bids may come, in the best and final round too, nobody writes or reads bids of a
    job for which two of their providers bid. The person is refused; the others of each go on.

    A place given after the invitation, to somebody who had one with another bidder, keeps them
    from the bids of the new one alone: so no rival can silence them by giving them a place.

    :raises SitsWithTwo: they belong to another bidder, too.
    """
    if actor.is_system or job.cancelled_at is not None or job.decided_at is not None:
        return
    seats = _seats_with_bidders(job.pk, actor.pk)
    until = "the opening"
    if job.opened_at is not None:
        until = "the choice, or the opening of best and final bids,"
        asked = FinalRound.objects.filter(job=job)
        if asked.filter(opening__isnull=False).exists():
            return
        if asked.exists():
            shortlisted = Bid.objects.filter(shortlisted__round=job.pk)
            seats = seats.filter(provider__in=shortlisted.values("provider"))
    places = {place.provider_id: place for place in seats}
    here = places.pop(provider_id, None)
    if here is None or all(_came_later(one, than=here) for one in places.values()):
        return
    names = sorted(str(one.provider) for one in (here, *places.values()))
    raise SitsWithTwo(
        f"You belong to {' and '.join(names)}, which both bid or may. Until {until} you write and "
        "read no bid of theirs, unless you leave one of them or it declines."
    )


def refuse_suspended(provider: Provider) -> None:
    """:raises ProviderSuspended: it may neither bid nor let a bid stand under more than it did."""
    if provider.suspended_at is not None:
        raise ProviderSuspended(f"{provider.name} is suspended and may not bid.")
    if provider.approved_at is None:
        raise ProviderNotApproved(f"Finance has not approved {provider.name} yet.")


def last_addendum(job: Job, *, at: datetime | None = None) -> int:
    """Return the number of the job's last addendum, or of the last by a moment; 0 for none."""
    number = _addenda.first(job.pk) if at is None else _addenda_by.first(job.pk, at)
    return number or 0


@Kept
def _invitation(job: UUID, provider: UUID) -> QuerySet[Invitation]:
    return Invitation.objects.filter(job=job, provider=provider)


@Kept
def _addenda(job: UUID) -> QuerySet[Addendum, int]:
    return Addendum.objects.filter(job=job).order_by("-number").values_list("number", flat=True)


@Kept
def _addenda_by(job: UUID, at: datetime) -> QuerySet[Addendum, int]:
    return _addenda.ask(job).filter(added_at__lte=at)


def _seats_with_bidders(job: UUID, user: UUID) -> QuerySet[Membership]:
    """Return a person's places with providers that were invited and have not said no."""
    seats = Membership.objects.current().filter(
        user=user, provider__invitations__job=job, provider__invitations__declined_at=None
    )
    return seats.select_related("provider").annotate(asked=F("provider__invitations__invited_at"))


def _came_later(seat: Membership, *, than: Membership) -> bool:
    asked: datetime = getattr(seat, "asked")  # noqa: B009
    return seat.since_at > asked and seat.since_at > than.since_at
