"""
Taking words off the record, by two people and with a reason.

The text goes, and with it the salt, so that nobody can guess it from its hash any more. That it
was there, who wrote it and when, and why it went stays provable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import record
from marketplace.models.events import Audience, Words
from marketplace.models.people import Office, User
from marketplace.models.redactions import Redaction, RedactionWanted
from marketplace.notices import holders, tell
from marketplace.permissions import may_redact
from marketplace.refusals import Refusal, Unknown, require
from marketplace.words import keep

TOMBSTONE = "[redacted]"  # what every reader finds instead; the database knows it, too


class RedactionAsked(Refusal):
    """Somebody asked for it before."""

    code = "redaction_asked"


class AlreadyRedacted(Refusal):
    """The words are gone."""

    code = "already_redacted"


class RedactionReasonMissing(Refusal):
    """Whoever takes words off the record says why."""

    code = "reason_missing"
    field = "reason"


class OwnRedaction(Refusal):
    """Another person agrees than the one who asked."""

    code = "own_redaction"


@dataclass(frozen=True, slots=True)
class WaitingRedaction:
    """Words that somebody wants taken away."""

    wanted_id: UUID
    words_id: UUID
    text: str
    reason: str
    wanted_by: str
    wanted_at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class KeptWords:
    """What somebody wrote, and whether it was taken away."""

    id: UUID
    text: str
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProvedWords:
    """What somebody wrote, and what its digest is made of. Redacted words have no salt."""

    digest: str
    salt: str
    text: str


@transaction.atomic(savepoint=False)
def ask_to_redact(*, actor: User, words_id: UUID, reason: str, at: datetime) -> RedactionWanted:
    """
    Ask that words be taken off the record. They stay until somebody else agrees.

    :raises Forbidden: only auditors and administrators ask. :raises Unknown: no such words.
    :raises RedactionReasonMissing, RedactionAsked, AlreadyRedacted: the rules say no.
    """
    require(may_redact(actor), "Auditors and administrators redact.")
    words = Words.objects.filter(pk=words_id).first()
    if words is None:
        raise Unknown("There are no such words.")
    if words.redacted_at is not None:
        raise AlreadyRedacted("These words were taken off the record before.")
    if not reason.strip():
        raise RedactionReasonMissing("Say in a sentence why these words must go.")
    if RedactionWanted.objects.filter(words=words).exists():
        raise RedactionAsked("Somebody asked for this already; another person has to agree.")
    why = keep(reason.strip(), at=at)
    wanted = RedactionWanted.objects.create(words=words, reason=why, wanted_by=actor, wanted_at=at)
    facts = {"reason_digest": why.digest.hex()}
    record(actor, "words.redaction_wanted", words, at=at, audience=Audience.COMPANY, facts=facts)
    tell(
        "words.redaction_wanted",
        recipients=[person for person in _watchers() if person != actor],
        text=f"{actor.name} asks that words be taken off the record: {reason.strip()}",
        because="it takes two people",
        at=at,
        subject=words,
    )
    return wanted


@transaction.atomic(savepoint=False)
def agree_to_redact(*, actor: User, wanted_id: UUID, at: datetime) -> Redaction:
    """
    Agree that words go, for ever.

    :raises Forbidden: only auditors and administrators agree. :raises Unknown: nobody asked.
    :raises OwnRedaction, AlreadyRedacted: the rules say no.
    """
    require(may_redact(actor), "Auditors and administrators redact.")
    wanted = RedactionWanted.objects.filter(pk=wanted_id).first()
    if wanted is None:
        raise Unknown("Nobody asked for such a redaction.")
    if wanted.wanted_by_id == actor.pk:
        raise OwnRedaction("Another person has to agree.")
    if Redaction.objects.filter(wanted=wanted).exists():
        raise AlreadyRedacted("These words were taken off the record before.")
    redaction = Redaction.objects.create(wanted=wanted, agreed_by=actor, agreed_at=at)
    Words.objects.filter(pk=wanted.words_id).update(text=TOMBSTONE, salt=b"", redacted_at=at)
    facts = {
        "reason_digest": bytes(wanted.reason.digest).hex(),
        "wanted_by": str(wanted.wanted_by_id),
    }
    record(actor, "words.redacted", wanted.words, at=at, audience=Audience.COMPANY, facts=facts)
    return redaction


def waiting_redactions(actor: User) -> tuple[WaitingRedaction, ...]:
    """Return what waits for a second person; nobody else than those who may agree is shown it."""
    if not may_redact(actor):
        return ()
    waiting = RedactionWanted.objects.filter(redaction=None).order_by("wanted_at")
    return tuple(
        WaitingRedaction(
            wanted_id=one.pk,
            words_id=one.words_id,
            text=one.words.text,
            reason=one.reason.text,
            wanted_by=one.wanted_by.name,
            wanted_at=one.wanted_at,
            is_own=one.wanted_by_id == actor.pk,
        )
        for one in waiting.select_related("words", "reason", "wanted_by")
    )


def words_by_digest(digests: Iterable[str]) -> tuple[KeptWords, ...]:
    """Return the words that the facts of an event name by their digest, in hex."""
    found = Words.objects.filter(digest__in=[bytes.fromhex(digest) for digest in digests])
    return tuple(KeptWords(one.pk, one.text, one.redacted_at) for one in found)


def proved_words(digests: Iterable[str]) -> tuple[ProvedWords, ...]:
    """Return words with the salt by which their digest, in hex, can be computed again."""
    found = Words.objects.filter(digest__in=[bytes.fromhex(digest) for digest in digests])
    return tuple(
        ProvedWords(bytes(one.digest).hex(), bytes(one.salt).hex(), one.text)
        for one in found.order_by("written_at", "pk")
    )


def _watchers() -> list[User]:
    return [*holders(Office.AUDITOR), *holders(Office.ADMINISTRATOR)]
