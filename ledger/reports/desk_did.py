"""Done lately, by the reader: what it was, and what it was about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, TextField, Value, When

from ledger.reports.open_items import DoneItem
from ledger.reports.states import noted
from ledger.reports.wording import done
from marketplace.models.departments import Department
from marketplace.models.events import Event
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.models.vendors import VendorInvitation
from marketplace.together import together

WHO_AND_WHERE = ("user", "department", "to_department")  # ids among the facts of an event


def did_items(actor: User, *, most: int) -> list[DoneItem]:
    """Return what the actor did last, the last first."""
    seen = Provider.objects.visible_to(actor).filter(pk=OuterRef("provider"))
    # Of a job or a provider the name says what it was about; of all else, the facts.
    facts = Case(
        When(job=None, provider=None, then=F("body")), default=Value(""), output_field=TextField()
    )
    events = (
        Event.objects.filter(actor=actor)
        .select_related("job", "provider")
        .annotate(sees_provider=Exists(seen), facts=facts)
        .defer("body", "job__need")
        .order_by("-happened_at", "-pk")[: 10 * most]
    )
    # Twelve scores on one job are one thing done.
    runs = groupby(
        events, key=lambda one: (one.kind, one.job_id or one.provider_id or one.subject_id)
    )
    last = list(islice((next(run) for _key, run in runs), most))
    names = _names(last)
    return [
        DoneItem(
            kind=event.kind,
            text=done(event.kind),
            job_id=event.job_id,
            job_title=event.job.title if event.job else "",
            at=event.happened_at,
            **_about(event, names),
        )
        for event in last
    ]


def _about(event: Event, names: dict[UUID, str]) -> dict[str, Any]:
    """Name what it was about. A provider beside a job stays unsaid: names may be hidden."""
    if event.job_id:
        return {}
    if event.provider is not None:
        if not noted(event, "sees_provider"):
            return {}
        return {"provider_id": event.provider.pk, "provider_name": event.provider.name}
    facts = json.loads(noted(event, "facts"))
    found = [names[one] for one in _ids(event, facts) if one in names]
    if "year" in facts:
        found.append(str(facts["year"]))
    return {"about": ", ".join(found), "period": facts.get("period")}


def _names(events: Iterable[Event]) -> dict[UUID, str]:
    """Return the names of the people, departments and companies that these were about."""
    ids = {
        one
        for event in events
        if (facts := noted(event, "facts"))
        for one in _ids(event, json.loads(facts))
    }
    if not ids:
        return {}
    reads = together(
        lambda: list(User.objects.filter(pk__in=ids).values_list("pk", "name")),
        lambda: list(Department.objects.filter(pk__in=ids).values_list("pk", "name")),
        lambda: list(VendorInvitation.objects.filter(pk__in=ids).values_list("pk", "company_name")),
    )
    return {pk: name for read in reads for pk, name in read}


def _ids(event: Event, facts: dict[str, Any]) -> list[UUID]:
    return [event.subject_id, *(UUID(facts[one]) for one in WHO_AND_WHERE if facts.get(one))]
