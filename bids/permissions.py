"""Who may bid, judge and open. Asked by the verbs, the pages and the API."""

from django.db.models import Q

from marketplace.models.jobs import Job
from marketplace.models.people import IMPORTER_ID, Membership, Role, User
from marketplace.models.providers import Provider
from marketplace.permissions import is_member, may_answer_for, may_audit, may_publish_for


def may_bid_for(actor: User, provider: Provider) -> bool:
    """The lead of the team, or the administrator of the vendor."""
    return actor.pk == IMPORTER_ID or is_member(actor, provider, Role.LEAD)


def may_draft_bid_for(actor: User, provider: Provider) -> bool:
    """Everybody who belongs to the provider writes its bids; its lead submits them."""
    return actor.pk == IMPORTER_ID or is_member(actor, provider)


def may_read_bids_on(actor: User, job: Job) -> bool:
    """Once they are open: the people of the department, and auditors; never a rival bidder's."""
    if actor.is_system:
        return True
    reads = may_answer_for(actor, job.department) or may_audit(actor)
    return reads and not sits_with_a_bidder(actor, job)


def may_score(actor: User, job: Job) -> bool:
    """The people of the department, unless they belong to a provider that was invited."""
    return may_answer_for(actor, job.department) and not sits_with_a_bidder(actor, job)


def may_disqualify(actor: User, job: Job) -> bool:
    """Whoever may publish the job."""
    return may_publish_for(actor, job.department) and not sits_with_a_bidder(actor, job)


def may_open(actor: User) -> bool:
    """The clock, and the importer at the moments that its record names. No person alone."""
    return actor.is_system


def may_open_prices(actor: User, job: Job) -> bool:
    """Whoever may publish the job, once every bid has been scored."""
    return actor.is_system or may_disqualify(actor, job)


def sits_with_a_bidder(actor: User, job: Job) -> bool:
    """Whether the person belongs to a provider that was invited to this job."""
    invited = job.invitations.values("provider_id")
    return Membership.objects.current().filter(user=actor, provider__in=invited).exists()


def people_of_both_sides(job: Job, provider: Provider) -> bool:
    """Whether somebody of the provider wrote, approved or will judge this job."""
    seats = Membership.objects.current()
    people = set(seats.filter(provider=provider).values_list("user_id", flat=True))
    if not people:
        return False
    judges = seats.filter(
        Q(department=job.department_id) | Q(role=Role.HEAD, department__in=job.department.lineage)
    )
    involved = {job.author_id, job.published_by_id} - {None, IMPORTER_ID}
    return bool(people & involved) or judges.filter(user__in=people).exists()
