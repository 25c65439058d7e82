"""Who there is: departments, providers, kinds of work, rules, as one person may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from marketplace.asking import asked_once
from marketplace.compiled import Kept
from marketplace.inbox import NoticeFacts, notices
from marketplace.models.departments import Department
from marketplace.models.people import Membership, Role, User
from marketplace.models.policies import Policy
from marketplace.models.providers import Category, Provider
from marketplace.permissions import is_member, may_manage_people_of, may_suspend
from marketplace.refusals import Unknown
from marketplace.seats import PersonFacts, Seat, Seats, people, seats
from marketplace.seen import provider_seen
from marketplace.together import together

__all__ = [
    "CategoryFacts",
    "DepartmentFacts",
    "DepartmentPaper",
    "MemberPlace",
    "NoticeFacts",
    "Person",
    "PersonFacts",
    "PolicyFacts",
    "ProviderFacts",
    "ProviderPaper",
    "Seat",
    "Seats",
    "categories",
    "department",
    "departments",
    "membership",
    "notices",
    "people",
    "policies",
    "provider",
    "providers",
    "seats",
]


@dataclass(frozen=True, slots=True)
class Person:
    """A member, as seen from their department or provider."""

    id: UUID
    name: str
    email: str
    role: str
    membership_id: UUID
    since_at: datetime


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """Somebody's place, with the department or the provider in which it is."""

    person: Person
    name: str
    department_id: UUID | None
    provider_id: UUID | None


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    id: UUID
    name: str
    cost_centre: str
    currency: str
    parent_id: UUID | None
    parent_name: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    id: UUID
    name: str
    is_in_house: bool
    department_id: UUID | None
    department_name: str
    description: str
    categories: tuple[CategoryFacts, ...]
    admitted_at: datetime
    approved_at: datetime | None
    suspended_at: datetime | None
    overhead_basis_points: int


@dataclass(frozen=True, slots=True)
class DepartmentPaper:
    """One department, with its people, its teams and those below it."""

    facts: DepartmentFacts
    people: tuple[Person, ...]
    teams: tuple[ProviderFacts, ...]
    children: tuple[DepartmentFacts, ...]
    may_manage_people: bool


@dataclass(frozen=True, slots=True)
class ProviderPaper:
    """One provider. Its people are listed for those who belong to it or manage it."""

    facts: ProviderFacts
    people: tuple[Person, ...]
    may_manage_people: bool
    may_suspend: bool


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    id: UUID
    code: str
    in_force_on: date
    explanation: str
    budget_control: str
    minimum_days: int
    needs_team_and_vendor: bool
    allows_variants: bool
    formal_above_minor: int | None
    fee_basis_points: int
    acceptance_days: int
    rating_days: int
    dispute_days: int
    retention_basis_points: int
    retention_days: int
    charging_days: int
    large_change_basis_points: int
    override_above_minor: int | None
    administration_minor: int
    changeover_minor: int
    panel_members: int
    differential_basis_points: int
    choice_alone_minor: int | None
    tells_exact_price: bool
    stated_at: datetime


@asked_once
def departments(actor: User) -> list[DepartmentFacts]:
    """Return the departments that the person may see, by name."""
    return _department_facts(Department.objects.visible_to(actor))


def department(actor: User, id: UUID) -> DepartmentPaper:
    """Return one department. :raises Unknown: there is none that the person may see."""
    one = Department.objects.visible_to(actor).one(id)
    family, people, teams, manages = together(
        lambda: _department_facts(Department.objects.filter(Q(pk=id) | Q(parent=id))),
        lambda: _people_of(Membership.objects.current().filter(department=one)),
        lambda: tuple(_provider_facts(Provider.objects.filter(department=one))),
        lambda: may_manage_people_of(actor, one),
    )
    return DepartmentPaper(
        facts=next(facts for facts in family if facts.id == id),
        people=people,
        teams=teams,
        children=tuple(facts for facts in family if facts.id != id),
        may_manage_people=manages,
    )


@asked_once
def categories() -> list[CategoryFacts]:
    """Return the kinds of work, by name."""
    return [_category(one) for one in Category.objects.order_by("name", "code")]


def providers(
    actor: User, *, kind: str | None = None, category: str | None = None, search: str = ""
) -> list[ProviderFacts]:
    """
    Return the providers that the person may see, by name.

    `kind` is `team` or `vendor`; `category` the code of a kind of work; `search` part of a name.
    """
    found = Provider.objects.visible_to(actor)
    if kind is not None:
        found = found.filter(department__isnull=kind == "vendor")
    if category:
        found = found.filter(categories__code=category)
    if search:
        found = found.filter(name__icontains=search)
    return _provider_facts(found)


def provider(actor: User, id: UUID) -> ProviderPaper:
    """Return one provider. :raises Unknown: there is none that the person may see."""
    one = provider_seen(actor, id)
    seats, manages, kinds = together(
        lambda: _seats_with.all(id),
        lambda: may_manage_people_of(actor, one),
        lambda: _kinds_of.all(id),
    )
    people, facts = tuple(map(_person, seats)), _facts_of(one, kinds)
    # Who works for a vendor is theirs to tell; a team's people are colleagues.
    shown = manages or one.is_in_house or actor.pk in {person.id for person in people}
    return ProviderPaper(facts, people if shown else (), manages, may_suspend(actor, one))


def membership(actor: User, id: UUID) -> MemberPlace:
    """Return somebody's place where the person sees it listed. :raises Unknown: there is none."""
    seats = Membership.objects.current().select_related(
        "user", "department", "provider__department"
    )
    one = seats.filter(pk=id).first()
    if one is None:
        raise Unknown("There is no such place.")
    if one.department is not None:
        where = Department.objects.visible_to(actor).one(one.department.pk)
        return MemberPlace(_person(one), where.name, where.pk, None)
    assert one.provider is not None
    Provider.objects.visible_to(actor).one(one.provider.pk)
    manages = may_manage_people_of(actor, one.provider)
    if not (manages or one.provider.is_in_house or is_member(actor, one.provider)):
        raise Unknown("There is no such place.")
    return MemberPlace(_person(one), one.provider.name, None, one.provider.pk)


def policies(actor: User) -> list[PolicyFacts]:
    """Return all rules ever stated, the newest first. A vendor's people see them too."""
    return [
        PolicyFacts(**{name: getattr(one, name) for name in PolicyFacts.__slots__})
        for one in Policy.objects.order_by("code", "-in_force_on")
    ]


def _people_of(found: QuerySet[Membership]) -> tuple[Person, ...]:
    return tuple(map(_person, _by_name(found)))


def _by_name(found: QuerySet[Membership]) -> QuerySet[Membership]:
    return found.select_related("user").order_by("user__name", "pk")


def _person(one: Membership) -> Person:
    return Person(one.user.pk, one.user.name, one.user.email, one.role, one.pk, one.since_at)


def _department_facts(found: QuerySet[Department]) -> list[DepartmentFacts]:
    heads = Membership.objects.current().filter(role=Role.HEAD).select_related("user")
    heads = heads.order_by("user__name")
    found = found.select_related("parent").order_by("name", "pk")
    return [
        DepartmentFacts(
            id=one.pk,
            name=one.name,
            cost_centre=one.cost_centre,
            currency=one.currency,
            parent_id=one.parent_id,
            parent_name=one.parent.name if one.parent else "",
            heads=tuple(seat.user.name for seat in one.memberships.all()),
        )
        for one in found.prefetch_related(Prefetch("memberships", heads))
    ]


def _category(one: Category) -> CategoryFacts:
    return CategoryFacts(one.pk, one.code, one.name)


def _provider_facts(found: QuerySet[Provider]) -> list[ProviderFacts]:
    kinds = Prefetch("categories", Category.objects.order_by("name"))
    found = found.select_related("department").prefetch_related(kinds).order_by("name", "pk")
    return [_facts_of(one, one.categories.all()) for one in found]


def _facts_of(one: Provider, kinds: Iterable[Category]) -> ProviderFacts:
    return ProviderFacts(
        id=one.pk,
        name=one.name,
        is_in_house=one.is_in_house,
        department_id=one.department_id,
        department_name=one.department.name if one.department else "",
        description=one.description,
        categories=tuple(_category(kind) for kind in kinds),
        admitted_at=one.admitted_at,
        approved_at=one.approved_at,
        suspended_at=one.suspended_at,
        overhead_basis_points=one.overhead_basis_points,
    )


@Kept
def _kinds_of(provider: UUID) -> QuerySet[Category]:
    return Category.objects.filter(providers=provider).order_by("name")


@Kept
def _seats_with(provider: UUID) -> QuerySet[Membership]:
    return _by_name(Membership.objects.current().filter(provider=provider))
