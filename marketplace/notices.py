"""What people are told: a row of the outbox in the act's transaction, mailed by `letters.py`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.history import HasId
from marketplace.models.departments import Department
from marketplace.models.events import Notice
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.models.providers import Provider
from marketplace.topics import topic_of

# A replay of what happened long ago, elsewhere, is no news to anybody here.
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def nobody_told() -> Iterator[None]:
    """Within this, nobody is told of anything: what is done is an old record taken over."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def nobody_listens() -> bool:
    """Whether whoever would be told now would not be: then nobody need ask who that is."""
    return _quiet.get()


def tell(
    kind: str,
    *,
    recipients: Iterable[User],
    text: str,
    because: str,
    at: datetime,
    job: Job | None = None,
    subject: HasId | None = None,
) -> int:
    """Put one notice per person into the outbox, and return how many."""
    if _quiet.get():
        return 0
    people = {person.pk: person for person in recipients if person.is_active}
    if not people:
        return 0
    topic = topic_of(kind)
    Notice.objects.bulk_create(
        Notice(
            kind=kind,
            recipient=person,
            text=text,
            because=because,
            topic=topic,
            told_at=at,
            job=job,
            subject_id=subject.id if subject else None,
        )
        for person in people.values()
    )
    return len(people)


def tell_bidders(
    kind: str, job: Job, text: str, *, at: datetime, subject: HasId | None = None
) -> int:
    """Tell the people of all who are invited to a job and have not declined."""
    if nobody_listens():
        return 0
    invited = job.invitations.filter(declined_at=None).values_list("provider_id", flat=True)
    return tell(
        kind,
        recipients=people_of_providers(invited),
        text=text,
        because="your provider is invited to this job",
        at=at,
        job=job,
        subject=subject or job,
    )


def people_of_department(department: Department, *roles: Role) -> QuerySet[User]:
    """Return its active members, those with one of the roles if any is named."""
    return _members(Q(department=department), roles)


def people_of_provider(provider: Provider, *roles: Role) -> QuerySet[User]:
    """Return its active members, those with one of the roles if any is named."""
    return _members(Q(provider=provider), roles)


def people_of_providers(provider_ids: Iterable[UUID], *roles: Role) -> QuerySet[User]:
    """Return the active members of several providers."""
    return _members(Q(provider__in=provider_ids), roles)


def heads_above(department: Department) -> QuerySet[User]:
    """Return the active heads of the departments above one."""
    return _members(Q(department__in=department.lineage[1:]), (Role.HEAD,))


def holders(office: Office) -> QuerySet[User]:
    """Return the active people who hold an office of the company."""
    held = OfficeHeld.objects.filter(office=office, ended_at=None)
    return User.objects.filter(is_active=True, pk__in=held.values("user_id"))


def _members(whose: Q, roles: tuple[Role, ...]) -> QuerySet[User]:
    if _quiet.get():
        return User.objects.none()
    seats = Membership.objects.current().filter(whose)
    if roles:
        seats = seats.filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id"))
