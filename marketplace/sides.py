"""
Who stands on the bidding side of a job. On one job that side and those who write, judge, choose
and sign are different people.

The people of a provider are its bidding side; for an in-house team so are the heads of its
department and of those above it, up to where the tree meets the buying department's: who heads
both answers for both. Whoever left after the publication was there when it mattered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from marketplace.asking import asked_once
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, MembershipQuerySet, Role, User
from marketplace.models.providers import Provider
from marketplace.together import together


def bidding_side(job: Job, providers: Iterable[Provider] | None = None) -> dict[UUID, str]:
    """Return each person of the bidding side with the provider that puts them there."""
    return _side_of_all(job) if providers is None else _side(job, list(providers))


def bidding_sides(places: Mapping[Job, Collection[Provider]]) -> dict[UUID, set[UUID]]:
    """
    Return, for each of these jobs, the people who stand on the bidding side for one of its
    providers: what `bidding_side` says of one job, of all of them in one statement.
    """
    over = {
        (job.pk, one.pk): set(heads_over(one, job)) for job, all_ in places.items() for one in all_
    }
    providers = {one for _, one in over}
    departments = set().union(*over.values())
    seats = Membership.objects.filter(
        Q(provider__in=providers) | Q(role=Role.HEAD, department__in=departments)
    ).values_list("user", "provider", "department", "ended_at")
    of_provider: dict[UUID | None, list[tuple[UUID, datetime | None]]] = {}
    of_department: dict[UUID | None, list[tuple[UUID, datetime | None]]] = {}
    for user, provider, department, ended_at in seats if providers else ():
        of_provider.setdefault(provider, []).append((user, ended_at))
        of_department.setdefault(department, []).append((user, ended_at))
    return {
        job.pk: {
            user
            for one in all_
            for held in (
                of_provider.get(one.pk, []),
                *(of_department.get(each, []) for each in over[job.pk, one.pk]),
            )
            for user, ended_at in held
            if ended_at is None or (job.published_at and ended_at >= job.published_at)
        }
        for job, all_ in places.items()
    }


@asked_once
def _side_of_all(job: Job) -> dict[UUID, str]:
    return _side(job, invited_to(job))


def _side(job: Job, places: list[Provider]) -> dict[UUID, str]:
    seats = _seats_since(job)
    found: dict[UUID, str] = {}
    names = {each.pk: each.name for each in places}
    above = {each.pk: heads_over(each, job) for each in places}
    wanted = {one for ids in above.values() for one in ids}
    people = seats.filter(provider__in=names).values_list("user", "provider")
    heads = seats.filter(role=Role.HEAD, department__in=wanted).values_list("user", "department")
    own, over = together(lambda: list(people), lambda: list(heads))
    for user_id, provider_id in own:
        found.setdefault(user_id, names[provider_id])
    for user_id, department_id in over:
        name = next(names[each.pk] for each in places if department_id in above[each.pk])
        found.setdefault(user_id, name)
    return found


def stands_with_bidder(
    actor: User, job: Job, providers: Iterable[Provider] | None = None
) -> str | None:
    """Return the provider for which the person stands on the bidding side; None if for none."""
    if actor.is_system:
        return None
    return bidding_side(job, providers).get(actor.pk)


def invited_to(job: Job) -> list[Provider]:
    """Return the providers that were asked and have not said no."""
    invited = Provider.objects.filter(
        invitations__job=job, invitations__declined_at=None
    ).select_related("department")
    return list(invited)


def heads_over(provider: Provider, job: Job) -> list[UUID]:
    """Return the departments whose heads answer for this team, and not for the job as well."""
    if provider.department is None:
        return []
    own, *above = provider.department.lineage
    shared = set(job.department.lineage)
    return [own, *(one for one in above if one not in shared)]


def _seats_since(job: Job) -> MembershipQuerySet:
    current = Q(ended_at=None)
    if job.published_at is not None:
        current |= Q(ended_at__gte=job.published_at)
    return Membership.objects.filter(current)
