"""
The link in a vendor's invitation. What it holds is derived, and lies in no table; it opens one
account, once, and ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from marketplace.models.vendors import VendorInvitation
from marketplace.refusals import Refusal, Unknown

log = structlog.stdlib.get_logger("choicebook.vendors")

NEWS = timedelta(days=3)  # what could not be mailed for so long is sent anew by a person


class InvitationOver(Refusal):
    """The invitation was used, was withdrawn or has ended."""

    code = "invitation_over"


def invitation_address(invitation: VendorInvitation) -> str:
    """Return the link of an invitation: for the mail, and for nobody else."""
    return f"{settings.SITE_URL}/invitations/{invitation.pk}/{secret_of(invitation.pk)}/"


def secret_of(invitation_id: UUID) -> str:
    """Return what proves that somebody holds the link."""
    told = salted_hmac("choicebook.vendor-invitations", str(invitation_id), algorithm="sha256")
    return told.hexdigest()


def open_invitation(*, invitation_id: UUID, secret: str, at: datetime) -> VendorInvitation:
    """
    Return the invitation that a link opens.

    :raises Unknown: there is no such link. :raises InvitationOver: it opens nothing any more.
    """
    return opened(invitation_id, secret, at=at, lock=False)


def opened(id: UUID, secret: str, *, at: datetime, lock: bool) -> VendorInvitation:
    """Return the invitation that a link opens, locked if it is to be used."""
    found = VendorInvitation.objects.select_related("invited_by").filter(pk=id)
    invitation = (found.select_for_update(of=("self",)) if lock else found).first()
    if invitation is None or not constant_time_compare(secret, secret_of(id)):
        raise Unknown("There is no such invitation.")
    if invitation.accepted_at:
        raise InvitationOver("This invitation was used. Sign in with your e-mail address.")
    if invitation.withdrawn_at or at >= invitation.ends_at:
        raise InvitationOver("This invitation has ended. Ask whoever invited you for another.")
    return invitation


def send_due_invitations(*, at: datetime, limit: int = 50) -> int:
    """Mail the links that wait, and return how many were sent."""
    sent = 0
    for id in _due(at)[:limit]:
        with transaction.atomic():
            found = VendorInvitation.objects.open().filter(pk=id, sent_at=None)
            invitation = found.select_for_update(skip_locked=True).first()
            if invitation is None:
                continue
            try:
                _mail(invitation).send()
            except Exception:  # whatever it was, whoever is next must still get theirs
                log.warning("invitation not sent", invitation=str(id), exc_info=True)
                continue
            VendorInvitation.objects.filter(pk=id).update(sent_at=at)
            sent += 1
    return sent


def _due(at: datetime) -> list[UUID]:
    waiting = VendorInvitation.objects.open().filter(sent_at=None, invited_at__gt=at - NEWS)
    return list(waiting.order_by("invited_at").values_list("pk", flat=True))


def _mail(invitation: VendorInvitation) -> EmailMessage:
    words = {"who": invitation.invited_by.name, "company": invitation.company_name}
    subject = _("An invitation for %(company)s") % words
    lines = [
        _("%(who)s invites you to offer work here for %(company)s.") % words,
        _("This link opens your account. It works once, until %(day)s:")
        % {"day": f"{invitation.ends_at:%d %B %Y}"},
        invitation_address(invitation),
        _("If you do not know the sender, do nothing: the link ends by itself."),
    ]
    subject = " ".join(subject.split())[:120]
    return EmailMessage(subject=subject, body="\n\n".join(lines), to=[invitation.email])
