"""What people are told: a row of the outbox in the act's transaction, mailed by the worker."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import DateTimeField, F, Func, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.history import HasId
from marketplace.models.departments import Department
from marketplace.models.events import Notice
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.models.providers import Provider
from marketplace.saying import said

log = structlog.stdlib.get_logger("choicebook.notices")

# What is older is no news: it stays in the person's list and is not mailed any more.
NEWS = timedelta(days=3)
PAUSE_AFTER_FAILURE = timedelta(minutes=10)
LONGEST_SUBJECT = 120


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
    Notice.objects.bulk_create(
        Notice(
            kind=kind,
            recipient=person,
            text=text,
            because=because,
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


@transaction.atomic(savepoint=False)
def send_due_notices(*, at: datetime, limit: int = 200) -> int:
    """
    Mail what waits in the outbox, and return how much was sent.

    Two workers take different rows. A mail may come twice when the worker is killed between
    sending and committing; it is never lost that way.
    """
    last_failure: Func = Func(
        F("failed_at"),
        template="(%(expressions)s)[cardinality(%(expressions)s)]",
        output_field=DateTimeField(),
    )
    due = (
        Notice.objects.annotate(last_failure_at=last_failure)
        .filter(sent_at=None, told_at__gt=at - NEWS, told_at__lte=at)
        .filter(Q(last_failure_at=None) | Q(last_failure_at__lte=at - PAUSE_AFTER_FAILURE))
        .select_related("recipient", "job")
        .order_by("told_at", "id")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    return sum(_send(notice, at=at) for notice in due)


def _send(notice: Notice, *, at: datetime) -> bool:
    try:
        _mail(notice).send()
    except Exception:  # whatever it was, whoever is next must still get theirs
        log.warning("notice not sent", notice=str(notice.pk), exc_info=True)
        notice.failed_at = [*notice.failed_at, at]
        notice.save(update_fields=["failed_at"])
        return False
    notice.sent_at = at
    notice.save(update_fields=["sent_at"])
    return True


def _mail(notice: Notice) -> EmailMessage:
    reader = notice.recipient
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        text = said(notice.text)
        lines = [
            _("Hello %(name)s,") % {"name": reader.name},
            text,
            f"{settings.SITE_URL}/jobs/{notice.job_id}/" if notice.job_id else settings.SITE_URL,
            _("You get this because %(because)s.") % {"because": said(notice.because)},
        ]
    # A line break in a subject would be a header of the writer's choosing.
    subject = " ".join(text.split())[:LONGEST_SUBJECT]
    return EmailMessage(subject=subject, body="\n\n".join(lines), to=[reader.email])
