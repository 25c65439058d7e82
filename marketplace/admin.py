"""The admin site shows people, departments, providers and rules. It changes nothing."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from marketplace.models.departments import Department
from marketplace.models.people import Membership, OfficeHeld, User
from marketplace.models.policies import Policy
from marketplace.models.providers import Category, Provider

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # at run time it takes no argument


class ReadOnlyAdmin(ModelAdmin):
    """What must change has a verb; a form that writes past the verbs would leave no record."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["name", "email", "is_active", "joined_at"]
    search_fields = ["name", "email"]
    exclude = ["password"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "department", "provider", "since_at", "ended_at"]
    list_select_related = ["user", "department", "provider"]


@admin.register(OfficeHeld)
class OfficeHeldAdmin(ReadOnlyAdmin):
    list_display = ["user", "office", "since_at", "ended_at"]
    list_select_related = ["user"]


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "cost_centre", "parent", "currency"]
    list_select_related = ["parent"]
    search_fields = ["name", "cost_centre"]


@admin.register(Provider)
class ProviderAdmin(ReadOnlyAdmin):
    list_display = ["name", "department", "admitted_at", "suspended_at"]
    list_select_related = ["department"]
    search_fields = ["name"]


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    list_display = ["name", "code"]


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ["code", "in_force_on", "budget_control", "minimum_days", "fee_basis_points"]
