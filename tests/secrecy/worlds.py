"""Two worlds that differ in one thing: whether three rivals came, edited and withdrew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from django.core import mail

from bids.closing import close_due_job
from bids.final_round import ask_for_final_bids, submit_final_bid
from bids.submission import confirm_bid, withdraw_bid
from bids.witnesses import state_opening_limit
from ledger.commissioning import cancel_job
from ledger.recording import record_rows
from marketplace.addenda import add_addendum
from marketplace.admission import admit_vendor
from marketplace.letters import send_due_digests, send_due_notices
from marketplace.log.sealer import seal
from marketplace.mailing import choose_mailing
from marketplace.membership import add_member
from marketplace.messaging import lay_out_messages
from marketplace.models.jobs import Job
from marketplace.models.webhooks import WebhookMessage
from marketplace.panels import appoint_panel
from marketplace.people import add_person
from marketplace.questions import answer_question, ask_question
from marketplace.webhooks import KINDS, add_webhook
from tests.bids import builders as bidding
from tests.builders import DAY, HOUR, eur
from tests.cast import FOUNDED, Cast
from tests.ledger import builders as ledger
from tests.secrecy.dice import dice
from tests.secrecy.rivals import bids_of_otto
from tests.secrecy.states import ELSEWHERE

NOW = datetime.now(UTC).replace(microsecond=0)
CLOSED = ("closed", "waiting for the panel", "waiting for two signatures")
# In each of them rivals bid in one of the worlds.
STATES = ("taking bids", "past its deadline", *CLOSED, "cancelled", "best and final")
RIVALS = ("otto", "hugo", "ivo")


def STORY(cast: Cast, as_role: Any) -> dict[str, Any]:  # noqa: N802 - what `told` asks for
    """Jobs for which five providers are invited, and on which Vera has bid."""
    ledger.grant(cast, "900000", at=NOW - 40 * DAY)
    with patch("marketplace.webhooks.address_of"):  # nobody is asked where it lies
        add_webhook(
            actor=cast.fin, address=ELSEWHERE, purpose="All", kinds=KINDS, at=NOW - 30 * DAY
        )
    found: dict[str, Any] = {"others": [_firm(cast, name) for name in ("hugo", "ivo")]}
    found["own"] = {
        "department_id": cast.marketing.pk,
        "provider_id": cast.vera_co.pk,
        "team_id": cast.events_team.pk,
        "user_id": cast.paul.pk,
        "period_id": f"{NOW:%Y%m}",
    }
    # What the addresses of the rival's own side and figures say.
    found["foreign"] = {"provider_id": cast.otto_co.pk, "user_id": cast.otto.pk}
    for name in STATES[:-1]:
        found[name] = _job(cast, name, found["others"])
    found["best and final"] = _round(cast, found["others"])
    return found


def _firm(cast: Cast, name: str) -> tuple[Any, Any]:
    firm = admit_vendor(
        actor=cast.adam,
        name=f"{name.capitalize()} & Sons",
        at=FOUNDED,
        category_ids=[cast.events.pk],
    )
    one = add_person(
        actor=cast.adam, email=f"{name}@house.example", name=name.capitalize(), at=FOUNDED
    )
    add_member(actor=cast.adam, user_id=one.pk, provider_id=firm.pk, role="lead", at=FOUNDED)
    return one, firm


def _words(cast: Cast, others: Any) -> dict[str, Any]:
    invited = [one.pk for one in (cast.events_team, cast.vera_co, cast.otto_co)]
    invited += [firm.pk for _, firm in others]
    return {"invited": invited, "shows_ceiling": False, "point": eur("60")}


def _job(cast: Cast, name: str, others: Any) -> dict[str, Any]:
    """A job on which Vera bid five days ago."""
    is_open = name in ("taking bids", "cancelled")
    days = {"questions_until": NOW - 4 * DAY, "closes_at": NOW - HOUR}
    if is_open:
        days = {"questions_until": NOW + DAY, "closes_at": NOW + 3 * DAY}
    published = NOW - (6 if is_open else 9) * DAY
    if name == "waiting for two signatures":
        # What stood when the others were published has no limit.
        published += 2 * HOUR
        words = {"limit": eur("5000"), "reason": "A week's money.", "at": published - HOUR}
        state_opening_limit(actor=cast.adam, **words)
    job = ledger.publish(cast, at=published, **(days | _words(cast, others)))
    if name == "waiting for the panel":
        user_ids = [cast.rolf.pk]
        appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=user_ids, at=NOW - 8 * DAY)
    return _ids(cast, job, bidding.submit(cast, job, provider=cast.vera_co, at=NOW - 5 * DAY))


def _ids(cast: Cast, job: Job, bid: Any) -> dict[str, Any]:
    criterion = job.criteria.order_by("position").values_list("pk", flat=True)[0]
    ids = {"job_id": job.pk, "bid_id": bid.pk, "criterion_id": criterion}
    return ids | {"provider_id": cast.vera_co.pk}


def _round(cast: Cast, others: Any) -> dict[str, Any]:
    """Opened, and asked once more: Vera, Otto and Hugo."""
    days = {"questions_until": NOW - 7 * DAY, "closes_at": NOW - 5 * DAY}
    job = ledger.publish(cast, at=NOW - 12 * DAY, **(days | _words(cast, others)))
    ((hugo, firm), _) = others
    sent = {"at": NOW - 6 * DAY}
    bids = [
        bidding.submit(cast, job, provider=cast.vera_co, **sent),
        bidding.submit(cast, job, provider=cast.otto_co, **sent),
        bidding.submit(cast, job, provider=firm, actor=hugo, **sent),
    ]
    ledger.open_job(job)
    ask_for_final_bids(
        actor=cast.maya,
        job_id=job.pk,
        bid_ids=[one.pk for one in bids],
        question="What is your last word?",
        closes_at=NOW + DAY,
        at=NOW - 2 * DAY,
    )
    rivals = {"rivals": [(cast.otto, bids[1].pk), (hugo, bids[2].pk)]}
    return _ids(cast, job, bids[0]) | rivals


def rivals_bid(cast: Cast, told: dict[str, Any]) -> None:
    """Otto, Hugo and Ivo draft, attach, submit, edit and withdraw; Ivo withdraws for good."""
    for name in STATES[:-1]:
        job = Job.objects.get(pk=told[name]["job_id"])
        bids_of_otto(cast, job, since=NOW - 4 * DAY)
        for (person, firm), price in zip(told["others"], ("8100", "7900"), strict=True):
            words = {"provider": firm, "actor": person, "content": bidding.offer(price)}
            for hours in range(3):
                bid = bidding.submit(cast, job, at=NOW - 4 * DAY + hours * HOUR, **words)
        withdraw_bid(actor=person, bid_id=bid.pk, at=NOW - 3 * DAY)
    for person, bid_id in told["best and final"]["rivals"]:
        for hours in range(2):
            submit_final_bid(
                actor=person,
                bid_id=bid_id,
                content=bidding.offer("7000"),
                at=NOW - DAY + hours * HOUR,
            )


def session(cast: Cast, told: dict[str, Any], with_rivals: bool, as_role: Any) -> list[str]:
    """Return the mail that everybody else got of what they do in both worlds."""
    mail.outbox.clear()
    for person in (cast.rolf, cast.vera):  # the one buys, the other bids: read once a day
        choose_mailing(actor=person, mailings={"waiting": "daily", "work": "daily"})
    job = told["taking bids"]["job_id"]
    ours = {"actor": cast.vera, "job_id": job, "provider_id": cast.vera_co.pk}
    with dice("asked"):
        question = ask_question(**ours, text="Is there a rain plan?", at=NOW - 5 * DAY)
    if with_rivals:
        rivals_bid(cast, told)
    with dice("answered"):
        words = {"question_id": question.pk, "answer": "There is a tent.", "at": NOW - 2 * DAY}
        answer_question(actor=cast.rolf, **words)
        add_addendum(actor=cast.maya, job_id=job, text="For 220 guests.", at=NOW - DAY)
        confirm_bid(actor=cast.vera, bid_id=told["taking bids"]["bid_id"], at=NOW - 10 * HOUR)
        called_off = {"job_id": told["cancelled"]["job_id"], "at": NOW - 9 * HOUR}
        cancel_job(actor=cast.maya, reason="The yard is let.", **called_off)
    with dice("told"):
        send_due_notices(at=NOW - 8 * HOUR)
    for name in CLOSED:
        with dice(name):
            close_due_job(job_id=told[name]["job_id"], at=NOW - HOUR)
    as_role("worker")
    with dice("recorded"):
        for _ in range(2):
            seal(at=NOW - HOUR)
            record_rows(at=NOW - HOUR)
        seal(at=NOW - HOUR)
        lay_out_messages(at=NOW - HOUR)
    as_role("replay")
    send_due_notices(at=NOW)
    assert send_due_digests(at=NOW + DAY) >= 2
    return sorted(_mail_to_others()) + sorted(_sent_elsewhere())


def _mail_to_others() -> Iterable[str]:
    for one in mail.outbox:
        if one.to[0].split("@")[0] not in RIVALS:
            headers = sorted(one.extra_headers.items())
            yield f"{one.to} {one.from_email} {headers}\n{one.subject}\n{one.body}"


def _sent_elsewhere() -> Iterable[str]:
    kept = WebhookMessage.objects.values_list("kind", "occurrence", "told_at", "body")
    return [str(one) for one in kept]
