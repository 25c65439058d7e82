"""Departments, teams and vendors come in; kinds of work are named."""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.history import record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.models.providers import Category, Provider
from marketplace.permissions import may_administer
from marketplace.refusals import Refusal, Unknown, require
from marketplace.rows import insert

COST_CENTRE_MAX = 40


class NameMissing(Refusal):
    """It needs a name that people know it by."""

    code = "name_missing"
    field = "name"


class CostCentreTaken(Refusal):
    """A cost centre belongs to one department, or charges could not be told apart."""

    code = "cost_centre_taken"
    field = "cost_centre"


class CostCentreTooLong(Refusal):
    """A cost centre is a short code."""

    code = "cost_centre_too_long"
    field = "cost_centre"


class NotACurrency(Refusal):
    """This is no ISO 4217 code."""

    code = "not_a_currency"
    field = "currency"


class SourceKeyTaken(Refusal):
    """The same thing of another system was taken over already."""

    code = "source_key_taken"
    field = "source_key"


class CategoryTaken(Refusal):
    """A kind of work has one code."""

    code = "category_taken"
    field = "code"


@transaction.atomic(savepoint=False)
def register_department(
    *,
    actor: User,
    name: str,
    cost_centre: str,
    currency: str,
    at: datetime,
    parent_id: UUID | None = None,
    source_key: str | None = None,
) -> Department:
    """
    Register a department, below another one if that is named.

    :raises Forbidden: the actor is no administrator. :raises Unknown: there is no such parent.
    :raises NameMissing, NotACurrency, CostCentreTooLong: the rules say no.
    :raises CostCentreTaken, SourceKeyTaken: another one has it.
    """
    require(may_administer(actor))
    parent = Department.objects.visible_to(actor).one(parent_id) if parent_id else None
    name = _named(name, longest=200)
    refuse_no_currency(currency)
    cost_centre = cost_centre.strip()
    if len(cost_centre) > COST_CENTRE_MAX:
        raise CostCentreTooLong(f"Give a cost centre of at most {COST_CENTRE_MAX} characters.")
    if not cost_centre or Department.objects.filter(cost_centre=cost_centre).exists():
        raise CostCentreTaken("Give a cost centre that no other department has.")
    if source_key and Department.objects.filter(source_key=source_key).exists():
        raise SourceKeyTaken(f"“{source_key}” is here already.")

    id = uuid4()
    department = Department.objects.create(
        id=id,
        name=name,
        cost_centre=cost_centre,
        parent=parent,
        lineage=[id, *(parent.lineage if parent else [])],
        currency=currency,
        created_at=at,
        source_key=source_key,
    )
    facts = {"name": name, "cost_centre": cost_centre}
    record(
        actor, "department.registered", department, at=at, audience=Audience.COMPANY, facts=facts
    )
    return department


@transaction.atomic(savepoint=False)
def register_team(
    *,
    actor: User,
    name: str,
    department_id: UUID,
    at: datetime,
    description: str = "",
    category_ids: Iterable[UUID] = (),
    source_key: str | None = None,
) -> Provider:
    """
    Register an in-house team of a department.

    :raises Forbidden: the actor is no administrator. :raises Unknown: no such department or kind.
    :raises NameMissing, SourceKeyTaken: the rules say no.
    """
    require(may_administer(actor))
    department = Department.objects.visible_to(actor).one(department_id)
    team = _admit(name, department, description, category_ids, source_key, at=at)
    facts = {"name": team.name, "department": str(department.pk)}
    record(
        actor,
        "team.registered",
        team,
        at=at,
        audience=Audience.COMPANY,
        provider=team,
        facts=facts,
    )
    return team


@transaction.atomic(savepoint=False)
def admit_vendor(
    *,
    actor: User,
    name: str,
    at: datetime,
    description: str = "",
    category_ids: Iterable[UUID] = (),
    source_key: str | None = None,
) -> Provider:
    """
    Admit an outside vendor that an administrator vouches for. Others come by invitation, and are
    approved by finance (`vendor_joining`).

    :raises Forbidden: the actor is no administrator. :raises Unknown: no such kind of work.
    :raises NameMissing, SourceKeyTaken: the rules say no.
    """
    require(may_administer(actor))
    vendor = _admit(name, None, description, category_ids, source_key, at=at)
    facts = {"name": vendor.name}
    record(
        actor,
        "vendor.admitted",
        vendor,
        at=at,
        audience=Audience.COMPANY,
        provider=vendor,
        facts=facts,
    )
    return vendor


@transaction.atomic(savepoint=False)
def add_category(*, actor: User, code: str, name: str, at: datetime) -> Category:
    """
    Name a kind of work.

    :raises Forbidden: the actor is no administrator.
    :raises NameMissing, CategoryTaken: the rules say no.
    """
    require(may_administer(actor))
    name = _named(name, longest=100)
    if not re.fullmatch(r"[a-z0-9-]{1,60}", code) or Category.objects.filter(code=code).exists():
        raise CategoryTaken("Give a code of small letters, digits and hyphens that is not taken.")
    category = Category.objects.create(code=code, name=name)
    facts = {"code": code, "name": name}
    record(actor, "category.added", category, at=at, audience=Audience.COMPANY, facts=facts)
    return category


def refuse_no_currency(code: str) -> None:
    """:raises NotACurrency: it is not written like the code of one."""
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise NotACurrency(f"“{code}” is not a currency; write its code, like EUR.")


def _named(name: str, *, longest: int) -> str:
    name = name.strip()
    if not name or len(name) > longest:
        raise NameMissing(f"Give a name of 1 to {longest} characters.")
    return name


def _admit(
    name: str,
    department: Department | None,
    description: str,
    category_ids: Iterable[UUID],
    source_key: str | None,
    *,
    at: datetime,
) -> Provider:
    wanted = set(category_ids)
    categories = list(Category.objects.filter(pk__in=wanted)) if wanted else []
    if len(categories) != len(wanted):
        raise Unknown("There is no such kind of work.")
    if source_key and _provider_of.exists(source_key):
        raise SourceKeyTaken(f"“{source_key}” is here already.")
    provider = insert(
        Provider(
            name=_named(name, longest=300),
            department=department,
            description=description.strip(),
            admitted_at=at,
            approved_at=at,
            source_key=source_key,
        )
    )
    if categories:
        provider.categories.set(categories)
    return provider


@Kept
def _provider_of(source_key: str) -> QuerySet[Provider]:
    return Provider.objects.filter(source_key=source_key)
