"""What happened to a job, as far as its reader may know it, with the promises that were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from bids.models.bids import Bid
from ledger.models.awards import Award, ChangeOrder, Delivery, Dispute, NoAward
from ledger.models.objections import Objection
from ledger.models.retentions import Retention
from ledger.models.signatures import LateCharge
from ledger.reports.desk_jobs import REPLY_BUSINESS_DAYS
from ledger.reports.reading import Reader
from ledger.reports.wording import told
from ledger.standstill import RULING_DAYS, ruling_due_at
from marketplace.calendar import business_days_after
from marketplace.models.events import Audience, Event
from marketplace.models.jobs import Job
from marketplace.models.people import Office
from marketplace.models.questions import Addendum, Question
from marketplace.money import Money

KEPT, MISSED = "kept", "missed"
A_BIDDER = "A bidder"


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """Something that happened."""

    at: datetime
    kind: str  # the event's
    text: str  # “Question answered”
    who: str  # a name, or a side where the name is nobody's business
    detail: str
    words: str  # what somebody wrote: an answer, a reason
    promise: str  # kept, missed, or empty where nothing was promised
    promise_text: str


Kinds = frozenset[str]  # of the events that the reader is told of


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands beside an event: words, and what had been promised."""

    words: str = ""
    detail: str = ""
    promise: str = ""
    promise_text: str = ""


def timeline_facts(reader: Reader, job: Job, work: Award | None) -> tuple[TimelineFact, ...]:
    """Return what happened, the oldest first. `work` is the award, where the reader sees it."""
    events = list(_events(reader, job))
    # What no event tells of is not asked for.
    kinds = frozenset(event.kind for event in events)
    said = _around_the_job(job, kinds) | (_around_the_work(work, kinds) if work else {})
    facts = [_fact(event, said.get((event.kind, event.subject_id), _Said())) for event in events]
    if work is None and (decided := _decided(reader, job)):
        facts.append(decided)
    return tuple(_joined(sorted(facts, key=lambda fact: fact.at)))


def _joined(facts: Iterable[TimelineFact]) -> Iterator[TimelineFact]:
    """Make one fact of neighbours that differ in their detail alone: twelve scores are a line."""
    for _key, run in groupby(facts, key=_likeness):
        first, *others = run
        details = dict.fromkeys(fact.detail for fact in (first, *others) if fact.detail)
        yield replace(first, detail=", ".join(details))


def _likeness(fact: TimelineFact) -> tuple[object, ...]:
    told_apart = (fact.at, fact.words, fact.promise) if fact.words or fact.promise else ()
    return (fact.kind, fact.who, fact.at.date(), *told_apart)


def _events(reader: Reader, job: Job) -> QuerySet[Event]:
    circles = Q(audience=Audience.ALL)
    own = Q(provider__in=reader.providers, audience__in=[Audience.PROVIDER, Audience.BOTH])
    circles |= own
    if reader.buys(job.department_id) or reader.reads_all_books:
        circles |= Q(audience__in=[Audience.BUYER, Audience.BOTH])
    if reader.offices & {Office.FINANCE, Office.AUDITOR}:
        circles |= Q(audience=Audience.COMPANY)
    if reader.audits and job.opened_at is not None:
        circles |= Q(audience=Audience.PROVIDER)
    events = Event.objects.filter(circles, job=job).select_related("actor", "provider")
    return events.defer("body", "salt", "leaf").order_by("happened_at", "pk")


def _fact(event: Event, said: _Said) -> TimelineFact:
    detail = said.detail or (event.provider.name if event.provider else "")
    return TimelineFact(
        at=event.happened_at,
        kind=event.kind,
        text=told(event.kind),
        who=event.actor.name,
        detail=detail,
        words=said.words,
        promise=said.promise,
        promise_text=said.promise_text,
    )


def _decided(reader: Reader, job: Job) -> TimelineFact | None:
    """Return the choice as the bidders who were not chosen are told it."""
    own = Bid.objects.standing().filter(job=job, provider__in=reader.providers)
    award = Award.objects.filter(job=job).select_related("chosen_by", "provider").first()
    if award is None or not own.exists():
        return None
    return TimelineFact(
        at=award.chosen_at,
        kind="award.made",
        text=told("award.made"),
        who=award.chosen_by.name,
        detail=f"{award.provider.name} was chosen. Your debrief says more.",
        words="",
        promise="",
        promise_text="",
    )


def _tell_of(what: str, kinds: Kinds) -> bool:
    return any(kind.startswith(what) for kind in kinds)


def _around_the_job(job: Job, kinds: Kinds) -> dict[tuple[str, UUID], _Said]:
    said: dict[tuple[str, UUID], _Said] = {}
    for question in Question.objects.filter(job=job) if _tell_of("question", kinds) else ():
        said["question.asked", question.pk] = _Said(words=question.text)
        if question.answered_at:
            said["question.answered", question.pk] = _answered(question, question.answered_at)
    for addendum in Addendum.objects.filter(job=job) if "job.addendum" in kinds else ():
        words = _Said(words=addendum.text, detail=f"Number {addendum.number}")
        # The event may be about the addendum or about the job that it changes.
        said["job.addendum", addendum.pk] = words
    if job.cancellation:
        said["job.cancelled", job.pk] = _Said(words=job.cancellation.text)
    if "job.not_awarded" in kinds:
        for ended in NoAward.objects.filter(job=job).select_related("reason"):
            said["job.not_awarded", job.pk] = _Said(words=ended.reason.text)
    if _tell_of("objection", kinds):
        said |= _around_the_objections(job)
    return said | (_around_withdrawn_choices(job) if "award.withdrawn" in kinds else {})


def _around_the_objections(job: Job) -> dict[tuple[str, UUID], _Said]:
    """What stands beside objections and rulings: whoever reads the event."""
    said: dict[tuple[str, UUID], _Said] = {}
    objections = Objection.objects.filter(award__job=job)
    for one in objections.select_related("reason", "provider", "ruling__reason"):
        said["objection.raised", one.pk] = _Said(words=one.reason.text, detail=one.provider.name)
        if hasattr(one, "ruling"):
            said["objection.decided", one.pk] = _ruled(one)
    return said


def _around_withdrawn_choices(job: Job) -> dict[tuple[str, UUID], _Said]:
    said: dict[tuple[str, UUID], _Said] = {}
    choices = Award.record.filter(job=job, withdrawal__isnull=False)
    for choice in choices.select_related("provider", "reason", "withdrawal__reason"):
        name = choice.provider.name
        said["award.made", choice.pk] = _Said(
            words=choice.reason.text, detail=f"{name}, {choice.price}"
        )
        said["award.withdrawn", choice.pk] = _Said(
            words=choice.withdrawal.reason.text,
            detail=f"{name}: {choice.withdrawal.get_cause_display()}",
        )
    return said


def _ruled(objection: Objection) -> _Said:
    ruling = objection.ruling
    kept = ruling.decided_at <= ruling_due_at(objection)
    return _Said(
        words=ruling.reason.text,
        detail="Upheld" if ruling.upheld else "Not upheld",
        promise=KEPT if kept else MISSED,
        promise_text=f"A decision within {RULING_DAYS} business days was promised.",
    )


def _answered(question: Question, answered_at: datetime) -> _Said:
    kept = answered_at <= business_days_after(question.asked_at, REPLY_BUSINESS_DAYS)
    return _Said(
        words=question.answer,
        detail="To every bidder",
        promise=KEPT if kept else MISSED,
        promise_text="An answer within one business day was promised.",
    )


def _around_the_work(work: Award, kinds: Kinds) -> dict[tuple[str, UUID], _Said]:
    said = {
        ("award.made", work.pk): _Said(
            words=work.reason.text, detail=f"{work.provider.name}, {work.price}"
        )
    }
    said |= _around_the_choice(work, kinds)
    deliveries = Delivery.objects.filter(milestone__award=work).select_related(
        "milestone", "note", "acceptance", "returned__missing"
    )
    for delivery in deliveries if _tell_of("delivery", kinds) else ():
        said |= _around_a_delivery(delivery)
    changes = ChangeOrder.objects.filter(award=work).select_related("reason", "milestone")
    for change in changes if _tell_of("change", kinds) else ():
        words = _Said(words=change.reason.text, detail=change.milestone.title)
        said["change.proposed", change.pk] = words
        said["change.agreed", change.pk] = replace(words, words="")
        said["change.signed", change.pk] = replace(words, words="")
    disputes = Dispute.objects.filter(milestone__award=work)
    disputes = disputes.select_related("reason", "resolution__reason", "milestone")
    for dispute in disputes if _tell_of("dispute", kinds) else ():
        detail = dispute.milestone.title
        said["dispute.raised", dispute.pk] = _Said(words=dispute.reason.text, detail=detail)
        if hasattr(dispute, "resolution"):
            reason = dispute.resolution.reason.text
            said["dispute.resolved", dispute.pk] = _Said(words=reason, detail=detail)
    return said


def _around_the_choice(work: Award, kinds: Kinds) -> dict[tuple[str, UUID], _Said]:
    said: dict[tuple[str, UUID], _Said] = {}
    if work.replaces is not None and hasattr(work, "override"):
        first = work.replaces
        of_first = _Said(words=first.reason.text, detail=f"{first.provider.name}, {first.price}")
        said["award.made", first.pk] = of_first
        chosen = f"{work.provider.name}, {work.price}"
        said["award.overridden", work.pk] = _Said(words=work.reason.text, detail=chosen)
    ended = {"award.cancellation_offered", "award.cancelled"} & kinds
    for offer in work.cancellation_offers.select_related("reason") if ended else ():
        fee = f"For a fee of {Money(offer.fee_minor, work.currency)}"
        said["award.cancellation_offered", offer.pk] = _Said(words=offer.reason.text, detail=fee)
        said["award.cancelled", offer.pk] = _Said(detail=fee)
    retained = Retention.objects.filter(milestone__award=work).select_related("milestone")
    for kept in retained if "retention.released" in kinds else ():
        said["retention.released", kept.pk] = _Said(detail=kept.milestone.title)
    late = LateCharge.objects.filter(milestone__award=work).select_related("milestone", "reason")
    for allowed in late if "milestone.late_charge_allowed" in kinds else ():
        words = _Said(words=allowed.reason.text, detail=allowed.milestone.title)
        said["milestone.late_charge_allowed", allowed.milestone_id] = words
    return said


def _around_a_delivery(delivery: Delivery) -> dict[tuple[str, UUID], _Said]:
    milestone = delivery.milestone
    made = _Said(words=delivery.note.text if delivery.note else "", detail=milestone.title)
    if milestone.due_on:
        on = delivery.delivered_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        made = replace(
            made,
            promise=KEPT if on <= milestone.due_on else MISSED,
            promise_text=f"It was promised for {milestone.due_on:%-d %B %Y}.",
        )
    said = {("delivery.made", delivery.pk): made}
    if hasattr(delivery, "acceptance"):
        silent = delivery.acceptance.by_silence
        accepted = _Said(
            detail=milestone.title,
            promise=MISSED if silent else KEPT,
            promise_text="By silence." if silent else "Within the days for it.",
        )
        # The acceptance, the delivery or the milestone: an event names one of them.
        for subject in (delivery.pk, milestone.pk):
            said["delivery.accepted", subject] = accepted
    if hasattr(delivery, "returned"):
        words = delivery.returned.missing.text
        said["delivery.returned", delivery.pk] = _Said(words=words, detail=milestone.title)
    return said
