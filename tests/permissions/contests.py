"""Marketing's jobs until the choice, each at another point of its life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bids.closing import close_due_job
from bids.drafts import save_bid_draft
from bids.files import attach_file
from bids.final_round import ask_for_final_bids
from ledger.cosigning import want_publication
from ledger.countersigning import want_choice
from ledger.publishing_limits import state_publishing_limit
from marketplace.addenda import add_addendum
from marketplace.job_files import NewFile, attach_job_file
from marketplace.models.job_files import JobFile
from marketplace.models.jobs import Job
from marketplace.panels import appoint_panel
from marketplace.policies import state_policy
from marketplace.questions import ask_question
from tests.bids import builders as bidding
from tests.builders import DAY, HOUR, a_draft, eur
from tests.cast import Cast
from tests.ledger import builders as ledger


def criterion(job: Any) -> Any:
    return job.criteria.order_by("position").values_list("pk", flat=True)[0]


def draft(cast: Cast, now: datetime, **changes: Any) -> dict[str, Any]:
    days = {"closes_at": now + 9 * DAY, "questions_until": now + 7 * DAY}
    job = a_draft(cast, at=now - HOUR, **days, **changes)
    return {
        "job_id": job.pk,
        "provider_id": cast.vera_co.pk,
        "criterion_id": criterion(job),
        "job_file_id": _job_file(cast.rolf, job, now - HOUR),
    }


def _job_file(actor: Any, job: Job, at: datetime) -> Any:
    return attach_job_file(
        actor=actor, job_id=job.pk, name="yard.txt", content=b"The yard.", at=at
    ).pk


def cosigned(cast: Cast, now: datetime) -> dict[str, Any]:
    """Maya would publish above what one head may; Gerd has not signed."""
    state_publishing_limit(
        actor=cast.adam,
        department_id=cast.marketing.pk,
        job_limit=eur("46000"),
        year_limit=None,
        reason="Large jobs are seen by two.",
        at=now - HOUR,
    )
    here = draft(cast, now, ceiling=eur("49000"))
    wanted = want_publication(actor=cast.maya, job_id=here["job_id"], at=now, estimate=eur("47000"))
    return here | {"wanted_id": wanted.pk}


def countersigned(cast: Cast, now: datetime) -> dict[str, Any]:
    """Maya would choose Vera & Co above what one head may; Gerd has not signed."""
    state_rules(cast, "two", now, choice_alone_minor=1_00)
    here = contest(cast, now, policy_code="two")
    wanted = want_choice(
        actor=cast.maya,
        job_id=here.job.pk,
        bid_id=here.vendor_bid.pk,
        reason_code="quality",
        reason="Their idea for the rain convinced us.",
        followed_view="charged",
        decisive_criterion_id=criterion(here.job),
        at=now - HOUR,
    )
    return ids_of(here, cast) | {"wanted_id": wanted.pk}


def state_rules(cast: Cast, code: str, now: datetime, **rules: Any) -> None:
    state_policy(
        actor=cast.fin,
        code=code,
        at=now - 20 * DAY,
        in_force_on=(now - 20 * DAY).date(),
        explanation="What is large is looked at twice.",
        budget_control="hard",
        minimum_days=3,
        needs_team_and_vendor=True,
        fee_basis_points=200,
        **rules,
    )


def open_job(cast: Cast, provider: Any, lead: Any, now: datetime, **changes: Any) -> dict[str, Any]:
    """A job that takes bids: two lie there, one is being written, one question waits."""
    words = {"questions_until": now + 2 * DAY, "closes_at": now + 3 * DAY}
    job = ledger.publish(cast, at=now - 4 * DAY, **(words | changes))
    said = add_addendum(
        actor=cast.maya,
        job_id=job.pk,
        text="The yard, drawn.",
        files=[NewFile("yard.txt", b"The yard.")],
        at=now - 3 * DAY,
    )
    file = JobFile.objects.get(addendum=said)
    return _with_bids(cast, job, provider, lead, now) | {"job_file_id": file.pk}


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
        "criterion_id": criterion(job),
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
        "criterion_id": criterion(job),
        "seat_id": seat.pk,
    }


def contest(cast: Cast, now: datetime, **words: Any) -> ledger.Contest:
    days = {"questions_until": now - 4 * DAY, "closes_at": now - 2 * DAY}
    return ledger.contest(cast, at=now - 9 * DAY, **days, **words)


def ids_of(here: ledger.Contest, cast: Cast) -> dict[str, Any]:
    return {
        "job_id": here.job.pk,
        "bid_id": here.vendor_bid.pk,
        "provider_id": cast.vera_co.pk,
        "criterion_id": criterion(here.job),
    }


def opened(cast: Cast, now: datetime) -> dict[str, Any]:
    return ids_of(contest(cast, now), cast)


def final(cast: Cast, now: datetime) -> dict[str, Any]:
    """Opened; Vera & Co and the team are asked for their best and final bids."""
    here = contest(cast, now)
    ask_for_final_bids(
        actor=cast.maya,
        job_id=here.job.pk,
        bid_ids=[here.team_bid.pk, here.vendor_bid.pk],
        question="What is your last word?",
        closes_at=now + 2 * DAY,
        at=now - DAY,
    )
    return ids_of(here, cast)
