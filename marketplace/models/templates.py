"""Templates: what a department keeps of a job so that the next one of its kind begins sooner."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.models.departments import Department
from marketplace.models.jobs import Mode, Procedure, TooFewRule
from marketplace.models.people import Membership, User
from marketplace.models.providers import Category
from marketplace.querysets import Findable


class TemplateQuerySet(Findable["Template"]):
    def visible_to(self, actor: User) -> Self:
        """Those of the person's departments, and of the departments above them."""
        seats = Membership.objects.current().filter(user=actor, department__isnull=False)
        places = Department.objects.filter(pk__in=seats.values("department_id"))
        mine = Q(department__lineage__overlap=ArraySubquery(places.values("pk")))
        above = places.annotate(one=models.Func(F("lineage"), function="unnest")).values("one")
        return self.filter(mine | Q(department__in=above))


class Template(models.Model):
    """What a job is judged on and handed over in, without its bids, its people and its dates."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="templates")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=500)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    need = models.TextField(blank=True, default="")
    procedure = models.CharField(max_length=10, choices=Procedure)
    mode = models.CharField(max_length=20, choices=Mode)
    bids_wanted = models.PositiveSmallIntegerField()
    too_few_rule = models.CharField(max_length=20, choices=TooFewRule)
    criteria = models.JSONField(default=list)  # name, weight, question, levels, knock_out, kind
    milestones = ArrayField(models.CharField(max_length=200), default=list)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_department_names_a_template_once",
                fields=["department", "name"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="a_template_is_ended_by_somebody_after_it_was_kept",
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("kept_at"), ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
