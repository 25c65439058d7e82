"""People, their places and their offices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.bodies import Nothing, Strict
from api.company_shapes import PersonFactsOut
from api.fields import WordField
from api.made import MembershipOut, NamedOut, OfficeOut
from api.paging import Listed, sliced
from api.resource import Asked, Resource, operation
from marketplace import directory
from marketplace.membership import add_member, end_membership
from marketplace.offices import grant_office, withdraw_office
from marketplace.people import add_person

OFFICES = ["finance", "auditor", "administrator"]


class PersonBody(Strict):
    """A person; without a password they can be named, but not sign in with one."""

    email = serializers.EmailField(max_length=254)
    name = WordField(max_length=120)
    password = serializers.CharField(required=False, max_length=128, trim_whitespace=False)


class People(Resource):
    """/people/"""

    @operation(
        "List people",
        scope="company:write",
        answers=PersonFactsOut,
        paged=True,
    )
    def get(self, asked: Asked) -> Listed:
        """With their places and offices. For administrators."""
        return sliced(directory.people(asked.actor), **asked.page)

    @operation("Add a person", scope="company:write", body=PersonBody, answers=NamedOut, status=201)
    def post(self, asked: Asked) -> Any:
        """For administrators, and for leads and heads who will give them a place."""
        return add_person(actor=asked.actor, at=asked.at, **asked.body)


class DepartmentMemberBody(Strict):
    """Who, as what."""

    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(["head", "requester"])


class DepartmentMembers(Resource):
    """/departments/{id}/members/"""

    @operation(
        "Add a department's member",
        scope="company:write",
        body=DepartmentMemberBody,
        answers=MembershipOut,
        status=201,
    )
    def post(self, asked: Asked, department_id: UUID) -> Any:
        """For those who manage its people."""
        return add_member(actor=asked.actor, department_id=department_id, at=asked.at, **asked.body)


class ProviderMemberBody(Strict):
    """Who, as what."""

    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(["lead", "member"])


class ProviderMembers(Resource):
    """/providers/{id}/members/"""

    @operation(
        "Add a provider's member",
        scope="company:write",
        body=ProviderMemberBody,
        answers=MembershipOut,
        status=201,
    )
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For those who manage its people."""
        return add_member(actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body)


class MembershipEnd(Resource):
    """/memberships/{id}/end/"""

    @operation(
        "End a membership",
        scope="company:write",
        body=Nothing,
        answers=MembershipOut,
        status=201,
    )
    def post(self, asked: Asked, membership_id: UUID) -> Any:
        """One's own, or of those whose people one manages. What they did in it stays theirs."""
        return end_membership(actor=asked.actor, membership_id=membership_id, at=asked.at)


class OfficeBody(Strict):
    """Which office."""

    office = serializers.ChoiceField(OFFICES)


class Offices(Resource):
    """/people/{id}/offices/"""

    @operation(
        "Grant an office",
        scope="company:write",
        body=OfficeBody,
        answers=OfficeOut,
        status=201,
    )
    def post(self, asked: Asked, user_id: UUID) -> Any:
        """For administrators; nobody gives one to themselves."""
        return grant_office(actor=asked.actor, user_id=user_id, at=asked.at, **asked.body)


class OfficeWithdrawal(Resource):
    """/people/{id}/offices/withdrawal/"""

    @operation(
        "Withdraw an office",
        scope="company:write",
        body=OfficeBody,
        answers=OfficeOut,
        status=201,
    )
    def post(self, asked: Asked, user_id: UUID) -> Any:
        """For administrators; the last one stays."""
        return withdraw_office(actor=asked.actor, user_id=user_id, at=asked.at, **asked.body)
