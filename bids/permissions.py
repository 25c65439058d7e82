"""Who may bid, judge and open. Asked by the verbs, the pages and the API."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.asking import asked_once, is_reading
from marketplace.compiled import Kept
from marketplace.models.jobs import Job
from marketplace.models.panels import PanelSeat, PanelSeatQuerySet
from marketplace.models.people import IMPORTER_ID, Membership, Role, User
from marketplace.models.providers import Provider
from marketplace.permissions import is_member, may_answer_for, may_audit, may_publish_for
from marketplace.sides import stands_with_bidder
from marketplace.together import together


def may_bid_for(actor: User, provider: Provider) -> bool:
    """The lead of the team, or the administrator of the vendor."""
    return actor.pk == IMPORTER_ID or is_member(actor, provider, Role.LEAD)


def may_draft_bid_for(actor: User, provider: Provider) -> bool:
    """Everybody who belongs to the provider writes its bids; its lead submits them."""
    return actor.pk == IMPORTER_ID or is_member(actor, provider)


@asked_once
def may_read_bids_on(actor: User, job: Job) -> bool:
    """
    Once they are open: whoever judges, the heads, and auditors; never somebody of the bidding
    side, or with an interest that keeps them off. Without a panel the department judges.
    """
    if actor.is_system:
        return True
    if is_reading():  # what is asked below, asked at once
        together(
            lambda: stands_aside(actor, job),
            lambda: sits_with_a_bidder(actor, job),
            lambda: may_audit(actor),
            lambda: may_publish_for(actor, job.department),
            lambda: may_score(actor, job),
        )
    if stands_aside(actor, job) or sits_with_a_bidder(actor, job):
        return False
    if may_audit(actor) or may_publish_for(actor, job.department):
        return True
    return may_score(actor, job)


@asked_once
def may_score(actor: User, job: Job) -> bool:
    """The panel, once they have declared; where none was, the people of the department."""
    if sits_with_a_bidder(actor, job):
        return False
    if job.panel.binding().exists():
        return job.panel.judging().filter(user=actor).exists()
    return may_answer_for(actor, job.department)


def may_disqualify(actor: User, job: Job) -> bool:
    """Whoever may publish the job, and stands neither aside nor on the other side."""
    return may_publish_for(actor, job.department) and not (
        stands_aside(actor, job) or sits_with_a_bidder(actor, job)
    )


@asked_once
def stands_aside(actor: User, job: Job) -> bool:
    """Whether the person has still to declare, or declared what keeps them off, on the panel."""
    return _aside(PanelSeat.objects.filter(job=job, user=actor)).exists()


def aside_on(job_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return by job everybody of whom `stands_aside` says so; jobs with nobody are left out."""
    found: dict[UUID, set[UUID]] = {}
    seats = _aside(PanelSeat.objects.filter(job__in=list(job_ids)))
    for job, user in seats.values_list("job", "user"):
        found.setdefault(job, set()).add(user)
    return found


def _aside(seats: PanelSeatQuerySet) -> PanelSeatQuerySet:
    some = seats.filter(interest__has_some=True).exclude(interest__answer__may_stay=True)
    return seats.filter(Q(pk__in=seats.undeclared().values("pk")) | Q(pk__in=some.values("pk")))


def may_open(actor: User) -> bool:
    """The clock, and the importer at the moments that its record names. No person alone."""
    return actor.is_system


def may_open_prices(actor: User, job: Job) -> bool:
    """Whoever may publish the job, once every bid has been scored."""
    return actor.is_system or may_disqualify(actor, job)


def sits_with_a_bidder(actor: User, job: Job) -> bool:
    """Whether the person stands on the bidding side of this job, through the department tree."""
    return stands_with_bidder(actor, job) is not None


def people_of_both_sides(job: Job, provider: Provider) -> bool:
    """Whether somebody of the provider wrote, approved or will judge this job."""
    seats = Membership.objects.current()
    people = set(_seated.all(provider.pk))
    if not people:
        return False
    judges = seats.filter(
        Q(department=job.department_id) | Q(role=Role.HEAD, department__in=job.department.lineage)
    )
    involved = {job.author_id, job.published_by_id} - {None, IMPORTER_ID}
    return bool(people & involved) or judges.filter(user__in=people).exists()


@Kept
def _seated(provider: UUID) -> QuerySet[Membership, UUID]:
    seats = Membership.objects.current().filter(provider=provider)
    return seats.values_list("user_id", flat=True)
