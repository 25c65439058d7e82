"""Templates: the next job of a kind begins with what was good in the last one."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.drafting import draft_details, draft_job
from marketplace.models.templates import Template
from marketplace.refusals import Forbidden, Unknown
from marketplace.templates import (
    TemplateEnded,
    TemplateNameTaken,
    TemplateNotUsable,
    draft_from_template,
    end_template,
    keep_template,
    templates,
)
from tests.builders import HOUR, NOON, a_draft, a_published_job, details, refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PARTS = ("Plan and rain plan", "The evening itself")


def keep(cast: Cast, **changes: Any) -> Template:
    """Rolf keeps the summer party as a template."""
    job_id = changes.pop("job_id", None) or a_published_job(cast).pk
    usual = {"actor": cast.rolf, "name": "A party", "milestones": PARTS, "at": NOON + HOUR}
    return keep_template(job_id=job_id, **(usual | changes))


def test_a_job_begun_from_a_template_has_its_criteria_and_milestones_and_nobody_in_it(cast: Cast):
    job = draft_from_template(
        actor=cast.maya,
        template_id=keep(cast).pk,
        department_id=cast.marketing.pk,
        title="Autumn party",
        at=NOON + 2 * HOUR,
    )

    begun = draft_details(actor=cast.maya, job_id=job.pk)
    assert begun.title == "Autumn party"
    assert [(one.name, one.weight, one.question) for one in begun.criteria] == [
        ("Idea", 60, "What will guests remember?"),
        ("Care", 40, "Who is there on the day?"),
    ]
    assert "1. Plan and rain plan\n2. The evening itself" in begun.need
    assert (begun.ceiling, begun.point, begun.closes_at, begun.starts_on) == (None,) * 4
    assert (begun.invited, begun.waiver) == ((), "")
    assert job.author == cast.maya


def test_a_template_is_there_for_the_departments_below_and_for_no_other(cast: Cast):
    keep(cast)

    assert [one.name for one in templates(actor=cast.rolf)] == ["A party"]
    assert [one.name for one in templates(actor=cast.gerd)] == ["A party"]  # heads the house above
    for person in (cast.sam, cast.pia, cast.vera, cast.adam):
        assert templates(actor=person) == []


def test_what_the_house_keeps_every_department_may_begin_with(cast: Cast):
    job = draft_job(
        actor=cast.gerd, department_id=cast.house.pk, details=details(cast), at=NOON - HOUR
    )
    template = keep(cast, job_id=job.pk, actor=cast.gerd)

    assert [one.may_end for one in templates(actor=cast.sam)] == [False]
    with refused(Forbidden):
        end_template(actor=cast.sam, template_id=template.pk, at=NOON + 2 * HOUR)


def test_a_template_that_was_ended_begins_nothing(cast: Cast):
    template = keep(cast)
    end_template(actor=cast.maya, template_id=template.pk, at=NOON + 2 * HOUR)

    assert templates(actor=cast.rolf) == []
    with refused(TemplateEnded):
        draft_from_template(
            actor=cast.rolf,
            template_id=template.pk,
            department_id=cast.marketing.pk,
            at=NOON + 3 * HOUR,
        )
    with refused(TemplateEnded):
        end_template(actor=cast.maya, template_id=template.pk, at=NOON + 3 * HOUR)
    keep(cast, job_id=a_draft(cast).pk)  # its name is free again


def test_what_cannot_be_kept_as_a_template(cast: Cast):
    job = a_draft(cast)
    keep(cast, job_id=job.pk)
    with refused(TemplateNameTaken):
        keep(cast, job_id=job.pk)
    with refused(TemplateNotUsable):
        keep(cast, job_id=job.pk, name=" ")
    with refused(TemplateNotUsable) as said:
        keep(cast, job_id=job.pk, name="Another", milestones=["x" * 201])
    assert said.value.field == "milestones"
    with refused(Unknown):
        keep(cast, job_id=job.pk, name="Another", actor=cast.vera)
