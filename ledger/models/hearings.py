"""What bidders who were not chosen say of the contest, and what the one who chose answers."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q

from marketplace.models.events import Words
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, Office, OfficeHeld, User
from marketplace.models.providers import Provider
from marketplace.querysets import Findable


class HearingQuerySet(Findable["Hearing"]):
    def visible_to(self, actor: User) -> Self:
        """The department and auditors see all, a bidder its own."""
        if actor.is_system:
            return self.all()
        held = OfficeHeld.objects.filter(user=actor, ended_at=None, office=Office.AUDITOR)
        own = Membership.objects.current().filter(user=actor, provider=OuterRef("provider"))
        department = Job.objects.of_department_of(actor)
        return self.filter(Q(job__in=department.values("pk")) | Exists(own) | Exists(held))


class Hearing(models.Model):
    """The three questions, answered once by a bidder who was not chosen; five points, 1 to 5."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="hearings")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="hearings")
    reasons = models.PositiveSmallIntegerField(null=True)  # could they be understood?
    fairness = models.PositiveSmallIntegerField(null=True)  # of the process
    effort = models.PositiveSmallIntegerField(null=True)  # was the bid worth it?
    words = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    heard_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    heard_at = models.DateTimeField()

    objects = HearingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_bidder_is_heard_once_per_job", fields=["job", "provider"]
            ),
            models.CheckConstraint(
                name="an_answer_of_a_hearing_is_1_to_5",
                condition=(Q(reasons=None) | Q(reasons__range=(1, 5)))
                & (Q(fairness=None) | Q(fairness__range=(1, 5)))
                & (Q(effort=None) | Q(effort__range=(1, 5))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} on {self.job_id}"


class HearingReply(models.Model):
    """What the department answers to it, once."""

    hearing = models.OneToOneField(Hearing, models.PROTECT, primary_key=True, related_name="reply")
    words = models.ForeignKey(Words, models.PROTECT, related_name="+")
    replied_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    replied_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.hearing_id)
