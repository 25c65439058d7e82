"""Otto's sealed bids of 7,341,219.37: taken, waiting, called off, and asked for again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bids.content import BidContent, PriceLine
from bids.drafts import save_bid_draft
from bids.files import attach_file
from bids.final_round import ask_for_final_bids, submit_final_bid
from bids.models.bids import Bid
from bids.submission import submit_bid, withdraw_bid
from ledger.commissioning import cancel_job
from marketplace.letters import send_due_notices
from marketplace.models.jobs import Job
from tests.bids import builders as bidding
from tests.builders import DAY, HOUR, eur
from tests.cast import Cast
from tests.ledger import builders as ledger
from tests.permissions import contests, world
from tests.secrecy.needles import AMOUNT, FILE, WORD

HIDDEN = {"shows_ceiling": False, "point": eur("60")}


def offered(amount: str = AMOUNT, words: str = WORD) -> BidContent:
    """Return what Otto offers."""
    line = PriceLine("materials", eur(amount).minor, words)
    return BidContent(approach=words, currency="EUR", lines=(line,))


def bids_of_otto(cast: Cast, job: Job, *, since: datetime) -> Bid:
    """Otto drafts, attaches a file, submits, withdraws, submits again and goes on drafting."""
    ours = {"actor": cast.otto, "job_id": job.pk, "provider_id": cast.otto_co.pk}
    save_bid_draft(**ours, content=offered(), at=since)
    attach_file(**ours, name=FILE, content=WORD.encode(), at=since)
    first = submit_bid(**ours, content=offered(), at=since + HOUR)
    withdraw_bid(actor=cast.otto, bid_id=first.pk, at=since + 2 * HOUR)
    bid = submit_bid(**ours, content=offered(), at=since + 3 * HOUR)
    save_bid_draft(**ours, content=offered(), at=since + 4 * HOUR)
    return bid


def STORY(cast: Cast, as_role: Any) -> dict[str, Any]:  # noqa: N802 - what `told` asks for
    """Tell the company's story, and put Otto's bids where they are under seal."""
    now = datetime.now(UTC).replace(microsecond=0)
    found = world.STORY(cast, as_role)
    found["taking bids"] = taking_bids(cast, now)
    rival = found["waiting for the panel"] = contests.sealed_job(
        cast, now, before=lambda job: bids_of_otto(cast, job, since=now - DAY), **HIDDEN
    )
    about(rival, job_of(rival).bids.standing().get(provider=cast.otto_co))
    found["cancelled"] = _cancelled(cast, now)
    found["best and final"] = _round(cast, now)
    send_due_notices(at=now)
    return found


def job_of(ids: dict[str, Any]) -> Job:
    """Return the job of a situation."""
    return Job.objects.get(pk=ids["job_id"])


def taking_bids(cast: Cast, now: datetime) -> dict[str, Any]:
    """A job that takes bids: Vera's, the team's and Otto's lie there."""
    ids = contests.open_job(cast, cast.vera_co, cast.vera, now, **HIDDEN)
    about(ids, bids_of_otto(cast, job_of(ids), since=now - 10 * HOUR))
    return ids


def about(ids: dict[str, Any], bid: Bid) -> None:
    """Let the addresses be about Otto's bid, and its file."""
    ids["bid_id"], ids["provider_id"] = bid.pk, bid.provider_id
    file = bid.files.first()
    if file is not None:
        ids["file_id"] = file.file_id


def _cancelled(cast: Cast, now: datetime) -> dict[str, Any]:
    ids = taking_bids(cast, now)
    cancel_job(actor=cast.maya, job_id=ids["job_id"], reason="The yard is let.", at=now - HOUR)
    return ids


def _round(cast: Cast, now: datetime) -> dict[str, Any]:
    """Opened; Vera and Otto are asked for their best and final bids, and Otto's lies there."""
    days = {"questions_until": now - 4 * DAY, "closes_at": now - 2 * DAY}
    job = ledger.publish(cast, at=now - 9 * DAY, **(days | HIDDEN))
    theirs = bidding.submit(cast, job, provider=cast.vera_co, at=now - 3 * DAY)
    dear = offered("8000000", "A rose is a rose.")
    earlier = bidding.submit(cast, job, provider=cast.otto_co, content=dear, at=now - 3 * DAY)
    ledger.open_job(job)
    ask_for_final_bids(
        actor=cast.maya,
        job_id=job.pk,
        bid_ids=[theirs.pk, earlier.pk],
        question="What is your last word?",
        closes_at=now + 2 * DAY,
        at=now - DAY,
    )
    submit_final_bid(actor=cast.otto, bid_id=earlier.pk, content=offered(), at=now - HOUR)
    return {"job_id": job.pk, "bid_id": earlier.pk, "provider_id": cast.otto_co.pk}


def acts_over_http(cast: Cast, ids: dict[str, Any], word: str) -> None:
    """The same by the doors: what is typed passes through pages, sessions, keys and logs."""
    otto = Client()
    otto.force_login(cast.otto)
    job, provider = ids["job_id"], cast.otto_co.pk
    draft = f"/api/v1/jobs/{job}/bid-drafts/{provider}/"
    amount = {"amount": AMOUNT, "currency": "EUR"}
    body = {
        "currency": "EUR",
        "approach": word,
        "lines": [{"kind": "labour", "amount": amount, "text": word}],
    }
    said = [
        otto.put(draft, body, "application/json"),
        otto.post(f"{draft}files/", {"file": SimpleUploadedFile(f"{word}.txt", word.encode())}),
        otto.get(draft),
        otto.delete(draft),
        otto.post(f"{draft}restoration/"),
    ]
    for key in ("one", "two"):
        whole = {**body, "provider_id": str(provider)}
        said.append(
            otto.post(
                f"/api/v1/jobs/{job}/bids/",
                whole,
                "application/json",
                headers={"Idempotency-Key": f"{word[-6:]}-{key}"},
            )
        )
    bid = said[-1].json()["id"]
    # One that was thrown away lies there from now on.
    said += [otto.put(draft, body, "application/json"), otto.delete(draft)]
    said += [otto.get(f"/api/v1/bids/{bid}/"), otto.get(reverse("bid-receipt", args=[bid]))]
    assert [one.status_code for one in said if one.status_code >= 300] == []
    assert word.encode() in said[-2].content
    page = otto.get(reverse("bid-edit", args=[job, provider]))
    assert page.status_code == 200
