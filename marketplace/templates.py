"""Templates: what was good in one job is kept, and the next one of its kind begins with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.details import CriterionDraft, JobDetails, refuse_unusable
from marketplace.drafting import draft_job
from marketplace.history import record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.jobs import CriterionKind, Job
from marketplace.models.people import User
from marketplace.models.templates import Template
from marketplace.permissions import may_draft_for
from marketplace.policies import STANDARD
from marketplace.refusals import Refusal, require

MILESTONES_MOST = 20


class TemplateNameTaken(Refusal):
    """Two templates of one name could not be told apart."""

    code = "template_name_taken"
    field = "name"


class TemplateNotUsable(Refusal):
    """A template has a name, and milestones of one line each."""

    code = "template_not_usable"
    field = "name"


class TemplateEnded(Refusal):
    """It was taken out of use."""

    code = "template_ended"


@dataclass(frozen=True, slots=True)
class TemplateCriterion:
    """What bids are judged on, with words for each level."""

    name: str
    weight: int
    question: str
    levels: tuple[str, ...]
    knock_out: int | None
    kind: str = CriterionKind.JUDGED.value  # those kept before there was another have none


@dataclass(frozen=True, slots=True)
class TemplatePaper:
    """What a job begins with: no bids, no people, no dates and no amounts."""

    id: UUID
    name: str
    department_id: UUID
    department_name: str
    title: str
    category_id: UUID
    category_name: str
    need: str
    procedure: str
    mode: str
    bids_wanted: int
    too_few_rule: str
    criteria: tuple[TemplateCriterion, ...]
    milestones: tuple[str, ...]
    kept_by: str
    kept_at: datetime
    may_end: bool

    @property
    def whole_need(self) -> str:
        """The need, and the parts in which the work is wanted."""
        if not self.milestones:
            return self.need
        parts = "\n".join(f"{n}. {title}" for n, title in enumerate(self.milestones, start=1))
        return f"{self.need}\n\nThe work is handed over in these parts:\n{parts}".strip()


@transaction.atomic(savepoint=False)
def keep_template(
    *, actor: User, job_id: UUID, name: str, at: datetime, milestones: Sequence[str] = ()
) -> Template:
    """
    Keep what a job is judged on as a template of its department, for those below it as well.

    :raises Unknown: there is no such job of the actor's departments.
    :raises Forbidden: the actor does not draft for its department.
    :raises TemplateNotUsable, TemplateNameTaken: the rules say no.
    """
    job = Job.objects.of_department_of(actor).select_related("department").lock(job_id)
    require(may_draft_for(actor, job.department))
    called, parts = name.strip(), [one.strip() for one in milestones if one.strip()]
    if not called or len(called) > 120:
        raise TemplateNotUsable("Name the template in 1 to 120 characters.")
    if len(parts) > MILESTONES_MOST or any(len(one) > 200 for one in parts):
        refusal = TemplateNotUsable(f"Name up to {MILESTONES_MOST} parts, each in one line.")
        refusal.field = "milestones"
        raise refusal
    refuse_taken(job.department, called)

    template = Template.objects.create(
        department=job.department,
        name=called,
        title=job.title,
        category_id=job.category_id,
        need=job.need,
        procedure=job.procedure,
        mode=job.mode,
        bids_wanted=job.bids_wanted,
        too_few_rule=job.too_few_rule,
        criteria=list(
            job.criteria.order_by("position").values(
                "name", "weight", "question", "levels", "knock_out", "kind"
            )
        ),
        milestones=parts,
        kept_by=actor,
        kept_at=at,
    )
    record(actor, "template.kept", template, at=at, audience=Audience.COMPANY)
    return template


@transaction.atomic(savepoint=False)
def end_template(*, actor: User, template_id: UUID, at: datetime) -> Template:
    """
    Take a template out of use. Jobs that began with it are not touched.

    :raises Unknown: there is no such template to see.
    :raises Forbidden: the actor does not draft for its department.
    :raises TemplateEnded: it is out of use already.
    """
    template = _in_use(Template.objects.visible_to(actor).lock(template_id))
    require(may_draft_for(actor, template.department))
    template.ended_at, template.ended_by = at, actor
    template.save(update_fields=["ended_at", "ended_by"])
    record(actor, "template.ended", template, at=at, audience=Audience.COMPANY)
    return template


@transaction.atomic(savepoint=False)
def draft_from_template(
    *,
    actor: User,
    template_id: UUID,
    department_id: UUID,
    at: datetime,
    title: str = "",
    policy_code: str = STANDARD,
) -> Job:
    """
    Begin a job with what a template holds.

    :raises Unknown, Forbidden, PolicyNotOffered: as `draft_job`.
    :raises TemplateEnded: it is out of use.
    """
    paper = template(actor=actor, template_id=template_id)
    return draft_job(
        actor=actor,
        department_id=department_id,
        details=details_from(paper, title=title),
        policy_code=policy_code,
        at=at,
    )


def templates(*, actor: User) -> list[TemplatePaper]:
    """Return the templates that the person's jobs may begin with, by name."""
    found = Template.objects.visible_to(actor).filter(ended_at=None)
    rows = found.select_related("department", "category", "kept_by")
    return [_paper(actor, one) for one in rows.order_by("name", "kept_at", "pk")]


def template(*, actor: User, template_id: UUID) -> TemplatePaper:
    """
    Return one of them.

    :raises Unknown: there is no such template to see.
    :raises TemplateEnded: it is out of use.
    """
    found = Template.objects.visible_to(actor).select_related("department", "category", "kept_by")
    return _paper(actor, _in_use(found.one(template_id)))


def details_from(paper: TemplatePaper, *, title: str = "") -> JobDetails:
    """Return what a job that begins with a template says at first."""
    details = JobDetails(
        title=title.strip() or paper.title,
        category_id=paper.category_id,
        need=paper.whole_need,
        procedure=paper.procedure,
        mode=paper.mode,
        bids_wanted=paper.bids_wanted,
        too_few_rule=paper.too_few_rule,
        criteria=tuple(
            CriterionDraft(one.name, one.weight, one.question, one.levels, one.knock_out, one.kind)
            for one in paper.criteria
        ),
    )
    refuse_unusable(details)
    return details


def refuse_taken(department: Department, name: str) -> None:
    """:raises TemplateNameTaken: the department has one of that name in use."""
    if Template.objects.filter(department=department, name=name, ended_at=None).exists():
        raise TemplateNameTaken(f"“{name}” is there already. End it first, or name this another.")


def _in_use(found: Template) -> Template:
    if found.ended_at is not None:
        raise TemplateEnded(f"“{found.name}” is out of use.")
    return found


def _paper(actor: User, one: Template) -> TemplatePaper:
    return TemplatePaper(
        id=one.pk,
        name=one.name,
        department_id=one.department_id,
        department_name=one.department.name,
        title=one.title,
        category_id=one.category_id,
        category_name=one.category.name,
        need=one.need,
        procedure=one.procedure,
        mode=one.mode,
        bids_wanted=one.bids_wanted,
        too_few_rule=one.too_few_rule,
        criteria=tuple(
            TemplateCriterion(**(criterion | {"levels": tuple(criterion["levels"])}))
            for criterion in one.criteria
        ),
        milestones=tuple(one.milestones),
        kept_by=one.kept_by.name,
        kept_at=one.kept_at,
        may_end=may_draft_for(actor, one.department),
    )
