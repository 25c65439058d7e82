"""How many statements a page asks the database: few, and as many for 100 jobs as for 10."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bids.drafts import save_bid_draft
from bids.files import attach_file
from bids.submission import submit_bid, withdraw_bid
from ledger.models.awards import Award
from ledger.models.journal import JournalEntry
from tests.builders import DAY, eur
from tests.cast import Cast
from tests.frontend.addresses import addresses, filled
from tests.frontend.bidding import it_is
from tests.ledger import builders
from tests.ledger.builders import CHOICE

NOW = CHOICE + 20 * DAY
MOST = 15
PEOPLE = ["rolf", "maya", "pia", "vera", "fin", "ada", "adam"]
# In every run: where the rows are. The long form walks every address.
NEAR = [
    (
        "maya",
        [
            "",
            "jobs/",
            "jobs/<uuid:job_id>/",
            "jobs/<uuid:job_id>/timeline/",
            "jobs/<uuid:job_id>/opening/",
            "jobs/<uuid:job_id>/comparison/",
            "jobs/<uuid:job_id>/work/",
            "jobs/<uuid:job_id>/draft/",
            "jobs/<uuid:job_id>/bids/<uuid:bid_id>/award/",
            "jobs/<uuid:job_id>/bids/<uuid:bid_id>/scores/",
            "providers/<uuid:provider_id>/",
            "departments/<uuid:department_id>/",
            "statement/",
            "choices/",
        ],
    ),
    ("pia", ["", "team/", "bids/", "jobs/", "search/?q=summer", "jobs/<uuid:job_id>/timeline/"]),
    (
        "fin",
        [
            "finance/",
            "finance/periods/<int:period_id>/",
            "choices.ocds.json",
            "journal/",
            "search/?q=summer",
            "statement/",
            "budgets/",
        ],
    ),
    ("ada", ["record/", "choices/"]),
    ("adam", ["people/", "departments/", "providers/"]),
]


def work_is_done(cast: Cast, times: int) -> Award:
    """So many jobs were chosen in the same days; of each, a part was delivered and accepted."""
    for _ in range(times):
        award = builders.choose(cast, builders.contest(cast, team=("100", "50")).team_bid)
        first, _second = builders.milestones(award)
        builders.accept(cast, first, at=CHOICE + 10 * DAY)
        builders.publish(cast, ceiling=eur("100"))
    return award


def asked(client: Client, path: str) -> int | None:
    """Return how many statements a page asks; None where there is no such page for this person."""
    count = 0

    def counting(execute: Any, *told: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*told)

    with connection.execute_wrapper(counting):
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert answer.status_code < 500, path
    return count if answer.status_code == 200 else None


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with it_is(NOW):
        yield


def ids_of(award: Award) -> dict[str, UUID]:
    entry = JournalEntry.objects.filter(kind="charged").latest("pk")
    milestone = award.milestones.order_by("position").first()
    delivery = milestone.deliveries.get()
    line = entry.postings.exclude(budget_line=None).first()
    return {
        "job_id": award.job_id,
        "bid_id": award.bid_id,
        "provider_id": award.provider_id,
        "department_id": award.department_id,
        "milestone_id": milestone.pk,
        "delivery_id": delivery.pk,
        "entry_id": entry.public_id,
        "line_id": line.budget_line_id,
    }


def check(cast: Cast, as_person: Any, tours: list[tuple[str, list[str]]], few: int, many: int):
    builders.grant(cast, "1000000")
    ids = ids_of(work_is_done(cast, few))
    clients = {name: as_person(getattr(cast, name)) for name, _routes in tours}

    def walk() -> dict[tuple[str, str], int]:
        seen = {
            (name, route): asked(clients[name], filled(route, ids))
            for name, routes in tours
            for route in routes
        }
        return {key: count for key, count in seen.items() if count is not None}

    before = walk()
    work_is_done(cast, many - few)
    after = walk()

    assert len(after) > 15
    over = {key: count for key, count in after.items() if count > MOST}
    assert over == {}
    # The first look at a page may ask what a process then remembers; more rows ask nothing more.
    grown = {key: (before[key], after[key]) for key in before if after.get(key, 0) > before[key]}
    assert grown == {}


@pytest.mark.django_db
def test_a_page_asks_few_statements_and_no_more_for_more_jobs(cast: Cast, as_person: Any):
    check(cast, as_person, NEAR, few=1, many=3)


@pytest.mark.django_db
def test_writing_a_bid_asks_few_statements_too(cast: Cast, as_person: Any):
    builders.grant(cast)
    job = builders.publish(cast, at=NOW - DAY, closes_at=NOW + 8 * DAY, questions_until=NOW + DAY)
    ours = {"job_id": job.pk, "provider_id": cast.events_team.pk}
    pia = as_person(cast.pia)
    paths = [reverse(name, kwargs=ours) for name in ("bid-edit", "bid-files", "bid-submit")]
    paths += [reverse("job", args=[job.pk]), reverse("home")]

    counts = [asked(pia, paths[0])]
    save_bid_draft(actor=cast.pia, **ours, content=builders.bid_of(("8000", "500")), at=NOW)
    attach_file(actor=cast.pia, **ours, name="plan.txt", content=b"A plan.", at=NOW)
    counts += [asked(pia, path) for path in paths]
    bid = submit_bid(actor=cast.pia, **ours, content=builders.bid_of(("8000", "500")), at=NOW)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=NOW)
    counts.append(asked(pia, reverse("bid-receipt", args=[bid.pk])))

    assert None not in counts
    assert max(count for count in counts if count) <= MOST


@pytest.mark.proof
def test_every_page_asks_as_many_for_a_hundred_jobs_as_for_ten(founded: Cast, as_person: Any):
    routes = [route for route in addresses() if not route.startswith(("api/", "accounts/"))]

    check(founded, as_person, [(name, routes) for name in PEOPLE], few=10, many=100)
