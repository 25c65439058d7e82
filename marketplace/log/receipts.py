"""
Receipts: that an event stands in the sealed log, as a text that anybody can check.

It is a C2SP tlog-proof. Its `extra` holds the salt and the body, 16 bytes and the rest: without the
salt nobody could check the leaf, and with it nobody but the reader of this event can guess it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.log.checkpoints import CheckpointPaper, checkpoint_at, latest_checkpoint
from marketplace.log.tree import StoredTree, log_size, row_of
from marketplace.models.departments import Department
from marketplace.models.events import Audience, Event
from marketplace.models.log import LogLeaf
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.permissions import holds
from marketplace.refusals import Refusal, Unknown, require

TITLE = "c2sp.org/tlog-proof@v1"
LEVELS_MAX = 8  # more leaves than numbers of events
FOR_OFFICES = "The tree's own hashes are for finance and auditors."
FOR_VERIFIERS = "Checkpoints are for heads, providers, finance, auditors and administrators."


class NotSealedYet(Refusal):
    """It is recorded; the next checkpoint will cover it."""

    code = "not_sealed_yet"


class NotALogSize(Refusal):
    """The log was never that long, or the smaller size is not the first."""

    code = "not_a_log_size"
    field = "from"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of one event."""

    event_id: int
    kind: str
    subject_id: UUID
    happened_at: datetime
    position: int
    size: int  # of the log, at the checkpoint in the proof
    body: str
    salt: str  # in hex
    text: str  # the tlog-proof
    file_name: str


@dataclass(frozen=True, slots=True)
class Provable:
    """An event that its reader can have a receipt of."""

    event_id: int
    kind: str
    subject_id: UUID
    job_id: UUID | None
    happened_at: datetime
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log of `to_size` leaves begins with those of `from_size`."""

    from_size: int
    to_size: int
    path: tuple[str, ...]  # in base64
    text: str  # for verify.py: the old size, the path, the new checkpoint


@dataclass(frozen=True, slots=True)
class TilePaper:
    """Up to 256 hashes of one level of the tree."""

    level: int
    number: int
    hashes: tuple[str, ...]  # in base64
    is_complete: bool


def receipt(*, actor: User, event_id: int, size: int | None = None) -> Receipt:
    """
    Return the proof of an event under the newest checkpoint, or under the one over `size` leaves.

    :raises Unknown: there is no such event for this reader, or no such checkpoint.
    :raises NotSealedYet: the checkpoint does not cover it yet.
    """
    event = provable_by(actor).select_related("place").filter(pk=event_id).first()
    if event is None:
        raise Unknown("There is no such event.")
    return receipt_of(event, size=size)


def receipt_of(event: Event, *, size: int | None = None) -> Receipt:
    """Return the proof of an event for a reader who may have it. :raises NotSealedYet: not yet."""
    leaf: LogLeaf | None = getattr(event, "place", None)
    if leaf is None:
        raise NotSealedYet("This is recorded and will be sealed within seconds. Ask again then.")
    upto = latest_checkpoint() if size is None else checkpoint_at(size=size)
    if upto.size <= leaf.position:
        raise NotSealedYet("That checkpoint is older than this event.")
    salt = bytes(event.salt)
    path = StoredTree(upto.size).inclusion_path(leaf.position)
    lines = [
        TITLE,
        f"extra {_encoded(salt + event.body.encode())}",
        f"index {leaf.position}",
        *map(_encoded, path),
    ]
    return Receipt(
        event_id=event.pk,
        kind=event.kind,
        subject_id=event.subject_id,
        happened_at=event.happened_at,
        position=leaf.position,
        size=upto.size,
        body=event.body,
        salt=salt.hex(),
        text="\n".join(lines) + f"\n\n{upto.note}",
        file_name=f"{event.kind.replace('.', '-')}-{leaf.position}.tlog-proof",
    )


def receipts_of(*, actor: User, subject_ids: Iterable[UUID]) -> list[Provable]:
    """Return the events about these things that the actor can have receipts of, in their order."""
    events = provable_by(actor).filter(
        Q(subject_id__in=(ids := list(subject_ids))) | Q(job__in=ids)
    )
    sealed = set(LogLeaf.objects.filter(event__in=events).values_list("event_id", flat=True))
    return [
        Provable(
            event_id=event.pk,
            kind=event.kind,
            subject_id=event.subject_id,
            job_id=event.job_id,
            happened_at=event.happened_at,
            is_sealed=event.pk in sealed,
        )
        for event in events.defer("body", "salt", "leaf").order_by("happened_at", "pk")
    ]


def checkpoint(*, actor: User, size: int | None = None) -> CheckpointPaper:
    """
    Return the newest checkpoint, or the one over `size` entries.

    :raises Forbidden: the actor is no reader of checkpoints.
    :raises NothingSealed: there is none yet. :raises Unknown: there is none of that size.
    """
    require(may_verify(actor), FOR_VERIFIERS)
    return latest_checkpoint() if size is None else checkpoint_at(size=size)


def consistency(*, actor: User, from_size: int, to_size: int | None = None) -> Consistency:
    """
    Return the proof that the log only grew between two checkpoints; without `to_size`, until now.

    :raises Forbidden: the actor is no reader of checkpoints.
    :raises Unknown: there is no checkpoint of the larger size.
    :raises NotALogSize: the smaller size is no size before it.
    """
    upto = checkpoint(actor=actor, size=to_size)
    if not 0 < from_size <= upto.size:
        raise NotALogSize(f"Name a size from 1 to {upto.size}.")
    path = tuple(map(_encoded, StoredTree(upto.size).consistency_path(from_size)))
    lines = "\n".join((f"old {from_size}", *path))
    return Consistency(from_size, upto.size, path, f"{lines}\n\n{upto.note}")


def tile(*, actor: User, level: int, number: int) -> TilePaper:
    """
    Return hashes of the tree, for those who rebuild it.

    :raises Forbidden: the actor is neither finance nor auditor.
    :raises Unknown: the tree has no such tile.
    """
    require(holds(actor, Office.FINANCE, Office.AUDITOR), FOR_OFFICES)
    there = level < LEVELS_MAX and number << 8 * (level + 1) < log_size()
    hashes = row_of(level, number) if there else []
    if not hashes:
        raise Unknown("The tree has no such tile.")
    return TilePaper(level, number, tuple(map(_encoded, hashes)), len(hashes) == 256)


def may_verify(actor: User) -> bool:
    """Whether the person may read checkpoints: whoever can have a receipt, and administrators."""
    seats = Membership.objects.current().filter(user=actor)
    return (
        holds(actor, Office.FINANCE, Office.AUDITOR, Office.ADMINISTRATOR)
        or seats.filter(Q(role=Role.HEAD) | Q(provider__isnull=False)).exists()
    )


def provable_by(actor: User) -> QuerySet[Event]:
    """
    Return the events whose receipts the actor may have: heads, of their departments' jobs; the
    people of a provider, of what concerns it; finance and auditors, of all that is open to them.
    """
    seats = list(
        Membership.objects.current()
        .filter(user=actor)
        .values_list("department_id", "provider_id", "role")
    )
    heads = [department for department, _, role in seats if department and role == Role.HEAD]
    providers = [provider for _, provider, _ in seats if provider]
    held = set(
        OfficeHeld.objects.filter(user=actor, ended_at=None).values_list("office", flat=True)
    )
    buyers = [Audience.ALL, Audience.BUYER, Audience.BOTH]
    circles = Q(
        provider__in=providers, audience__in=[Audience.ALL, Audience.PROVIDER, Audience.BOTH]
    )
    if heads:
        headed = Department.objects.filter(lineage__overlap=heads)
        circles |= Q(job__department__in=headed, audience__in=buyers)
    if held & {Office.FINANCE, Office.AUDITOR}:
        circles |= Q(audience__in=[*buyers, Audience.COMPANY])
    if Office.AUDITOR in held:
        circles |= Q(audience=Audience.PROVIDER) & (Q(job=None) | Q(job__opened_at__isnull=False))
    return Event.objects.filter(circles)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
