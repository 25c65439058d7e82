"""
One company with a thing of every kind in it: Marketing's jobs, each at another point of its life,
and those of Research, which have nothing to do with any of the nine but the offices.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ledger.granting import grant_budget
from marketplace.admission import admit_vendor, register_department, register_team
from marketplace.membership import add_member
from marketplace.models.people import Membership
from marketplace.people import add_person
from tests.builders import DAY, eur
from tests.cast import FOUNDED, Cast
from tests.ledger import builders as ledger
from tests.permissions import contests, things, works

# The nine, in the order of the file: nobody, requester, head, lead and member of a team, somebody
# of a vendor, finance, auditor, administrator.
ROLES = {
    "AN": "",
    "RQ": "rolf",
    "HD": "maya",
    "PL": "pia",
    "PM": "paul",
    "VU": "vera",
    "FI": "fin",
    "AU": "ada",
    "AD": "adam",
}
# What stands for the parts of an address that name no thing of the company's.
WORDS = {
    "office": "finance",
    "currency": "EUR",
    "code": "standard",
    "what": "approval",
    "kind": "csv",
    "topic": "work",
    "year": "2026",
    "number": "0",
    "level": "0",
    "event_id": "1",
}
SITUATIONS = (
    *("draft", "cosigned", "open", "team's", "sealed", "opened", "countersigned", "final"),
    *("decided", "standstill", "offered", "kept", "own", "foreign"),
)
Ids = dict[str, dict[str, Any]]


def STORY(cast: Cast, as_role: Any) -> dict[str, Any]:  # noqa: N802 - what `told` asks for
    """Tell it, and return the ids of each situation."""
    now = datetime.now(UTC).replace(microsecond=0)
    ledger.grant(cast, "900000", at=now - 40 * DAY)
    research = _found_research(cast)
    own = things.own(cast, research, now)
    found = {
        "draft": contests.draft(cast, now),
        "open": contests.open_job(cast, cast.vera_co, cast.vera, now),
        "team's": contests.open_job(cast, cast.events_team, cast.pia, now),
        "sealed": contests.sealed_job(cast, now),
        "opened": contests.opened(cast, now),
        "decided": works.decided(cast, now),
        "standstill": works.standstill(cast, now),
        "offered": works.offered(cast, now),
        "final": contests.final(cast, now),
        "kept": works.kept(cast, now),
        "foreign": _foreign(cast, research, now),
    }
    # What the rules ask from now on, after all that goes by the usual ones.
    found["cosigned"] = contests.cosigned(cast, now)
    found["countersigned"] = contests.countersigned(cast, now)
    lasting = things.kept(cast, found["open"]["job_id"], now)
    found["own"] = own | things.books(cast, now) | lasting
    return found


def _found_research(cast: Cast) -> dict[str, Any]:
    """Research, headed by Ines; the Print team led by Lena; Hugo's company."""
    at = FOUNDED
    department = register_department(
        actor=cast.adam,
        name="Research",
        cost_centre="1300",
        currency="EUR",
        at=at,
        parent_id=cast.house.pk,
    )
    team = register_team(
        actor=cast.adam,
        name="Print",
        department_id=cast.services.pk,
        at=at,
        category_ids=[cast.events.pk],
    )
    vendor = admit_vendor(actor=cast.adam, name="Hugo & Sons", at=at, category_ids=[cast.events.pk])
    people = {}
    for name, role, place in (
        ("ines", "head", {"department_id": department.pk}),
        ("lena", "lead", {"provider_id": team.pk}),
        ("hugo", "lead", {"provider_id": vendor.pk}),
    ):
        one = add_person(
            actor=cast.adam, email=f"{name}@house.example", name=name.capitalize(), at=at
        )
        add_member(actor=cast.adam, user_id=one.pk, role=role, at=at, **place)
        people[name] = one
    return {"department": department, "team": team, "vendor": vendor, **people}


def _foreign(cast: Cast, research: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Research's open job, its people and its money: nobody's of the nine but the offices'."""
    line = grant_budget(
        actor=cast.fin,
        department_id=research["department"].pk,
        fiscal_year=now.year,
        amount=eur("100000"),
        at=now - 40 * DAY,
        grant_id=uuid4(),
    )
    theirs = replace(
        cast,
        rolf=research["ines"],
        maya=research["ines"],
        otto=research["hugo"],
        otto_co=research["vendor"],
        marketing=research["department"],
    )
    invited = (research["team"].pk, research["vendor"].pk)
    there = contests.open_job(theirs, research["vendor"], research["hugo"], now, invited=invited)
    return there | {
        "department_id": research["department"].pk,
        "team_id": research["team"].pk,
        "user_id": research["hugo"].pk,
        "membership_id": Membership.objects.get(user=research["hugo"]).pk,
        "line_id": line.pk,
    }
