"""The jobs that a person may see, as a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.reports.choosing import Choosing, choosing_of
from ledger.reports.columns import Column, columns
from ledger.reports.custody import custody, works_listed
from ledger.reports.paging import PAGE, Page, page_size, read_cursor, write_cursor
from ledger.reports.reading import Reader, reader_of
from ledger.reports.states import ENDED, State, noted, with_facts, with_part, with_state
from marketplace.among import Found
from marketplace.compiled import Kept
from marketplace.models.events import Audience, Event
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Office, User
from marketplace.money import Money
from marketplace.together import together

Which: TypeAlias = Found | list[UUID]
ORDERS = ("newest", "deadline")


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job in the list."""

    job_id: UUID
    reference: str
    title: str
    state: State
    department_id: UUID
    department_name: str
    category_code: str
    category_name: str
    procedure: str  # quick, formal
    currency: str
    ceiling: Money | None  # None where there is none, or where it is kept from this reader
    ceiling_is_hidden: bool
    drafted_at: datetime
    published_at: datetime | None
    closes_at: datetime | None
    side: str  # buyer, provider (invited), office: how the reader comes to see it
    has_it: str  # who has to act now
    next_at: datetime | None  # by when
    then: str  # what happens then
    is_late: bool
    provider_id: UUID | None  # who was chosen, where the reader may know
    provider_name: str
    provider_is_in_house: bool | None


COLUMNS: tuple[Column[JobRow], ...] = columns(
    "reference",
    "title",
    "state",
    "department_name",
    "category_code",
    "procedure",
    "currency",
    "ceiling",
    "published_at",
    "closes_at",
    "has_it",
    "next_at",
    "provider_name",
)


def register(
    *,
    actor: User,
    at: datetime,
    state: str = "",  # one of State, or "any_open"; empty is any
    department_id: UUID | None = None,
    category: str = "",  # the code
    search: str = "",
    mine: bool = False,  # only of my departments or for my providers
    order: str = "newest",  # or "deadline": the earliest deadline first
    updated_since: datetime | None = None,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[JobRow]:
    """
    Return the jobs the actor may see, a page at a time.

    :raises NotACursor: the cursor is none of this list.
    """
    reader = reader_of(actor)
    jobs = Job.objects.visible_to(actor)
    if state:
        jobs = with_state(jobs, at=at, reader=reader)
        open_ = ~Q(state__in=ENDED)
        jobs = jobs.filter(open_ if state == "any_open" else Q(state=state))
    if department_id:
        jobs = jobs.filter(department=department_id)
    if category:
        jobs = jobs.filter(category__code=category)
    if search:
        jobs = jobs.filter(Q(title__icontains=search) | Q(reference__iexact=search))
    if mine:
        invited = Invitation.objects.filter(job=OuterRef("pk"), provider__in=reader.providers)
        jobs = jobs.filter(Q(department__in=reader.departments) | Exists(invited))
    if updated_since:
        jobs = jobs.filter(_moved(reader, updated_since))
    size = page_size(limit)
    which = Found(_in_order(jobs, order, cursor)[: size + 1])
    providers, departments = list(reader.providers), list(reader.departments)
    if reader.reads_all_books:
        found = _whole[order].all(which, at, providers)
    else:
        found = _told[order].all(which, at, providers, departments)
    shown = found[:size]
    works, choices = together(lambda: works_listed(shown), lambda: choosing_of(shown, reader))
    rows = tuple(_row(job, reader, works.get(job.pk), choices.get(job.pk), at) for job in shown)
    more = len(found) > size
    return Page(rows, _cursor_after(shown[-1], order) if more else None)


def _tell(
    order: str,
    which: Which,
    at: datetime,
    providers: list[UUID],
    departments: list[UUID] | None = None,  # None: for a reader of all books
) -> QuerySet[Job]:
    """Ask what a list says of jobs; which ones they are is asked first, and by itself."""
    jobs = Job.objects.filter(pk__among=which)
    bid = Bid.objects.standing().filter(job=OuterRef("pk"), provider__among=providers)
    if departments is None:
        told = with_facts(jobs, at)
    else:
        told = with_part(jobs, at, departments, providers)
    told = told.annotate(has_bid=Exists(bid), key=_key(order))
    return told.select_related("department", "category").order_by(*_by(order))


_whole, _told = ({order: Kept(partial(_tell, order)) for order in ORDERS} for _ in range(2))


def _moved(reader: Reader, since: datetime) -> Q:
    """
    Return what finds the jobs that changed since then, as far as the reader may know: by what
    everybody reads, and a decision; the department, finance and auditors by what they read;
    bidders by what concerns them. A rival's bid that comes is nothing of these.
    """
    told = Event.objects.filter(job=OuterRef("pk"), happened_at__gte=since)
    bought = Exists(told.filter(audience__in=(Audience.BUYER, Audience.BOTH)))
    theirs = Q() if reader.reads_all_books else Q(department__in=reader.departments)
    own = told.filter(
        audience__in=(Audience.PROVIDER, Audience.BOTH), provider__in=reader.providers
    )
    return (
        Q(drafted_at__gte=since)
        | Exists(told.filter(audience=Audience.ALL))
        | Exists(Award.objects.filter(job=OuterRef("pk"), chosen_at__gte=since))
        | Exists(own)
        | (theirs & bought)
    )


def ceiling_for(reader: Reader, job: Job) -> Money | None:
    """Return a job's ceiling if this person may know it: one kept from bidders is the buyer's."""
    opened = job.opened_at is not None
    if reader.offices == {Office.ADMINISTRATOR} and not reader.buys(job.department_id):
        return None  # of a job, an administrator sees title and state
    if job.shows_ceiling or reader.buys(job.department_id) or Office.FINANCE in reader.offices:
        return job.ceiling
    return job.ceiling if opened and reader.audits else None


def _key(order: str) -> Coalesce:
    """The moment that the list goes by."""
    return Coalesce("closes_at" if order == "deadline" else "published_at", "drafted_at")


def _in_order(jobs: QuerySet[Job], order: str, cursor: str) -> QuerySet[Job]:
    newest = order != "deadline"
    jobs = jobs.annotate(key=_key(order))
    key = read_cursor(f"jobs.{order}", cursor)
    if key is not None:
        at, id = str(key[0]), str(key[1])
        side = "lt" if newest else "gt"
        jobs = jobs.filter(Q(**{f"key__{side}": at}) | Q(**{"key": at, f"pk__{side}": id}))
    return jobs.order_by(*_by(order))


def _by(order: str) -> tuple[str, str]:
    return ("key", "pk") if order == "deadline" else ("-key", "-pk")


def _cursor_after(job: Job, order: str) -> str:
    return write_cursor(f"jobs.{order}", noted(job, "key").isoformat(), str(job.pk))


def _row(
    job: Job, reader: Reader, work: Award | None, choice: Choosing | None, at: datetime
) -> JobRow:
    state = State(noted(job, "state"))
    now = custody(job, state=state, work=work, reader=reader, choice=choice)
    has_part = reader.buys(job.department_id) or reader.reads_all_books or noted(job, "has_bid")
    chosen = work.provider if work is not None and has_part else None
    return JobRow(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        state=state,
        department_id=job.department_id,
        department_name=job.department.name,
        category_code=job.category.code,
        category_name=job.category.name,
        procedure=job.procedure,
        currency=job.currency,
        ceiling=ceiling_for(reader, job),
        ceiling_is_hidden=not job.shows_ceiling,
        drafted_at=job.drafted_at,
        published_at=job.published_at,
        closes_at=job.closes_at,
        side=reader.side(job.department_id),
        has_it=now.has_it,
        next_at=now.due_at,
        then=now.then,
        is_late=now.is_late(at),
        provider_id=chosen.pk if chosen else None,
        provider_name=chosen.name if chosen else "",
        provider_is_in_house=chosen.is_in_house if chosen else None,
    )
