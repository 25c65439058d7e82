"""One department or provider, for somebody who may see it: asked for at each turn, so kept."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.refusals import Unknown


def department_seen(actor: User, department_id: UUID) -> Department:
    """Return a department. :raises Unknown: there is none that the person may see."""
    if actor.is_system:
        return Department.objects.one(department_id)
    found = _department.first(actor.pk, department_id)
    if found is None:
        raise Unknown("There is no such department.")
    return found


def provider_seen(actor: User, provider_id: UUID) -> Provider:
    """Return a provider with its department. :raises Unknown: none that the person may see."""
    if actor.is_system:
        return Provider.objects.select_related("department").one(provider_id)
    found = _provider.first(actor.pk, provider_id)
    if found is None:
        raise Unknown("There is no such provider.")
    return found


@Kept
def _department(actor: UUID, department: UUID) -> QuerySet[Department]:
    return Department.objects.visible_to(User(pk=actor)).filter(pk=department)


@Kept
def _provider(actor: UUID, provider: UUID) -> QuerySet[Provider]:
    seen = Provider.objects.visible_to(User(pk=actor))
    return seen.filter(pk=provider).select_related("department")
