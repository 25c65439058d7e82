"""People, and what they may do in a department, for a provider or for the company."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from marketplace.querysets import Findable

# The two that act without a person; their rows are made by a migration.
CLOCK_ID = UUID("00000000-0000-4000-8000-000000000001")
IMPORTER_ID = UUID("00000000-0000-4000-8000-000000000002")


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who can act. One without a usable password can be named, but not sign in."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    # When what is wanted once a day is mailed, by the clock of that zone.
    digest_hour = models.PositiveSmallIntegerField(default=7, db_default=7)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email"),
            models.CheckConstraint(
                name="a_daily_mail_comes_at_an_hour_of_the_day",
                condition=Q(digest_hour__lte=23),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_system(self) -> bool:
        """Whether this is the clock or the importer, who see all that they act on."""
        return self.pk in (CLOCK_ID, IMPORTER_ID)

    @property
    def is_staff(self) -> bool:
        """Whether the read-only admin site opens for them."""
        return self.offices.filter(ended_at=None, office=Office.ADMINISTRATOR).exists()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        # The admin site shows and never changes: what changes something is a verb.
        return self.is_active and ".view_" in perm and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class Office(models.TextChoices):
    """What a person may do for the whole company."""

    FINANCE = "finance", "Finance"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class OfficeHeld(models.Model):
    """A person holds an office of the company from one moment to another."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="offices")
    office = models.CharField(max_length=20, choices=Office)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_office_is_held_once_at_a_time",
                fields=["user", "office"],
                condition=Q(ended_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.office}"


class Role(models.TextChoices):
    """What a member may do in their department or for their provider."""

    HEAD = "head", "Head"
    REQUESTER = "requester", "Requester"
    LEAD = "lead", "Lead"  # of a team, or the administrator of a vendor
    MEMBER = "member", "Member"


DEPARTMENT_ROLES = [Role.HEAD, Role.REQUESTER]
PROVIDER_ROLES = [Role.LEAD, Role.MEMBER]


class MembershipQuerySet(Findable["Membership"]):
    def current(self) -> Self:
        """Memberships that have not ended."""
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A person's place in one department or with one provider. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    department = models.ForeignKey(
        "marketplace.Department", models.PROTECT, null=True, related_name="memberships"
    )
    provider = models.ForeignKey(
        "marketplace.Provider", models.PROTECT, null=True, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="member_of_a_department_or_of_a_provider",
                condition=Q(department__isnull=False, provider=None, role__in=DEPARTMENT_ROLES)
                | Q(department=None, provider__isnull=False, role__in=PROVIDER_ROLES),
            ),
            models.UniqueConstraint(
                name="one_role_per_person_and_department",
                fields=["user", "department"],
                condition=Q(ended_at=None, department__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_role_per_person_and_provider",
                fields=["user", "provider"],
                condition=Q(ended_at=None, provider__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
