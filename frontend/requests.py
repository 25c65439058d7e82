"""The request as a page of a signed-in person gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.project.clock import ReceivedRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from marketplace.models.people import User


class SignedIn(ReceivedRequest):
    """Somebody is signed in, and the moment of arrival is stamped."""

    user: User
    htmx: HtmxDetails
