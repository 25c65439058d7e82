"""Two halves of one purchase are published at once: the second one waits for a second head."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ledger.commissioning import SecondSignatureNeeded, publish_job
from ledger.publishing_limits import state_publishing_limit
from marketplace.models.jobs import Job
from tests.builders import DAY, NOON, a_draft, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.races.starting import at_once

pytestmark = pytest.mark.races


def test_halves_published_at_once_are_counted_together(founded: Cast, as_role: Any) -> None:
    builders.grant(founded)
    state_publishing_limit(
        actor=founded.adam,
        department_id=founded.marketing.pk,
        job_limit=None,
        year_limit=eur("25000"),
        reason="Large work is seen by two.",
        at=NOON - 2 * DAY,
    )
    drafts = [a_draft(founded, ceiling=eur("15000")).pk for _ in range(8)]
    as_role("web")

    def publish(job_id: UUID, late: int) -> Job:
        # Who was asked last may come first.
        return publish_job(actor=founded.maya, job_id=job_id, at=NOON + late * timedelta(seconds=1))

    outcomes = at_once(
        8, [lambda job=job, late=late: publish(job, late) for late, job in enumerate(drafts)]
    )

    # 15,000.00 is under 25,000.00; twice that is not.
    assert Counter(type(one) for one in outcomes) == {Job: 1, SecondSignatureNeeded: 7}
    assert Job.objects.filter(pk__in=drafts, published_at__isnull=False).count() == 1
