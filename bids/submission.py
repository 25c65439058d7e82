"""Submitting, confirming and withdrawing bids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from bids import access, receipts, seals
from bids.bidding import (
    last_addendum,
    lock_job,
    refuse_bidder,
    refuse_closed,
    refuse_suspended,
    refuse_two_bidders,
)
from bids.content import BidContent
from bids.files import bind_files, with_files
from bids.models.bids import Bid, BidDraft, FewBids
from bids.offering import refuse_unfit
from bids.permissions import may_bid_for
from bids.reading import CannotBeRead
from marketplace.compiled import Kept
from marketplace.drafting import new_reference
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.notices import people_of_provider, tell
from marketplace.refusals import Refusal, require
from marketplace.rows import change, insert


class VariantNotAllowed(Refusal):
    """One bid per provider, unless the policy allows several."""

    code = "variant_not_allowed"
    field = "variant"


class Superseded(Refusal):
    """What arrived later was handled sooner, and stands."""

    code = "superseded"


class OnlyLower(Refusal):
    """After an extension that told that bids were few, a price may only go down."""

    code = "only_lower"
    field = "lines"


class AlreadyWithdrawn(Refusal):
    """The bid does not stand any more."""

    code = "already_withdrawn"


class NothingToConfirm(Refusal):
    """The bid agrees to all addenda already."""

    code = "nothing_to_confirm"


@transaction.atomic(savepoint=False)
def submit_bid(
    *,
    actor: User,
    job_id: UUID,
    provider_id: UUID,
    content: BidContent,
    at: datetime,
    variant: int = 0,
) -> Bid:
    """
    Seal and place a provider's one standing bid on a job, with the files that are attached. It
    withdraws the earlier one.

    :raises Unknown, NotInvited: the person cannot see the job, or the provider was not asked.
    :raises Forbidden: the person does not bid for this provider.
    :raises BiddingClosed, DeclinedBefore, ProviderSuspended: not now, or not any more.
    :raises OwnJob, ConflictOfSides, SitsWithTwo, VariantNotAllowed: not them.
    :raises Superseded, OnlyLower: not this bid now; and whatever `refuse_unfit` finds in it.
    :raises CannotBeRead: a file that was attached, or the bid before, does not open any more.
    """
    # One lock per job puts bids and the closing of the job in a single line.
    job = lock_job(actor, job_id)
    provider = Provider.objects.visible_to(actor).one(provider_id)
    require(may_bid_for(actor, provider), "Only the lead submits bids.")

    # `at` is when the request arrived: waiting for the lock costs nobody the deadline.
    refuse_closed(job, at=at)
    refuse_bidder(job, provider)
    refuse_two_bidders(actor, job, provider.pk)
    if variant and not job.policy.allows_variants:
        raise VariantNotAllowed("Each provider has one bid on a job.")
    refuse_unfit(job, content)
    earlier = _earlier.all(job.pk, provider.pk, variant)
    if any(bid.submitted_at > at for bid in earlier):
        raise Superseded("A later bid of yours arrived first, and stands.")
    if any(bid.withdrawn_at is not None and bid.withdrawn_at > at for bid in earlier):
        raise Superseded("Your bid was withdrawn after this one was sent. Submit it again.")
    _refuse_rise(job, earlier, content, actor=actor, at=at)
    if not actor.is_system:  # another system's record has no files here
        # Those that are attached go with it, and no others, whatever was sent.
        content = with_files(content, job, provider, at=at)

    for bid in earlier:
        if bid.withdrawn_at is None:
            take_back(bid=bid, actor=actor, at=at)
    bid = _write(job, provider, content, variant, actor=actor, at=at)
    bind_files(bid, content)
    access.note(bid=bid, kind=access.SUBMITTED, actor=actor, at=at)
    if not actor.is_system:  # another system's record leaves no draft here
        BidDraft.objects.kept().filter(job=job, provider=provider).delete()
    tell(
        "bid.received",
        recipients=people_of_provider(provider),
        text=f"Your bid {bid.reference} on “{job.title}” arrived. It is sealed until the opening.",
        because=f"you belong to {provider.name}",
        at=at,
        job=job,
        subject=bid,
    )
    return bid


@transaction.atomic(savepoint=False)
def withdraw_bid(*, actor: User, bid_id: UUID, at: datetime) -> Bid:
    """
    Take a standing bid back before the deadline.

    :raises Unknown, Forbidden: it is not this person's to see, or to take back.
    :raises BiddingClosed, AlreadyWithdrawn, Superseded: the rules say no.
    """
    job, bid = _lock_bid(actor, bid_id)
    require(may_bid_for(actor, bid.provider), "Only the lead withdraws bids.")
    refuse_closed(job, at=at)
    if bid.withdrawn_at is not None:
        raise AlreadyWithdrawn("This bid was withdrawn already.")
    if at < bid.submitted_at:
        raise Superseded("The bid arrived after this.")
    take_back(bid=bid, actor=actor, at=at)
    return bid


@transaction.atomic(savepoint=False)
def confirm_bid(*, actor: User, bid_id: UUID, at: datetime) -> Bid:
    """
    Let a bid stand under all addenda there are.

    :raises Unknown, Forbidden, SitsWithTwo: it is not this person's to see, or to confirm.
    :raises BiddingClosed, ProviderSuspended, AlreadyWithdrawn, NothingToConfirm: no.
    """
    job, bid = _lock_bid(actor, bid_id)
    require(may_bid_for(actor, bid.provider), "Only the lead confirms bids.")
    refuse_closed(job, at=at)
    refuse_two_bidders(actor, job, bid.provider_id)
    refuse_suspended(bid.provider)
    if bid.withdrawn_at is not None:
        raise AlreadyWithdrawn("This bid was withdrawn; submit a new one.")
    # What was added after this was sent, the bidder has not read.
    last = last_addendum(job, at=at)
    if bid.confirmed_addendum >= last:
        raise NothingToConfirm("This bid agrees to every addendum already.")
    bid.confirmed_addendum = last
    bid.save(update_fields=["confirmed_addendum"])
    access.note(bid=bid, kind=access.CONFIRMED, actor=actor, at=at)
    return bid


def _lock_bid(actor: User, bid_id: UUID) -> tuple[Job, Bid]:
    # The job first, as everywhere: two orders of locking would wait for each other.
    found = Bid.objects.visible_to(actor).one(bid_id)
    job = Job.objects.lock(found.job_id)
    return job, Bid.objects.select_related("provider").get(pk=bid_id)


def take_back(*, bid: Bid, actor: User, at: datetime) -> None:
    """Withdraw a bid that stands, and note it where its own side reads it."""
    bid.withdrawn_at = at
    change(bid, "withdrawn_at")
    access.note(bid=bid, kind=access.WITHDRAWN, actor=actor, at=at)


def _refuse_rise(
    job: Job, earlier: list[Bid], content: BidContent, *, actor: User, at: datetime
) -> None:
    few = FewBids.objects.filter(job=job).first() if job.extended_at else None
    if few is None:
        return
    stood = [
        bid for bid in earlier if bid.withdrawn_at is None or bid.withdrawn_at > few.extended_at
    ]
    for bid in stood:
        try:
            before = seals.open_bid(bid)
        except seals.SealBroken:
            raise CannotBeRead(
                "Your bid before does not open, and is compared. Ask an administrator."
            ) from None
        access.note(bid=bid, kind=access.COMPARED, actor=actor, at=at)
        if before.is_priced and content.quoted > before.quoted:
            raise OnlyLower(
                f"Bids were few, so the deadline moved. Until it your price of {before.quoted} "
                "may be lowered, not raised."
            )


def _write(
    job: Job, provider: Provider, content: BidContent, variant: int, *, actor: User, at: datetime
) -> Bid:
    bid_id = uuid4()
    sealed = seals.seal(content, seals.Identity(bid_id, job.pk, provider.pk))
    reference = new_reference("B")
    facts = receipts.ReceiptFacts(reference, bid_id, job.pk, provider.pk, sealed.fingerprint, at)
    return insert(
        Bid(
            id=bid_id,
            reference=reference,
            job=job,
            provider=provider,
            variant=variant,
            submitted_by=actor,
            submitted_at=at,
            confirmed_addendum=last_addendum(job, at=at),
            quality_envelope=sealed.quality_envelope,
            quality_key=sealed.quality_key,
            price_envelope=sealed.price_envelope,
            price_key=sealed.price_key,
            key_name=sealed.key_name,
            fingerprint=sealed.fingerprint,
            receipt=receipts.issue(facts),
        )
    )


@Kept
def _earlier(job: UUID, provider: UUID, variant: int) -> QuerySet[Bid]:
    return Bid.objects.filter(job=job, provider=provider, variant=variant)
