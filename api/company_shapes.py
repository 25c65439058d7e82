"""What the company looks like: departments, providers, people, rules."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.bodies import Strict
from api.fields import WordField
from api.papers import paper
from marketplace.directory import (
    CategoryFacts,
    DepartmentFacts,
    DepartmentPaper,
    NoticeFacts,
    Person,
    PersonFacts,
    PolicyFacts,
    ProviderFacts,
    ProviderPaper,
    Seat,
    Seats,
)

SeatOut = paper(Seat, "id", "name", "role", "is_in_house")
SeatsOut = paper(Seats, "departments", "providers", "offices")
PersonFactsOut = paper(
    PersonFacts, "id", "name", "email", "is_active", "joined_at", "seats", "offices"
)
PersonOut = paper(
    Person, "id", "name", "email", "role", "membership_id", "since_at", title="Member"
)
CategoryOut = paper(CategoryFacts, "id", "code", "name", title="Category")
DepartmentOut = paper(
    DepartmentFacts,
    "id",
    "name",
    "cost_centre",
    "currency",
    "parent_id",
    "parent_name",
    "heads",
    title="Department",
)
ProviderOut = paper(
    ProviderFacts,
    "id",
    "name",
    "is_in_house",
    "department_id",
    "department_name",
    "description",
    "categories",
    "admitted_at",
    "approved_at",
    "suspended_at",
    "overhead_basis_points",
    title="Provider",
)
DepartmentPaperOut = paper(
    DepartmentPaper, "facts", "people", "teams", "children", "may_manage_people"
)
ProviderPaperOut = paper(ProviderPaper, "facts", "people", "may_manage_people")
PolicyOut = paper(
    PolicyFacts,
    "id",
    "code",
    "in_force_on",
    "explanation",
    "budget_control",
    "minimum_days",
    "needs_team_and_vendor",
    "allows_variants",
    "formal_above_minor",
    "fee_basis_points",
    "acceptance_days",
    "rating_days",
    "dispute_days",
    "retention_basis_points",
    "retention_days",
    "charging_days",
    "large_change_basis_points",
    "override_above_minor",
    "administration_minor",
    "changeover_minor",
    "panel_members",
    "differential_basis_points",
    "choice_alone_minor",
    "tells_exact_price",
    "stated_at",
    title="Policy",
)
NoticeOut = paper(
    NoticeFacts,
    "id",
    "kind",
    "text",
    "because",
    "told_at",
    "job_id",
    "subject_id",
    title="Notice",
)
MINOR: dict[str, Any] = {"min_value": 0, "max_value": 2**53, "help_text": "In minor units."}
DAYS: dict[str, Any] = {"min_value": 0, "max_value": 365}


class MeOut(serializers.Serializer[Any]):
    """The person who asks."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    seats = SeatsOut()


class PolicyBody(Strict):
    """Rules, from a day on, and what they are for."""

    code = serializers.SlugField(max_length=40)
    in_force_on = serializers.DateField()
    explanation = WordField()
    budget_control = serializers.ChoiceField(["hard", "tracked"])
    minimum_days = serializers.IntegerField(**DAYS)
    needs_team_and_vendor = serializers.BooleanField()
    allows_variants = serializers.BooleanField(required=False)
    formal_above_minor = serializers.IntegerField(required=False, allow_null=True, **MINOR)
    fee_basis_points = serializers.IntegerField(required=False, min_value=0, max_value=10_000)
    acceptance_days = serializers.IntegerField(required=False, **DAYS)
    rating_days = serializers.IntegerField(required=False, **DAYS)
    dispute_days = serializers.IntegerField(required=False, **DAYS)
    retention_basis_points = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        help_text="Of each milestone of a vendor, kept back.",
    )
    retention_days = serializers.IntegerField(required=False, min_value=0, max_value=3_650)
    charging_days = serializers.IntegerField(required=False, **DAYS)
    large_change_basis_points = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text="Changes that add more to the price need a second head.",
    )
    override_above_minor = serializers.IntegerField(required=False, allow_null=True, **MINOR)
    administration_minor = serializers.IntegerField(required=False, **MINOR)
    changeover_minor = serializers.IntegerField(required=False, **MINOR)
    panel_members = serializers.IntegerField(
        required=False, min_value=0, max_value=99, help_text="Of a formal job, at least."
    )
    differential_basis_points = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        help_text="Of the labour of the lowest in-house bid, added to every outside bid.",
    )
    choice_alone_minor = serializers.IntegerField(required=False, allow_null=True, **MINOR)
    tells_exact_price = serializers.BooleanField(
        required=False,
        help_text="To bidders who were not chosen; otherwise the band in which it lies.",
    )


class OwnDataOut(serializers.Serializer[Any]):
    """All that is kept about the person who asks."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    mail = serializers.DictField()
    joined_at = serializers.CharField()
    last_signed_in_at = serializers.CharField(allow_null=True)
    memberships = serializers.ListField(child=serializers.DictField())
    offices = serializers.ListField(child=serializers.DictField())
    tokens = serializers.ListField(child=serializers.DictField())
    acts = serializers.ListField(child=serializers.DictField())
    notices = serializers.ListField(child=serializers.DictField())
