"""What Stripe announces: only what it signed, these very bytes, and just now."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client

from ledger.models.stripe import StripeEvent
from ledger.payees import open_stripe_account, pay_by_hand
from ledger.paying_duties import poll_when_due
from ledger.stripe_events import poll_account
from marketplace.project.clock import database_now
from marketplace.system import the_clock
from tests.builders import MINUTE
from tests.stripe_twin.books import signed
from tests.stripe_twin.playing import SECRET, Play, one_signature, owed
from tests.stripe_twin.server import Fault

pytestmark = pytest.mark.django_db
ADDRESS = "/stripe/events/"


@pytest.fixture
def event(play: Play) -> dict[str, object]:
    play.onboard()
    return play.twin.books.events[-1]


def post(body: bytes, signature: str) -> int:
    with transaction.atomic():  # what a server gives each request
        answer = Client().post(
            ADDRESS, body, content_type="application/json", headers={"Stripe-Signature": signature}
        )
    return answer.status_code


def now() -> int:
    return int(database_now().timestamp())


def test_an_event_is_taken_once_and_answered_at_once(event, play):
    asked = len(play.twin.asked)

    for _ in range(3):
        assert post(*signed(event, SECRET, now())) == 204

    assert StripeEvent.objects.filter(pk=event["id"], worked_at=None).count() == 1
    assert len(play.twin.asked) == asked  # Stripe waits for nothing


def test_forged_old_and_written_anew_are_refused(event):
    body, signature = signed(event, SECRET, now())
    again = json.dumps(json.loads(body)).encode()

    assert post(*signed(event, "whsec_of_somebody", now())) == 400
    assert post(*signed(event, SECRET, now() - 301)) == 400
    assert post(*signed(event, SECRET, now() + 302)) == 400
    assert post(again, signature) == 400
    assert post(body + b" ", signature) == 400
    assert post(body, "") == 400
    assert post(body, "t=x,v1=y") == 400
    assert not StripeEvent.objects.exists()
    assert post(body, signature) == 204


def test_two_secrets_are_good_while_one_replaces_the_other(event, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]

    assert post(*signed(event, "whsec_new", now())) == 204
    assert post(*signed(event, SECRET, now())) == 204


def test_what_is_of_the_other_mode_is_nothing_of_ours(event, settings):
    assert post(*signed(event | {"livemode": True}, SECRET, now())) == 204
    assert not StripeEvent.objects.exists()
    settings.STRIPE_API_KEY = "sk_live_twin"
    assert post(*signed(event, SECRET, now())) == 204
    assert not StripeEvent.objects.exists()

    assert post(*signed(event | {"livemode": True}, SECRET, now())) == 204

    assert StripeEvent.objects.exists()


def test_without_a_key_nothing_is_expected(event, settings):
    settings.STRIPE_API_KEY = ""

    assert post(*signed(event, SECRET, now())) == 400


def test_an_event_that_fails_is_tried_again(event, play):
    play.deliver([event])
    play.twin.faults += _busy(2)
    play.work()
    assert StripeEvent.objects.get().tried == 1

    play.work()
    play.work()

    assert StripeEvent.objects.get().worked_at is not None


def test_each_account_is_read_in_its_turn_and_what_is_noted_not_again(play, monkeypatch):
    monkeypatch.setattr("ledger.paying_duties.AT_ONCE", 1)
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    first = play.onboard()
    play.ask()
    play.work()
    play.bank("paid")
    vendor = {"provider_id": play.cast.vera_co.pk, "at": play.pass_(MINUTE)}
    pay_by_hand(actor=play.fay, reference="4711", **vendor)
    second = open_stripe_account(actor=play.cast.vera, **(vendor | {"at": play.pass_(MINUTE)}))
    read = []
    with monkeypatch.context() as patch:
        patch.setattr(
            "ledger.paying_duties.poll_account", lambda *, payee_id, **_: read.append(payee_id)
        )
        for _ in range(4):
            play.pass_(14 * MINUTE)
            play.poll()
    assert read.count(first.pk) == read.count(second.pk) == 2

    words = {"actor": the_clock(), "payee_id": first.pk}
    poll_account(at=play.now, **words)
    asked = len(play.twin.asked)
    poll_account(at=play.now, **words)
    assert not [one for one in play.twin.asked[asked:] if "/v1/payouts/" in one]


def test_all_is_read_again_every_quarter_of_an_hour_and_at_once_after_a_silence(
    play, monkeypatch, settings
):
    turns = []
    monkeypatch.setattr("ledger.paying_duties.poll", lambda *, at, turn: turns.append(turn) or {})

    def after(span) -> list[int]:
        poll_when_due(at=play.pass_(span))
        return turns

    assert after(MINUTE) == [0]
    assert after(14 * MINUTE) == [0]  # however often the worker comes round
    assert after(MINUTE) == [0, 1]
    assert after(300 * MINUTE) == [0, 1, 2]  # the worker was away: once, and not twenty times
    assert after(14 * MINUTE) == [0, 1, 2]
    settings.STRIPE_API_KEY = ""
    assert after(300 * MINUTE) == [0, 1, 2]


def _busy(times: int) -> list[Fault]:
    return [Fault("GET /v1/accounts", "busy") for _ in range(times)]


def test_what_is_held_keeps_no_newer_payout_waiting(play, monkeypatch):
    monkeypatch.setattr("ledger.paying_duties.AT_ONCE", 1)
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.onboard()
    held = play.ask()
    owed(play.cast, "400")
    newer = play.ask()
    tried = []
    monkeypatch.setattr(
        "ledger.paying_duties.send_payout", lambda *, payout_id, **_: tried.append(payout_id)
    )

    for _ in range(4):
        play.work(MINUTE)

    assert tried.count(held.pk) == tried.count(newer.pk) == 2
