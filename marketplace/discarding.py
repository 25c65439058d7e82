"""
Drafts of jobs that were thrown away. Their department may have one back for thirty days, with all
that it had; until then nobody sees it, and afterwards it is deleted. Of one that a published job
was copied from there stays, seen by nobody, what its row cannot be without. The words of a waiver
stay of each, in every version that was saved: nobody may delete `Words`, but nothing names these
any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.db.models.deletion import Collector

from marketplace.drafting import AlreadyPublished
from marketplace.job_files import throw_away
from marketplace.models.job_files import JobFile
from marketplace.models.jobs import Criterion, Invitation, Job, Mode, Procedure, TooFewRule
from marketplace.models.panels import PanelSeat
from marketplace.models.people import User
from marketplace.permissions import may_draft_for
from marketplace.refusals import Refusal, Unknown, require

KEPT_FOR = timedelta(days=30)
AT_ONCE = 100  # what is left over goes next time
# What belongs to a draft and goes with it, and copies of it, which go on without it.
ITS_OWN: tuple[type[models.Model], ...] = (Criterion, Invitation, JobFile, Job)
# What of a draft is left where its row must stay: nothing that was written or chosen in it but the
# department, category, policy and currency. Its number, its moments, and who wrote and discarded
# it stay beside them.
BLANK: dict[str, Any] = {
    "title": "",
    "need": "",
    "waiver": None,
    "procedure": Procedure.QUICK,
    "mode": Mode.QUALITY_TO_PRICE,
    "ceiling_minor": None,
    "shows_ceiling": True,
    "point_minor": None,
    "starts_on": None,
    "ends_on": None,
    "questions_until": None,
    "closes_at": None,
    "bids_wanted": 2,
    "too_few_rule": TooFewRule.GO_ON,
    "copied_from": None,
    "source_key": None,
}


class DraftOnRecord(Refusal):
    """What a second head was asked to sign, or a panel to judge, stays where they were asked."""

    code = "draft_on_record"


class NotDiscarded(Refusal):
    """Only what was thrown away can be had back."""

    code = "not_discarded"


@dataclass(frozen=True, slots=True)
class DiscardedDraft:
    """A draft that can still be had back."""

    job_id: UUID
    reference: str
    title: str
    department_name: str
    discarded_at: datetime
    discarded_by: str
    leaves_at: datetime  # from then on nobody has it back, and it is deleted


@transaction.atomic(savepoint=False)
def discard_draft(*, actor: User, job_id: UUID, at: datetime) -> Job:
    """
    Throw a draft away. It was never told to anybody; its department may have it back for 30 days.

    :raises Unknown: there is no such job that the actor can see.
    :raises Forbidden: the actor does not draft for its department.
    :raises AlreadyPublished: a published job is cancelled, not discarded.
    :raises DraftOnRecord: a second head was asked to sign it, or a panel was appointed for it.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(may_draft_for(actor, job.department))
    if job.published_at is not None:
        raise AlreadyPublished(f"“{job.title}” is published; cancel it with a reason.")
    held = _on_record(job)
    # Who sits on a panel was told of the job, and the record says who appointed them.
    if any(isinstance(one, PanelSeat) for one in held):
        raise DraftOnRecord(
            "A panel was appointed for it: that stays on the record, with the draft."
        )
    if held:
        raise DraftOnRecord(
            "A second head was asked to sign it: that stays on the record, with the draft."
        )
    job.discarded_at, job.discarded_by = at, actor
    job.save(update_fields=["discarded_at", "discarded_by"])
    return job


@transaction.atomic(savepoint=False)
def restore_draft(*, actor: User, job_id: UUID, at: datetime) -> Job:
    """
    Have a draft back that was thrown away, with all that it had.

    :raises Unknown: there is no such draft of the actor's departments, or none any more.
    :raises Forbidden: the actor does not draft for its department.
    :raises NotDiscarded: it is there.
    """
    job = Job.objects.written_by(actor).lock(job_id)
    require(may_draft_for(actor, job.department))
    if job.discarded_at is None:
        raise NotDiscarded(f"“{job.title}” is there.")
    if at >= job.discarded_at + KEPT_FOR:
        raise Unknown("There is no such job.")
    job.discarded_at = job.discarded_by = None
    job.save(update_fields=["discarded_at", "discarded_by"])
    return job


def discarded_drafts(*, actor: User, at: datetime) -> list[DiscardedDraft]:
    """Return the drafts of the actor's departments that can be had back, the last one first."""
    found = Job.objects.written_by(actor).filter(discarded_at__gt=at - KEPT_FOR)
    found = found.select_related("department", "discarded_by").order_by("-discarded_at", "pk")
    return [_paper(job) for job in found]


def forget_drafts(*, at: datetime) -> int:
    """Delete the drafts that were thrown away thirty days ago, and return how many."""
    due = _to_forget(at).order_by("discarded_at").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_forget(job_id, at=at) for job_id in list(due))


@transaction.atomic(savepoint=False)
def _forget(job_id: UUID, *, at: datetime) -> bool:
    # Whoever has it back at this moment holds it: it is not due any more, then.
    job = _to_forget(at).select_for_update(of=("self",), skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return False
    copies = Job.objects.filter(copied_from=job)
    copies.filter(published_at=None).update(copied_from=None)
    job.criteria.all().delete()
    job.invitations.all().delete()
    throw_away(job)
    if copies.exists():
        # A published copy names it, and what is published never changes: its row stays, blank.
        Job.objects.filter(pk=job.pk).update(**BLANK)
    else:
        job.delete()
    return True


def _to_forget(at: datetime) -> QuerySet[Job]:
    due = Job.objects.filter(discarded_at__lte=at - KEPT_FOR)
    job = OuterRef("pk")
    named = Exists(Job.objects.published().filter(copied_from=job))
    parts = (Criterion, Invitation, JobFile)
    has_parts = [Exists(part.objects.filter(job=job)) for part in parts]
    return due.exclude(named, *(~one for one in has_parts), **BLANK)


def _on_record(job: Job) -> list[models.Model]:
    """Return what names the draft and is more than a part of it."""
    try:
        Collector(using=DEFAULT_DB_ALIAS, origin=job).collect([job])
    except ProtectedError as held:
        return [one for one in held.protected_objects if not isinstance(one, ITS_OWN)]
    return []


def _paper(job: Job) -> DiscardedDraft:
    assert job.discarded_at is not None  # the database says so
    assert job.discarded_by is not None
    return DiscardedDraft(
        job_id=job.pk,
        reference=job.reference,
        title=job.title,
        department_name=job.department.name,
        discarded_at=job.discarded_at,
        discarded_by=job.discarded_by.name,
        leaves_at=job.discarded_at + KEPT_FOR,
    )
