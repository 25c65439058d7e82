"""Providers that may not be invited or bid for a while."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_provider, tell
from marketplace.permissions import may_administer
from marketplace.refusals import Refusal, require


class AlreadySuspended(Refusal):
    """The provider is suspended."""

    code = "already_suspended"


class NotSuspended(Refusal):
    """The provider is not suspended."""

    code = "not_suspended"


@transaction.atomic(savepoint=False)
def suspend_provider(*, actor: User, provider_id: UUID, at: datetime) -> Provider:
    """
    Let a provider neither be invited nor bid until it is restored.

    :raises Forbidden: the actor is no administrator. :raises Unknown: there is no such provider.
    :raises AlreadySuspended: it is suspended.
    """
    require(may_administer(actor))
    provider = Provider.objects.visible_to(actor).lock(provider_id)
    if provider.suspended_at is not None:
        raise AlreadySuspended(f"“{provider}” is suspended already.")
    provider.suspended_at = at
    provider.save(update_fields=["suspended_at"])
    _record_and_tell(actor, "provider.suspended", provider, "is suspended", at=at)
    return provider


@transaction.atomic(savepoint=False)
def restore_provider(*, actor: User, provider_id: UUID, at: datetime) -> Provider:
    """
    Let a suspended provider be invited and bid again.

    :raises Forbidden: the actor is no administrator. :raises Unknown: there is no such provider.
    :raises NotSuspended: it is not suspended.
    """
    require(may_administer(actor))
    provider = Provider.objects.visible_to(actor).lock(provider_id)
    if provider.suspended_at is None:
        raise NotSuspended(f"“{provider}” is not suspended.")
    provider.suspended_at = None
    provider.save(update_fields=["suspended_at"])
    _record_and_tell(actor, "provider.restored", provider, "may bid again", at=at)
    return provider


def _record_and_tell(
    actor: User, kind: str, provider: Provider, text: str, *, at: datetime
) -> None:
    record(actor, kind, provider, at=at, audience=Audience.PROVIDER, provider=provider)
    tell(
        kind,
        recipients=people_of_provider(provider, Role.LEAD),
        text=f"“{provider}” {text}.",
        because="you lead this provider",
        at=at,
    )
