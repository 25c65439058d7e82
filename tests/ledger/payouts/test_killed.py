"""
Whoever sends payouts is really killed (SIGKILL): between commit and call, between call and answer,
between answer and record, and within the recording. Whoever comes next makes one transfer of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connections

from ledger import paying, payout_noting, stripe_gateway
from ledger.models.payouts import Payout
from ledger.settling import ask_payout
from tests.builders import MINUTE
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.payouts.test_whole_life import owe
from tests.proof.processes import FORKING
from tests.stripe_twin.playing import Play, connect, one_signature
from tests.stripe_twin.server import Fault, Twin, running


def dies(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def between_commit_and_call(twin: Twin) -> None:
    stripe_gateway.Gateway.transfer = dies  # type: ignore[assignment,method-assign]


def between_call_and_answer(twin: Twin) -> None:
    """Stripe has done it, and whoever waits for the answer is killed: see `victim` of the twin."""


def between_answer_and_record(twin: Twin) -> None:
    paying._conclude = dies  # type: ignore[assignment]


def within_the_recording(twin: Twin) -> None:
    payout_noting.record_step = dies


MOMENTS: list[Callable[[Twin], None]] = [
    between_commit_and_call,
    between_call_and_answer,
    between_answer_and_record,
    within_the_recording,
]


def work_and_die(play: Play, moment: Callable[[Twin], None]) -> int:
    """Let the clock come round in a process of its own, killed at a moment; return how it ended."""
    connections.close_all()  # a child that inherited one would end it for us all
    play.pass_(3 * MINUTE)

    def work() -> None:
        stripe_gateway._gateway.cache_clear()  # a line to Stripe is not shared either
        play.twin.victim = 0
        moment(play.twin)
        play.work(timedelta(0))

    process = FORKING.Process(target=work, daemon=True)
    if moment is between_call_and_answer:
        play.twin.faults.append(Fault("POST /v1/transfers", "killed after"))
    process.start()
    play.twin.victim = process.pid or 0
    process.join(timeout=60)
    return process.exitcode or 0


def test_whoever_is_killed_at_any_moment_makes_one_transfer(
    founded: Cast, as_role: Any, settings: Any
) -> None:
    builders.grant(founded)
    with running(Twin()) as twin:
        connect(twin, settings)
        play = Play(founded, twin, builders.second_of_finance(founded))
        award = builders.choose(founded, builders.contest(founded).vendor_bid)
        one_signature(founded)
        play.onboard()
        play.fund()
        paid = 0
        for number, moment in enumerate(MOMENTS, start=1):
            owe(play, award, 100_00 * number)
            paid += 100_00 * number
            words = {"actor": founded.fin, "payout_id": uuid4(), "currency": "EUR"}
            words |= {"provider_id": award.provider_id, "at": play.pass_(MINUTE)}
            payout = ask_payout(**words)

            assert work_and_die(play, moment) == -signal.SIGKILL, moment.__name__
            assert play.word(payout) == "sending", moment.__name__
            for _ in range(3):
                play.work()

            assert play.word(payout) == "sent", moment.__name__
            made = [one["amount"] for one in twin.books.of("transfer")]
            assert len(made) == number, moment.__name__
            assert sum(made) == paid
            assert builders.stands("1160").minor == paid
            assert builders.stands("2100").minor == 0
            builders.assert_books_hold()
        assert Payout.objects.count() == len(MOMENTS)
    assert twin.contract.wrong == []
