"""The end of a best and final round: the clock opens all that came, together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids import access
from bids.bidding import refuse_decided
from bids.models.bids import Bid
from bids.models.panels import FinalBid, FinalOffer, FinalOpening, FinalRound
from bids.permissions import may_open
from bids.unsealing import (
    Unsealed,
    refuse_without_key,
    rule_out,
    unseal,
    write_prices,
    write_quality,
)
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.notices import people_of_department, people_of_provider, tell
from marketplace.refusals import Refusal, Unknown, require

FINAL = 100  # what the variant of a best and final bid is counted from


class RoundNotOver(Refusal):
    """Best and final bids may still come."""

    code = "round_not_over"


class FinalsOpened(Refusal):
    """Best and final bids are opened once."""

    code = "finals_opened"


@transaction.atomic(savepoint=False)
def open_final_bids(*, actor: User, job_id: UUID, at: datetime) -> FinalOpening:
    """
    Open every best and final bid of a job, after the end of its round. Each becomes a bid, and
    takes the place of the one it follows; one that does not open leaves that one in place, and
    one that follows a bid ruled out meanwhile stays sealed.

    :raises Unknown, Forbidden: there is no such round; no person opens bids.
    :raises JudgingOver, RoundNotOver, FinalsOpened, KeyMissing: the rules say no.
    """
    job = Job.objects.visible_to(actor).select_related("department").lock(job_id)
    require(may_open(actor), "The clock opens bids, nobody else.")
    asked = FinalRound.objects.filter(job=job).first()
    if asked is None:
        raise Unknown("There is no best and final round.")
    refuse_decided(job)
    if at < asked.closes_at:
        raise RoundNotOver("Best and final bids may still come.")
    if FinalOpening.objects.filter(round=asked).exists():
        raise FinalsOpened("The best and final bids are open already.")
    offers = list(
        FinalOffer.objects.filter(
            earlier__job=job, earlier__disqualified__isnull=True, replaced_at=None
        )
        .select_related("earlier__provider", "submitted_by")
        .order_by("reference")
    )
    bids = [_become_bid(offer) for offer in offers]
    refuse_without_key(bids)
    unsealed = [unseal(bid, last_addendum=0, with_price=True) for bid in bids]
    write_quality(unsealed, at=at)
    write_prices(unsealed, at=at)
    opening = FinalOpening.objects.create(round=asked, opened_at=at, bids=len(bids))
    for offer, each in zip(offers, unsealed, strict=True):
        if each.out_because is None:
            FinalBid.objects.create(bid=each.bid, earlier=offer.earlier)
        _record(offer, each, job, actor=actor, at=at)
    audience, facts = Audience.BUYER, {"bids": len(bids)}
    record(actor, "job.final_bids_opened", job, at=at, audience=audience, job=job, facts=facts)
    tell(
        "job.final_bids_opened",
        recipients=people_of_department(job.department),
        text=f"The best and final bids on “{job.title}” are open.",
        because="you belong to the department",
        at=at,
        job=job,
        subject=job,
    )
    return opening


def _become_bid(offer: FinalOffer) -> Bid:
    earlier = offer.earlier
    return Bid.objects.create(
        id=offer.pk,
        reference=offer.reference,
        job_id=earlier.job_id,
        provider=earlier.provider,
        variant=FINAL + earlier.variant,
        submitted_by=offer.submitted_by,
        submitted_at=offer.submitted_at,
        confirmed_addendum=earlier.confirmed_addendum,
        quality_envelope=bytes(offer.quality_envelope),
        price_envelope=bytes(offer.price_envelope),
        quality_key=bytes(offer.quality_key),
        price_key=bytes(offer.price_key),
        key_name=offer.key_name,
        fingerprint=bytes(offer.fingerprint),
        receipt=offer.receipt,
    )


def _record(offer: FinalOffer, each: Unsealed, job: Job, *, actor: User, at: datetime) -> None:
    bid = each.bid
    access.note(bid=bid, kind=access.SUBMITTED, actor=offer.submitted_by, at=offer.submitted_at)
    access.enter_in_record(job, at=at)
    access.note_all(bids=[bid], kind=access.OPENED, actor=actor, at=at)
    facts: dict[str, Fact] = {
        "reference": bid.reference,
        "fingerprint": bytes(bid.fingerprint).hex(),
        "follows": str(offer.earlier_id),
        "matches_receipt": int(each.has_receipt),
    }
    record(
        actor,
        "bid.opened",
        bid,
        at=at,
        audience=Audience.BOTH,
        job=job,
        provider=bid.provider,
        facts=facts,
    )
    if each.out_because is not None:
        rule_out(bid=bid, reason=each.out_because, actor=actor, job=job, at=at)
    text = f"Your final bid {bid.reference} on “{job.title}” was opened."
    if each.out_because is not None:
        text = f"Your final bid {bid.reference} on “{job.title}” is out. {each.out_because}"
    tell(
        "bid.opened",
        recipients=people_of_provider(bid.provider),
        text=text,
        because=f"you belong to {bid.provider.name}",
        at=at,
        job=job,
        subject=bid,
    )
