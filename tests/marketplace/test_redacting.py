"""Abusive or personal words go when two people say so; that they were there stays."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.models.events import Event, Notice, Words
from marketplace.models.redactions import Redaction, RedactionWanted
from marketplace.offices import grant_office
from marketplace.redacting import (
    TOMBSTONE,
    AlreadyRedacted,
    OwnRedaction,
    RedactionAsked,
    RedactionReasonMissing,
    agree_to_redact,
    ask_to_redact,
    waiting_redactions,
)
from marketplace.refusals import Forbidden, Unknown
from marketplace.words import keep
from tests.builders import DAY, HOUR, NOON, refused


@pytest.fixture
def words(cast):
    return keep("Pia is a liar, call her at home.", at=NOON)


def ask(cast, words, **changes):
    usual = {"actor": cast.ada, "reason": "It insults a person.", "at": NOON + HOUR}
    return ask_to_redact(words_id=words.pk, **(usual | changes))


def test_words_stay_until_somebody_else_agrees_and_then_they_are_gone(cast, words):
    wanted = ask(cast, words)
    words.refresh_from_db()
    assert words.text.startswith("Pia is")

    agree_to_redact(actor=cast.adam, wanted_id=wanted.pk, at=NOON + DAY)

    before = bytes(words.digest)
    words.refresh_from_db()
    assert (words.text, bytes(words.salt), words.redacted_at) == (TOMBSTONE, b"", NOON + DAY)
    assert bytes(words.digest) == before
    told = Event.objects.filter(subject_id=words.pk).order_by("pk")
    assert [event.kind for event in told] == ["words.redaction_wanted", "words.redacted"]
    assert all("liar" not in event.body for event in told)
    assert Notice.objects.filter(kind="words.redaction_wanted", recipient=cast.adam).exists()


def test_who_asked_does_not_agree(cast, words):
    wanted = ask(cast, words)

    with refused(OwnRedaction):
        agree_to_redact(actor=cast.ada, wanted_id=wanted.pk, at=NOON + DAY)
    assert not Redaction.objects.exists()
    with pytest.raises(IntegrityError, match="their own redaction"), transaction.atomic():
        Redaction.objects.create(wanted=wanted, agreed_by=cast.ada, agreed_at=NOON)


def test_words_go_once(cast, words):
    wanted = ask(cast, words)
    with refused(RedactionAsked):
        ask(cast, words, actor=cast.adam)
    agree_to_redact(actor=cast.adam, wanted_id=wanted.pk, at=NOON + DAY)

    with refused(AlreadyRedacted):
        agree_to_redact(actor=cast.adam, wanted_id=wanted.pk, at=NOON + DAY)
    with refused(AlreadyRedacted):
        ask(cast, words)


def test_a_redaction_has_a_reason_and_is_of_words_that_are_there(cast, words):
    with refused(RedactionReasonMissing):
        ask(cast, words, reason=" ")
    with refused(Unknown):
        ask_to_redact(actor=cast.ada, words_id=cast.ada.pk, reason="It insults.", at=NOON)
    with refused(Unknown):
        agree_to_redact(actor=cast.ada, wanted_id=cast.ada.pk, at=NOON)


@pytest.mark.parametrize("person", ["fin", "maya", "pia", "vera"])
def test_others_do_not_redact(cast, words, person):
    actor = getattr(cast, person)
    with refused(Forbidden):
        ask(cast, words, actor=actor)
    wanted = ask(cast, words)
    with refused(Forbidden):
        agree_to_redact(actor=actor, wanted_id=wanted.pk, at=NOON)
    assert waiting_redactions(actor) == ()


def test_what_waits_is_shown_to_who_may_agree(cast, words):
    ask(cast, words)
    grant_office(actor=cast.adam, user_id=cast.gerd.pk, office="auditor", at=NOON)

    (own,) = waiting_redactions(cast.ada)
    (other,) = waiting_redactions(cast.gerd)
    assert own.is_own and not other.is_own
    assert other.reason == "It insults a person." and other.text.startswith("Pia is")


def test_nobody_takes_words_away_without_a_redaction(cast, words):
    with pytest.raises(IntegrityError, match="redacted by two people"), transaction.atomic():
        Words.objects.filter(pk=words.pk).update(text=TOMBSTONE, salt=b"", redacted_at=NOON)


def test_the_role_of_the_web_may_redact_and_no_more(committed, as_role):
    from tests.cast import assemble

    cast = assemble()
    words = keep("Pia is a liar.", at=NOON)
    wanted = ask(cast, words)
    agree_to_redact(actor=cast.adam, wanted_id=wanted.pk, at=NOON + DAY)

    assert Words.objects.get(pk=words.pk).text == TOMBSTONE
    assert RedactionWanted.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege('marketplace_words', 'digest', 'UPDATE')")
        assert cursor.fetchone() == (False,)
