"""The opening: all seals at once, by the clock, each checked against its receipt, with minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bids import access
from bids.bidding import last_addendum, lock_job
from bids.judging import refuse_too_few
from bids.models.bids import Bid, Opening
from bids.models.openings import OpeningSignature
from bids.permissions import may_open
from bids.unsealing import (
    Unsealed,
    refuse_without_key,
    rule_out,
    unseal,
    write_prices,
    write_quality,
)
from bids.witnesses import refuse_without_two
from marketplace.compiled import Kept
from marketplace.history import Fact, moment, record, recorded_together
from marketplace.models.events import Audience
from marketplace.models.jobs import Job, Procedure
from marketplace.models.panels import PanelSeat
from marketplace.models.people import User
from marketplace.notices import people_of_provider, tell
from marketplace.publishing import NotClosed, mark_locked_opened
from marketplace.refusals import Refusal, require
from marketplace.rows import insert


class InterestsUndeclared(Refusal):
    """Interests are declared before anything is seen."""

    code = "interests_undeclared"


@transaction.atomic(savepoint=False)
def open_bids(*, actor: User, job_id: UUID, at: datetime) -> Opening:
    """
    Open every bid that stands on a closed job. A formal job's prices stay sealed for now.

    A bid that does not open, does not match its receipt, was not confirmed after the last
    addendum or has no price is out, alone, and the minutes say so.

    :raises Unknown, Forbidden: no such job; no person opens bids.
    :raises AlreadyCancelled, NotClosed, AlreadyOpened, KeyMissing: the rules say no.
    :raises InterestsUndeclared, PanelTooSmall: it waits for the panel.
    :raises TwoPeopleNeeded: the job is above the limit, and fewer than two have signed.
    """
    job = lock_job(actor, job_id)
    require(may_open(actor), "The clock opens bids, nobody else.")
    if job.closed_at is not None and at < job.closed_at:
        raise NotClosed(f"“{job.title}” is not closed yet.")
    signed = refuse_without_two(job)
    mark_locked_opened(actor=actor, job=job, at=at)
    _refuse_without_panel(job)

    # By their random references: an order of arrival would say who was first.
    bids = _standing.all(job.pk)
    refuse_without_key(bids)
    with_price = job.procedure == Procedure.QUICK
    last = last_addendum(job)
    unsealed = [unseal(bid, last_addendum=last, with_price=with_price) for bid in bids]
    write_quality(unsealed, at=at)
    if with_price:
        write_prices(unsealed, at=at)
    opening = insert(
        Opening(
            job=job,
            opened_at=at,
            opened_by=actor,
            bids_counted=len(unsealed),
            receipts_matched=sum(each.has_receipt for each in unsealed),
            minutes=_minutes(job, unsealed, signed, actor=actor, at=at),
        )
    )
    # What waited outside the record, so that nothing told of a bid, enters it now.
    with recorded_together():
        access.enter_in_record(job, at=at)
        for each in unsealed:
            _record_opened(each, job, actor=actor, at=at)
            if each.out_because is not None:
                rule_out(bid=each.bid, reason=each.out_because, actor=actor, job=job, at=at)
            _tell_bidder(each, job, at=at)
    access.note_all(bids=[each.bid for each in unsealed], kind=access.OPENED, actor=actor, at=at)
    return opening


@Kept
def _standing(job: UUID) -> QuerySet[Bid]:
    standing = Bid.objects.standing().filter(job=job).select_related("provider")
    return standing.order_by("reference")


@Kept
def _undeclared(job: UUID) -> QuerySet[PanelSeat]:
    seats = PanelSeat.objects.undeclared().filter(job=job)
    return seats.select_related("user").order_by("user__name")


def _refuse_without_panel(job: Job) -> None:
    if names := [seat.user.name for seat in _undeclared.all(job.pk)]:
        raise InterestsUndeclared(f"To declare what they have to do with it: {', '.join(names)}.")
    refuse_too_few(job)


def _minutes(
    job: Job, unsealed: list[Unsealed], signed: list[OpeningSignature], *, actor: User, at: datetime
) -> str:
    out = [each for each in unsealed if each.out_because is not None]
    when = at.astimezone(UTC)
    lines = [
        f"The bids on “{job.title}” ({job.reference}) were opened by {actor.name}.",
        f"That was on {when:%Y-%m-%d} at {when:%H:%M:%S} UTC.",
        *(f"{one.signed_by.name} ({one.capacity}) signed for it." for one in signed),
        f"Bids that stood at the deadline: {len(unsealed)}.",
        f"Bids that match their receipts: {sum(each.has_receipt for each in unsealed)}.",
    ]
    if job.procedure == Procedure.FORMAL:
        lines.append("Prices stay sealed until every bid is scored.")
    lines += [f"Out: {each.bid.reference}. {each.out_because}" for each in out]
    return "\n".join(lines)


def _record_opened(each: Unsealed, job: Job, *, actor: User, at: datetime) -> None:
    bid, content = each.bid, each.content
    facts: dict[str, Fact] = {
        "reference": bid.reference,
        "fingerprint": bytes(bid.fingerprint).hex(),
        "submitted_at": moment(bid.submitted_at),
        "confirmed_addendum": bid.confirmed_addendum,
        "matches_receipt": int(each.has_receipt),
    }
    if content is not None and content.is_priced:
        facts |= {"quoted_minor": content.quoted.minor, "currency": content.currency}
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


def _tell_bidder(each: Unsealed, job: Job, *, at: datetime) -> None:
    text = f"Your bid {each.bid.reference} on “{job.title}” was opened."
    if each.out_because is not None:
        text = f"Your bid {each.bid.reference} on “{job.title}” is out. {each.out_because}"
    tell(
        "bid.opened",
        recipients=people_of_provider(each.bid.provider),
        text=text,
        because=f"you belong to {each.bid.provider.name}",
        at=at,
        job=job,
        subject=each.bid,
    )
