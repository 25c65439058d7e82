"""Who reads a paper: their departments, their providers, their offices; asked once per paper."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.asking import asked_once
from marketplace.models.departments import Department
from marketplace.models.people import Office, Role, User
from marketplace.models.providers import Provider
from marketplace.permissions import offices_of, places_of
from marketplace.refusals import Forbidden, Unknown
from marketplace.seen import department_seen, provider_seen
from marketplace.together import together

FORBIDDEN_BOOKS = "These books are for the department itself, for finance and for auditors."


@dataclass(frozen=True, slots=True)
class Reader:
    """What a person belongs to. Departments count with those below one that the person heads."""

    user: User
    departments: frozenset[UUID]
    headed: frozenset[UUID]
    providers: frozenset[UUID]
    leads: frozenset[UUID]  # providers they lead
    incomes: frozenset[UUID]  # providers whose income is theirs to see: teams they lead, vendors
    offices: frozenset[str]

    @property
    def reads_all_books(self) -> bool:
        """Whether finance's and the auditors' papers are theirs."""
        return bool(self.offices & {Office.FINANCE, Office.AUDITOR})

    @property
    def audits(self) -> bool:
        return Office.AUDITOR in self.offices

    def buys(self, department_id: UUID) -> bool:
        """Whether they are on the buying side of this department's jobs."""
        return department_id in self.departments

    def side(self, department_id: UUID) -> str:
        """Return how they come to see a job: buyer, provider or office."""
        if self.buys(department_id):
            return "buyer"
        return "office" if self.offices else "provider"


@asked_once
def reader_of(actor: User) -> Reader:
    """Return what a person belongs to now, in two statements."""
    places, offices = together(lambda: places_of(actor), lambda: offices_of(actor))
    seats = [
        (one.department_id, one.provider_id, one.role, one.provider and one.provider.department_id)
        for one in places
    ]
    heads = [department for department, _, role, _ in seats if role == Role.HEAD]
    below = (
        Department.objects.filter(lineage__overlap=heads).values_list("pk", flat=True)
        if heads
        else ()
    )
    headed = frozenset(below)
    return Reader(
        user=actor,
        departments=frozenset(seat[0] for seat in seats if seat[0]) | headed,
        headed=headed,
        providers=frozenset(seat[1] for seat in seats if seat[1]),
        leads=frozenset(seat[1] for seat in seats if seat[1] and seat[2] == Role.LEAD),
        incomes=frozenset(
            provider
            for _, provider, role, team_of in seats
            if provider and (role == Role.LEAD or team_of is None)
        ),
        offices=offices,
    )


def department_to_read(reader: Reader, department_id: UUID) -> Department:
    """
    Return a department whose books the reader may open.

    :raises Unknown: the reader cannot see the department.
    :raises Forbidden: its books are not the reader's.
    """
    department = department_seen(reader.user, department_id)
    if not (reader.reads_all_books or reader.buys(department_id)):
        raise Forbidden(FORBIDDEN_BOOKS)
    return department


def income_to_read(reader: Reader, provider_id: UUID) -> Provider:
    """
    Return a provider whose income the reader may see.

    :raises Unknown: the reader cannot see the provider.
    :raises Forbidden: its income is not the reader's business.
    """
    provider = provider_seen(reader.user, provider_id)
    if not (reader.reads_all_books or provider_id in reader.incomes):
        raise Forbidden("What a provider earns is for those who lead it, finance and auditors.")
    return provider


def record_to_read(reader: Reader, provider_id: UUID) -> Provider:
    """
    Return a provider of which the reader may know how it fares against others.

    :raises Unknown: the reader cannot see the provider.
    :raises Forbidden: it is not the reader's provider.
    """
    provider = provider_seen(reader.user, provider_id)
    if not (reader.audits or provider_id in reader.providers):
        raise Forbidden("How a provider fares is for its own people and for auditors.")
    return provider


def departments_to_read(
    reader: Reader, *, department_id: UUID | None = None, include_children: bool = False
) -> QuerySet[Department]:
    """
    Return the departments whose books the reader may open, or one of them, perhaps with those
    below it.

    :raises Unknown: the department asked for is none of them.
    """
    departments = Department.objects.all()
    if not reader.reads_all_books:
        departments = departments.filter(pk__in=reader.departments)
    if department_id is None:
        return departments
    if not departments.filter(pk=department_id).exists():
        raise Unknown("There is no such department.")
    # The lineage of a department holds itself first, then all above it.
    below = Q(lineage__contains=[department_id]) if include_children else Q(pk=department_id)
    return departments.filter(below)
