"""On the desk of both sides, after a choice: work, acceptance, changes, disputes, ratings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, Sum

from ledger.models.awards import Award, ChangeOrder, Completion, Delivery, Dispute, Milestone
from ledger.models.cancellations import CancellationOffer
from ledger.models.objections import Objection
from ledger.models.ratings import RatingSide
from ledger.permissions import proposed_by_providers
from ledger.reports.custody import SILENCE, end_of, rate_until, waiting_delivery
from ledger.reports.desk_jobs import MOST
from ledger.reports.desk_objections import objection_items
from ledger.reports.open_items import OpenItem
from ledger.reports.reading import Reader
from ledger.reports.states import noted, rating_until
from ledger.signing import is_large
from ledger.standstill import standstill_until
from marketplace.models.people import Office
from marketplace.together import gathered, together


def work_items(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    """Return what waits around the awards of the reader's departments and providers."""
    finance = Office.FINANCE in reader.offices
    yield from gathered(
        lambda: _going_on(reader, at),
        lambda: _disputes(reader, finance=finance),
        lambda: objection_items(reader, at),
    )


def _going_on(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    works = list(_works(reader, at))
    pending = [change for work in works for change in work.change_orders.all()]
    by_provider, agreed = together(
        lambda: proposed_by_providers(pending), lambda: _agreed_minor(pending)
    )
    for work in works:
        if _stands_still(work, at):
            yield _standstill(work, at)
            continue
        for milestone in work.milestones.all():
            yield from _milestone(work, milestone, reader, at)
        for change in work.change_orders.all():
            if not hasattr(change, "signature") and is_large(
                change, work, agreed_minor=agreed.get(work.pk, 0)
            ):
                yield _signature(work, change, reader)
            else:
                yield _change(work, change, reader, by_provider=change.pk in by_provider)
        yield from _ending(work, reader)
        yield from _rating(work, reader, at)


def _works(reader: Reader, at: datetime) -> Iterator[Award]:
    mine = Q(department__in=reader.departments) | Q(provider__in=reader.providers)
    own = Q(award__department__in=reader.departments) | Q(award__provider__in=reader.providers)
    sealed = Completion.objects.filter(own, award__reveal=None).annotate(until=rating_until())
    rateable = sealed.filter(until__gt=at).values("pk")
    going_on = Q(completion=None, cancellation=None) | Q(pk__in=rateable)
    # Which they are is asked apart from what is read of them: together they join a dozen tables,
    # and to weigh in which order takes PostgreSQL four times as long as the answer.
    works = Award.objects.filter(mine & going_on).order_by("chosen_at").values("pk")[:MOST]
    deliveries = Delivery.objects.select_related("acceptance", "returned")
    milestones = Milestone.objects.filter(acceptance=None).order_by("position")
    changes = ChangeOrder.objects.filter(agreed_at=None, milestone__acceptance=None)
    changes = changes.select_related("milestone", "signature")
    offers = CancellationOffer.objects.waiting()
    yield from (
        Award.record.filter(pk__in=works)
        .annotate(is_objected=Exists(Objection.objects.open().filter(award=OuterRef("pk"))))
        .select_related("job__policy", "department", "provider", "completion", "standstill")
        .defer("comparison", "job__need")
        .prefetch_related(
            Prefetch("milestones", milestones.prefetch_related(Prefetch("deliveries", deliveries)))
        )
        .prefetch_related(Prefetch("change_orders", changes))
        .prefetch_related(Prefetch("cancellation_offers", offers))
        .prefetch_related("ratings")
        .order_by("chosen_at")
    )


def _agreed_minor(pending: Iterable[ChangeOrder]) -> dict[UUID, int]:
    """Return what the changes agreed before these come to, by award."""
    works = {change.award_id for change in pending}
    if not works:
        return {}
    agreed = ChangeOrder.objects.filter(award__in=works, agreed_at__isnull=False)
    sums = agreed.values("award").annotate(sum=Sum("difference_minor"))
    return {row["award"]: row["sum"] for row in sums}


def _stands_still(work: Award, at: datetime) -> bool:
    """Whether no work may start yet: what `is_waiting` asks of one award."""
    until = standstill_until(work)
    return until is not None and (at < until or noted(work, "is_objected"))


def _standstill(work: Award, at: datetime) -> OpenItem:
    until = standstill_until(work)
    over = until is not None and until <= at  # then an objection is what it waits for
    return OpenItem(
        kind="standstill",
        act="Wait for an objection to be decided" if over else "Wait for the standstill to end",
        job_id=work.job_id,
        job_title=work.job.title,
        subject_id=work.pk,
        what=f"{work.provider.name} was chosen. A bidder may object.",
        who=f"A head above {work.department.name}, or an auditor" if over else "The clock",
        is_mine=False,
        since_at=work.chosen_at,
        due_at=None if over else until,
        is_late=False,
        then="Work starts.",
    )


def _milestone(
    work: Award, milestone: Milestone, reader: Reader, at: datetime
) -> Iterator[OpenItem]:
    buyer = work.department_id in reader.departments
    delivery = waiting_delivery(milestone)
    if delivery is not None:
        yield OpenItem(
            kind="accept",
            act="Accept or return a delivery" if buyer else "Wait for the acceptance",
            job_id=work.job_id,
            job_title=work.job.title,
            subject_id=delivery.pk,
            what=f"“{milestone.title}”, by {work.provider.name}.",
            who="You" if buyer else work.department.name,
            is_mine=buyer,
            since_at=delivery.delivered_at,
            due_at=delivery.silent_at,
            is_late=delivery.silent_at < at,
            then=SILENCE,
        )
        return
    mine = work.provider_id in reader.providers
    due_at = end_of(milestone.due_on)
    yield OpenItem(
        kind="deliver",
        act="Deliver a milestone" if mine else "Wait for the work",
        job_id=work.job_id,
        job_title=work.job.title,
        subject_id=milestone.pk,
        what=f"“{milestone.title}”, for {work.department.name}.",
        who="You" if mine else work.provider.name,
        is_mine=mine,
        since_at=work.chosen_at,
        due_at=due_at,
        is_late=due_at is not None and due_at < at,
        then=_after(due_at, at),
    )


def _after(due_at: datetime | None, at: datetime) -> str:
    if due_at is None:
        return "The department accepts it."
    return "It counts as missed." if due_at < at else "After that it counts as missed."


def _change(work: Award, change: ChangeOrder, reader: Reader, *, by_provider: bool) -> OpenItem:
    if by_provider:
        mine, who = work.department_id in reader.headed, f"The head of {work.department.name}"
    else:
        mine, who = work.provider_id in reader.leads, work.provider.name
    return OpenItem(
        kind="agree_change",
        act="Agree to a change" if mine else "Wait for a change to be agreed",
        job_id=work.job_id,
        job_title=work.job.title,
        subject_id=change.pk,
        what=f"“{change.milestone.title}” would cost another amount.",
        who="You" if mine else who,
        is_mine=mine,
        since_at=change.proposed_at,
        due_at=None,
        is_late=False,
        then="The promise grows or shrinks with it.",
    )


def _signature(work: Award, change: ChangeOrder, reader: Reader) -> OpenItem:
    mine = work.department_id in reader.headed and change.proposed_by_id != reader.user.pk
    return OpenItem(
        kind="sign_change",
        act="Sign a large change" if mine else "Wait for a second signature",
        job_id=work.job_id,
        job_title=work.job.title,
        subject_id=change.pk,
        what=f"“{change.milestone.title}” would cost much more.",
        who="You" if mine else f"A second head of {work.department.name}",
        is_mine=mine,
        since_at=change.proposed_at,
        due_at=None,
        is_late=False,
        then="Both sides agree to it.",
    )


def _ending(work: Award, reader: Reader) -> Iterator[OpenItem]:
    for offer in work.cancellation_offers.all():
        if offer.by_provider:
            mine, who = work.department_id in reader.headed, f"The head of {work.department.name}"
        else:
            mine, who = work.provider_id in reader.leads, work.provider.name
        yield OpenItem(
            kind="agree_end",
            act="Agree to end the work" if mine else "Wait for an answer to ending the work",
            job_id=work.job_id,
            job_title=work.job.title,
            subject_id=offer.pk,
            what="It would end where it stands, for a fee or none.",
            who="You" if mine else who,
            is_mine=mine,
            since_at=offer.offered_at,
            due_at=None,
            is_late=False,
            then="The rest of the promise is free again.",
        )


def _rating(work: Award, reader: Reader, at: datetime) -> Iterator[OpenItem]:
    if not hasattr(work, "completion"):
        return
    rated = {rating.side for rating in work.ratings.all()}
    sides = [
        (RatingSide.DEPARTMENT, work.department_id in reader.departments, work.provider.name),
        (RatingSide.PROVIDER, work.provider_id in reader.leads, work.department.name),
    ]
    until = rate_until(work)
    for side, is_own, other in sides:
        if not is_own:
            continue
        mine = side not in rated
        yield OpenItem(
            kind="rate",
            act="Rate the work" if mine else "Wait for the other rating",
            job_id=work.job_id,
            job_title=work.job.title,
            subject_id=work.pk,
            what=f"With {other}. Eight taps." if mine else "Yours is in.",
            who="You" if mine else other,
            is_mine=mine,
            since_at=work.completion.completed_at,
            due_at=until,
            is_late=False,
            then="Both ratings are shown together.",
        )


def _disputes(reader: Reader, *, finance: bool) -> Iterator[OpenItem]:
    disputes = Dispute.objects.filter(resolution=None)
    if not finance:
        disputes = disputes.filter(
            Q(milestone__award__department__in=reader.departments)
            | Q(milestone__award__provider__in=reader.providers)
        )
    disputes = disputes.select_related("milestone__award__job", "milestone__award__department")
    for dispute in disputes.order_by("raised_at")[:MOST]:
        work = dispute.milestone.award
        yield OpenItem(
            kind="resolve",
            act="Settle a dispute" if finance else "Wait for a dispute to be settled",
            job_id=work.job_id,
            job_title=work.job.title,
            subject_id=dispute.pk,
            what=f"{work.department.name} contests a part of “{dispute.milestone.title}”.",
            who="You" if finance else "Finance",
            is_mine=finance,
            since_at=dispute.raised_at,
            due_at=None,
            is_late=False,
            then="The department is credited, or the charge stands.",
        )
