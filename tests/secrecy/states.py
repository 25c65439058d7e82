"""Every state in which something of a bid is still sealed, with Otto's canary in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from bids.closing import close_due_job
from bids.content import PriceLine
from bids.final_round import ask_for_final_bids, submit_final_bid
from bids.submission import withdraw_bid
from bids.witnesses import state_opening_limit
from ledger.recording import record_rows
from marketplace.addenda import add_addendum
from marketplace.letters import send_due_notices
from marketplace.log.sealer import seal
from marketplace.messaging import lay_out_messages
from marketplace.models.jobs import Job
from marketplace.webhooks import KINDS, add_webhook
from tests.bids import builders as bidding
from tests.builders import DAY, HOUR, eur
from tests.cast import Cast
from tests.ledger import builders as ledger
from tests.ledger.formal import judged
from tests.secrecy import rivals
from tests.secrecy.needles import AMOUNT, PRICED
from tests.secrecy.rivals import HIDDEN, about, bids_of_otto, offered, taking_bids

ELSEWHERE = "https://hooks.example.com/choicebook"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A state of a job, and what of Otto's bid is under seal in it."""

    name: str
    whole: bool = True  # or its price alone


STATES = (
    Sealed("taking bids"),
    Sealed("amended"),
    Sealed("extended for few bids"),
    Sealed("past its deadline"),
    Sealed("waiting for the panel"),
    Sealed("waiting for two signatures"),
    Sealed("ended for few bids"),
    Sealed("cancelled"),
    Sealed("best and final"),
    Sealed("best and final over"),
    Sealed("withdrawn"),
    Sealed("prices sealed", whole=False),
    Sealed("scored, prices sealed", whole=False),
)


def STORY(cast: Cast, as_role: Any) -> dict[str, Any]:  # noqa: N802 - what `told` asks for
    """Tell rivals' story, and all those states that it leaves out."""
    now = datetime.now(UTC).replace(microsecond=0)
    with patch("marketplace.webhooks.address_of"):  # nobody is asked where it lies
        add_webhook(
            actor=cast.fin, address=ELSEWHERE, purpose="All", kinds=KINDS, at=now - 30 * DAY
        )
    found = rivals.STORY(cast, as_role)
    found["amended"] = _amended(cast, now)
    found |= _few(cast, now)
    found["past its deadline"] = _past(cast, now)
    found["waiting for two signatures"] = _two_people(cast, now)
    found["best and final over"] = _round_over(cast, now)
    found["withdrawn"] = _withdrawn(cast, now)
    for name in ("prices sealed", "scored, prices sealed"):
        found[name] = _prices_sealed(cast, now, is_scored="scored" in name)
    as_role("worker")
    for _ in range(2):
        seal(at=now)
        record_rows(at=now)
    lay_out_messages(at=now)
    as_role("replay")
    send_due_notices(at=now)
    return found


def _amended(cast: Cast, now: datetime) -> dict[str, Any]:
    """An addendum came: each bid waits for a yes to it, or it is out."""
    ids = taking_bids(cast, now)
    add_addendum(actor=cast.maya, job_id=ids["job_id"], text="For 220 guests.", at=now - HOUR)
    return ids


def _days(now: datetime, *, closes_at: datetime) -> dict[str, Any]:
    return {"at": now - 9 * DAY, "questions_until": now - 3 * DAY, "closes_at": closes_at}


def _ids(cast: Cast, job: Job, bid: Any) -> dict[str, Any]:
    criterion = job.criteria.order_by("position").values_list("pk", flat=True)[0]
    ids = {"job_id": job.pk, "criterion_id": criterion}
    about(ids, bid)
    return ids


def _few(cast: Cast, now: datetime) -> dict[str, Any]:
    """Otto's bid alone came by the deadline: one job waits for more, one has ended."""
    found = {}
    for rule, name in (("extend_once", "extended for few bids"), ("end", "ended for few bids")):
        days = _days(now, closes_at=now - 2 * HOUR)
        job = ledger.publish(cast, too_few_rule=rule, **(days | HIDDEN))
        bid = bids_of_otto(cast, job, since=now - DAY)
        close_due_job(job_id=job.pk, at=now - HOUR)
        found[name] = _ids(cast, job, bid)
    return found


def _past(cast: Cast, now: datetime) -> dict[str, Any]:
    """No bid may come any more, and the clock has not been there yet."""
    job = ledger.publish(cast, **(_days(now, closes_at=now - HOUR) | HIDDEN))
    bidding.submit(cast, job, provider=cast.vera_co, at=now - 2 * DAY)
    return _ids(cast, job, bids_of_otto(cast, job, since=now - DAY))


def _two_people(cast: Cast, now: datetime) -> dict[str, Any]:
    """Closed, and above the limit from which two people open."""
    stated = now - 9 * DAY + HOUR
    state_opening_limit(actor=cast.adam, limit=eur("5000"), reason="A week's money.", at=stated)
    days = _days(now, closes_at=now - HOUR) | {"at": stated + HOUR}
    job = ledger.publish(cast, **(days | HIDDEN))
    bidding.submit(cast, job, provider=cast.vera_co, at=now - 2 * DAY)
    bid = bids_of_otto(cast, job, since=now - DAY)
    close_due_job(job_id=job.pk, at=now - HOUR)
    return _ids(cast, job, bid)


def _round_over(cast: Cast, now: datetime) -> dict[str, Any]:
    """Best and final bids lie there, their deadline is over, and the clock has not opened them."""
    days = {"questions_until": now - 7 * DAY, "closes_at": now - 5 * DAY}
    job = ledger.publish(cast, at=now - 12 * DAY, **(days | HIDDEN))
    dear = offered("8000000", "A rose is a rose.")
    sent = now - 6 * DAY
    theirs = bidding.submit(cast, job, provider=cast.vera_co, at=sent)
    earlier = bidding.submit(cast, job, provider=cast.otto_co, content=dear, at=sent)
    ledger.open_job(job)
    ask_for_final_bids(
        actor=cast.maya,
        job_id=job.pk,
        bid_ids=[theirs.pk, earlier.pk],
        question="What is your last word?",
        closes_at=now - HOUR,
        at=now - 4 * DAY,
    )
    submit_final_bid(actor=cast.otto, bid_id=earlier.pk, content=offered(), at=now - DAY)
    return _ids(cast, job, earlier)


def _withdrawn(cast: Cast, now: datetime) -> dict[str, Any]:
    """Opened, but Otto had taken his bid back: what it said stays his for ever."""
    job = ledger.publish(cast, **(_days(now, closes_at=now - 2 * HOUR) | HIDDEN))
    bidding.submit(cast, job, provider=cast.vera_co, at=now - 2 * DAY)
    bidding.submit(cast, job, at=now - 2 * DAY)
    bid = bids_of_otto(cast, job, since=now - DAY)
    withdraw_bid(actor=cast.otto, bid_id=bid.pk, at=now - 10 * HOUR)
    ledger.open_job(job)
    return _ids(cast, job, bid)


def _prices_sealed(cast: Cast, now: datetime, *, is_scored: bool) -> dict[str, Any]:
    """A formal job whose answers are open, and scored perhaps; the prices wait."""
    days = _days(now, closes_at=now - 2 * HOUR)
    job = ledger.publish(cast, procedure="formal", **(days | HIDDEN))
    price = (PriceLine("materials", eur(AMOUNT).minor, PRICED),)
    content = replace(offered(words="A rose is a rose."), lines=price)
    bidding.submit(cast, job, provider=cast.vera_co, at=now - 2 * DAY)
    bid = bidding.submit(cast, job, provider=cast.otto_co, content=content, at=now - DAY)
    ledger.open_job(job)
    if is_scored:
        judged(cast, job)
    return _ids(cast, job, bid)
