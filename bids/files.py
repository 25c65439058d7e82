"""Files of a bid: sealed as they are attached, bound to the bid when it is submitted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from bids import access, file_seals
from bids.bidding import lock_job, refuse_bidder, refuse_closed, refuse_two_bidders
from bids.content import AttachedFile, BidContent, files_of
from bids.models.bids import Bid
from bids.models.files import BidFile, SealedFile
from bids.permissions import may_draft_bid_for, may_read_bids_on
from bids.reading import CannotBeRead
from bids.seals import Identity, SealBroken, open_quality
from marketplace.file_kinds import (
    MOST_BYTES,
    MOST_FILES,
    FileTooLarge,
    TooManyFiles,
    kind_of,
    plain_name,
)
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.refusals import Unknown, require


@dataclass(frozen=True, slots=True)
class FilePaper:
    """A file as it is handed out."""

    facts: AttachedFile
    content: bytes


@transaction.atomic(savepoint=False)
def attach_file(
    *, actor: User, job_id: UUID, provider_id: UUID, name: str, content: bytes, at: datetime
) -> AttachedFile:
    """
    Seal a file that the provider's next bid on a job shall have.

    :raises Unknown, NotInvited, Forbidden: not their job, or not their provider.
    :raises BiddingClosed, DeclinedBefore, ProviderSuspended: not now, or not any more.
    :raises OwnJob, ConflictOfSides, SitsWithTwo: not them.
    :raises FileNotTaken, FileTooLarge, TooManyFiles: the file.
    """
    job = lock_job(actor, job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    refuse_closed(job, at=at)
    refuse_bidder(job, provider)
    refuse_two_bidders(actor, job, provider.pk)
    called = plain_name(name)
    kind = kind_of(called, content)
    there = attached(job, provider)
    if len(there) >= MOST_FILES:
        raise TooManyFiles(f"A bid has at most {MOST_FILES} files.")
    if sum(one.size for one in there) + len(content) > MOST_BYTES:
        raise FileTooLarge(
            f"All files of a bid together have at most {MOST_BYTES // 1_000_000} MB."
        )
    facts = AttachedFile(uuid4(), called, kind, len(content), sha256(content).hexdigest())
    sealed = file_seals.seal_file(content, facts, Identity(facts.file_id, job.pk, provider.pk))
    SealedFile.objects.create(
        id=facts.file_id,
        job=job,
        provider=provider,
        attached_by=actor,
        attached_at=at,
        label=sealed.label,
        envelope=sealed.envelope,
        key=sealed.key,
        key_name=sealed.key_name,
    )
    return facts


@transaction.atomic(savepoint=False)
def detach_file(
    *, actor: User, job_id: UUID, provider_id: UUID, file_id: UUID, at: datetime
) -> None:
    """
    Let the next bid go without a file. A bid that was submitted with it keeps it.

    :raises Unknown, Forbidden, SitsWithTwo: not their job, provider or file.
    :raises BiddingClosed: not any more.
    """
    job = lock_job(actor, job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    refuse_closed(job, at=at)
    refuse_two_bidders(actor, job, provider.pk)
    _leave_out(_attached_rows(job, provider).filter(pk=_one(job, provider, file_id).pk), at=at)


def attached_files(*, actor: User, job_id: UUID, provider_id: UUID) -> list[AttachedFile]:
    """
    Return the files that the provider's next bid will have, in the order in which they came.

    :raises Unknown, Forbidden, SitsWithTwo: not their job, or not their provider.
    :raises CannotBeRead: one does not open any more.
    """
    job, provider = _seat(actor, job_id, provider_id)
    return list(attached(job, provider))


def attached_file(*, actor: User, job_id: UUID, provider_id: UUID, file_id: UUID) -> FilePaper:
    """
    Return a file of a bid that is being written, for its own side.

    :raises Unknown, Forbidden, SitsWithTwo: not their job, provider or file.
    :raises CannotBeRead: it does not open any more.
    """
    job, provider = _seat(actor, job_id, provider_id)
    try:
        return FilePaper(*file_seals.open_attached(_one(job, provider, file_id)))
    except SealBroken:
        raise CannotBeRead("This file does not open any more. Take it away.") from None


@transaction.atomic(savepoint=False)
def bid_file(*, actor: User, bid_id: UUID, file_id: UUID, at: datetime) -> FilePaper:
    """
    Return a file of a bid: to its own side always, to who may read the bids once they are open.
    Each time is written in the bid's access log.

    :raises Unknown, SitsWithTwo: no such file, or not theirs to see.
    :raises CannotBeRead: it does not open any more.
    """
    bid = Bid.objects.visible_to(actor).select_related("job__department", "provider").one(bid_id)
    is_own = Bid.objects.of_provider_of(actor).filter(pk=bid_id).exists()
    if not is_own and not (bid.job.opened_at is not None and may_read_bids_on(actor, bid.job)):
        raise Unknown("There is no such file.")
    refuse_two_bidders(actor, bid.job, bid.provider_id)
    try:
        named = {one.file_id: one for one in files_of(open_quality(bid).facts.get("files", []))}
        if file_id not in named:
            raise Unknown("There is no such file.")
        content = file_seals.open_file(bid, named[file_id])
    except SealBroken:
        raise CannotBeRead("This file does not open: it is not what was sealed.") from None
    access.note(bid=bid, kind=access.FILE_READ, actor=actor, at=at)
    return FilePaper(named[file_id], content)


def attached(
    job: Job, provider: Provider, *, at: datetime | None = None
) -> tuple[AttachedFile, ...]:
    """
    Return what the provider has attached, until a moment if one is given.

    :raises CannotBeRead: one does not open any more.
    """
    rows = _attached_rows(job, provider)
    try:
        return tuple(
            file_seals.open_label(row)
            for row in (rows if at is None else rows.filter(attached_at__lte=at))
        )
    except SealBroken:
        raise CannotBeRead("A file that you attached does not open any more.") from None


def with_files(
    content: BidContent, job: Job, provider: Provider, *, at: datetime | None = None
) -> BidContent:
    """Return a bid with the files that its provider has attached, or had at a moment."""
    return replace(content, files=attached(job, provider, at=at))


def bind_files(bid: Bid, content: BidContent) -> None:
    """Bind to a bid the files that it names."""
    rows = SealedFile.objects.in_bulk([one.file_id for one in content.files])
    BidFile.objects.bulk_create(
        file_seals.bind_file(rows[one.file_id], bid) for one in content.files
    )


def back_to_what_stands(job: Job, provider: Provider, *, at: datetime) -> list[UUID]:
    """
    Attach what the standing bid has, and nothing else: its draft was thrown away. Return what was
    attached, all of which stays until the draft is forgotten.
    """
    kept = BidFile.objects.filter(bid__job=job, bid__provider=provider, bid__withdrawn_at=None)
    attached = _rows(job, provider)
    had = list(attached.order_by("attached_at", "pk").values_list("pk", flat=True))
    attached.exclude(pk__in=kept.values("file")).filter(attached_at__lte=at).update(detached_at=at)
    SealedFile.objects.filter(pk__in=kept.values("file")).update(detached_at=None)
    return had


def attach_again(job: Job, provider: Provider, files: Collection[UUID], *, at: datetime) -> None:
    """Attach what a draft had when it was thrown away, and nothing else."""
    _rows(job, provider).exclude(pk__in=files).filter(attached_at__lte=at).update(detached_at=at)
    SealedFile.objects.filter(job=job, provider=provider, pk__in=files).update(detached_at=None)


def has_loose_files(job: Job, provider: Provider, *, besides: Collection[UUID]) -> bool:
    """Whether something is attached that no bid was submitted with, besides these files."""
    submitted = BidFile.objects.filter(bid__job=job, bid__provider=provider)
    loose = _rows(job, provider).exclude(pk__in=besides)
    return loose.exclude(pk__in=submitted.values("file")).exists()


def forget_files(files: Collection[UUID]) -> None:
    """Delete what a forgotten draft had attached, and no bid was submitted with."""
    submitted = BidFile.objects.filter(file__in=files).values_list("file", flat=True)
    gone = SealedFile.objects.filter(pk__in=files, detached_at__isnull=False)
    gone.exclude(pk__in=list(submitted)).delete()


def _leave_out(files: QuerySet[SealedFile], *, at: datetime) -> None:
    """Leave files out of the next bid; those that no bid was submitted with are thrown away."""
    submitted = BidFile.objects.filter(file__in=files).values_list("file", flat=True)
    kept = list(submitted)
    files.exclude(pk__in=kept).delete()
    SealedFile.objects.filter(pk__in=kept).update(detached_at=at)


def _rows(job: Job, provider: Provider) -> QuerySet[SealedFile]:
    return SealedFile.objects.filter(job=job, provider=provider, detached_at=None)


def _attached_rows(job: Job, provider: Provider) -> QuerySet[SealedFile]:
    rows = _rows(job, provider)
    return rows.defer("envelope").order_by("attached_at", "id")


def _one(job: Job, provider: Provider, file_id: UUID) -> SealedFile:
    row = SealedFile.objects.filter(job=job, provider=provider, pk=file_id).first()
    if row is None:
        raise Unknown("There is no such file.")
    return row


def _seat(actor: User, job_id: UUID, provider_id: UUID) -> tuple[Job, Provider]:
    job = Job.objects.visible_to(actor).one(job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_draft_bid_for(actor, provider))
    refuse_two_bidders(actor, job, provider.pk)
    return job, provider
