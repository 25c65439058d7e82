"""Founding the company: its departments, providers, people and budgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from ledger.demonstration.company import (
    ADMINISTRATOR,
    CATEGORIES,
    DEPARTMENTS,
    DOMAIN,
    PASSWORD,
    PEOPLE,
    PROVIDERS,
    Person,
)
from ledger.granting import grant_budget
from marketplace.admission import add_category, admit_vendor, register_department, register_team
from marketplace.membership import add_member
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.offices import grant_office
from marketplace.people import add_person, found_company


@dataclass(slots=True)
class Company:
    """What was founded, by the short names that the stories use."""

    people: dict[str, User] = field(default_factory=dict)
    departments: dict[str, UUID] = field(default_factory=dict)
    providers: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)  # (place, role) -> person

    def head_of(self, department: str) -> User:
        return self.people[self.places[department, "head"]]

    def lead_of(self, provider: str) -> User:
        return self.people[self.places[provider, "lead"]]


def found(*, at: datetime, until: datetime) -> Company:
    """Found Northmere Instruments, with budgets for every year from `at` to `until`."""
    company = Company()
    administrator = found_company(
        email=address(ADMINISTRATOR), name=ADMINISTRATOR.name, password=PASSWORD, at=at
    )
    company.people[ADMINISTRATOR.code] = administrator
    for code, name in CATEGORIES:
        category = add_category(actor=administrator, code=code, name=name, at=at)
        company.categories[code] = category.pk
    for code, name, cost_centre, above, _budget in DEPARTMENTS:
        company.departments[code] = register_department(
            actor=administrator,
            name=name,
            cost_centre=cost_centre,
            currency="EUR",
            at=at,
            parent_id=company.departments.get(above),
        ).pk
    _admit_providers(company, administrator, at)
    for person in PEOPLE:
        _seat(company, administrator, person, at)
    _grant_budgets(company, at, until)
    return company


def address(person: Person) -> str:
    """Return the e-mail address that the person signs in with."""
    return f"{person.code}@{DOMAIN}"


def _admit_providers(company: Company, administrator: User, at: datetime) -> None:
    for provider in PROVIDERS:
        admit = admit_vendor
        if provider.department:
            department_id = company.departments[provider.department]
            admit = partial(register_team, department_id=department_id)
        company.providers[provider.code] = admit(
            actor=administrator,
            name=provider.name,
            description=provider.description,
            category_ids=[company.categories[provider.kind]],
            at=at,
        ).pk


def _seat(company: Company, administrator: User, person: Person, at: datetime) -> None:
    user = add_person(
        actor=administrator, email=address(person), name=person.name, password=PASSWORD, at=at
    )
    company.people[person.code] = user
    if person.office:
        grant_office(actor=administrator, user_id=user.pk, office=person.office, at=at)
    if person.place:
        company.places[person.place, person.role] = person.code
        add_member(
            actor=administrator,
            user_id=user.pk,
            role=person.role,
            department_id=company.departments.get(person.place),
            provider_id=company.providers.get(person.place),
            at=at,
        )


def _grant_budgets(company: Company, at: datetime, until: datetime) -> None:
    for year in range(at.year, until.year + 1):
        granted_at = max(at, at.replace(year=year, month=1, day=2))
        for code, _name, cost_centre, _above, budget in DEPARTMENTS:
            if budget:
                grant_budget(
                    actor=company.people["finn"],
                    department_id=company.departments[code],
                    fiscal_year=year,
                    amount=Money.of(budget, "EUR"),
                    at=granted_at,
                    grant_id=uuid5(NAMESPACE_URL, f"{cost_centre}/{year}"),
                )
