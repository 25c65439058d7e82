"""On the desk of those who decide an objection, and of who objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from ledger.models.objections import Objection
from ledger.reports.deciding import decidable
from ledger.reports.desk_jobs import MOST
from ledger.reports.open_items import OpenItem
from ledger.reports.reading import Reader
from ledger.standstill import ruling_due_at


def objection_items(reader: Reader, at: datetime) -> Iterator[OpenItem]:
    """What bidders object to: on the desk of those who may decide, and of who objected."""
    waiting = Objection.objects.open().filter(
        Q(award__department__in=reader.headed) | Q(provider__in=reader.providers)
    )
    if reader.audits:
        waiting = Objection.objects.open()
    about = waiting.select_related("award__job__department", "award__department", "provider")
    found = list(about.defer("award__comparison").order_by("raised_at")[:MOST])
    mine_to_decide = decidable(reader, [one.award for one in found])
    for one in found:
        mine = one.award_id in mine_to_decide
        due_at = ruling_due_at(one)
        yield OpenItem(
            kind="rule",
            act="Decide on an objection" if mine else "Wait for an objection to be decided",
            job_id=one.award.job_id,
            job_title=one.award.job.title,
            subject_id=one.pk,
            what=f"{one.provider.name} objects to the choice of {one.award.department.name}.",
            who="You" if mine else f"A head above {one.award.department.name}, or an auditor",
            is_mine=mine,
            since_at=one.raised_at,
            due_at=due_at,
            is_late=due_at < at,
            then="Work starts, or the choice is withdrawn.",
        )
