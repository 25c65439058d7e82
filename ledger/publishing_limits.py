"""Above which amounts a second head signs a publication: of one job, and of a year's jobs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.models.publications import PublishingLimit
from marketplace.history import Fact, record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.permissions import may_administer
from marketplace.refusals import ReasonMissing, Refusal, require
from marketplace.words import keep


class NotAPublishingLimit(Refusal):
    """A limit is zero or more, in the department's currency; or there is none."""

    code = "not_a_publishing_limit"
    field = "job_limit"


@transaction.atomic(savepoint=False)
def state_publishing_limit(
    *,
    actor: User,
    department_id: UUID,
    job_limit: Money | None,
    year_limit: Money | None,
    reason: str,
    at: datetime,
) -> PublishingLimit:
    """
    State above which ceiling a second head signs what a department publishes, and above which sum
    of the ceilings of one kind of work in twelve months. The first binds choices, too, by their
    price. It is also that of the departments below which have none of their own. Without an
    amount, one head publishes.

    :raises Unknown: there is no such department.
    :raises Forbidden: only an administrator sets thresholds: not those whom they bind.
    :raises NotAPublishingLimit, ReasonMissing: the rules say no.
    """
    department = Department.objects.visible_to(actor).one(department_id)
    require(may_administer(actor), "An administrator sets the limit, not those whom it binds.")
    for limit in (job_limit, year_limit):
        if limit and (limit.minor < 0 or limit.currency != department.currency):
            raise NotAPublishingLimit(f"Give zero or more in {department.currency}, or nothing.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why; it stays on the record.")
    stated = PublishingLimit.objects.create(
        department=department,
        job_minor=None if job_limit is None else job_limit.minor,
        year_minor=None if year_limit is None else year_limit.minor,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {
        "department": str(department.pk),
        "job_minor": stated.job_minor,
        "year_minor": stated.year_minor,
        "currency": department.currency,
    }
    record(actor, "limit.stated", stated, at=at, audience=Audience.COMPANY, facts=facts)
    return stated
