"""Who judges a job together, and what each of them has to do with its bidders."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from marketplace.models.events import Words
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.querysets import Findable


class PanelSeatQuerySet(Findable["PanelSeat"]):
    def current(self) -> Self:
        """Seats that nobody has left."""
        return self.filter(left_at=None)

    def binding(self) -> Self:
        """Seats by which the panel judges and nobody else: held, or left once bids were open."""
        return self.filter(Q(left_at=None) | Q(left_at__gte=F("job__opened_at")))

    def judging(self) -> Self:
        """Seats whose holders have declared that nothing stands in the way, or were told so."""
        return self.current().filter(
            Q(interest__has_some=False) | Q(interest__answer__may_stay=True)
        )

    def undeclared(self) -> Self:
        """Seats whose holders have still to say what they have to do with the bidders."""
        return self.current().filter(interest=None)


class PanelSeat(models.Model):
    """A person's place on the panel that judges one job. Left, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="panel")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    objects = PanelSeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_seat_per_person_and_panel",
                fields=["job", "user"],
                condition=Q(left_at=None),
            ),
            models.CheckConstraint(
                name="a_seat_is_left_after_it_was_taken_and_for_a_reason",
                condition=Q(left_at=None, left_reason=None)
                | Q(left_at__gte=F("appointed_at"), left_reason__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} on the panel of {self.job}"


class Interest(models.Model):
    """What a panel member has to do with the bidders, said before anything is seen."""

    seat = models.OneToOneField(
        PanelSeat, models.PROTECT, primary_key=True, related_name="interest"
    )
    declared_at = models.DateTimeField()
    has_some = models.BooleanField()
    what = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_interest_says_what_it_is",
                condition=Q(has_some=False, what=None) | Q(has_some=True, what__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.seat_id)


class InterestAnswer(models.Model):
    """One level up it was decided whether a declared interest keeps a member off the panel."""

    interest = models.OneToOneField(
        Interest, models.PROTECT, primary_key=True, related_name="answer"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    may_stay = models.BooleanField()
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.interest_id)
