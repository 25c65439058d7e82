"""How a person wants to be told by mail: what at once, what once a day, what not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.models.mailing import MailChoice, Mailing, Topic
from marketplace.models.people import User
from marketplace.people import lock_person
from marketplace.refusals import Refusal, Unknown

DIGEST = "daily"  # stands for all that comes once a day, where one link turns it off
CHOOSABLE = tuple(topic for topic in Topic if topic != Topic.BINDING)
WAYS = Mailing.choices


class BindingIsMailed(Refusal):
    """What binds its reader comes by mail, and at once."""

    code = "binding_is_mailed"
    field = "binding"


class NotAMailing(Refusal):
    """It is mailed at once, once a day or not at all, and there are these kinds."""

    code = "not_a_mailing"


class NotAnHour(Refusal):
    """A day has the hours 0 to 23."""

    code = "not_an_hour"
    field = "digest_hour"


@dataclass(frozen=True, slots=True)
class MailingPaper:
    """What comes when. What binds always comes at once."""

    waiting: str
    work: str
    money: str
    company: str
    digest_hour: int

    @property
    def is_daily(self) -> bool:
        return any(getattr(self, topic) == Mailing.DAILY for topic in CHOOSABLE)


@transaction.atomic(savepoint=False)
def choose_mailing(
    *, actor: User, mailings: Mapping[str, str], digest_hour: int | None = None
) -> MailingPaper:
    """
    Have what a topic is about mailed otherwise from now on; what is not named stays as it is.

    :raises BindingIsMailed: awards, objections and deadlines come at once.
    :raises NotAMailing: there is no such topic, or no such way. :raises NotAnHour: 0 to 23.
    """
    person = lock_person(actor.pk)
    for topic, mailing in mailings.items():
        if topic == Topic.BINDING and mailing != Mailing.NOW:
            raise BindingIsMailed(
                "Awards, objections and what runs out come by mail at once: whoever did not read"
                " them in time would lose by it."
            )
        if topic not in Topic.values or mailing not in Mailing.values:
            raise NotAMailing(f"“{topic}: {mailing}” is no way to be told.")
    if digest_hour is not None and not 0 <= digest_hour <= 23:
        raise NotAnHour("The hour of the daily mail is one from 0 to 23.")
    for topic, mailing in mailings.items():
        _write(person, topic, mailing)
    if digest_hour is not None:
        person.digest_hour = digest_hour
        person.save(update_fields=["digest_hour"])
    return mailing_of(actor=person)


def mailing_of(*, actor: User) -> MailingPaper:
    """Return how the person wants to be told."""
    person = User.objects.get(pk=actor.pk)
    chosen = dict(MailChoice.objects.filter(user=person).values_list("topic", "mailing"))
    ways = {str(topic): chosen.get(topic, Mailing.NOW.value) for topic in CHOOSABLE}
    return MailingPaper(**ways, digest_hour=person.digest_hour)


@transaction.atomic(savepoint=False)
def stop_mailing(*, user_id: UUID, topic: str, secret: str) -> MailingPaper:
    """
    Turn one kind of mail off by the link that stands in each of its mails, without signing in.
    Turned off before, it stays off.

    :raises Unknown: there is no such link.
    """
    person = stopping(user_id=user_id, topic=topic, secret=secret)
    daily = MailChoice.objects.filter(user=person, mailing=Mailing.DAILY)
    topics = list(daily.values_list("topic", flat=True)) if topic == DIGEST else [topic]
    return choose_mailing(actor=person, mailings=dict.fromkeys(topics, Mailing.NEVER.value))


def stopping(*, user_id: UUID, topic: str, secret: str) -> User:
    """Return whose mail a link turns off. :raises Unknown: there is no such link."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    is_kind = topic == DIGEST or topic in CHOOSABLE
    if not (person and is_kind and constant_time_compare(secret, _secret_of(user_id, topic))):
        raise Unknown("There is no such link.")
    return person


def stop_address(user_id: UUID, topic: str) -> str:
    """Return the link that turns a kind of mail off: for the person's mails, and nowhere else."""
    return f"{settings.SITE_URL}/mail/off/{user_id}/{topic}/{_secret_of(user_id, topic)}/"


def hour_before(person: User, at: datetime) -> datetime:
    """Return when the hour of the person's daily mail came last, in their own time zone."""
    local = at.astimezone(zone_of(person))
    hour = local.replace(hour=person.digest_hour, minute=0, second=0, microsecond=0)
    # Yesterday's is the same hour by the wall clock, whatever the clocks did in between.
    return hour if hour <= local else hour - timedelta(days=1)


def zone_of(person: User) -> ZoneInfo:
    return ZoneInfo(person.time_zone or settings.TIME_ZONE)


def _write(person: User, topic: str, mailing: str) -> None:
    chosen = MailChoice.objects.filter(user=person, topic=topic)
    if mailing == Mailing.NOW:
        chosen.delete()
    elif not chosen.update(mailing=mailing):
        MailChoice.objects.create(user=person, topic=topic, mailing=mailing)


def _secret_of(user_id: UUID, topic: str) -> str:
    told = salted_hmac("choicebook.mail-off", f"{user_id}/{topic}", algorithm="sha256")
    return told.hexdigest()
