"""Jobs while they are written: saved over and over, seen by their department alone."""

from collections.abc import Sequence
from datetime import datetime
from secrets import choice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.details import (
    DEFAULT_LEVELS,
    RATED_LEVELS,
    CriterionDraft,
    JobDetails,
    refuse_unusable,
)
from marketplace.models.departments import Department
from marketplace.models.jobs import Criterion, CriterionKind, Invitation, Job
from marketplace.models.people import User
from marketplace.models.providers import Category, Provider
from marketplace.money import CurrencyMismatch
from marketplace.offering import refuse_not_offered
from marketplace.permissions import may_draft_for
from marketplace.policies import IMPORTED, STANDARD, policy_in_force
from marketplace.refusals import Refusal, Unknown, require
from marketplace.rows import insert, insert_all
from marketplace.words import keep

__all__ = [
    "DEFAULT_LEVELS",
    "AlreadyPublished",
    "CriterionDraft",
    "JobDetails",
    "JobKeyTaken",
    "RulesForRecords",
    "draft_details",
    "draft_job",
    "new_reference",
    "save_draft",
]

# No 0 or O, 1 or I: people read references aloud.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class AlreadyPublished(Refusal):
    """What is published changes by an addendum only."""

    code = "already_published"


class RulesForRecords(Refusal):
    """A job of one's own is not written under the rules for other systems' records."""

    code = "rules_for_records"
    field = "policy_code"


class JobKeyTaken(Refusal):
    """The same job of another system was taken over already."""

    code = "source_key_taken"
    field = "source_key"


@transaction.atomic(savepoint=False)
def draft_job(
    *,
    actor: User,
    department_id: UUID,
    details: JobDetails,
    at: datetime,
    policy_code: str = STANDARD,
    copied_from_id: UUID | None = None,
    source_key: str | None = None,
) -> Job:
    """
    Begin a job. It enters the record when it is published.

    :raises Unknown: no such department, earlier job, kind of work, provider or policy.
    :raises Forbidden: the actor does not draft for this department.
    :raises RulesForRecords: only the importer drafts under the rules for imported jobs.
    :raises PolicyNotOffered: finance does not offer these rules now.
    :raises JobKeyTaken: another system's job was taken over already.
    :raises TitleTooLong, NotAChoice, CeilingNotPositive, PointNegative, CurrencyMismatch,
        CriterionNotUsable, DatesBackwards: the rules say no.
    """
    department = Department.objects.visible_to(actor).one(department_id)
    require(may_draft_for(actor, department))
    # Those rules limit no budget and ask for no reason: nobody may choose them for a real job.
    if policy_code == IMPORTED and not actor.is_system:
        raise RulesForRecords("These rules are for jobs that another system's record tells of.")
    policy = policy_in_force(policy_code, at.date())
    refuse_not_offered(actor, policy_code, at.date())
    copied = Job.objects.of_department_of(actor).one(copied_from_id) if copied_from_id else None
    if source_key and _job_of.exists(source_key):
        raise JobKeyTaken(f"“{source_key}” is here already.")
    job = Job(
        reference=new_reference("J"),
        department=department,
        policy=policy,
        author=actor,
        copied_from=copied,
        source_key=source_key,
        drafted_at=at,
    )
    _write(job, actor, details, is_new=True, at=at)
    return job


@transaction.atomic(savepoint=False)
def save_draft(
    *,
    actor: User,
    job_id: UUID,
    details: JobDetails,
    at: datetime,
    policy_code: str | None = None,
) -> Job:
    """
    Save a draft anew, as a whole; under other rules, if some are named.

    :raises Unknown: no such job, kind of work or provider that the actor can see.
    :raises Forbidden: the actor does not draft for its department.
    :raises AlreadyPublished: it is no draft any more. And as `draft_job`.
    """
    job = Job.objects.visible_to(actor).lock(job_id)
    require(may_draft_for(actor, job.department))
    if job.published_at is not None:
        raise AlreadyPublished(f"“{job.title}” is published; write an addendum to change it.")
    if policy_code and policy_code != job.policy.code:
        job.policy = policy_in_force(policy_code, at.date())
        refuse_not_offered(actor, policy_code, at.date())
    _write(job, actor, details, is_new=False, at=at)
    return job


def draft_details(*, actor: User, job_id: UUID) -> JobDetails:
    """
    Return what the department wrote about one of its jobs, to fill the form or to begin another.

    :raises Unknown: there is no such job of the actor's departments.
    """
    job = Job.objects.of_department_of(actor).one(job_id)
    return JobDetails(
        title=job.title,
        category_id=job.category_id,
        need=job.need,
        procedure=job.procedure,
        mode=job.mode,
        currency=job.currency,
        ceiling=job.ceiling,
        shows_ceiling=job.shows_ceiling,
        point=None if job.point_minor is None else job.point_value,
        starts_on=job.starts_on,
        ends_on=job.ends_on,
        questions_until=job.questions_until,
        closes_at=job.closes_at,
        bids_wanted=job.bids_wanted,
        too_few_rule=job.too_few_rule,
        criteria=tuple(
            CriterionDraft(
                one.name, one.weight, one.question, tuple(one.levels), one.knock_out, one.kind
            )
            for one in job.criteria.order_by("position")
        ),
        invited=tuple(
            job.invitations.order_by("provider__name", "provider_id").values_list(
                "provider_id", flat=True
            )
        ),
        waiver=job.waiver.text if job.waiver else "",
    )


def new_reference(letter: str) -> str:
    """Return a random reference like J-7K3F-2A9M: it tells nothing of how many there are."""
    signs = "".join(choice(ALPHABET) for _ in range(8))
    return f"{letter}-{signs[:4]}-{signs[4:]}"


def _write(job: Job, actor: User, details: JobDetails, *, is_new: bool, at: datetime) -> None:
    refuse_unusable(details)
    category = _category.first(details.category_id)
    if category is None:
        raise Unknown("There is no such kind of work.")
    job.category = category
    job.currency = details.currency or job.department.currency
    for amount in (details.ceiling, details.point):
        if amount is not None and amount.currency != job.currency:
            raise CurrencyMismatch(f"{amount} is not in {job.currency}, the job's currency.")
    for name, value in _columns(details).items():
        setattr(job, name, value)
    # Words are never changed, so they are written again only when they differ.
    waiver = details.waiver.strip()
    if waiver != (job.waiver.text if job.waiver else ""):
        job.waiver = keep(waiver, at=at) if waiver else None
    job.saved_at = at
    if is_new:
        insert(job)
    else:
        job.save()
    _write_criteria(job, details.criteria, is_new=is_new)
    _write_invitations(job, actor, details.invited, is_new=is_new, at=at)


@Kept
def _job_of(source_key: str) -> QuerySet[Job]:
    return Job.objects.filter(source_key=source_key)


@Kept
def _category(id: UUID) -> QuerySet[Category]:
    return Category.objects.filter(pk=id)


def _columns(details: JobDetails) -> dict[str, Any]:
    return {
        "title": details.title.strip(),
        "need": details.need.strip(),
        "procedure": details.procedure,
        "mode": details.mode,
        "ceiling_minor": details.ceiling.minor if details.ceiling else None,
        "shows_ceiling": details.shows_ceiling,
        "point_minor": details.point.minor if details.point is not None else None,
        "starts_on": details.starts_on,
        "ends_on": details.ends_on,
        "questions_until": details.questions_until,
        "closes_at": details.closes_at,
        "bids_wanted": details.bids_wanted,
        "too_few_rule": details.too_few_rule,
    }


def _write_criteria(job: Job, criteria: Sequence[CriterionDraft], *, is_new: bool) -> None:
    if not is_new:
        job.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(
            job=job,
            position=position,
            name=criterion.name.strip(),
            question=criterion.question.strip(),
            weight=criterion.weight,
            levels=_levels(criterion),
            knock_out=criterion.knock_out,
            kind=criterion.kind,
        )
        for position, criterion in enumerate(criteria, start=1)
    )


def _levels(criterion: CriterionDraft) -> list[str]:
    if criterion.kind == CriterionKind.PAST_RATINGS:
        return list(RATED_LEVELS)  # the words in which departments rated
    return [level.strip() for level in criterion.levels]


def _write_invitations(
    job: Job, actor: User, invited: Sequence[UUID], *, is_new: bool, at: datetime
) -> None:
    wanted = set(invited)
    if Provider.objects.visible_to(actor).filter(pk__in=wanted).count() != len(wanted):
        raise Unknown("There is no such provider.")
    there: set[UUID] = set()
    if not is_new:
        job.invitations.exclude(provider__in=wanted).delete()
        there = set(job.invitations.values_list("provider_id", flat=True))
    insert_all(
        Invitation(job=job, provider_id=provider_id, invited_at=at)
        for provider_id in dict.fromkeys(invited)
        if provider_id not in there
    )
