"""Correcting the books: an entry is never changed, it is reversed; one asks, a second one signs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ledger.models.corrections import Correction, CorrectionAnswer
from ledger.models.journal import EntryKind, JournalEntry
from ledger.permissions import may_correct
from ledger.posting import reverse_entry
from ledger.reports.journal import entry
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import Office, User
from marketplace.notices import holders, tell
from marketplace.refusals import Forbidden, Refusal, require
from marketplace.words import keep

LOCK = 7305
BOOKS = "Finance corrects the books."
# Facts that finance alone states, that nothing else takes back and that nothing else builds on.
REVERSIBLE: set[str] = {
    EntryKind.BUDGET_GRANTED,
    EntryKind.SPENT_OUTSIDE,
    EntryKind.CREDITED_OUTSIDE,
    EntryKind.REPAID,
}
# How the others are taken back, each by its own verb, which also puts right what follows from it.
OWN_WAY: dict[str, str] = {
    EntryKind.BUDGET_MOVED: "Move the budget back.",
    EntryKind.ESTIMATE_RESERVED: "It is free again when the job is called off or decided.",
    EntryKind.ESTIMATE_RELEASED: "A later job reserves its own estimate.",
    EntryKind.ESTIMATE_CARRIED: "The estimate stands on the new year's line.",
    EntryKind.AWARDED: "Cancel the award.",
    EntryKind.OVERRIDDEN: "Cancel the award.",
    EntryKind.CANCELLED: "Both sides agreed to it; a further job begins anew.",
    EntryKind.CHANGED: "Agree on a further change.",
    EntryKind.CHARGED: "The head disputes the charge, and finance credits it.",
    EntryKind.RELEASED: "What is released is free; a further job promises it again.",
    EntryKind.DISPUTED: "Settle the dispute.",
    EntryKind.CREDITED: "A settlement stands.",
    EntryKind.RECOVERED: "What was set off is paid; the vendor is owed its next charge whole.",
    EntryKind.RETENTION_RELEASED: "The head disputes the charge, and finance credits it.",
    EntryKind.CURRENCY_SETTLED: "What a payment cost stands as the bank stated it.",
    EntryKind.PROMISE_CARRIED: "The promise stands on the new year's line.",
    EntryKind.BUDGET_CARRIED: "Move the budget, or grant less, in the new year.",
    EntryKind.BUDGET_LAPSED: "Grant it in the new year.",
    EntryKind.YEAR_CLOSED: "End the year again: each run books what is new.",
    EntryKind.RECOVERY_CARRIED: "Settle the next year with the difference.",
    EntryKind.RECOVERY_REBATED: "Settle the next year with the difference.",
    EntryKind.ACCRUED: "An accrual reverses itself on the first day of the next month.",
    EntryKind.ACCRUAL_REVERSED: "An accrual and its reversal belong together.",
    EntryKind.REVERSED: "A reversal stands; book the fact anew.",
}


class HasItsOwnWay(Refusal):
    """What this entry tells is taken back by a verb of its own."""

    code = "has_its_own_way"
    field = "entry"


class AlreadyReversed(Refusal):
    """An entry is reversed once."""

    code = "already_reversed"
    field = "entry"


class AlreadyAsked(Refusal):
    """Somebody asked before, and it waits for a second person."""

    code = "correction_asked"
    field = "entry"


class AlreadyAnswered(Refusal):
    """A correction is signed or declined once."""

    code = "correction_answered"


class SecondPersonNeeded(Refusal):
    """Two people of finance reverse an entry."""

    code = "second_person_needed"


class ReasonMissing(Refusal):
    """Asking and declining say why."""

    code = "reason_missing"
    field = "reason"


@transaction.atomic(savepoint=False)
def ask_correction(*, actor: User, entry_id: UUID, reason: str, at: datetime) -> Correction:
    """
    Ask that an entry be reversed. Nothing is booked until a second person of finance signs.

    :raises Unknown: the actor cannot see the entry.
    :raises Forbidden: only finance corrects the books.
    :raises HasItsOwnWay, AlreadyReversed, AlreadyAsked, ReasonMissing: the rules say no.
    """
    found = JournalEntry.objects.visible_to(actor).filter(public_id=entry_id).first()
    if found is None:
        entry(actor=actor, entry_id=entry_id)  # nothing of it is theirs to read: Unknown
        raise Forbidden(BOOKS)
    _lock(found)
    require(may_correct(actor), BOOKS)
    _refuse_irreversible(found)
    if Correction.objects.waiting().filter(entry=found).exists():
        raise AlreadyAsked("This was asked before; a second person of finance must sign.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence what is wrong with it.")

    correction = Correction.objects.create(
        entry=found, reason=keep(reason.strip(), at=at), asked_by=actor, asked_at=at
    )
    _record(actor, "correction.asked", correction, at=at)
    tell(
        "correction.asked",
        recipients=set(holders(Office.FINANCE)) - {actor},
        text=f"{actor} asks to reverse “{found.get_kind_display()}” of {found.effective_on}: "
        f"{reason.strip()}",
        because="a second person of finance signs",
        at=at,
        subject=correction,
    )
    return correction


@transaction.atomic(savepoint=False)
def sign_correction(*, actor: User, correction_id: UUID, at: datetime) -> CorrectionAnswer:
    """
    Sign a correction: the opposite of the entry is booked in the month of `at`, and names the
    month it corrects where that is another one. What the entry did to budgets is undone with it.

    :raises Unknown: the actor cannot see the correction.
    :raises Forbidden: only finance corrects the books.
    :raises AlreadyAnswered, SecondPersonNeeded, HasItsOwnWay, AlreadyReversed: the rules say no.
    :raises InsufficientFunds: what is taken back of a budget is spent or promised already.
    """
    correction = Correction.objects.visible_to(actor).select_related("entry").one(correction_id)
    _lock(correction.entry)
    require(may_correct(actor))
    _refuse_answered(correction)
    if correction.asked_by_id == actor.pk:
        raise SecondPersonNeeded("You asked for it. Another person of finance signs.")
    _refuse_irreversible(correction.entry)

    reversal = reverse_entry(
        actor=actor,
        entry_id=correction.entry_id,
        kind=EntryKind.REVERSED,
        source=correction.entry.public_id,
        at=at,
        moves_budgets=True,
    )
    return _answer(correction, "correction.signed", actor=actor, reversal_id=reversal, at=at)


@transaction.atomic(savepoint=False)
def decline_correction(
    *, actor: User, correction_id: UUID, reason: str, at: datetime
) -> CorrectionAnswer:
    """
    Decline a correction, or take one's own asking back. The entry stands.

    :raises Unknown: the actor cannot see the correction.
    :raises Forbidden: only finance corrects the books.
    :raises AlreadyAnswered, ReasonMissing: the rules say no.
    """
    correction = Correction.objects.visible_to(actor).select_related("entry").one(correction_id)
    _lock(correction.entry)
    require(may_correct(actor))
    _refuse_answered(correction)
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why the entry stands.")
    words = keep(reason.strip(), at=at)
    return _answer(correction, "correction.declined", actor=actor, reason=words, at=at)


def _lock(entry: JournalEntry) -> None:
    # No role may lock a row of the journal: it could not update one.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK, entry.pk])


def _refuse_irreversible(entry: JournalEntry) -> None:
    if entry.kind not in REVERSIBLE:
        raise HasItsOwnWay(OWN_WAY.get(entry.kind, "This has a way back of its own."))
    if entry.reversals.exists():
        raise AlreadyReversed("This entry was reversed before.")


def _refuse_answered(correction: Correction) -> None:
    answer = CorrectionAnswer.objects.filter(pk=correction.pk).select_related("answered_by").first()
    if answer is not None:
        done = "signed" if answer.reversal_id else "declined"
        raise AlreadyAnswered(f"{answer.answered_by} {done} this before.")


def _answer(
    correction: Correction, kind: str, *, actor: User, at: datetime, **words: object
) -> CorrectionAnswer:
    answer = CorrectionAnswer.objects.create(
        correction=correction, answered_by=actor, answered_at=at, **words
    )
    _record(actor, kind, correction, at=at)
    done = "signed" if answer.reversal_id else "declined"
    tell(
        kind,
        recipients=[correction.asked_by],
        text=f"{actor} {done} the correction you asked for.",
        because="you asked for it",
        at=at,
        subject=correction,
    )
    return answer


def _record(actor: User, kind: str, correction: Correction, *, at: datetime) -> None:
    facts: dict[str, Fact] = {
        "entry": str(correction.entry.public_id),
        "reason_digest": bytes(correction.reason.digest).hex(),
    }
    record(actor, kind, correction, at=at, audience=Audience.COMPANY, facts=facts)
