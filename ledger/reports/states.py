"""The word for where a job stands. Derived from its moments here, and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import LessThan

from bids.models.openings import OpeningSignature
from ledger.models.awards import Award, Completion, Dispute, NoAward
from ledger.models.cancellations import Cancellation
from ledger.models.objections import Objection
from ledger.models.ratings import Reveal
from ledger.reports.reading import Reader
from marketplace.models.jobs import JobQuerySet
from marketplace.models.panels import PanelSeat


class State(TextChoices):
    """Where a job stands."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open for bids"
    CLOSED = "closed", "Sealed"  # closed, waiting for the opening
    TO_CHOOSE = "to_choose", "To choose"
    DECIDED = "decided", "Decided"  # all that a bidder who was not chosen is told
    STANDSTILL = "standstill", "Standstill"  # chosen; a bidder may object, or does
    IN_DELIVERY = "in_delivery", "In delivery"
    TO_RATE = "to_rate", "To rate"
    DISPUTED = "disputed", "Disputed"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"
    NO_AWARD = "no_award", "Ended without a choice"


ENDED = frozenset({State.DECIDED, State.FINISHED, State.CANCELLED, State.NO_AWARD})
AFTER_THE_CHOICE = (
    State.STANDSTILL,
    State.IN_DELIVERY,
    State.TO_RATE,
    State.DISPUTED,
    State.FINISHED,
)


def with_state(jobs: JobQuerySet, *, at: datetime, reader: Reader | None = None) -> JobQuerySet:
    """
    Return the jobs with `state`: where each of them stands at that moment, in one word, and with
    `opening_waits_for`: whom the clock waits for. For a reader who has no part in the work, a job
    is decided, and no more.
    """
    if reader is None or reader.reads_all_books:
        return with_facts(jobs, at)
    return with_part(jobs, at, list(reader.departments), list(reader.providers))


def with_facts(jobs: JobQuerySet, at: datetime) -> JobQuerySet:
    """Return the jobs with their state as it is."""
    jobs = jobs.annotate(fact=_fact(at), opening_waits_for=opening_waits_for())
    return jobs.annotate(state=F("fact"))


def with_part(
    jobs: JobQuerySet, at: datetime, departments: list[UUID], providers: list[UUID]
) -> JobQuerySet:
    """Return the jobs with their state as those know it who have a part in the work."""
    jobs = jobs.annotate(fact=_fact(at), opening_waits_for=opening_waits_for())
    at_work = Exists(Award.objects.filter(job=OuterRef("pk"), provider__among=providers))
    return jobs.annotate(
        state=Case(
            When(
                ~(Q(department__among=departments) | at_work) & Q(fact__in=AFTER_THE_CHOICE),
                then=Value(State.DECIDED),
            ),
            default=F("fact"),
            output_field=CharField(),
        )
    )


PANEL, SIGNATURES = "panel", "signatures"


def opening_waits_for() -> Case:
    """
    Whom the clock waits for, once a job is closed: declarations, two signatures. Judges that are
    missing are not counted here: who may judge is asked job by job.
    """
    job = OuterRef("pk")
    silent = Exists(PanelSeat.objects.undeclared().filter(job=job))
    above_limit = Q(Func(F("pk"), function="bids_needs_two_people", output_field=BooleanField()))
    signed = OpeningSignature.objects.filter(job=job).order_by().values("job")
    signatures = Coalesce(Subquery(signed.annotate(found=Count("pk")).values("found")), 0)
    return Case(
        When(~Q(closed_at__isnull=False, opened_at=None, cancelled_at=None), then=Value("")),
        When(silent, then=Value(PANEL)),
        When(above_limit & Q(LessThan(signatures, 2)), then=Value(SIGNATURES)),
        default=Value(""),
        output_field=CharField(),
    )


def noted(row: Model, name: str) -> Any:
    """Return what a queryset noted on a row beside its fields."""
    return getattr(row, name)


def _fact(at: datetime) -> Case:
    job = OuterRef("pk")
    open_dispute = Dispute.objects.filter(milestone__award__job=job, resolution__isnull=True)
    awards = Award.objects.filter(job=job)
    called_off = Cancellation.objects.filter(award__job=job)
    completed = Completion.objects.filter(award__job=job)
    rated = Exists(Reveal.objects.filter(award__job=job)) | Exists(
        completed.annotate(until=rating_until()).filter(until__lte=at)
    )
    return Case(
        When(cancelled_at__isnull=False, then=Value(State.CANCELLED)),
        When(Exists(NoAward.objects.filter(job=job)), then=Value(State.NO_AWARD)),
        When(Exists(open_dispute), then=Value(State.DISPUTED)),
        When(Exists(called_off), then=Value(State.CANCELLED)),
        When(Exists(completed) & rated, then=Value(State.FINISHED)),
        When(Exists(completed), then=Value(State.TO_RATE)),
        When(
            Exists(awards.filter(standstill__until_at__gt=at))
            | Exists(Objection.objects.open().filter(award__job=job)),
            then=Value(State.STANDSTILL),
        ),
        When(Exists(awards), then=Value(State.IN_DELIVERY)),
        When(opened_at__isnull=False, then=Value(State.TO_CHOOSE)),
        When(
            Q(published_at__isnull=False) & (Q(closed_at__isnull=False) | Q(closes_at__lte=at)),
            then=Value(State.CLOSED),
        ),
        When(published_at__isnull=False, then=Value(State.OPEN)),
        default=Value(State.DRAFT),
        output_field=CharField(),
    )


def rating_until() -> ExpressionWrapper[Any]:
    """The end of the rating time, for a queryset of completions."""
    days = Concat(
        Cast("award__job__policy__rating_days", CharField()),
        Value(" days"),
        output_field=CharField(),
    )
    return ExpressionWrapper(
        F("completed_at") + Cast(days, DurationField()), output_field=DateTimeField()
    )
