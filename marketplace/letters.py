"""
What the outbox holds goes out by mail: at once, or once a day for whoever chose it so. Each mail
says why it comes, and carries a link that turns its kind off (RFC 8058), unless it binds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import chain
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import DateTimeField, Exists, F, Func, Min, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.mailing import DIGEST, hour_before, stop_address
from marketplace.models.events import Notice
from marketplace.models.mailing import MailChoice, Mailing, Topic
from marketplace.models.people import User
from marketplace.saying import said

log = structlog.stdlib.get_logger("choicebook.notices")

# What is older is no news: it stays in the person's list and is not mailed any more.
NEWS = timedelta(days=3)
PAUSE_AFTER_FAILURE = timedelta(minutes=10)
LONGEST_SUBJECT = 120


@transaction.atomic(savepoint=False)
def send_due_notices(*, at: datetime, limit: int = 200) -> int:
    """
    Mail what waits in the outbox and is wanted at once, and return how much was sent.

    Two workers take different rows. A mail may come twice when the worker is killed between
    sending and committing, under the same Message-ID; it is never lost that way.
    """
    due = (
        _unsent(at)
        .filter(~Exists(_choices()))
        .select_related("recipient", "job")
        .order_by("told_at", "id")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    return sum(_send(partial(_letter, notice), [notice], at=at) for notice in due)


def send_due_digests(*, at: datetime) -> int:
    """
    Mail what people want once a day and whose hour has come, and return how many mails went out.
    What is told after that hour waits for the next; what was sent is marked with the sending.
    """
    waiting = _unsent(at).filter(Exists(_choices(Mailing.DAILY))).values("recipient")
    first = dict(waiting.annotate(first=Min("told_at")).values_list("recipient", "first"))
    people = User.objects.filter(pk__in=first, is_active=True).order_by("pk")
    return sum(
        _is_due(person, first[person.pk], at) and _send_digest(person, at=at) for person in people
    )


def _is_due(person: User, first_told_at: datetime, at: datetime) -> bool:
    try:
        return first_told_at < hour_before(person, at)
    except Exception:  # a zone that is no more: whoever is next must still get theirs
        log.warning("no hour of a daily mail", person=str(person.pk), exc_info=True)
        return False


@transaction.atomic(savepoint=False)
def _send_digest(person: User, *, at: datetime) -> bool:
    hour = hour_before(person, at)
    # A second worker waits for the first, and finds nothing left: one day is one mail.
    notices = list(
        _unsent(at)
        .filter(Exists(_choices(Mailing.DAILY)), recipient=person, told_at__lt=hour)
        .select_related("job")
        .order_by("told_at", "id")
        .select_for_update(of=("self",))
    )
    return bool(notices) and _send(partial(_digest, person, notices), notices, at=at)


def _unsent(at: datetime) -> QuerySet[Notice]:
    """Return what waits in the outbox, is news, and did not fail just now."""
    last_failure: Func = Func(
        F("failed_at"),
        template="(%(expressions)s)[cardinality(%(expressions)s)]",
        output_field=DateTimeField(),
    )
    waiting = Notice.objects.filter(sent_at=None, told_at__gt=at - NEWS, told_at__lte=at)
    return waiting.annotate(last_failure_at=last_failure).filter(
        Q(last_failure_at=None) | Q(last_failure_at__lte=at - PAUSE_AFTER_FAILURE)
    )


def _choices(*mailings: Mailing) -> QuerySet[MailChoice]:
    """Return by what the reader of a notice wants it otherwise than at once, or so."""
    chosen = MailChoice.objects.filter(user=OuterRef("recipient"), topic=OuterRef("topic"))
    return chosen.filter(mailing__in=mailings) if mailings else chosen


def _send(letter: Callable[[], EmailMessage], notices: list[Notice], *, at: datetime) -> bool:
    try:
        letter().send()
    except Exception:  # whatever it was, whoever is next must still get theirs
        log.warning("notice not sent", notice=str(notices[0].pk), exc_info=True)
        for notice in notices:
            notice.failed_at = [*notice.failed_at, at]
        Notice.objects.bulk_update(notices, ["failed_at"])
        return False
    for notice in notices:
        notice.sent_at = at
    Notice.objects.bulk_update(notices, ["sent_at"])
    return True


def _letter(notice: Notice) -> EmailMessage:
    reader = notice.recipient
    with _language_of(reader):
        text = said(notice.text)
        lines = [
            _greeting(reader),
            text,
            _place(notice),
            _("You get this because %(because)s.") % {"because": said(notice.because)},
        ]
        if notice.topic == Topic.BINDING:
            lines.append(_("It binds you, or a time runs out with it: so it always comes by mail."))
        else:
            lines.append(_ending(reader, notice.topic, said(Topic(notice.topic).label)))
    topic = "" if notice.topic == Topic.BINDING else notice.topic
    return _mail(reader, subject=text, lines=lines, topic=topic, told=[notice])


def _digest(reader: User, notices: list[Notice]) -> EmailMessage:
    with _language_of(reader):
        subject = ngettext("One notice for you", "%(count)s notices for you", len(notices)) % {
            "count": len(notices)
        }
        because = _("You get this because %(because)s.")
        lines = [_greeting(reader)]
        for one in notices:
            reason = because % {"because": said(one.because)}
            lines.append(f"{said(one.text)}\n{_place(one)}\n{reason}")
        daily = _("You chose to read these once a day, at %(hour)s.")
        lines.append(daily % {"hour": f"{reader.digest_hour:02}:00"})
        lines.append(_ending(reader, DIGEST, _("the daily mail")))
    return _mail(reader, subject=subject, lines=lines, topic=DIGEST, told=notices)


def _mail(
    reader: User,
    *,
    subject: str,
    lines: list[str],
    topic: str,
    told: list[Notice],
) -> EmailMessage:
    # From what is told alone: sent twice it is the same mail, and it counts nobody else's.
    words = [(one.kind, one.subject_id, one.told_at.isoformat(), one.text) for one in told]
    name = sha256("\0".join(map(str, (reader.pk, topic == DIGEST, *chain(*words)))).encode())
    headers = {"Message-ID": f"<{name.hexdigest()[:32]}@{urlsplit(settings.SITE_URL).hostname}>"}
    if topic:
        headers["List-Unsubscribe"] = f"<{stop_address(reader.pk, topic)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # A line break in a subject would be a header of the writer's choosing.
    subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    body = "\n\n".join(lines)
    return EmailMessage(subject=subject, body=body, to=[reader.email], headers=headers)


def _language_of(reader: User) -> translation.override:
    return translation.override(reader.language or settings.LANGUAGE_CODE)


def _greeting(reader: User) -> str:
    return _("Hello %(name)s,") % {"name": reader.name}


def _place(notice: Notice) -> str:
    return f"{settings.SITE_URL}/jobs/{notice.job_id}/" if notice.job_id else settings.SITE_URL


def _ending(reader: User, topic: str, name: str) -> str:
    words = _("No more mail of this kind (%(kind)s): %(address)s") % {
        "kind": name,
        "address": stop_address(reader.pk, topic),
    }
    choose = _("What comes when you choose here: %(address)s") % {
        "address": f"{settings.SITE_URL}/settings/mail/"
    }
    return f"{words}\n{choose}"
