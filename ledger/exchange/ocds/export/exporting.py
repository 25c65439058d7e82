"""The whole export, a few jobs at a time: any company fits into the same memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.exchange.ocds.export.gathering import gather, with_all_it_wants
from ledger.exchange.ocds.export.plain import Plain
from ledger.exchange.ocds.export.releasing import changed_at, release
from ledger.exchange.ocds.export.sight import Sight, sight_of
from ledger.reports.reading import departments_to_read
from marketplace.asking import reading
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.models.people import User

AT_ONCE = 250  # jobs whose rows are in memory together; each time asks nine statements


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which jobs are meant; what is left out does not restrict."""

    since: datetime | None = None  # something happened from then on
    department_id: UUID | None = None
    include_children: bool = False


ALL = ExportFilter()


def ocds_releases(
    *,
    actor: User,
    only: ExportFilter = ALL,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Plain]:
    """
    Return a release for each published job of the actor's departments, or of all for finance and
    auditors, in the order they were published; each tells what the actor may know.

    :param say: told after some jobs how many are done, and of how many.
    :raises Unknown: the department asked for is not the actor's to read.
    :raises Forbidden: the actor belongs to no department and holds no office of the books.
    """
    sight = sight_of(actor)
    jobs = _jobs(actor, sight, only)
    return _releases(jobs, sight, only, say)


def _jobs(actor: User, sight: Sight, only: ExportFilter) -> QuerySet[Job]:
    departments: QuerySet[Department] = Department.objects.all()
    if not sight.is_house or only.department_id:
        departments = departments_to_read(
            sight.reader,
            department_id=only.department_id,
            include_children=only.include_children,
        )
    jobs = Job.objects.readable_to(actor).published().filter(department__in=departments)
    return jobs.order_by("published_at", "pk")


def _releases(
    jobs: QuerySet[Job], sight: Sight, only: ExportFilter, say: Callable[[int, int], None]
) -> Iterator[Plain]:
    total, done = jobs.count(), 0
    after = Q()
    while some := list(with_all_it_wants(jobs.filter(after))[:AT_ONCE]):
        with reading():
            files = gather(some, sight)
        for file in files:
            if only.since is None or changed_at(file) >= only.since:
                yield release(file, sight)
        done += len(some)
        say(done, max(total, done))
        if len(some) < AT_ONCE:
            break
        last = some[-1]
        after = Q(published_at__gt=last.published_at) | Q(
            published_at=last.published_at, pk__gt=last.pk
        )
