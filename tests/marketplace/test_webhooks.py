"""Other systems are told what happened: signed, in ids alone, and never into a private network."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from ledger.outside_spend import Payment, record_outside_spend
from ledger.thresholds import tell_of_thresholds
from marketplace import messaging, outward
from marketplace.history import record
from marketplace.log.sealer import seal
from marketplace.messaging import lay_out_messages, send_due_messages, tell_webhooks, try_webhook
from marketplace.models.events import Audience
from marketplace.models.webhooks import Webhook, WebhookMessage
from marketplace.money import Money
from marketplace.outward import NotPublic, address_of
from marketplace.refusals import Forbidden
from marketplace.webhooks import (
    AddressNotPublic,
    KindUnknown,
    WebhookEnded,
    WebhookSecret,
    add_webhook,
    end_webhook,
    rotate_secret,
    send_again,
    webhook_messages,
    webhooks,
)
from tests.bids import builders as bids
from tests.builders import NOON, a_published_job
from tests.cast import Cast, assemble
from tests.ledger import builders as ledger

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Receiver:
    """Another system: keeps what it is sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.drips = 0  # so many bytes of nothing, one after the other, before it answers
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append((dict(self.headers), body))
                if receiver.drips:
                    self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
                with contextlib.suppress(OSError):
                    for _ in range(receiver.drips):
                        self.wfile.write(b".")
                        time.sleep(0.05)
                if receiver.drips:
                    return
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/inside")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"
        Thread(
            target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}
        ).start()


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def added(cast: Cast, receiver: Receiver, *kinds: str) -> WebhookSecret:
    return add_webhook(
        actor=cast.fin,
        address=receiver.address,
        purpose="Warehouse",
        kinds=kinds or ("job.published", "webhook.tried"),
        at=NOON,
    )


def signed_by(secret: str, headers: dict[str, str], body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, text, "sha256")).decode()


def test_a_sealed_event_is_sent_once_in_ids_alone_and_a_sealed_bid_never(
    committed: None, as_role: Any, receiver: Receiver
):
    as_role("replay")
    cast = assemble()
    hook = added(cast, receiver, "job.published", "award.decided")
    job = a_published_job(cast)
    bids.submit(cast, job, provider=cast.vera_co, content=bids.offer("7341.37"))
    as_role("worker")
    seal(at=NOON)

    assert lay_out_messages(at=NOON) == 1
    assert lay_out_messages(at=NOON) == 0
    assert send_due_messages(at=NOON) == 1
    assert send_due_messages(at=NOON + MINUTE) == 0

    ((headers, body),) = receiver.taken
    said = json.loads(body)
    assert said["type"] == "job.published"
    assert set(said["data"]) == {"id", "job_id", "position"}
    assert said["data"]["job_id"] == str(job.pk)
    assert headers["webhook-signature"] == signed_by(hook.secret, headers, body)
    assert job.title.encode() not in body


def test_while_a_secret_is_rotated_both_sign(cast: Cast, receiver: Receiver):
    old = added(cast, receiver)
    new = rotate_secret(actor=cast.fin, webhook_id=old.id, at=NOON)
    try_webhook(actor=cast.fin, webhook_id=old.id, at=NOON)
    send_due_messages(at=NOON)
    try_webhook(actor=cast.fin, webhook_id=old.id, at=NOON + DAY)
    send_due_messages(at=NOON + DAY)

    (first, one), (second, two) = receiver.taken
    assert first["webhook-signature"].split() == [
        signed_by(new.secret, first, one),
        signed_by(old.secret, first, one),
    ]
    assert second["webhook-signature"] == signed_by(new.secret, second, two)


def test_what_is_not_taken_is_tried_for_three_days_and_then_by_hand(cast: Cast, receiver: Receiver):
    hook = added(cast, receiver)
    receiver.status = 500
    message = try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON)
    at = NOON
    while at is not None:
        last = at
        assert send_due_messages(at=at) == 0
        at = WebhookMessage.objects.get().due_at

    assert len(receiver.taken) == 10
    assert last - NOON > timedelta(hours=71)
    (found,) = webhook_messages(actor=cast.fin, webhook_id=hook.id)
    assert found.is_given_up
    assert found.problem == "It answered 500."
    (facts,) = webhooks(actor=cast.fin)
    assert (facts.given_up, facts.waiting) == (1, 0)

    receiver.status = 200
    send_again(actor=cast.fin, webhook_id=hook.id, message_id=message.id, at=last)
    assert send_due_messages(at=last) == 1
    assert receiver.taken[-1][1] == receiver.taken[0][1]


def test_a_redirect_is_not_followed_and_gone_is_the_end(cast: Cast, receiver: Receiver):
    hook = added(cast, receiver)
    receiver.status = 302
    try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON)
    assert send_due_messages(at=NOON) == 0
    assert WebhookMessage.objects.get().problem == "It answered 302."

    receiver.status = 410
    send_due_messages(at=NOON + MINUTE)
    assert Webhook.objects.get().ended_at == NOON + MINUTE
    assert send_due_messages(at=NOON + HOUR) == 0


def test_a_fact_is_told_once(cast: Cast, receiver: Receiver):
    added(cast, receiver, "budget.threshold")
    for _ in range(2):
        tell_webhooks("budget.threshold", occurrence="line 80", data={"id": "line"}, at=NOON)

    assert WebhookMessage.objects.count() == 1


@pytest.mark.parametrize(
    "leads_to",
    [
        *("127.0.0.1", "169.254.169.254", "10.0.0.7", "::1", "fd00::1", "::ffff:127.0.0.1"),
        *("64:ff9b::a00:7", "2002:7f00:1::", "0.0.0.0", "224.0.0.1", "100.64.0.1"),
    ],
)
def test_nothing_is_sent_into_a_private_network(cast: Cast, monkeypatch: Any, leads_to: str):
    family = socket.AF_INET6 if ":" in leads_to else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (leads_to, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)

    with pytest.raises(AddressNotPublic):
        add_webhook(
            actor=cast.fin,
            address="https://hooks.example.com/",
            purpose="",
            kinds=["job.published"],
            at=NOON,
        )


@pytest.mark.parametrize("address", ["ftp://example.com/", "http://8.8.8.8/", "https://a:b@c.de/"])
def test_only_https_is_spoken_to_the_world(address: str):
    with pytest.raises(NotPublic):
        address_of(address)


def test_a_name_is_looked_up_once_for_each_sending(
    cast: Cast, receiver: Receiver, monkeypatch: Any
):
    hook = added(cast, receiver)
    try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON)
    asked: list[str] = []
    real = socket.getaddrinfo

    def counted(host: str, *args: Any, **options: Any) -> Any:
        if host[0].isdigit():  # an address leads to itself
            return real(host, *args, **options)
        asked.append(host)
        # A second lookup would lead elsewhere.
        return real("127.0.0.1" if len(asked) == 1 else "127.9.9.9", *args, **options)

    address = f"http://hooks.example.com:{receiver.server.server_port}/hook"
    Webhook.objects.update(address=address)
    monkeypatch.setattr(socket, "getaddrinfo", counted)
    assert send_due_messages(at=NOON) == 1
    assert asked == ["hooks.example.com"]
    assert receiver.taken[0][0]["Host"].startswith("hooks.example.com")


def test_an_address_that_cannot_be_written_stops_no_other_message(
    cast: Cast, receiver: Receiver, monkeypatch: Any
):
    hook, other = added(cast, receiver), added(cast, receiver)
    Webhook.objects.filter(pk=hook.id).update(address=receiver.address + "/größe?a=b c")
    try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON)
    try_webhook(actor=cast.fin, webhook_id=other.id, at=NOON)
    assert send_due_messages(at=NOON) == 2

    try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON + HOUR)
    try_webhook(actor=cast.fin, webhook_id=other.id, at=NOON + HOUR)
    real = messaging.headers_of

    def broken(message: WebhookMessage, *, at: Any) -> dict[str, str]:
        if message.webhook_id == hook.id:
            raise RuntimeError("one message fails")
        return real(message, at=at)

    monkeypatch.setattr(messaging, "headers_of", broken)
    assert send_due_messages(at=NOON + HOUR) == 1
    assert WebhookMessage.objects.get(taken_at=None).tries == 1


def test_an_answer_that_never_ends_is_cut_off(cast: Cast, receiver: Receiver, monkeypatch: Any):
    monkeypatch.setattr(outward, "SECONDS_MAX", 0.3)
    receiver.drips = 40
    hook = added(cast, receiver)
    try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON)
    assert send_due_messages(at=NOON) == 0
    assert WebhookMessage.objects.get().problem == outward.TOO_SLOW


def test_a_name_that_nobody_finds_in_time_keeps_no_other_message_waiting(
    cast: Cast, receiver: Receiver, monkeypatch: Any
):
    slow, other = added(cast, receiver), added(cast, receiver)
    Webhook.objects.filter(pk=slow.id).update(address="http://slow.example.com/hook")
    try_webhook(actor=cast.fin, webhook_id=slow.id, at=NOON)
    try_webhook(actor=cast.fin, webhook_id=other.id, at=NOON)
    real, over = socket.getaddrinfo, Event()

    def asked(host: str, *args: Any, **options: Any) -> Any:
        if host == "slow.example.com":
            over.wait(timeout=30)
            raise OSError
        return real(host, *args, **options)

    monkeypatch.setattr(outward, "SECONDS_MAX", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    try:
        assert send_due_messages(at=NOON) == 1
    finally:
        over.set()
    assert "in time" in WebhookMessage.objects.get(webhook=slow.id).problem


def test_an_override_a_withdrawal_and_a_credit_are_told_while_nothing_is_held(
    committed: None, as_role: Any, receiver: Receiver, monkeypatch: Any
):
    as_role("replay")
    cast = assemble()
    kinds = ("award.decided", "award.cancelled", "charge.corrected")
    added(cast, receiver, *kinds)
    job = a_published_job(cast)
    happened = [("award.overridden", 1), ("award.replaced", 1), ("award.withdrawn", 1)]
    happened += [("dispute.resolved", 0), ("dispute.resolved", 1)]
    for kind, minor in happened:
        record(cast.fin, kind, job, at=NOON, audience=Audience.BUYER, facts={"amount_minor": minor})
    as_role("worker")
    seal(at=NOON)
    held: list[bool] = []
    real = messaging.post

    def watched(*words: Any) -> int:
        held.append(connection.in_atomic_block)
        return real(*words)

    monkeypatch.setattr(messaging, "post", watched)
    assert lay_out_messages(at=NOON) == 4
    assert send_due_messages(at=NOON) == 4
    told = sorted(json.loads(body)["type"] for _, body in receiver.taken)
    assert told == sorted([*kinds, "award.cancelled"])  # the award replaced, and the one withdrawn
    assert held == [False] * 4


def test_webhooks_are_for_finance_and_administrators(cast: Cast, receiver: Receiver):
    with pytest.raises(Forbidden):
        webhooks(actor=cast.maya)
    with pytest.raises(KindUnknown):
        added(cast, receiver, "bid.submitted")
    hook = added(cast, receiver)
    end_webhook(actor=cast.adam, webhook_id=hook.id, at=NOON)
    with pytest.raises(WebhookEnded):
        try_webhook(actor=cast.fin, webhook_id=hook.id, at=NOON)


def test_a_budget_that_is_nearly_used_is_told_of_once_for_each_mark(cast: Cast, receiver: Receiver):
    added(cast, receiver, "budget.threshold")
    line = ledger.grant(cast, "1000", at=NOON)

    def spend(amount: str) -> int:
        payment = Payment(
            id=uuid4(),
            department_id=cast.marketing.pk,
            payee="Studio Licht",
            document=uuid4().hex,
            paid_on=NOON.date(),
            net=Money.of(amount, "EUR"),
        )
        record_outside_spend(actor=cast.fin, payment=payment, at=NOON)
        return tell_of_thresholds(at=NOON)

    assert [spend("799.99"), spend("0.01"), spend("100"), spend("100")] == [0, 1, 0, 1]
    told = [json.loads(one.body)["data"] for one in WebhookMessage.objects.order_by("occurrence")]
    assert sorted(one["percent"] for one in told) == [80, 100]
    assert {one["id"] for one in told} == {str(line.pk)}
