"""Jobs: work that a department wants, with what bids on it are judged by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Self
from uuid import uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from marketplace.models.departments import Department
from marketplace.models.events import Words
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.models.policies import Policy
from marketplace.models.providers import Category, Provider
from marketplace.money import Money
from marketplace.querysets import Findable


class Procedure(models.TextChoices):
    """How heavy the process is."""

    QUICK = "quick", "Quick"
    FORMAL = "formal", "Formal"


class Mode(models.TextChoices):
    """How bids are ranked. The number advises; the head chooses."""

    QUALITY_TO_PRICE = "quality_to_price", "Quality to price"
    LOWEST_COST = "lowest_cost", "Lowest cost"
    FIXED_PRICE = "fixed_price", "Best quality for a fixed price"


class TooFewRule(models.TextChoices):
    """What the clock does when fewer bids than wanted stand at the deadline."""

    EXTEND_ONCE = "extend_once", "Extend once by three business days"
    GO_ON = "go_on", "Go on with those there are"
    END = "end", "End without a choice"


class CriterionKind(models.TextChoices):
    """Who says how good a bid is on a criterion: people, or the record of its provider."""

    JUDGED = "judged", "Judged by people"
    PAST_RATINGS = "past_ratings", "Past ratings"


PAST_RATINGS_MOST = 20  # of 100: the past informs a choice, and does not make it


class JobQuerySet(Findable["Job"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def kept(self) -> Self:
        """Jobs, and drafts that nobody threw away."""
        return self.filter(discarded_at=None)

    def of_department_of(self, actor: User) -> Self:
        """Jobs of the person's departments, and of those below one that the person heads."""
        return self.kept().written_by(actor)

    def written_by(self, actor: User) -> Self:
        """The same, with the drafts that were thrown away."""
        if actor.is_system:
            return self.all()
        seats = Membership.objects.current().filter(user=actor)
        heads = seats.filter(role=Role.HEAD).values("department_id")
        return self.filter(
            Q(department__in=seats.filter(department__isnull=False).values("department_id"))
            | Q(department__lineage__overlap=ArraySubquery(heads))
        )

    def visible_to(self, actor: User) -> Self:
        """The department sees its jobs; once published, those invited, its panel, the offices."""
        return self._seen_by(actor, Office.values)

    def readable_to(self, actor: User) -> Self:
        """Jobs whose words are theirs, too: administrators see title and state alone."""
        return self._seen_by(actor, [Office.FINANCE, Office.AUDITOR])

    def _seen_by(self, actor: User, offices: Collection[str]) -> Self:
        if actor.is_system:
            return self.kept()
        seats = Membership.objects.current().filter(user=actor)
        heads = seats.filter(role=Role.HEAD).values("department_id")
        own = Q(department__in=seats.filter(department__isnull=False).values("department_id")) | Q(
            department__lineage__overlap=ArraySubquery(heads)
        )
        invited = Exists(
            Invitation.objects.filter(
                job=OuterRef("pk"),
                provider__in=seats.filter(provider__isnull=False).values("provider_id"),
            )
        )
        held = Exists(OfficeHeld.objects.filter(user=actor, ended_at=None, office__in=offices))
        judges = Q(pk__in=Job.objects.filter(panel__user=actor, panel__left_at=None).values("pk"))
        published = Q(published_at__isnull=False)
        return self.kept().filter(own | (published & (invited | held | judges)))


class Job(models.Model):
    """Work wanted. Its state is its moments: published, closed, opened, decided, cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True)  # random: tells nothing of others
    department = models.ForeignKey(Department, models.PROTECT, related_name="jobs")
    category = models.ForeignKey(Category, models.PROTECT, related_name="jobs")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="jobs")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=500)
    need = models.TextField(blank=True, default="")
    procedure = models.CharField(max_length=10, choices=Procedure, default=Procedure.QUICK)
    mode = models.CharField(max_length=20, choices=Mode, default=Mode.QUALITY_TO_PRICE)
    currency = models.CharField(max_length=3)
    ceiling_minor = models.BigIntegerField(null=True)
    shows_ceiling = models.BooleanField(default=True)
    point_minor = models.BigIntegerField(null=True)  # V: what one more quality point is worth
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    questions_until = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    bids_wanted = models.PositiveSmallIntegerField(default=2)
    too_few_rule = models.CharField(max_length=20, choices=TooFewRule, default=TooFewRule.GO_ON)
    waiver = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    source_key = models.CharField(max_length=300, null=True, unique=True)

    drafted_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)  # a draft that can be had back for a while
    discarded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    fingerprint = models.BinaryField(max_length=32, null=True)  # of all that was frozen
    extended_at = ArrayField(models.DateTimeField(), default=list)
    closed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)  # a bid was chosen, or none: judging is over
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancellation = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_published_job_says_until_when_and_what",
                condition=Q(published_at=None)
                | Q(
                    published_by__isnull=False,
                    closes_at__gt=F("published_at"),
                    fingerprint__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="only_a_draft_is_discarded_and_by_somebody",
                condition=Q(discarded_at=None, discarded_by=None)
                | Q(
                    discarded_at__isnull=False,
                    discarded_by__isnull=False,
                    published_at=None,
                ),
            ),
            models.CheckConstraint(
                name="a_job_is_published_then_closed_then_opened",
                condition=(Q(closed_at=None) | Q(closed_at__gte=F("closes_at")))
                & (Q(opened_at=None) | Q(opened_at__gte=F("closed_at"))),
            ),
            models.CheckConstraint(
                name="a_job_is_opened_before_it_is_decided",
                condition=Q(decided_at=None) | Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_cancelled_job_says_who_and_why",
                condition=Q(cancelled_at=None)
                | Q(cancelled_by__isnull=False, cancellation__isnull=False),
            ),
            models.CheckConstraint(
                name="a_ceiling_is_positive",
                condition=Q(ceiling_minor=None) | Q(ceiling_minor__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                name="jobs_to_close",
                fields=["closes_at"],
                condition=Q(published_at__isnull=False, closed_at=None, cancelled_at=None),
            ),
            models.Index(
                name="drafts_to_forget",
                fields=["discarded_at"],
                condition=Q(discarded_at__isnull=False),
            ),
            models.Index(name="jobs_of_a_department", fields=["department", "published_at"]),
            models.Index(
                Coalesce("published_at", "drafted_at").desc(),
                F("id").desc(),
                name="jobs_newest_first",
            ),
            GinIndex(name="jobs_by_title", fields=["title"], opclasses=["gin_trgm_ops"]),
            GinIndex(SearchVector("title", "need", config="simple"), name="jobs_by_words"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ceiling(self) -> Money | None:
        return None if self.ceiling_minor is None else Money(self.ceiling_minor, self.currency)

    @property
    def point_value(self) -> Money:
        """`V`: what the department pays for one more quality point; zero when price decides."""
        return Money(self.point_minor or 0, self.currency)

    def accepts_bids(self, at: datetime) -> bool:
        """Whether a bid that arrived at this moment is in time."""
        return (
            self.published_at is not None
            and self.closes_at is not None
            and self.closed_at is None
            and self.cancelled_at is None
            and self.published_at <= at < self.closes_at
        )


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def judged(self) -> Self:
        """Those that people judge; the others are computed."""
        return self.filter(kind=CriterionKind.JUDGED)


class Criterion(models.Model):
    """What bids are judged on, with words for each level. Frozen at publication."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    question = models.TextField(blank=True, default="")  # what the bidder answers
    weight = models.PositiveSmallIntegerField()
    levels = ArrayField(models.TextField(), size=5)  # words for 0, ¼, ½, ¾ and 1
    knock_out = models.PositiveSmallIntegerField(null=True)  # quarters: below it, a bid is out
    kind = models.CharField(max_length=20, choices=CriterionKind, default=CriterionKind.JUDGED)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(name="criteria_stand_in_order", fields=["job", "position"]),
            models.CheckConstraint(
                name="a_criterion_weighs_1_to_100",
                condition=Q(weight__gte=1, weight__lte=100),
            ),
            models.CheckConstraint(
                name="a_knock_out_is_a_level",
                condition=Q(knock_out=None) | Q(knock_out__lte=4),
            ),
            models.CheckConstraint(
                name="past_ratings_weigh_20_at_most_and_knock_nobody_out",
                condition=Q(kind=CriterionKind.JUDGED)
                | Q(
                    kind=CriterionKind.PAST_RATINGS,
                    weight__lte=PAST_RATINGS_MOST,
                    knock_out=None,
                ),
            ),
            models.UniqueConstraint(
                name="past_ratings_count_once_per_job",
                fields=["job"],
                condition=Q(kind=CriterionKind.PAST_RATINGS),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A provider may bid for a job, or has said that it will not."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="invitations")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decline_reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_provider_is_invited_once_per_job", fields=["job", "provider"]
            ),
            models.CheckConstraint(
                name="a_declined_invitation_says_who_and_why",
                condition=Q(declined_at=None)
                | Q(declined_by__isnull=False, decline_reason__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} for {self.job}"
