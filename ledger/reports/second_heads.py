"""Who may sign what another head wants: of the department, or of one above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import QuerySet

from bids.models.bids import Bid
from bids.permissions import aside_on
from marketplace.models.departments import Department
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Membership, Role, User
from marketplace.models.providers import Provider
from marketplace.sides import bidding_sides
from marketplace.together import together


def heads_by_department() -> dict[UUID, set[UUID]]:
    """Return who heads each department, without those who may not sign in any more."""
    heads: dict[UUID, set[UUID]] = {}
    for department, user in _seats().values_list("department", "user"):
        assert department is not None  # only of a department somebody is head
        heads.setdefault(department, set()).add(user)
    return heads


def kept_from_choosing(jobs: Iterable[Job]) -> dict[UUID, set[UUID]]:
    """
    Return, for each of these jobs, whose signature under a choice is refused: that of the bidding
    side, and of who has an interest. It takes as many statements for a hundred jobs as for one.
    """
    known = {job.pk: job for job in jobs}
    asked = Invitation.objects.filter(job__in=known, declined_at=None)
    standing = Bid.objects.standing().filter(job__in=known)
    invited, bidding = together(
        lambda: list(asked.values_list("job", "provider")),
        lambda: list(standing.values_list("job", "provider")),
    )
    places = _places(known, {*invited, *bidding})
    sides, aside = together(lambda: bidding_sides(places), lambda: aside_on(known))
    return {job_id: sides[job_id] | aside.get(job_id, set()) for job_id in known}


def kept_from_publishing(jobs: Iterable[Job]) -> dict[UUID, set[UUID]]:
    """Return the same of a publication: it is refused to the side of whoever is invited."""
    known = {job.pk: job for job in jobs}
    invited = set(Invitation.objects.filter(job__in=known).values_list("job", "provider"))
    others = {
        job: [one for one in all_ if one.department_id != job.department_id]
        for job, all_ in _places(known, invited).items()
    }
    return bidding_sides(others)


def second_heads(
    department: Department, wanted_by_id: UUID, kept_off: Collection[UUID]
) -> QuerySet[User]:
    """Return who may sign: who heads the department or one above it, other than who asked."""
    seats = _seats().filter(department__in=department.lineage).exclude(user=wanted_by_id)
    return User.objects.filter(pk__in=seats.values("user")).exclude(pk__in=kept_off)


def _places(
    jobs: Mapping[UUID, Job], pairs: Collection[tuple[UUID, UUID]]
) -> dict[Job, list[Provider]]:
    found = Provider.objects.filter(pk__in={provider for _, provider in pairs})
    providers = {one.pk: one for one in found.select_related("department")}
    places: dict[Job, list[Provider]] = {job: [] for job in jobs.values()}
    for job_id, provider_id in pairs:
        places[jobs[job_id]].append(providers[provider_id])
    return places


def who_signs(department: Department, wanted_by_id: UUID, kept_off: Collection[UUID]) -> str:
    """Return who may sign; where there is nobody, what is missing and who can change it."""
    seats = _seats().filter(department__in=department.lineage).exclude(user=wanted_by_id)
    heads = dict(seats.values_list("user", "user__name"))
    names = sorted({name for user, name in heads.items() if user not in kept_off})
    if names:
        return f"Who may sign, of the department or above it: {', '.join(names)}."
    if heads:
        return (
            f"Nobody can sign: each other head of {department}, or of a department above it, has"
            " a part in it on another side. An administrator names one who has none."
        )
    return (
        f"Nobody can sign: there is no other head of {department} or of a department above it."
        " An administrator names one."
    )


def _seats() -> QuerySet[Membership]:
    return Membership.objects.current().filter(role=Role.HEAD, user__is_active=True)
