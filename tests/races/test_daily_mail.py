"""Two workers at the hour of a daily mail: one day is one mail."""

from __future__ import annotations

from django.core import mail

from marketplace.letters import send_due_digests
from marketplace.mailing import choose_mailing
from marketplace.models.events import Notice
from marketplace.notices import tell
from tests.builders import HOUR, NOON
from tests.cast import assemble
from tests.races.starting import at_once

SEVEN = NOON.replace(hour=7)


def test_two_workers_send_one_daily_mail(committed: str) -> None:
    cast = assemble()
    Notice.objects.all().delete()
    choose_mailing(actor=cast.maya, mailings={"waiting": "daily"})
    for number in range(120):
        tell(
            "question.asked",
            recipients=[cast.maya],
            text=f"Bidder {number} asks.",
            because="it is your department's job",
            at=SEVEN - HOUR,
        )
    sent = at_once(2, [lambda: send_due_digests(at=SEVEN)] * 2)
    assert sorted(map(str, sent)) == ["0", "1"]
    assert [letter.subject for letter in mail.outbox] == ["120 notices for you"]
