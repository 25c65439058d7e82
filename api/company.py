"""Who is here: departments, providers, people, kinds of work, rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Nothing, Reason, Strict
from api.company_shapes import (
    CategoryOut,
    DepartmentOut,
    DepartmentPaperOut,
    MeOut,
    NoticeOut,
    OwnDataOut,
    PolicyBody,
    PolicyOut,
    ProviderOut,
    ProviderPaperOut,
)
from api.fields import IdField, WordField
from api.made import MadeOut, NamedOut
from api.paging import Listed, sliced
from api.questions import CodeField, CurrencyField
from api.resource import Asked, Resource, operation
from api.rules_papers import PolicyRowOut
from api.work_papers import DeskOut
from ledger.reports.desk import desk
from ledger.reports.house_rules import policy_history
from marketplace import directory
from marketplace.admission import add_category, admit_vendor, register_department, register_team
from marketplace.erasing import ask_erasure, erase_person, personal_data
from marketplace.policies import state_policy
from marketplace.suspension import restore_provider, suspend_provider


class Me(Resource):
    """/me/"""

    @operation("Read who I am", scope="jobs:read", answers=MeOut)
    def get(self, asked: Asked) -> Any:
        """Your departments, providers and offices."""
        person = asked.actor
        return {
            "id": person.pk,
            "name": person.name,
            "email": person.email,
            "seats": directory.seats(person),
        }


class Desk(Resource):
    """/desk/"""

    @operation("Read my desk", scope="jobs:read", answers=DeskOut)
    def get(self, asked: Asked) -> Any:
        """What waits for you, what waits for others, what you did lately."""
        return desk(actor=asked.actor, at=asked.at)


class Notices(Resource):
    """/notices/"""

    @operation(
        "List my notices", scope="jobs:read", answers=NoticeOut, paged=True, moved=("told_at",)
    )
    def get(self, asked: Asked) -> Listed:
        """What you were told, newest first; the last hundred."""
        return sliced(directory.notices(asked.actor), **asked.page)


class DepartmentBody(Strict):
    """A new department, below another one if that is named."""

    name = WordField(max_length=200)
    cost_centre = WordField(max_length=40)
    currency = CurrencyField()
    parent_id = serializers.UUIDField(required=False, allow_null=True)


class Departments(Resource):
    """/departments/"""

    @operation("List departments", scope="jobs:read", answers=DepartmentOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """By name. A vendor's people see none."""
        return sliced(directory.departments(asked.actor), **asked.page)

    @operation(
        "Register a department",
        scope="company:write",
        body=DepartmentBody,
        answers=NamedOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """For administrators."""
        return register_department(actor=asked.actor, at=asked.at, **asked.body)


class Department(Resource):
    """/departments/{id}/"""

    @operation("Read a department", scope="jobs:read", answers=DepartmentPaperOut)
    def get(self, asked: Asked, department_id: UUID) -> Any:
        """With its people, its teams and those below it."""
        return directory.department(asked.actor, department_id)


class ProvidersQuery(Strict):
    """Which providers."""

    kind = serializers.ChoiceField(["team", "vendor"], required=False)
    category = CodeField(required=False)
    search = serializers.CharField(required=False, max_length=200, help_text="Part of a name.")


class Providers(Resource):
    """/providers/"""

    @operation(
        "List providers",
        scope="jobs:read",
        answers=ProviderOut,
        query=ProvidersQuery,
        paged=True,
    )
    def get(self, asked: Asked) -> Listed:
        """By name. A vendor's people see their own."""
        return sliced(directory.providers(asked.actor, **asked.query), **asked.page)


class Provider(Resource):
    """/providers/{id}/"""

    @operation("Read a provider", scope="jobs:read", answers=ProviderPaperOut)
    def get(self, asked: Asked, provider_id: UUID) -> Any:
        """Its people are listed for those who belong to it or manage it."""
        return directory.provider(asked.actor, provider_id)


class VendorBody(Strict):
    """A provider and what it can do."""

    name = WordField(max_length=300)
    description = WordField(required=False, allow_blank=True)
    category_ids = serializers.ListField(child=IdField(), required=False, max_length=100)


class Vendors(Resource):
    """/vendors/"""

    @operation(
        "Admit a vendor",
        scope="company:write",
        body=VendorBody,
        answers=NamedOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """For administrators."""
        return admit_vendor(actor=asked.actor, at=asked.at, **asked.body)


class TeamBody(VendorBody):
    """A team, and the department it belongs to."""

    department_id = serializers.UUIDField()


class Teams(Resource):
    """/teams/"""

    @operation(
        "Register a team",
        scope="company:write",
        body=TeamBody,
        answers=NamedOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """For administrators."""
        return register_team(actor=asked.actor, at=asked.at, **asked.body)


class Suspension(Resource):
    """/providers/{id}/suspension/"""

    @operation(
        "Suspend a provider",
        scope="company:write",
        body=Reason,
        answers=NamedOut,
        status=201,
    )
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """It can neither be invited nor bid until it is restored."""
        return suspend_provider(
            actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body
        )


class Restoration(Resource):
    """/providers/{id}/restoration/"""

    @operation(
        "Restore a provider",
        scope="company:write",
        body=Reason,
        answers=NamedOut,
        status=201,
    )
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """It may be invited and bid again."""
        return restore_provider(
            actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body
        )


class CategoryBody(Strict):
    """A kind of work."""

    code = serializers.SlugField(max_length=60)
    name = WordField(max_length=100)


class Categories(Resource):
    """/categories/"""

    @operation("List kinds of work", scope="jobs:read", answers=CategoryOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """By name."""
        return sliced(directory.categories(), **asked.page)

    @operation(
        "Name a kind of work",
        scope="company:write",
        body=CategoryBody,
        answers=NamedOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """For administrators."""
        return add_category(actor=asked.actor, at=asked.at, **asked.body)


class OwnData(Resource):
    """/me/data/"""

    @operation("Read what is kept about me", scope="jobs:read", answers=OwnDataOut)
    def get(self, asked: Asked) -> Any:
        """Name and address, places, offices, tokens, what you did and what you were told."""
        return personal_data(actor=asked.actor)


class OwnErasure(Resource):
    """/me/erasure/"""

    @operation(
        "Ask to be erased",
        scope="company:write",
        body=Nothing,
        answers=NamedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """An administrator takes your name away once your places and offices have ended."""
        return ask_erasure(actor=asked.actor, at=asked.at)


class Erasure(Resource):
    """/people/{id}/erasure/"""

    @operation(
        "Erase a person",
        scope="company:write",
        body=Nothing,
        answers=NamedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked, user_id: UUID) -> Any:
        """For administrators, of somebody who asked for it. What they did stays provable."""
        return erase_person(actor=asked.actor, user_id=user_id, at=asked.at)


class Policies(Resource):
    """/policies/"""

    @operation("List policies", scope="jobs:read", answers=PolicyOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """All rules ever stated, with the day from which they are in force."""
        return sliced(directory.policies(asked.actor), **asked.page)

    @operation(
        "State a policy",
        scope="company:write",
        body=PolicyBody,
        answers=MadeOut,
        status=201,
    )
    def post(self, asked: Asked) -> Any:
        """From a day on. Jobs keep the rules that they were published under."""
        return state_policy(actor=asked.actor, at=asked.at, **asked.body)


class PolicyHistory(Resource):
    """/policies/history/"""

    @operation("Read the history of policies", scope="jobs:read", answers=PolicyRowOut, paged=True)
    def get(self, asked: Asked) -> Listed:
        """What each statement of rules changed, who stated it, from when, and why."""
        rows = policy_history(actor=asked.actor, today=asked.at.date())
        return sliced(rows, **asked.page)
