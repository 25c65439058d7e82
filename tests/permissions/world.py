"""
One company with a thing of every kind in it: Marketing's jobs, each at another point of its life,
and those of Research, which have nothing to do with any of the nine but the offices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bids.closing import close_due_job
from bids.drafts import save_bid_draft
from bids.files import attach_file
from ledger.acceptance import accept_delivery
from ledger.budget_moves import move_budget
from ledger.cancelling import offer_cancellation
from ledger.changing import propose_change
from ledger.correcting import ask_correction
from ledger.disputing import raise_dispute
from ledger.exchange.report_runs import want_report
from ledger.granting import grant_budget
from ledger.models.journal import JournalEntry
from ledger.objecting import raise_objection
from ledger.payees import pay_by_hand
from marketplace.admission import admit_vendor, register_department, register_team
from marketplace.membership import add_member
from marketplace.models.events import Words
from marketplace.models.jobs import Job
from marketplace.models.people import Membership
from marketplace.panels import appoint_panel
from marketplace.people import add_person
from marketplace.questions import ask_question
from marketplace.redacting import ask_to_redact
from tests.bids import builders as bidding
from tests.builders import DAY, HOUR, a_draft, eur
from tests.cast import FOUNDED, Cast
from tests.ledger import builders as ledger
from tests.ledger.formal import chosen_lately

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
    "movement_id": "po_1",
    "year": "2026",
    "number": "0",
    "level": "0",
    "event_id": "1",
}
SITUATIONS = (
    *("draft", "open", "sealed", "opened", "decided", "standstill", "offered", "own", "foreign"),
)
Ids = dict[str, dict[str, Any]]


def STORY(cast: Cast, as_role: Any) -> dict[str, Any]:  # noqa: N802 - what `told` asks for
    """Tell it, and return the ids of each situation."""
    now = datetime.now(UTC).replace(microsecond=0)
    ledger.grant(cast, "900000", at=now - 40 * DAY)
    research = _found_research(cast)
    own = _own(cast, research, now)
    found = {
        "draft": _draft(cast, now),
        "open": open_job(cast, cast.vera_co, cast.vera, now),
        "sealed": sealed_job(cast, now),
        "opened": _opened(cast, now),
        "decided": _decided(cast, now),
        "standstill": _standstill(cast, now),
        "offered": _offered(cast, now),
        "own": own,
        "foreign": _foreign(cast, research, now),
    }
    found["own"] |= _books(cast, found["own"], now)
    return found


def _criterion(job: Any) -> Any:
    return job.criteria.order_by("position").values_list("pk", flat=True)[0]


def _draft(cast: Cast, now: datetime) -> dict[str, Any]:
    job = a_draft(cast, at=now - HOUR, closes_at=now + 9 * DAY, questions_until=now + 7 * DAY)
    return {"job_id": job.pk, "provider_id": cast.vera_co.pk, "criterion_id": _criterion(job)}


def open_job(cast: Cast, provider: Any, lead: Any, now: datetime, **changes: Any) -> dict[str, Any]:
    """A job that takes bids: two lie there, one is being written, one question waits."""
    words = {"questions_until": now + 2 * DAY, "closes_at": now + 3 * DAY}
    job = ledger.publish(cast, at=now - 4 * DAY, **(words | changes))
    return _with_bids(cast, job, provider, lead, now)


def _with_bids(cast: Cast, job: Any, provider: Any, lead: Any, now: datetime) -> dict[str, Any]:
    ours = {"actor": lead, "job_id": job.pk, "provider_id": provider.pk}
    file = attach_file(**ours, name="plan.txt", content=b"A plan.", at=now - 2 * DAY)
    bid = bidding.submit(
        cast, job, provider=provider, content=bidding.offer(), actor=lead, at=now - DAY
    )
    if provider == cast.vera_co:
        bidding.submit(cast, job, at=now - DAY)
    save_bid_draft(**ours, content=bidding.offer("8000"), at=now - HOUR)
    question = ask_question(**ours, text="Is there a rain plan?", at=now - HOUR)
    return {
        "job_id": job.pk,
        "bid_id": bid.pk,
        "provider_id": provider.pk,
        "criterion_id": _criterion(job),
        "file_id": file.file_id,
        "question_id": question.pk,
    }


def sealed_job(
    cast: Cast, now: datetime, *, before: Callable[[Job], Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """Closed, and waiting: Rolf, who judges, has not declared his interests."""
    words = {"questions_until": now - 3 * DAY, "closes_at": now - 2 * HOUR}
    job = ledger.publish(cast, at=now - 9 * DAY, **(words | changes))
    (seat,) = appoint_panel(
        actor=cast.maya, job_id=job.pk, user_ids=[cast.rolf.pk], at=now - 8 * DAY
    )
    bid = bidding.submit(cast, job, provider=cast.vera_co, at=now - 2 * DAY)
    bidding.submit(cast, job, at=now - 2 * DAY)
    if before is not None:
        before(job)
    close_due_job(job_id=job.pk, at=job.closes_at)
    return {
        "job_id": job.pk,
        "bid_id": bid.pk,
        "provider_id": cast.vera_co.pk,
        "criterion_id": _criterion(job),
        "seat_id": seat.pk,
    }


def _contest(cast: Cast, now: datetime) -> ledger.Contest:
    days = {"questions_until": now - 4 * DAY, "closes_at": now - 2 * DAY}
    return ledger.contest(cast, at=now - 9 * DAY, **days)


def _of(here: ledger.Contest, cast: Cast) -> dict[str, Any]:
    return {
        "job_id": here.job.pk,
        "bid_id": here.vendor_bid.pk,
        "provider_id": cast.vera_co.pk,
        "criterion_id": _criterion(here.job),
    }


def _opened(cast: Cast, now: datetime) -> dict[str, Any]:
    return _of(_contest(cast, now), cast)


def _decided(cast: Cast, now: datetime) -> dict[str, Any]:
    """Vera & Co works: one part accepted and contested, one handed over, a change proposed."""
    here = _contest(cast, now)
    award = ledger.choose(cast, here.vendor_bid, at=now - DAY)
    first, second, third = ledger.milestones(award)
    delivery = ledger.deliver(cast, first, at=now - 12 * HOUR)
    accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=now - 6 * HOUR)
    return _of(here, cast) | _work(cast, award, (first, second, third), now)


def _work(cast: Cast, award: Any, parts: Any, now: datetime) -> dict[str, Any]:
    first, second, third = parts
    dispute = raise_dispute(
        actor=cast.maya, milestone_id=first.pk, amount=eur("100"), reason="Too loud.", at=now
    )
    delivery = ledger.deliver(cast, second, at=now)
    change = propose_change(
        actor=cast.vera, milestone_id=third.pk, difference=eur("50"), reason="A tent.", at=now
    )
    return {
        "award_id": award.pk,
        "milestone_id": third.pk,
        "delivery_id": delivery.pk,
        "change_id": change.pk,
        "dispute_id": dispute.pk,
    }


def _offered(cast: Cast, now: datetime) -> dict[str, Any]:
    """Vera & Co was chosen, and offers to end the work before it began."""
    here = _contest(cast, now)
    award = ledger.choose(cast, here.vendor_bid, at=now - DAY)
    offer = offer_cancellation(
        actor=cast.vera, award_id=award.pk, fee=eur("500"), reason="It will rain.", at=now
    )
    return _of(here, cast) | {"offer_id": offer.pk}


def _standstill(cast: Cast, now: datetime) -> dict[str, Any]:
    """A formal choice of an hour ago, to which Vera objects."""
    here, award = chosen_lately(cast, now)
    objection = raise_objection(
        actor=cast.vera,
        job_id=here.job.pk,
        provider_id=cast.vera_co.pk,
        reason="Our answer was not read.",
        at=now - timedelta(minutes=30),
    )
    return _of(here, cast) | {"award_id": award.pk, "objection_id": objection.pk}


def _own(cast: Cast, research: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What is the nine's own, and no job's."""
    line = ledger.grant(cast, "1000", at=now - 39 * DAY)
    move = move_budget(
        actor=cast.fin,
        move_id=uuid4(),
        from_line_id=line.pk,
        to_department_id=research["department"].pk,
        amount=eur("9000"),
        reason="They print for both.",
        at=now - DAY,
    )
    return {
        "department_id": cast.marketing.pk,
        "category_id": cast.events.pk,
        "provider_id": cast.vera_co.pk,
        "team_id": cast.events_team.pk,
        "user_id": cast.paul.pk,
        "membership_id": Membership.objects.get(user=cast.paul).pk,
        "line_id": line.pk,
        "move_id": move.pk,
        "period_id": f"{now:%Y%m}",
    }


def _books(cast: Cast, own: dict[str, Any], now: datetime) -> dict[str, Any]:
    entry = JournalEntry.objects.filter(kind="budget_granted").order_by("pk")[0]
    correction = ask_correction(
        actor=cast.fin, entry_id=entry.public_id, reason="Entered twice.", at=now
    )
    payee = pay_by_hand(actor=cast.fin, provider_id=cast.vera_co.pk, reference="4711", at=now)
    run = want_report(actor=cast.fin, report="journal", format="csv", question={}, at=now)
    words = Words.objects.order_by("pk")[0]
    wanted = ask_to_redact(actor=cast.ada, words_id=words.pk, reason="A name.", at=now)
    return {
        "entry_id": entry.public_id,
        "correction_id": correction.pk,
        "payee_id": payee.pk,
        "run_id": run.id,
        "words_id": words.pk,
        "wanted_id": wanted.pk,
        "subject_id": own["department_id"],
        "payout_id": uuid4(),
        "webhook_id": uuid4(),
        "message_id": uuid4(),
        "token_id": uuid4(),
        "retention_id": uuid4(),
    }


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
    there = open_job(theirs, research["vendor"], research["hugo"], now, invited=invited)
    return there | {
        "department_id": research["department"].pk,
        "team_id": research["team"].pk,
        "user_id": research["hugo"].pk,
        "membership_id": Membership.objects.get(user=research["hugo"]).pk,
        "line_id": line.pk,
    }
