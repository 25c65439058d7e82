"""Departments: they buy, have a cost centre, and stand in a tree."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.querysets import Findable


class DepartmentQuerySet(Findable["Department"]):
    def with_member(self, actor: User) -> Self:
        """Departments the person belongs to, and those below one that the person heads."""
        if actor.is_system:
            return self.all()
        seats = Membership.objects.current().filter(user=actor)
        heads = seats.filter(role=Role.HEAD).values("department_id")
        return self.filter(
            Q(pk__in=seats.filter(department__isnull=False).values("department_id"))
            | Q(lineage__overlap=ArraySubquery(heads))
        )

    def visible_to(self, actor: User) -> Self:
        """Everybody inside the company sees every department; a vendor's people see none."""
        if actor.is_system:
            return self.all()
        inside = (
            Membership.objects.current()
            .filter(user=actor)
            .filter(Q(department__isnull=False) | Q(provider__department__isnull=False))
        )
        held = OfficeHeld.objects.filter(user=actor, ended_at=None, office__in=Office.values)
        return self.filter(models.Exists(inside) | models.Exists(held))


class Department(models.Model):
    """Buys. Its lineage is itself and every department above it, nearest first."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200)
    cost_centre = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lineage = ArrayField(models.UUIDField())
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    source_key = models.CharField(max_length=300, null=True, unique=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="department_lineage_starts_with_itself",
                condition=Q(lineage__0=models.F("id")),
            )
        ]

    def __str__(self) -> str:
        return self.name
