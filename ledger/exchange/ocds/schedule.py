"""When everything happened: an order that the verbs accept, from the dates that were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger.exchange.ocds.facts import Ending, JobFact
from ledger.exchange.ocds.places import earliest

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    The moments of one job: published ≤ each bid < closes ≤ opened ≤ awarded ≤ charged.

    A moment is missing when the publication does not go so far, or when it lies ahead.
    `remarks` name what was moved against the publication: where, and why.
    """

    published_at: datetime | None
    closes_at: datetime
    bids_at: Mapping[str, datetime] = field(default_factory=dict)
    opened_at: datetime | None = None
    awarded_at: datetime | None = None
    charged_at: datetime | None = None
    ended_at: datetime | None = None  # cancelled, or closed without a choice
    remarks: tuple[tuple[str, str], ...] = ()


def schedule(job: JobFact, *, now: datetime) -> Schedule:
    """
    Return a consistent order of events for a job, none of them after `now`.

    A date that was published is kept wherever it can be. One that contradicts an earlier event
    is moved to just after that event, and a remark says so. One that was never published is
    put where it must have been: the deadline after the last bid, the opening at the deadline.
    """
    remarks: list[tuple[str, str]] = []
    closes_at = _closes_at(job, now)
    published_at = _published_at(job, closes_at, remarks)
    closes_at = max(closes_at, published_at + 2 * SECOND)
    if not job.is_published or published_at > now:
        if job.is_published:
            remarks.append(("/tender/tenderPeriod/startDate", "lies ahead; the job is a draft"))
        return Schedule(None, closes_at, remarks=tuple(remarks))
    # A bid that is published has come, whatever date it bears.
    last = max(published_at, min(closes_at, now) - SECOND)
    bids_at = {bid.key: _bid_at(bid.at, published_at, last, bid.where, remarks) for bid in job.bids}
    opened_at = closes_at if closes_at <= now and not _is_cancelled(job) else None
    awarded_at = charged_at = ended_at = None
    if opened_at and job.choice:
        awarded_at = _awarded_at(job, opened_at, now, remarks)
        charged_at = _charged_at(job, awarded_at, now, remarks) if awarded_at else None
    elif job.ending:
        least = opened_at or max([published_at, *bids_at.values()]) + SECOND
        ended_at = _ended_at(job, least, now)
    return Schedule(
        published_at, closes_at, bids_at, opened_at, awarded_at, charged_at, ended_at,
        tuple(remarks),
    )  # fmt: skip


def _closes_at(job: JobFact, now: datetime) -> datetime:
    """The deadline as published, or else just after the last bid, or before the choice."""
    if job.closes_at:
        return job.closes_at
    offered = [bid.at for bid in job.bids if bid.at]
    if offered:
        return max(offered) + SECOND
    decided = _decided_at(job)
    if decided:
        return decided - SECOND
    if job.bids:
        return job.known_at or now - SECOND
    return (job.published_at or job.known_at or now) + 30 * DAY


def _published_at(job: JobFact, closes_at: datetime, remarks: list[tuple[str, str]]) -> datetime:
    """The publication as stated, and in any case before the deadline."""
    where = "/tender/tenderPeriod"
    if job.published_at and job.published_at < closes_at:
        return job.published_at
    if job.published_at:
        remarks.append((f"{where}/endDate", "not after its beginning; published a day before it"))
    before = [closes_at - DAY, earliest(bid.at for bid in job.bids)]
    if not job.published_at and job.known_at and not job.bids and job.known_at < closes_at:
        before.append(job.known_at)
    return earliest(before) or closes_at - DAY


def _bid_at(
    at: datetime | None,
    published_at: datetime,
    last: datetime,
    where: str,
    remarks: list[tuple[str, str]],
) -> datetime:
    """A bid's own moment, brought between publication and the last moment for bids."""
    if at is None:
        return last
    if at < published_at:
        remarks.append((f"{where}/date", "before the publication; put at its moment"))
        return published_at
    # At the very deadline is in time for most publishers, and for the clock it is not.
    if at > last + SECOND:
        remarks.append((f"{where}/date", "after the deadline; put just before it"))
    return min(at, last)


def _awarded_at(
    job: JobFact, opened_at: datetime, now: datetime, remarks: list[tuple[str, str]]
) -> datetime | None:
    where = job.choice.award.where if job.choice else ""
    decided = _decided_at(job)
    if decided is None:
        return opened_at + SECOND if opened_at < now else None
    if decided > now:
        remarks.append((f"{where}/date", "lies ahead; the choice is not made yet"))
        return None
    if decided < opened_at:
        remarks.append((f"{where}/date", "before the deadline for bids; put at the opening"))
    return max(decided, opened_at)


def _charged_at(
    job: JobFact, awarded_at: datetime, now: datetime, remarks: list[tuple[str, str]]
) -> datetime | None:
    """The moment the contract was signed, never before the choice."""
    if job.choice is None or not job.choice.award.is_contracted:
        return None
    signed = job.choice.award.contracted_at
    if signed and signed > now:
        remarks.append((job.choice.award.where, "its contract lies ahead; nothing is charged yet"))
        return None
    return max(signed or awarded_at, awarded_at)


def _decided_at(job: JobFact) -> datetime | None:
    """When the choice was made: as the award says, or else its contract."""
    if job.choice is None:
        return None
    return job.choice.award.at or job.choice.award.contracted_at


def _ended_at(job: JobFact, least: datetime, now: datetime) -> datetime | None:
    """When a job ended without a choice: when that became known, or as soon as it could."""
    if least > now:
        return None
    return max(least, min(job.known_at, now)) if job.known_at else least


def _is_cancelled(job: JobFact) -> bool:
    return job.ending is Ending.CANCELLED
