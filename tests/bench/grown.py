"""
A company of 10,000 jobs and 50,000 bids, as its people meet it on the pages: two years that are
over, multiplied by SQL, and a handful of jobs of this month that the verbs have made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import md5
from typing import Any
from uuid import UUID

import psycopg
from django.test import Client
from django.urls import reverse

from bids.drafts import save_bid_draft
from ledger.models.awards import Award
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.project import database
from tests.bench import filling
from tests.bench.bench_ledger import inside
from tests.bench.company import Company, found
from tests.bench.filling import copied, fill
from tests.builders import DAY
from tests.ledger.builders import accept, bid_of, choose, open_job, publish, submit
from tests.proof.victim import Victim

JOBS, BIDS_A_JOB, OPEN_JOBS = int(os.environ.get("JOBS", "10000")), 5, 200
NOW = datetime.now(UTC).replace(microsecond=0)
PLACE, TEAM = (UUID(md5(name).hexdigest()) for name in (b"department1", b"provider0"))


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    who: str
    path: str


def grown(victim: Victim) -> list[Page]:
    """Fill the server's database, and return the pages that its people open most."""
    company = inside(victim, found)
    url = victim.server.url(user="postgres", database=database.NAME)
    with psycopg.connect(url, autocommit=True) as owner:
        multiply(owner, company)
    pages: list[Page] = inside(victim, partial(this_month, company))
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    return pages


SHARES = (
    # The years that are over lie at their own days, not all at those of the pattern.
    """
    UPDATE marketplace_job AS job SET drafted_at = day - interval '9 days',
        saved_at = day - interval '9 days', published_at = day - interval '8 days',
        closes_at = day - interval '1 day', questions_until = day - interval '3 days',
        closed_at = day - interval '1 day', opened_at = day - interval '1 day', decided_at = day
    FROM (SELECT job, begins_on::timestamptz AS day FROM plan) AS past WHERE past.job = job.id
    """,
    """
    CREATE TEMPORARY TABLE offer AS
    SELECT *, md5(CASE nth WHEN 0 THEN 'bid' ELSE 'bid' || nth || '-' END || n)::uuid AS bid,
        CASE nth WHEN 0 THEN provider ELSE md5('provider' || (n + 7 * nth) % {p})::uuid END AS by
    FROM plan CROSS JOIN generate_series(0, {bids} - 1) AS nth
    """,
    copied(
        "bids_bid",
        "offer",
        "'id', bid, 'reference', 'b' || n || '-' || nth, 'job_id', job, 'provider_id', by,"
        " 'variant', nth, 'withdrawn_at', NULL, 'submitted_at', begins_on - 3",
    ),
    copied("bids_openedbid", "offer", "'bid_id', bid"),
    copied("bids_openedprice", "offer", "'bid_id', bid, 'quoted_minor', (4 + nth) * quarter"),
    # What is over is handed over, accepted and rated, so that it waits for nobody.
    """
    INSERT INTO ledger_delivery
        (id, milestone_id, delivered_by_id, delivered_at, amount_minor, silent_at)
    SELECT md5('delivery' || milestone)::uuid, milestone,
        (SELECT chosen_by_id FROM ledger_award LIMIT 1), happened_on - 2, quarter, happened_on + 5
    FROM fact WHERE part > 0 AND happened_on < current_date
    """,
    """
    INSERT INTO ledger_acceptance
        (delivery_id, milestone_id, accepted_by_id, accepted_at, by_silence)
    SELECT md5('delivery' || milestone)::uuid, milestone,
        (SELECT chosen_by_id FROM ledger_award LIMIT 1), happened_on, false
    FROM fact WHERE part > 0 AND happened_on < current_date
    """,
    """
    INSERT INTO ledger_completion (award_id, completed_at)
    SELECT award, begins_on + 36 FROM plan WHERE begins_on + 36 < current_date
    """,
    """
    INSERT INTO ledger_reveal (award_id, revealed_at)
    SELECT award, begins_on + 50 FROM plan WHERE begins_on + 50 < current_date
    """,
    # What still takes bids: invited is the same circle, and nobody knows who bids.
    """
    CREATE TEMPORARY TABLE live AS
    SELECT n, md5('live' || n)::uuid AS job, md5('department' || n % {d})::uuid AS department,
        now() - interval '3 days' AS since, now() + (1 + n % 20) * interval '1 day' AS until
    FROM generate_series(1, {live}) AS n
    """,
    copied(
        "marketplace_job",
        "live",
        "'id', job, 'reference', 'live-' || n, 'title', 'Live job number ' || n,"
        " 'department_id', department, 'source_key', NULL, 'cancelled_at', NULL,"
        " 'drafted_at', since, 'saved_at', since, 'published_at', since, 'closes_at', until,"
        " 'questions_until', until - interval '2 hours', 'closed_at', NULL, 'opened_at', NULL,"
        " 'decided_at', NULL",
    ),
    """
    INSERT INTO marketplace_invitation (id, job_id, provider_id, invited_at)
    SELECT gen_random_uuid(), job, by, begins_on - 8 FROM offer GROUP BY job, by, begins_on
    UNION ALL
    SELECT gen_random_uuid(), job, md5('provider' || (n + 12 * k) % {p})::uuid, since
    FROM live CROSS JOIN generate_series(0, 4) AS k
    """,
    """
    INSERT INTO marketplace_criterion SELECT made.* FROM (
        SELECT c, position FROM marketplace_criterion AS c
        WHERE job_id = (SELECT job_id FROM marketplace_criterion LIMIT 1)
    ) AS pattern CROSS JOIN (SELECT job FROM plan UNION ALL SELECT job FROM live) AS one
    CROSS JOIN LATERAL jsonb_populate_record(pattern.c, jsonb_build_object(
        'id', gen_random_uuid(), 'job_id', job)) AS made
    """,
)


def multiply(owner: psycopg.Connection, company: Company) -> None:
    """The years before: so many jobs, five bids each; Maya and Pia have their share of them."""
    size = filling.Company(JOBS * filling.LINES_OF_AN_AWARD)
    fill(owner, size)
    owner.execute("SET session_replication_role = replica")
    values = {"awards": size.awards, "d": size.departments, "p": size.providers}
    values |= {"bids": BIDS_A_JOB, "live": OPEN_JOBS}
    for statement in SHARES:
        owner.execute(statement.format(**values))  # type: ignore[call-overload]
    seat = (
        "INSERT INTO marketplace_membership SELECT made.* FROM marketplace_membership AS old"
        " CROSS JOIN LATERAL jsonb_populate_record(old, jsonb_build_object("
        "'id', gen_random_uuid(), %s::text, %s::uuid)) AS made WHERE old.user_id = %s"
    )
    owner.execute(seat, ["department_id", PLACE, company.cast.maya.pk])
    owner.execute(seat, ["provider_id", TEAM, company.cast.pia.pk])
    owner.execute("RESET session_replication_role")


def contested(company: Company, days_ago: int) -> Job:
    """Three bid for a job of this month, and the clock has opened it."""
    cast, at = company.cast, NOW - days_ago * DAY
    job = publish(cast, at=at, closes_at=at + 7 * DAY, questions_until=at + 5 * DAY)
    for provider, price in ((cast.events_team, 9000), (cast.vera_co, 9400), (cast.otto_co, 8800)):
        submit(cast, job, provider, planned(str(price), str(price // 2)))
    return open_job(job)


def planned(*amounts: str) -> Any:
    content = bid_of(amounts)
    on = (NOW + 30 * DAY).date()
    parts = tuple(replace(part, due_on=on) for part in content.milestones)
    return replace(content, milestones=parts, finishes_on=on)


def this_month(company: Company) -> list[Page]:
    """What people are at: a job that takes bids, one to compare, one that is worked on."""
    cast = company.cast
    compared = contested(company, 12)
    bid = contested(company, 16).bids.get(provider=cast.vera_co)
    award: Award = choose(cast, bid, at=NOW - 6 * DAY)
    accept(cast, award.milestones.order_by("position")[0], at=NOW - 3 * DAY)
    taking = publish(cast, at=NOW - DAY, closes_at=NOW + 8 * DAY, questions_until=NOW + 6 * DAY)
    ours = (taking.pk, cast.events_team.pk)
    save_bid_draft(
        actor=cast.pia,
        job_id=taking.pk,
        provider_id=cast.events_team.pk,
        content=planned("8000", "500"),
        at=NOW - DAY / 2,
    )
    return [
        Page("home of a head", "maya", reverse("home")),
        Page("her jobs", "maya", reverse("jobs")),
        Page("one job", "maya", reverse("job", args=[taking.pk])),
        Page("a timeline", "maya", reverse("timeline", args=[award.job_id])),
        Page("the comparison", "maya", reverse("comparison", args=[compared.pk])),
        Page("a statement", "maya", f"{reverse('statement')}?department={PLACE}&month=2026-10"),
        Page("her choices", "maya", reverse("choices")),
        Page("a department", "maya", reverse("department", args=[PLACE])),
        Page("a provider", "maya", reverse("provider", args=[TEAM])),
        Page("home of a lead", "pia", reverse("home")),
        Page("jobs to bid for", "pia", reverse("jobs")),
        Page("the bid editor", "pia", reverse("bid-edit", args=ours)),
        Page("my team", "pia", reverse("team")),
        Page("my bids", "pia", reverse("my-bids")),
        Page("home of finance", "fin", reverse("home")),
        Page("every job", "fin", reverse("jobs")),
        Page("every choice", "fin", reverse("choices")),
        Page("the finance desk", "fin", reverse("finance")),
        Page("search", "fin", f"{reverse('search')}?q=number+42"),
        Page("trial balance", "fin", f"{reverse('trial-balance')}?period=202610"),
        Page("journal", "fin", f"{reverse('journal')}?period=202610"),
        Page("providers", "fin", reverse("providers")),
        Page("settings", "fin", reverse("settings")),
    ]


def signed_in(people: set[str]) -> dict[str, str]:
    """Return the key of a session for each of them."""
    keys = {}
    for name in people:
        client = Client()
        client.force_login(User.objects.get(email=f"{name}@house.example"))
        keys[name] = client.cookies["session"].value
    return keys
