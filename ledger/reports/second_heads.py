"""Who may sign what another head wants: of the department, or of one above it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from marketplace.models.departments import Department
from marketplace.models.people import Membership, Role


def heads_by_department() -> dict[UUID, set[UUID]]:
    """Return who heads each department, without those who may not sign in any more."""
    heads: dict[UUID, set[UUID]] = {}
    for department, user in _seats().values_list("department", "user"):
        assert department is not None  # only of a department somebody is head
        heads.setdefault(department, set()).add(user)
    return heads


def who_signs(department: Department, wanted_by_id: UUID) -> str:
    """Return who may sign; where there is nobody, what is missing and who can change it."""
    seats = _seats().filter(department__in=department.lineage).exclude(user=wanted_by_id)
    names = sorted(set(seats.values_list("user__name", flat=True)))
    if names:
        return f"Who may sign, of the department or above it: {', '.join(names)}."
    return (
        f"Nobody can sign: there is no other head of {department} or of a department above it."
        " An administrator names one."
    )


def _seats() -> QuerySet[Membership]:
    return Membership.objects.current().filter(role=Role.HEAD, user__is_active=True)
