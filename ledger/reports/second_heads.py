"""Who may sign what another head wants: of the department, or of one above it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from bids.models.bids import Bid
from bids.permissions import all_aside
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, Role
from marketplace.models.providers import Provider
from marketplace.sides import bidding_side


def heads_by_department() -> dict[UUID, set[UUID]]:
    """Return who heads each department, without those who may not sign in any more."""
    heads: dict[UUID, set[UUID]] = {}
    for department, user in _seats().values_list("department", "user"):
        assert department is not None  # only of a department somebody is head
        heads.setdefault(department, set()).add(user)
    return heads


def kept_from_choosing(job: Job) -> set[UUID]:
    """Return whose signature under a choice is refused: the bidding side's, and who has a part."""
    bidders = Provider.objects.filter(bids__in=Bid.objects.standing().filter(job=job))
    chosen_from = bidders.select_related("department").distinct()
    return {*bidding_side(job), *bidding_side(job, chosen_from), *all_aside(job)}


def kept_from_publishing(job: Job) -> set[UUID]:
    """Return whose signature under a publication is refused: those of whoever is invited."""
    invited = Provider.objects.filter(invitations__job=job).select_related("department")
    return {*bidding_side(job, invited.exclude(department=job.department_id))}


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
