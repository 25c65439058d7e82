"""Periods: the months of the books."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.models.people import User


class Period(models.Model):
    """A month of the books, named 202611; 13 is a year's adjusting period."""

    id = models.PositiveIntegerField(primary_key=True)
    fiscal_year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    opened_at = models.DateTimeField()
    closing_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_period_opens_then_closes",
                condition=Q(starts_on__lte=F("ends_on"))
                & (Q(closed_at=None) | Q(closing_at__isnull=False, closed_by__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.id // 100}-{self.id % 100:02}"
