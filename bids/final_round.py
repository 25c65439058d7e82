"""The one best and final round: shortlisted bidders, one question, one deadline, sealed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from bids import receipts, seals
from bids.bidding import refuse_decided, refuse_suspended, refuse_two_bidders
from bids.content import BidContent
from bids.models.bids import Bid, Disqualification
from bids.models.panels import FinalOffer, FinalOpening, FinalRound, Shortlisted
from bids.offering import refuse_unfit
from bids.permissions import may_bid_for, may_disqualify
from marketplace.calendar import spoken
from marketplace.compiled import Kept
from marketplace.drafting import new_reference
from marketplace.history import moment, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.notices import people_of_provider, people_of_providers, tell
from marketplace.refusals import NotOpened, ReasonMissing, Refusal, require
from marketplace.words import keep

SHORTEST, LONGEST = timedelta(days=1), timedelta(days=30)


class OneRoundOnly(Refusal):
    """A second best and final would make the first one neither."""

    code = "one_round_only"


class ShortlistTooShort(Refusal):
    """With one bidder it would be haggling."""

    code = "shortlist_too_short"
    field = "bid_ids"


class NotShortlistable(Refusal):
    """Asked is whose bid is open, priced and in."""

    code = "not_shortlistable"
    field = "bid_ids"


class RoundTooShort(Refusal):
    """All have at least a day, and the same one."""

    code = "round_too_short"
    field = "closes_at"


class RoundTooLong(Refusal):
    """Nobody decides before the round is over: it ends within a month."""

    code = "round_too_long"
    field = "closes_at"


class RoundOver(Refusal):
    """The round takes no bids at this moment."""

    code = "round_over"


class BidIsOut(Refusal):
    """A bid that cannot be chosen has no final one."""

    code = "bid_is_out"


class RoundOpen(Refusal):
    """Nobody decides while final bids may come."""

    code = "round_open"


class NotBetter(Refusal):
    """A best and final bid asks for no more than the one before."""

    code = "not_better"
    field = "lines"


class Superseded(Refusal):
    """What arrived later was handled sooner, and stands."""

    code = "superseded"


@transaction.atomic(savepoint=False)
def ask_for_final_bids(
    *,
    actor: User,
    job_id: UUID,
    bid_ids: Sequence[UUID],
    question: str,
    closes_at: datetime,
    at: datetime,
) -> FinalRound:
    """
    Ask the bidders on a shortlist for their best and final bid: the same question and deadline
    for all. The bids of the others stay as they are, and so does that of whoever sends none.

    :raises Unknown, Forbidden: not the actor's to see, or to ask.
    :raises NotOpened, JudgingOver, OneRoundOnly, ReasonMissing, ShortlistTooShort,
        NotShortlistable, RoundTooShort, RoundTooLong: the rules say no.
    """
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    require(may_disqualify(actor, job), "The head asks for best and final bids.")
    if job.opened_at is None or at < job.opened_at:
        raise NotOpened(f"The bids on “{job.title}” are not open yet.")
    refuse_decided(job)
    if FinalRound.objects.filter(job=job).exists():
        raise OneRoundOnly("There is one best and final round, and it was held.")
    if not question.strip():
        raise ReasonMissing("Say what you ask all of them.")
    if closes_at < at + SHORTEST:
        raise RoundTooShort(f"Leave them until {spoken(at + SHORTEST)} at least.")
    if closes_at > at + LONGEST:
        raise RoundTooLong(f"Let it end by {spoken(at + LONGEST)} at the latest.")
    valid = Bid.objects.standing().filter(job=job, disqualified__isnull=True, price__isnull=False)
    bids = list(valid.filter(pk__in=set(bid_ids)).order_by("reference"))
    if len(bids) != len(set(bid_ids)):
        raise NotShortlistable("Name opened bids of this job with a price, none that is out.")
    if len({bid.provider_id for bid in bids}) < 2:
        raise ShortlistTooShort("Ask at least two bidders.")
    words = keep(question.strip(), at=at)
    asked = FinalRound.objects.create(
        job=job, asked_by=actor, asked_at=at, question=words, closes_at=closes_at
    )
    Shortlisted.objects.bulk_create(Shortlisted(bid=bid, round=asked) for bid in bids)
    facts = {
        "bids": " ".join(str(bid.pk) for bid in bids),
        "question_digest": words.digest.hex(),
        "closes_at": moment(closes_at),
    }
    record(actor, "job.final_round", job, at=at, audience=Audience.BUYER, job=job, facts=facts)
    tell(
        "job.final_round",
        recipients=people_of_providers([bid.provider_id for bid in bids]),
        text=f"Send your best and final bid on “{job.title}” until {spoken(closes_at)}.",
        because="your bid is on the shortlist",
        at=at,
        job=job,
        subject=job,
    )
    return asked


@transaction.atomic(savepoint=False)
def submit_final_bid(*, actor: User, bid_id: UUID, content: BidContent, at: datetime) -> FinalOffer:
    """
    Seal and place a best and final bid after an opened one. It replaces an earlier final one.

    :raises Unknown, Forbidden: no bid of the actor's that is on a shortlist; the lead submits.
    :raises RoundOver, BidIsOut, ProviderSuspended, SitsWithTwo, Superseded, NotBetter: not now,
        or not this bid, or not them; and whatever `refuse_unfit` finds in it.
    """
    mine = Bid.objects.of_provider_of(actor).filter(shortlisted__isnull=False)
    found = mine.one(bid_id)
    job = Job.objects.lock(found.job_id)
    bid = mine.select_related("provider", "price", "shortlisted__round").one(bid_id)
    require(may_bid_for(actor, bid.provider), "Only the lead submits bids.")
    asked = bid.shortlisted.round
    if job.decided_at is not None or job.cancelled_at is not None:
        raise RoundOver("The job has ended. No more bids are taken.")
    if not asked.asked_at <= at < asked.closes_at:
        raise RoundOver(f"Best and final bids were taken until {spoken(asked.closes_at)}.")
    if Disqualification.objects.filter(bid=bid).exists():
        raise BidIsOut(f"Your bid {bid.reference} is out: no final one follows it.")
    refuse_suspended(bid.provider)
    refuse_two_bidders(actor, job, bid.provider_id)
    content = replace(content, files=())  # those of the bid that it follows stay with that one
    refuse_unfit(job, content)
    if content.quoted > bid.price.quoted:
        raise NotBetter(f"Your bid asks for {bid.price.quoted}. The final one may not ask more.")
    earlier = FinalOffer.objects.filter(earlier=bid, replaced_at=None)
    if earlier.filter(submitted_at__gt=at).exists():
        raise Superseded("A later bid of yours arrived first, and stands.")
    earlier.update(replaced_at=at)
    offer = _write(bid, content, actor=actor, at=at)
    tell(
        "bid.received",
        recipients=people_of_provider(bid.provider),
        text=f"Your final bid {offer.reference} on “{job.title}” arrived, and is sealed.",
        because=f"you belong to {bid.provider.name}",
        at=at,
        job=job,
        subject=bid,
    )
    return offer


def refuse_round_open(job: Job) -> None:
    """:raises RoundOpen: best and final bids may still come, or wait to be opened."""
    asked = _round_of.first(job.pk)
    if asked is not None and not FinalOpening.objects.filter(round=asked).exists():
        raise RoundOpen(f"Best and final bids may come until {spoken(asked.closes_at)}.")


@Kept
def _round_of(job: UUID) -> QuerySet[FinalRound]:
    return FinalRound.objects.filter(job=job)


def _write(bid: Bid, content: BidContent, *, actor: User, at: datetime) -> FinalOffer:
    offer_id = uuid4()
    # Under the identity of the bid that it will be: so it opens as that one and as no other.
    sealed = seals.seal(content, seals.Identity(offer_id, bid.job_id, bid.provider_id))
    reference = new_reference("B")
    facts = receipts.ReceiptFacts(
        reference, offer_id, bid.job_id, bid.provider_id, sealed.fingerprint, at
    )
    return FinalOffer.objects.create(
        id=offer_id,
        earlier=bid,
        reference=reference,
        submitted_by=actor,
        submitted_at=at,
        quality_envelope=sealed.quality_envelope,
        quality_key=sealed.quality_key,
        price_envelope=sealed.price_envelope,
        price_key=sealed.price_key,
        key_name=sealed.key_name,
        fingerprint=sealed.fingerprint,
        receipt=receipts.issue(facts),
    )
