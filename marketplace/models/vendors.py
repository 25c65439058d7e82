"""How a vendor comes in: its invitation, what it says of itself, the answer, and suspensions."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from marketplace.models.events import Words
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.models.providers import Provider
from marketplace.querysets import Findable


class VendorInvitationQuerySet(Findable["VendorInvitation"]):
    def visible_to(self, actor: User) -> Self:
        """Finance, auditors and administrators see all; others what they sent, or their own's."""
        if OfficeHeld.objects.filter(user=actor, ended_at=None, office__in=Office.values).exists():
            return self.all()
        own = Membership.objects.current().filter(user=actor, provider__isnull=False)
        return self.filter(Q(invited_by=actor) | Q(provider__in=own.values("provider_id")))

    def open(self) -> Self:
        """Neither taken nor withdrawn; it may have ended."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class VendorInvitation(models.Model):
    """A person outside is asked to come in: with a company of theirs, or into one that is here."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254)
    company_name = models.CharField(max_length=300)
    # The vendor that they come into; of a new company, once it is there.
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="vendor_invites")
    is_new_company = models.BooleanField()
    role = models.CharField(max_length=20, choices=[(Role.LEAD, "Lead"), (Role.MEMBER, "Member")])
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = VendorInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_invitation_ends_after_it_was_sent",
                condition=Q(ends_at__gt=F("invited_at")),
            ),
            models.CheckConstraint(
                name="an_invitation_is_taken_or_withdrawn",
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="an_invitation_is_taken_by_somebody_before_it_ends",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(
                    accepted_by__isnull=False, accepted_at__lt=F("ends_at"), provider__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="an_invitation_is_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.company_name


class VendorProfile(models.Model):
    """What a vendor says that it is. Said anew, never rewritten: the last one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="profiles")
    legal_name = models.CharField(max_length=300)
    register_number = models.CharField(max_length=60)
    tax_number = models.CharField(max_length=60, blank=True, default="")
    country = models.CharField(max_length=2)
    address = models.CharField(max_length=500)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.legal_name


class Terms(models.Model):
    """The terms under which vendors work here, version by version."""

    version = models.PositiveIntegerField(primary_key=True)
    text = models.TextField()
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "terms"

    def __str__(self) -> str:
        return str(self.version)


class TermsAcceptance(models.Model):
    """A vendor accepted a version of the terms."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="terms_accepted")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_version_of_the_terms_is_accepted_once", fields=["provider", "terms"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.terms_id}"


class VendorDeclaration(models.Model):
    """Who owns a vendor, and whom of the company its people are close to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="declarations")
    owners = models.ForeignKey(Words, models.PROTECT, related_name="+")
    has_conflict = models.BooleanField()
    conflict = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_conflict_is_said_in_words",
                condition=Q(has_conflict=False, conflict=None)
                | Q(has_conflict=True, conflict__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.provider_id)


class VendorAnswer(models.Model):
    """Finance approved a vendor, or sent it back with what is missing."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="vendor_answers")
    is_approved = models.BooleanField()
    reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_sends_a_vendor_back_says_why",
                condition=Q(is_approved=True) | Q(reason__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_vendor_is_approved_once",
                fields=["provider"],
                condition=Q(is_approved=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.provider_id)


class ProviderSuspension(models.Model):
    """A provider may neither be invited nor bid, from one moment to another, and why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="suspensions")
    reason = models.ForeignKey(Words, models.PROTECT, related_name="+")
    suspended_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField()
    return_reason = models.ForeignKey(Words, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_provider_is_suspended_once_at_a_time",
                fields=["provider"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="a_suspension_ends_by_somebody_and_for_a_reason",
                condition=Q(ended_at=None, ended_by=None, return_reason=None)
                | Q(
                    ended_at__gte=F("suspended_at"),
                    ended_by__isnull=False,
                    return_reason__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.provider_id)
