"""What the clock does in this chapter. Each duty calls one verb, for one thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import structlog

from ledger.checking import run_due_checks
from ledger.commissioning import free_estimate
from ledger.models.awards import Completion, Dispute
from ledger.models.budgets import Precommitment
from ledger.models.retentions import Retention
from ledger.rating import reveal_ratings
from ledger.recording import record_rows
from ledger.reports.states import rating_until
from ledger.retention import release_retention
from ledger.silence import accept_silent, silent_deliveries
from ledger.thresholds import tell_of_thresholds
from marketplace.system import the_clock

log = structlog.stdlib.get_logger("choicebook.duties")

AT_ONCE = 200  # what is left over comes next time


def run(*, at: datetime) -> dict[str, int]:
    """Do what is due, and return how much of each was done."""
    return {
        "accepted_by_silence": accept_the_silent(at=at),
        "retentions_released": release_the_kept(at=at),
        "ratings_revealed": reveal_the_rated(at=at),
        "estimates_freed": free_the_cancelled(at=at),
        "rows_recorded": record_rows(at=at),
    }


def check(*, at: datetime) -> dict[str, int]:
    """Hold the books and the record against the log, at night and when somebody asked."""
    return {"checks_run": run_due_checks(at=at), "thresholds_told": tell_of_thresholds(at=at)}


def accept_the_silent(*, at: datetime) -> int:
    """Accept the deliveries that nobody answered in time."""
    clock = the_clock()
    return _each(
        "accept_by_silence",
        silent_deliveries(at).values_list("pk", flat=True),
        lambda id: accept_silent(actor=clock, delivery_id=id, at=at),
    )


def release_the_kept(*, at: datetime) -> int:
    """Give vendors what was kept back, where its days are over and nothing is contested."""
    clock = the_clock()
    due = (
        Retention.objects.held()
        .filter(due_at__lte=at)
        .exclude(milestone__disputes__in=Dispute.objects.filter(resolution=None))
        .order_by("due_at", "id")
    )
    return _each(
        "release_retention",
        due.values_list("pk", flat=True),
        lambda id: release_retention(actor=clock, retention_id=id, at=at, by_time=True),
    )


def reveal_the_rated(*, at: datetime) -> int:
    """Open the ratings of which only one came, when the days for rating are over."""
    clock = the_clock()
    due = (
        Completion.objects.filter(award__reveal=None, award__ratings__isnull=False)
        .annotate(until=rating_until())
        .filter(until__lte=at)
        .order_by("until", "pk")
    )
    return _each(
        "reveal_ratings",
        due.values_list("pk", flat=True),
        lambda id: reveal_ratings(actor=clock, award_id=id, at=at),
    )


def free_the_cancelled(*, at: datetime) -> int:
    """Free what is reserved for jobs that the clock itself called off, for want of bids."""
    clock = the_clock()
    due = Precommitment.objects.filter(released_at=None, job__cancelled_at__isnull=False)
    return _each(
        "free_estimate",
        due.values_list("job_id", flat=True),
        lambda id: free_estimate(actor=clock, job_id=id, at=at),
    )


def _each(duty: str, due: Iterable[UUID], act: Callable[[UUID], object]) -> int:
    """Act on each by itself: what one refuses or breaks must not keep the others waiting."""
    done = 0
    for id in list(due)[:AT_ONCE]:
        try:
            act(id)
        except Exception:  # whatever it was, the next one is still due
            log.warning("duty put off", duty=duty, subject=str(id), exc_info=True)
        else:
            done += 1
    return done
