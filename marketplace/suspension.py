"""Providers that may not be invited or bid for a while, and why."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.models.vendors import ProviderSuspension
from marketplace.notices import people_of_provider, tell
from marketplace.permissions import may_suspend
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class AlreadySuspended(Refusal):
    """The provider is suspended."""

    code = "already_suspended"


class NotSuspended(Refusal):
    """The provider is not suspended."""

    code = "not_suspended"


@transaction.atomic(savepoint=False)
def suspend_provider(*, actor: User, provider_id: UUID, reason: str, at: datetime) -> Provider:
    """
    Let a provider neither be invited nor bid until it is restored. It is told why.

    :raises Forbidden: the actor is no administrator and, of a vendor, not of finance.
    :raises Unknown: there is no such provider.
    :raises AlreadySuspended, ReasonMissing: the rules say no.
    """
    provider = Provider.objects.visible_to(actor).lock(provider_id)
    require(may_suspend(actor, provider))
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    if provider.suspended_at is not None:
        raise AlreadySuspended(f"“{provider}” is suspended already.")
    provider.suspended_at = at
    provider.save(update_fields=["suspended_at"])
    ProviderSuspension.objects.create(
        provider=provider,
        reason=keep(reason.strip(), at=at),
        suspended_by=actor,
        suspended_at=at,
    )
    text = f"“{provider}” is suspended: {reason.strip()}"
    _record_and_tell(actor, "provider.suspended", provider, text, at=at)
    return provider


@transaction.atomic(savepoint=False)
def restore_provider(*, actor: User, provider_id: UUID, reason: str, at: datetime) -> Provider:
    """
    Let a suspended provider be invited and bid again.

    :raises Forbidden: the actor is no administrator and, of a vendor, not of finance.
    :raises Unknown: there is no such provider.
    :raises NotSuspended, ReasonMissing: the rules say no.
    """
    provider = Provider.objects.visible_to(actor).lock(provider_id)
    require(may_suspend(actor, provider))
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    if provider.suspended_at is None:
        raise NotSuspended(f"“{provider}” is not suspended.")
    provider.suspended_at = None
    provider.save(update_fields=["suspended_at"])
    words = keep(reason.strip(), at=at)
    # One suspended before reasons were asked for has no row of its own.
    standing = ProviderSuspension.objects.filter(provider=provider, ended_at=None)
    standing.update(ended_at=at, ended_by=actor, return_reason=words)
    text = f"“{provider}” may bid again: {reason.strip()}"
    _record_and_tell(actor, "provider.restored", provider, text, at=at)
    return provider


def _record_and_tell(
    actor: User, kind: str, provider: Provider, text: str, *, at: datetime
) -> None:
    record(actor, kind, provider, at=at, audience=Audience.PROVIDER, provider=provider)
    tell(
        kind,
        recipients=people_of_provider(provider, Role.LEAD),
        text=text,
        because="you lead this provider",
        at=at,
    )
