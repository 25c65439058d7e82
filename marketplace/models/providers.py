"""Providers: in-house teams, which belong to a department, and outside vendors."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q

from marketplace.models.departments import Department
from marketplace.models.people import Membership, OfficeHeld, User
from marketplace.querysets import Findable


class Category(models.Model):
    """A kind of work: events, print, translation."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class ProviderQuerySet(Findable["Provider"]):
    def active(self) -> Self:
        """Providers that may be invited and may bid."""
        return self.filter(suspended_at=None, approved_at__isnull=False)

    def with_member(self, actor: User) -> Self:
        """Providers that the person belongs to."""
        if actor.is_system:
            return self.all()
        seats = Membership.objects.current().filter(user=actor, provider__isnull=False)
        return self.filter(pk__in=seats.values("provider_id"))

    def visible_to(self, actor: User) -> Self:
        """People inside the company see every provider; a vendor's people see their own."""
        if actor.is_system:
            return self.all()
        inside = (
            Membership.objects.current()
            .filter(user=actor)
            .filter(Q(department__isnull=False) | Q(provider__department__isnull=False))
        )
        own = Membership.objects.current().filter(user=actor, provider=OuterRef("pk"))
        held = OfficeHeld.objects.filter(user=actor, ended_at=None)
        return self.filter(Exists(own) | Exists(inside) | Exists(held))


class Provider(models.Model):
    """Can do jobs. In-house exactly when it belongs to a department."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=300)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="teams")
    description = models.TextField(blank=True, default="")
    categories = models.ManyToManyField(Category, related_name="providers")
    admitted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)  # until then it is neither invited, nor bids
    suspended_at = models.DateTimeField(null=True)
    # A team's approved overhead on labour, in hundredths of a percent; 12 % until one is approved.
    overhead_basis_points = models.PositiveIntegerField(default=1200)
    source_key = models.CharField(max_length=300, null=True, unique=True)

    objects = ProviderQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_house(self) -> bool:
        return self.department_id is not None
