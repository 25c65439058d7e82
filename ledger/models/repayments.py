"""Money that a vendor paid back by its bank, for what was credited after it had been paid."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.models.people import User
from marketplace.models.providers import Provider


class Repayment(models.Model):
    """Money arrived at the company's bank. Named by whoever notes it: sent twice, it is one."""

    id = models.UUIDField(primary_key=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="repayments")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    document = models.CharField(max_length=100)  # by which the bank's statement knows it
    # How often the same document was noted and reversed before: then it is free again.
    again = models.PositiveSmallIntegerField(db_default=0)
    arrived_on = models.DateField()
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_repayment_brings_something", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="a_repayment_is_known_by_its_document", condition=~Q(document="")
            ),
            models.UniqueConstraint(
                name="a_repayment_of_a_vendor_is_noted_once",
                fields=["provider", "document", "again"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
