"""On the desk of a buyer: drafts, questions, jobs out for bids, bids to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q

from ledger.reports.choosing import choice_notes, choosing, to_decide
from ledger.reports.custody import opener, to_choose
from ledger.reports.open_items import OpenItem
from ledger.reports.reading import Reader
from ledger.reports.states import noted, opening_waits_for
from marketplace.calendar import business_days_after
from marketplace.models.jobs import Job
from marketplace.models.questions import Question
from marketplace.together import gathered

MOST = 100  # of each kind; a desk that is longer is a list, and the register has it
REPLY_BUSINESS_DAYS = 1


def job_items(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    """Return what waits around the jobs of the reader's departments before a choice."""
    if not reader.departments:
        return
    yield from gathered(
        lambda: _drafts(reader),
        lambda: _questions(reader, at),
        lambda: _out_for_bids(reader, at),
        lambda: _to_choose(reader, at),
    )


def _drafts(reader: Reader) -> Iterator[OpenItem]:
    drafts = Job.objects.kept().filter(
        Q(author=reader.user) | Q(department__in=reader.headed),
        department__in=reader.departments,
        published_at=None,
        cancelled_at=None,
    )
    for job in drafts.select_related("department").order_by("-saved_at")[:MOST]:
        heads = job.department_id in reader.headed
        yield OpenItem(
            kind="publish",
            act="Check and publish" if heads else "Finish the draft",
            job_id=job.pk,
            job_title=job.title,
            subject_id=job.pk,
            what=f"A draft of {job.department.name}.",
            who="You",
            is_mine=True,
            since_at=job.saved_at,
            due_at=None,
            is_late=False,
            then="The providers invited are told.",
        )


def _questions(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    questions = Question.objects.filter(
        job__department__in=reader.departments,
        job__closed_at=None,
        job__cancelled_at=None,
        answered_at=None,
    )
    for question in questions.select_related("job").order_by("asked_at")[:MOST]:
        due_at = business_days_after(question.asked_at, REPLY_BUSINESS_DAYS)
        yield OpenItem(
            kind="answer",
            act="Answer a question",
            job_id=question.job_id,
            job_title=question.job.title,
            subject_id=question.pk,
            what=f"“{question.text}”",
            who="You",
            is_mine=True,
            since_at=question.asked_at,
            due_at=due_at,
            is_late=due_at < at,
            then="The answer goes to every bidder.",
        )


def _out_for_bids(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    jobs = Job.objects.published().filter(
        department__in=reader.departments, opened_at=None, cancelled_at=None
    )
    jobs = jobs.annotate(opening_waits_for=opening_waits_for()).select_related("department")
    for job in jobs.order_by("closes_at")[:MOST]:
        is_open = job.closed_at is None and job.closes_at is not None and job.closes_at > at
        yield OpenItem(
            kind="bids" if is_open else "opening",
            act="Open for bids, sealed" if is_open else "Wait for the opening",
            job_id=job.pk,
            job_title=job.title,
            subject_id=job.pk,
            what="Nobody can read a bid, or know that there is one, before the opening.",
            who="Bidders" if is_open else opener(job, reader),
            is_mine=False,
            since_at=job.published_at or job.drafted_at,
            due_at=job.closes_at if is_open else None,
            is_late=False,
            then="All bids are opened together.",
        )


def _to_choose(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    standing = Q(bids__withdrawn_at=None)
    jobs = (
        Job.objects.filter(
            to_decide(),
            department__in=reader.departments,
            opened_at__isnull=False,
            cancelled_at=None,
            no_award=None,
        )
        .annotate(
            bid_count=Count("bids", filter=standing),
            **choice_notes(reader.providers),
        )
        .select_related("department")
    )
    for job in jobs.order_by("opened_at")[:MOST]:
        choice = choosing(job, reader)
        now = to_choose(job, choice)
        mine = job.department_id in reader.headed and not choice.waits_for
        count = noted(job, "bid_count")
        yield OpenItem(
            kind="choose" if mine else "choice",
            act="Choose a bid",
            job_id=job.pk,
            job_title=job.title,
            subject_id=job.pk,
            what="One bid, opened." if count == 1 else f"{count} bids, opened.",
            who="You" if mine else now.has_it,
            is_mine=mine,
            since_at=now.since_at,
            due_at=now.due_at,
            is_late=now.is_late(at),
            then=now.then,
        )
