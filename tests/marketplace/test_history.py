"""The record: canonical bodies, salted leaves, nothing rewritten."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction

from marketplace.history import canonical, leaf_of, moment, record
from marketplace.models.events import Audience, Event
from marketplace.system import the_clock, the_importer
from marketplace.words import digest_of, keep
from tests.builders import NOON, a_draft

# Golden: computed apart from the code. If one changes, every proof that was given breaks.
SALT = bytes(range(16))
BODY = (
    '{"actor":"00000000-0000-4000-8000-000000000001","at":"2026-03-02T12:00:00.000000Z",'
    '"kind":"job.closed","subject":"11111111-1111-4111-8111-111111111111","v":1}'
)
LEAF = "838f2fd2ebbd960fd35a4e99c383f2ed270f80631e47012836ad3a7d62e0572a"
DIGEST = "0a8d59d3f6add0a454235bb1d9057a3c833d10cce4fa19bbdacd4d695fdc0aa0"


def test_the_leaf_of_a_known_event_never_changes():
    facts = {
        "v": 1,
        "kind": "job.closed",
        "at": moment(NOON),
        "actor": "00000000-0000-4000-8000-000000000001",
        "subject": "11111111-1111-4111-8111-111111111111",
        "job": None,
    }

    assert canonical(facts) == BODY
    assert leaf_of(SALT, BODY).hex() == LEAF


def test_the_digest_of_known_words_never_changes():
    assert digest_of(SALT, "Grüße, 200 € für Zoë").hex() == DIGEST


def test_a_moment_is_written_in_utc_with_six_digits():
    berlin = timezone(timedelta(hours=1))

    assert moment(datetime(2026, 3, 2, 13, 0, 0, 7, berlin)) == "2026-03-02T12:00:00.000007Z"
    assert moment(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000000Z"


def test_the_same_facts_have_one_text_whatever_their_order():
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'


@pytest.mark.parametrize("value", [1.5, True, b"x", ["x"], NOON])
def test_what_has_several_spellings_is_no_fact(value):
    with pytest.raises(TypeError):
        canonical({"x": value})


def test_an_event_says_who_what_when_and_about_what(cast):
    job = a_draft(cast)

    event = record(
        cast.maya,
        "job.tested",
        job,
        at=NOON,
        audience=Audience.BUYER,
        job=job,
        provider=cast.vera_co,
        facts={"amount_minor": 5, "none": None},
    )

    event.refresh_from_db()
    assert json.loads(event.body) == {
        "v": 1,
        "kind": "job.tested",
        "at": "2026-03-02T12:00:00.000000Z",
        "actor": str(cast.maya.pk),
        "subject": str(job.pk),
        "job": str(job.pk),
        "provider": str(cast.vera_co.pk),
        "amount_minor": 5,
    }
    leaf = sha256(b"\x00" + bytes(event.salt) + event.body.encode()).digest()
    assert bytes(event.leaf) == leaf
    assert len(bytes(event.salt)) == 16
    assert event.recorded_at is not None


def test_two_equal_events_have_different_leaves(cast):
    one, other = (
        record(cast.maya, "x", cast.marketing, at=NOON, audience=Audience.ALL) for _ in range(2)
    )

    assert one.body == other.body
    assert one.leaf != other.leaf


def test_a_fact_cannot_pass_for_who_or_when(cast):
    with pytest.raises(ValueError, match="actor"):
        record(
            cast.maya,
            "x",
            cast.marketing,
            at=NOON,
            audience=Audience.ALL,
            facts={"actor": "somebody else"},
        )


def test_the_record_is_append_only(cast):
    for rewrite in (
        lambda: Event.objects.update(kind="other"),
        lambda: Event.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rewrite()


def test_words_are_kept_with_their_digest(db):
    words = keep("Because of the rain plan.", at=NOON)

    words.refresh_from_db()
    assert bytes(words.digest) == digest_of(bytes(words.salt), "Because of the rain plan.")


def test_the_clock_and_the_importer_are_there_and_nobody_signs_in_as_them(db):
    for one in (the_clock(), the_importer()):
        assert one.is_system
        assert not one.is_active
        assert not one.has_usable_password()
