"""People are told in the act's transaction, and mailed by the worker."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from marketplace.duties import run
from marketplace.inbox import notices
from marketplace.letters import send_due_notices
from marketplace.models.events import Notice
from marketplace.models.people import User
from marketplace.notices import (
    holders,
    people_of_department,
    people_of_provider,
    people_of_providers,
    tell,
)
from marketplace.system import the_clock
from tests.builders import HOUR, MINUTE, NOON, a_draft


@pytest.fixture(autouse=True)
def nothing_told_before(cast):
    Notice.objects.all().delete()


def say(*recipients, text="The bids are open.", at=NOON, job=None):
    return tell(
        "job.opened",
        recipients=recipients,
        text=text,
        because="you belong to the department",
        at=at,
        job=job,
    )


def test_each_person_is_told_once_and_only_active_ones(cast):
    cast.rolf.is_active = False

    assert say(cast.maya, cast.maya, cast.rolf, the_clock()) == 1

    assert Notice.objects.get().recipient == cast.maya
    assert say() == 0


def test_circles_of_people(cast):
    def names(people):
        return set(people.values_list("name", flat=True))

    assert names(people_of_department(cast.marketing)) == {"Maya", "Rolf"}
    assert names(people_of_department(cast.marketing, "head")) == {"Maya"}
    assert names(people_of_provider(cast.events_team)) == {"Pia", "Paul"}
    assert names(people_of_provider(cast.events_team, "lead")) == {"Pia"}
    both = [cast.events_team.pk, cast.vera_co.pk]
    assert names(people_of_providers(both, "lead")) == {"Pia", "Vera"}
    assert names(holders("auditor")) == {"Ada"}
    User.objects.filter(pk=cast.ada.pk).update(is_active=False)
    assert names(holders("auditor")) == set()


def test_a_notice_is_mailed_once_with_where_and_why(cast, settings):
    job = a_draft(cast)
    say(cast.maya, job=job)

    assert send_due_notices(at=NOON) == 1
    assert send_due_notices(at=NOON + MINUTE) == 0

    (letter,) = mail.outbox
    assert letter.to == ["maya@house.example"]
    assert letter.subject == "The bids are open."
    assert f"{settings.SITE_URL}/jobs/{job.pk}/" in letter.body
    assert "because you belong to the department" in letter.body
    assert Notice.objects.get().sent_at == NOON


def test_a_text_of_several_lines_adds_no_header(cast):
    say(cast.maya, text="Open.\nBcc: everybody@house.example")

    send_due_notices(at=NOON)

    assert mail.outbox[0].subject == "Open. Bcc: everybody@house.example"
    assert mail.outbox[0].bcc == []


def test_what_is_told_for_later_or_was_told_long_ago_is_not_mailed(cast):
    say(cast.maya, at=NOON + MINUTE)
    say(cast.maya, at=NOON - timedelta(days=3))

    assert send_due_notices(at=NOON) == 0
    assert len(notices(cast.maya)) == 2


def test_a_letter_that_fails_waits_and_does_not_stop_the_next(cast, monkeypatch):
    say(cast.maya, at=NOON - MINUTE)
    say(cast.rolf)
    send = EmailMessage.send

    def send_to_all_but_maya(letter, *args, **words):
        if letter.to == ["maya@house.example"]:
            raise ConnectionRefusedError
        return send(letter, *args, **words)

    monkeypatch.setattr(EmailMessage, "send", send_to_all_but_maya)
    assert send_due_notices(at=NOON) == 1
    assert Notice.objects.get(recipient=cast.maya).failed_at == [NOON]
    assert Notice.objects.get(recipient=cast.rolf).sent_at == NOON

    monkeypatch.undo()
    assert send_due_notices(at=NOON + MINUTE) == 0
    assert send_due_notices(at=NOON + HOUR) == 1


def test_the_clock_mails_and_says_how_many(cast):
    say(cast.maya, cast.rolf)

    assert run(at=NOON) == {
        "notices_sent": 2,
        "digests_sent": 0,
        "answers_forgotten": 0,
        "drafts_forgotten": 0,
        "invitations_sent": 0,
    }


def test_people_read_what_they_were_told_and_nothing_else(cast):
    say(cast.maya, text="First.")
    say(cast.maya, text="Second.", at=NOON + MINUTE)
    say(cast.rolf, text="Other.")

    assert [one.text for one in notices(cast.maya)] == ["Second.", "First."]
