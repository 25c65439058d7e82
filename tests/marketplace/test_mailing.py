"""People steer their mail: what comes at once, once a day, or not; never what binds them."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from marketplace import letters
from marketplace.duties import run
from marketplace.inbox import notices
from marketplace.letters import send_due_digests, send_due_notices
from marketplace.mailing import (
    BindingIsMailed,
    NotAMailing,
    NotAnHour,
    choose_mailing,
    mailing_of,
    stop_address,
    stop_mailing,
)
from marketplace.models.events import Notice
from marketplace.models.mailing import MailChoice, Topic
from marketplace.models.people import User
from marketplace.notices import tell
from marketplace.people import choose_reading
from marketplace.project.embedded import ROOT
from marketplace.refusals import Unknown
from marketplace.topics import TOPICS, topic_of
from tests.builders import DAY, HOUR, MINUTE, NOON, refused

SEVEN = NOON.replace(hour=7)  # of a Monday, in the company's zone


@pytest.fixture(autouse=True)
def nothing_told_before(cast):
    Notice.objects.all().delete()


def say(*people, kind="question.asked", text="A bidder asks.", at=NOON):
    tell(kind, recipients=people, text=text, because="it is your department's job", at=at)


def want(person, hour=None, **mailings):
    return choose_mailing(actor=person, mailings=mailings, digest_hour=hour)


def test_without_a_choice_everything_comes_at_once(cast):
    assert mailing_of(actor=cast.maya).waiting == "now"
    assert mailing_of(actor=cast.maya).digest_hour == 7
    say(cast.maya)

    assert send_due_notices(at=NOON) == 1
    assert send_due_digests(at=NOON + DAY) == 0


def test_what_is_wanted_once_a_day_comes_in_one_mail_at_its_hour(cast):
    want(cast.maya, waiting="daily", work="daily")
    say(cast.maya, text="Is there a tent?", at=SEVEN + HOUR)
    say(cast.maya, kind="job.opened", text="The bids are open.", at=SEVEN + 2 * HOUR)
    say(cast.rolf)

    assert send_due_notices(at=NOON) == 1, "Rolf's, who chose nothing"
    assert send_due_digests(at=SEVEN + DAY - MINUTE) == 0
    assert send_due_digests(at=SEVEN + DAY) == 1
    assert send_due_digests(at=SEVEN + DAY + MINUTE) == 0
    assert send_due_notices(at=SEVEN + DAY) == 0

    letter = mail.outbox[-1]
    assert letter.to == ["maya@house.example"]
    assert letter.subject == "2 notices for you"
    assert letter.body.index("Is there a tent?") < letter.body.index("The bids are open.")
    assert letter.body.count("because it is your department's job") == 2
    assert "once a day, at 07:00" in letter.body


def test_what_is_told_after_the_hour_waits_for_the_next_day(cast):
    want(cast.maya, waiting="daily")
    say(cast.maya, text="Before.", at=SEVEN - MINUTE)
    say(cast.maya, text="After.", at=SEVEN + MINUTE)

    assert send_due_digests(at=NOON) == 1, "late, because the worker slept"
    assert "Before." in mail.outbox[-1].body
    assert "After." not in mail.outbox[-1].body
    assert mail.outbox[-1].subject == "One notice for you"
    assert send_due_digests(at=SEVEN + DAY) == 1


def test_the_hour_is_one_of_the_readers_own_zone(cast):
    choose_reading(actor=cast.maya, language="de", time_zone="Asia/Tokyo")
    want(cast.maya, hour=9, waiting="daily")
    say(cast.maya, at=NOON)  # 21:00 there; its nine o'clock is midnight here

    assert send_due_digests(at=datetime(2026, 3, 2, 23, 59, tzinfo=UTC)) == 0
    assert send_due_digests(at=datetime(2026, 3, 3, 0, 0, tzinfo=UTC)) == 1
    assert mail.outbox[-1].subject == "Eine Nachricht für Sie"


def test_what_is_not_wanted_by_mail_stands_in_the_list(cast):
    want(cast.maya, waiting="never")
    say(cast.maya)

    assert send_due_notices(at=NOON) == 0
    assert send_due_digests(at=NOON + DAY) == 0
    assert [one.text for one in notices(cast.maya)] == ["A bidder asks."]

    want(cast.maya, waiting="now")
    assert send_due_notices(at=NOON + HOUR) == 1, "who changes their mind gets what is news"


def test_what_binds_comes_at_once_whatever_was_chosen(cast):
    want(cast.maya, waiting="never", work="never", money="never", company="never")
    say(cast.maya, kind="objection.raised", text="Otto objects to the choice.")

    assert send_due_notices(at=NOON) == 1
    (letter,) = mail.outbox
    assert "so it always comes by mail" in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers
    with refused(BindingIsMailed):
        want(cast.maya, binding="daily")
    with pytest.raises(IntegrityError, match="what_binds"), transaction.atomic():
        MailChoice.objects.create(user=cast.maya, topic="binding", mailing="never")


@pytest.mark.parametrize("wrong", [{"waiting": "weekly"}, {"gossip": "daily"}])
def test_there_are_these_topics_and_these_ways(cast, wrong):
    with refused(NotAMailing):
        want(cast.maya, **wrong)


@pytest.mark.parametrize("hour", [-1, 24])
def test_a_day_has_24_hours(cast, hour):
    with refused(NotAnHour):
        want(cast.maya, hour=hour)


def link_of(letter: EmailMessage) -> dict[str, str]:
    parts = urlsplit(letter.extra_headers["List-Unsubscribe"].strip("<>")).path.split("/")
    return dict(zip(("user_id", "topic", "secret"), parts[3:6], strict=True))


def test_each_mail_carries_a_link_that_turns_its_kind_off_with_one_click(cast):
    say(cast.maya)
    send_due_notices(at=NOON)
    (letter,) = mail.outbox

    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop_address(cast.maya.pk, "waiting") in letter.body
    assert stop_mailing(**link_of(letter)).waiting == "never"
    assert stop_mailing(**link_of(letter)).waiting == "never", "twice is once"
    assert mailing_of(actor=cast.maya).work == "now"


def test_the_link_of_the_daily_mail_turns_off_what_comes_daily(cast):
    want(cast.maya, waiting="daily", work="daily")
    say(cast.maya, at=SEVEN - HOUR)
    send_due_digests(at=SEVEN)

    chosen = stop_mailing(**link_of(mail.outbox[-1]))

    assert (chosen.waiting, chosen.work, chosen.money) == ("never", "never", "now")


def test_a_link_opens_for_its_own_person_and_kind_alone(cast):
    say(cast.maya)
    send_due_notices(at=NOON)
    link = link_of(mail.outbox[0])

    for wrong in ({"user_id": cast.rolf.pk}, {"topic": "money"}, {"topic": "binding"}):
        with refused(Unknown):
            stop_mailing(**(link | wrong))
    User.objects.filter(pk=cast.maya.pk).update(is_active=False)
    with refused(Unknown):
        stop_mailing(**link)


def test_a_mail_that_is_sent_twice_is_the_same_mail(cast, monkeypatch):
    want(cast.maya, waiting="daily")
    say(cast.maya, at=SEVEN - HOUR)
    say(cast.rolf, at=SEVEN - HOUR)
    send_due_notices(at=SEVEN)
    send_due_digests(at=SEVEN)
    # Killed between sending and committing: nothing is marked.
    Notice.objects.update(sent_at=None)
    send_due_notices(at=SEVEN + MINUTE)
    send_due_digests(at=SEVEN + MINUTE)

    names = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(names) == 4
    assert set(names[:2]) == set(names[2:])
    assert names[0] != names[1]


def test_a_daily_mail_that_fails_is_tried_again_as_a_whole(cast, monkeypatch):
    want(cast.maya, waiting="daily")
    say(cast.maya, text="First.", at=SEVEN - 2 * HOUR)
    say(cast.maya, text="Second.", at=SEVEN - HOUR)

    def fail(*args, **words):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", fail)
    assert send_due_digests(at=SEVEN) == 0
    monkeypatch.undo()

    assert send_due_digests(at=SEVEN + MINUTE) == 0, "not at once"
    assert run(at=SEVEN + HOUR)["digests_sent"] == 1
    assert mail.outbox[-1].subject == "2 notices for you"


def test_two_daily_mails_of_one_hour_are_two_mails(cast):
    want(cast.maya, waiting="daily", work="never")
    say(cast.maya, text="First.", at=SEVEN - HOUR)
    say(cast.maya, kind="job.opened", text="Second.", at=SEVEN - HOUR)
    assert send_due_digests(at=SEVEN) == 1
    want(cast.maya, work="daily")
    assert send_due_digests(at=SEVEN + HOUR) == 1

    names = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(set(names)) == 2


def test_a_mail_that_cannot_be_written_keeps_nobody_elses(cast, monkeypatch):
    write = letters.said

    def fail(text):
        if text == "Broken.":
            raise KeyError(text)
        return write(text)

    monkeypatch.setattr(letters, "said", fail)
    want(cast.rolf, waiting="daily")
    want(cast.gerd, waiting="daily")
    say(cast.maya, cast.rolf, text="Broken.", at=SEVEN - HOUR)
    say(cast.gerd, cast.vera, text="Whole.", at=SEVEN - HOUR)
    assert (send_due_notices(at=SEVEN), send_due_digests(at=SEVEN)) == (1, 1)
    assert {address for letter in mail.outbox for address in letter.to} == {
        cast.gerd.email,
        cast.vera.email,
    }
    assert Notice.objects.filter(sent_at=None, text="Broken.", failed_at__len=1).count() == 2


def test_a_zone_that_is_no_more_keeps_nobody_elses_daily_mail(cast, monkeypatch):
    hour = letters.hour_before

    def fail(person, at):
        if person == cast.rolf:
            raise ZoneInfoNotFoundError(person.time_zone)
        return hour(person, at)

    monkeypatch.setattr(letters, "hour_before", fail)
    for person in (cast.rolf, cast.gerd):
        want(person, waiting="daily")
    say(cast.rolf, cast.gerd, at=SEVEN - HOUR)
    assert send_due_digests(at=SEVEN) == 1
    assert [letter.to for letter in mail.outbox] == [[cast.gerd.email]]


def test_whoever_is_asked_by_a_deadline_is_mailed_at_once():
    for kind in ("job.final_round", "hearing.given", "job.addendum", "delivery.made"):
        assert topic_of(kind) == Topic.BINDING


def test_each_kind_of_notice_says_what_it_is_about():
    told = {
        call.args[0].value
        for app in ("marketplace", "bids", "ledger")
        for path in Path(ROOT / app).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"tell", "tell_bidders"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }

    assert len(told) > 60
    assert told - set(TOPICS) == set()
    assert topic_of("award.made") == Topic.BINDING
    assert topic_of("something.new") == Topic.BINDING, "what nobody placed is not lost"
