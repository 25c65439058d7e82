"""How many statements an operation asks the database: few, and as many for 100 jobs as for 10."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.urls import resolve

from ledger.exchange.ocds.export.exporting import AT_ONCE
from ledger.models.awards import Award
from ledger.models.journal import JournalEntry
from marketplace.models.jobs import Job
from tests.api.conftest import Machine
from tests.builders import eur
from tests.cast import Cast
from tests.frontend.addresses import addresses, filled
from tests.ledger import builders
from tests.ledger.builders import CHOICE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
API = "api/v1/"
MOST = 8
IN_PORTIONS = {"exports/ocds/": AT_ONCE}  # so many jobs at a time, in constant memory
# Answers that gather what many chapters know. A number here may only fall.
ABOVE = {
    "desk/": 21,
    "exports/ocds/": 23,
    "jobs/": 9,
    "jobs/<uuid:job_id>/": 13,
    "jobs/<uuid:job_id>/comparison/": 21,
    "jobs/<uuid:job_id>/debrief/": 9,
    "jobs/<uuid:job_id>/files/": 13,
    "jobs/<uuid:job_id>/milestones/": 11,
    "jobs/<uuid:job_id>/objections/": 9,
    "jobs/<uuid:job_id>/opening/": 10,
    "jobs/<uuid:job_id>/opening/bids/": 12,
    "jobs/<uuid:job_id>/opening/signatures/": 10,
    "jobs/<uuid:job_id>/panel/": 9,
    "jobs/<uuid:job_id>/timeline/": 11,
    "log/checks/": 12,
    "providers/<uuid:provider_id>/performance/": 21,
    "providers/<uuid:provider_id>/scorecard/": 12,
    "reports/department-statement/": 10,
    "reports/period-close/": 15,
    "reports/provider-statement/": 10,
    "reports/ratings/": 9,
    "vendors/states/": 12,
}
# What an address cannot be asked without.
ASKED = {
    "reports/department-statement/": "?department={department_id}",
    "reports/provider-statement/": "?provider={provider_id}",
    "reports/accruals/": "?period=202603",
    "reports/carry-forward/": "?year=2026",
    "reports/changes/": "?since=0",
    "reports/period-close/": "?period=202603",
    "reports/trial-balance/": "?period=202603",
}
PEOPLE = ["fin", "maya", "pia", "vera", "ada", "adam", "rolf", "gerd"]
# In every run: each address by whoever has most to do with it. The long form asks as everybody.
NEAR = {
    "maya": ("me/", "desk/", "notices/", "jobs/", "templates/", "departments/", "reports/choices/"),
    "pia": ("bids/", "jobs/", "providers/", "reports/provider-statement/"),
    "fin": ("reports/", "budgets/", "periods/", "entries/", "payouts/", "vendors/", "exports/"),
    "adam": ("people/", "categories/", "policies/", "webhooks/", "tokens/", "publishing-limits/"),
    "ada": ("log/", "corrections/", "opening-limits/"),
}


def work_is_done(cast: Cast, times: int) -> Award:
    """So many jobs were chosen in the same days; of each, a part was delivered and accepted."""
    for _ in range(times):
        award = builders.choose(cast, builders.contest(cast, team=("100", "50")).team_bid)
        first, _second = builders.milestones(award)
        builders.accept(cast, first, at=CHOICE + 10 * DAY)
        builders.publish(cast, ceiling=eur("100"))
    return award


def ids_of(award: Award) -> dict[str, UUID]:
    entry = JournalEntry.objects.filter(kind="charged").latest("pk")
    milestone = award.milestones.order_by("position").first()
    line = entry.postings.exclude(budget_line=None).first()
    return {
        "job_id": award.job_id,
        "bid_id": award.bid_id,
        "award_id": award.pk,
        "provider_id": award.provider_id,
        "team_id": award.provider_id,
        "department_id": award.department_id,
        "milestone_id": milestone.pk,
        "entry_id": entry.public_id,
        "line_id": line.budget_line_id,
    }


def asked(machine: Machine, path: str) -> int | None:
    """Return how many statements a GET asks; None where there is nothing for this person."""
    count = 0

    def counting(execute: Any, sql: str, *told: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, *told)

    with connection.execute_wrapper(counting):
        answer = machine.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code < 500, path
    return count if answer.status_code == 200 else None


def check(
    cast: Cast,
    machine_of: Callable[..., Machine],
    tours: dict[str, list[str]],
    *,
    few: int,
    many: int,
    least: int,
) -> None:
    builders.grant(cast, "1000000")
    ids = ids_of(work_is_done(cast, few))
    machines = {name: machine_of(getattr(cast, name)) for name in tours}

    def walk() -> dict[tuple[str, str], int]:
        seen = {}
        for name, routes in tours.items():
            for route in routes:
                path = filled(API + route, ids) + ASKED.get(route, "").format(**ids)
                if (count := asked(machines[name], path)) is not None:
                    seen[name, route] = count
        return seen

    walk()  # the first look asks what a process then remembers, and is not measured
    before = walk()
    work_is_done(cast, many - few)
    after = walk()

    assert len(after) >= least
    jobs = Job.objects.count()

    def portions(route: str) -> int:
        return -(-jobs // IN_PORTIONS.get(route, jobs))

    over = {
        key: count
        for key, count in after.items()
        if count > ABOVE.get(key[1], MOST) * portions(key[1])
    }
    assert over == {}
    keys = before.keys() | after.keys()
    changed = {
        key: (before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key) and portions(key[1]) == 1
    }
    assert changed == {}


def _view(route: str) -> Any:
    return getattr(resolve(filled(route, {})).func, "view_class", None)


def routes() -> list[str]:
    return [
        route.removeprefix(API)
        for route in addresses()
        if route.startswith(API) and hasattr(_view(route), "get")
    ]


def test_an_operation_asks_few_statements_and_no_more_for_more_jobs(
    cast: Cast, machine_of: Callable[..., Machine]
) -> None:
    tours = {
        name: [route for route in routes() if route.startswith(places)]
        for name, places in NEAR.items()
    }

    check(cast, machine_of, tours, few=1, many=3, least=60)


@pytest.mark.proof
def test_every_operation_asks_as_many_for_a_hundred_jobs_as_for_ten(
    cast: Cast, machine_of: Callable[..., Machine]
) -> None:
    check(cast, machine_of, dict.fromkeys(PEOPLE, routes()), few=10, many=100, least=300)
