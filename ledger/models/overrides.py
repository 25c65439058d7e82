"""A choice overridden by a head above, who pays what the other bid costs more."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ledger.models.awards import Award
from marketplace.models.departments import Department


class Override(models.Model):
    """
    What an overriding award is about beside its author and reason: who bears the difference. The
    department bears what its own choice would have cost, and no more.
    """

    award = models.OneToOneField(Award, models.PROTECT, primary_key=True, related_name="override")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")  # the overrider's
    own_minor = models.BigIntegerField()  # borne by the department that ordered
    difference_minor = models.BigIntegerField()  # borne by the overrider's

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_override_divides_a_price",
                condition=Q(own_minor__gte=0, difference_minor__gte=0),
            )
        ]

    def __str__(self) -> str:
        return str(self.award_id)
