"""
Before the opening nobody can tell from anything they receive that a rival has bid: each address
answers with the same bytes as before the rival came, and none holds a word of the bid.
"""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core import mail

from bids.closing import close_due_job
from bids.content import BidContent, PriceLine
from bids.drafts import save_bid_draft
from bids.files import attach_file
from bids.opening import open_bids
from bids.submission import submit_bid, withdraw_bid
from marketplace.notices import send_due_notices
from marketplace.system import the_clock
from tests.bids.builders import submit
from tests.bids.test_secrecy import forms_of, forms_of_amount
from tests.builders import DEADLINE, HOUR, MINUTE, NOON, a_published_job, eur
from tests.frontend.bidding import it_is
from tests.secrecy.walk import Visitor, addresses, filled

WORD = "plumeria & ocotillo <orchard>"
FILE = "plumeria-ledger.txt"
AMOUNT = "7341219.37"
LOOK_AT = NOON + 6 * HOUR
NINE = ["nobody", "rolf", "maya", "pia", "paul", "vera", "fin", "ada", "adam"]
FEW = ["maya", "vera", "adam"]
# In every run: what is about jobs, bids and providers. The rest is the long form's.
NEAR = ("jobs", "bids", "notices", "desk")


def needles() -> list[bytes]:
    """Return the rival's words and amount in each form in which they could be handed out."""
    found = set(forms_of_amount())
    for word in (WORD, FILE, "plumeria"):
        said = (word, html.escape(word), quote(word), quote(word, safe=""), json.dumps(word)[1:-1])
        for text in said:
            found |= set(forms_of(text))
    return sorted(found)


def rival_bids(cast: Any, job: Any) -> dict[str, Any]:
    """Otto drafts, attaches, submits, withdraws and submits again; what stands of it is named."""
    ours = {"actor": cast.otto, "job_id": job.pk, "provider_id": cast.otto_co.pk}
    content = BidContent(
        approach=WORD,
        currency="EUR",
        lines=(PriceLine("materials", eur(AMOUNT).minor, WORD),),
    )
    save_bid_draft(**ours, content=content, at=NOON + HOUR)
    file = attach_file(**ours, name=FILE, content=WORD.encode(), at=NOON + HOUR)
    first = submit_bid(**ours, content=content, at=NOON + 2 * HOUR)
    withdraw_bid(actor=cast.otto, bid_id=first.pk, at=NOON + 3 * HOUR)
    bid = submit_bid(**ours, content=content, at=NOON + 4 * HOUR)
    save_bid_draft(**ours, content=content, at=NOON + 5 * HOUR)
    send_due_notices(at=NOON + 5 * HOUR)
    return {"bid_id": bid.pk, "file_id": file.file_id}


def walk(
    visitors: dict[str, Visitor], routes: list[str], ids: dict[str, Any], at: Any
) -> dict[tuple[str, str], bytes]:
    """Return what each visitor receives at each address, the asked-for ids masked."""
    seen = {}
    with it_is(at):
        for name, visitor in visitors.items():
            visitor.sign_in()  # a session outlives no deadline
            for route in routes:
                path = filled(route, ids)
                said = visitor.look(path).replace(path.encode(), b"#")
                seen[name, route] = said
    return seen


@pytest.fixture
def world(founded: Any) -> tuple[Any, Any]:
    """A job with a hidden ceiling, on which the Events team has bid."""
    job = a_published_job(founded, shows_ceiling=False, point=eur("60"))
    submit(founded, job, at=NOON + 30 * MINUTE)
    return founded, job


def check(cast: Any, job: Any, people: list[str], routes: list[str]) -> None:
    visitors = {name: Visitor(getattr(cast, name, None)) for name in people}
    here = {"job_id": job.pk, "provider_id": cast.otto_co.pk}
    before = walk(visitors, routes, here | {"bid_id": uuid4(), "file_id": uuid4()}, LOOK_AT)
    ids = here | rival_bids(cast, job)

    after = walk(visitors, routes, ids, LOOK_AT)
    assert [key for key in before if before[key] != after[key]] == []
    close_due_job(job_id=job.pk, at=DEADLINE)
    sealed = walk(visitors, routes, ids, DEADLINE)
    told = b"\n".join([*after.values(), *sealed.values()])
    mails = [f"{one.subject}\n{one.body}" for one in mail.outbox if "otto" not in one.to[0]]
    told += "\n".join(mails).encode()
    assert [needle for needle in needles() if needle in told] == []

    open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)
    opened = walk({"maya": visitors["maya"]}, routes, ids, DEADLINE + HOUR)
    told = b"\n".join(opened.values())
    assert html.escape(WORD).encode() in told
    assert FILE.encode() in told
    assert b"7,341,219.37" in told


@pytest.mark.proof
def test_until_the_opening_nobody_can_tell_that_a_rival_has_bid(world):
    cast, job = world
    routes = [
        route
        for route in addresses()
        if route.removeprefix("api/v1/").startswith(NEAR) and "<uuid:department_id>" not in route
    ]

    check(cast, job, FEW, routes)


@pytest.mark.proof
def test_none_of_nine_roles_can_tell_it_at_any_address(world):
    cast, job = world

    check(cast, job, NINE, addresses())


def test_a_foreign_thing_answers_with_the_bytes_of_a_missing_one(world):
    cast, job = world
    ids = {"job_id": job.pk, "provider_id": cast.otto_co.pk} | rival_bids(cast, job)
    vera = Visitor(cast.vera)
    about_a_bid = [route for route in addresses() if "<uuid:bid_id>" in route]
    assert len(about_a_bid) > 10

    with it_is(LOOK_AT):
        vera.sign_in()
        assert vera.look(f"/jobs/{job.pk}/").startswith(b"200")
        for route in about_a_bid:
            foreign, missing = filled(route, ids), filled(route, ids | {"bid_id": uuid4()})
            said = vera.look(foreign).replace(foreign.encode(), b"#")
            assert said == vera.look(missing).replace(missing.encode(), b"#"), route
