"""
Numbered facts, told by verbs; each is acknowledged on a pipe once its transaction is over.

Whoever tells one and loses the connection does what any application does: comes back and tells
the same fact again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import DatabaseError, InterfaceError, connection

from ledger.acceptance import AlreadyAccepted, accept_delivery
from ledger.awarding import choose_bid
from ledger.changing import AlreadyAgreed, agree_change, propose_change
from ledger.commissioning import AlreadyAwarded
from ledger.delivering import DeliveryWaiting, MilestoneAccepted, deliver_milestone
from ledger.granting import grant_budget
from ledger.models.awards import Award, Delivery
from marketplace.log.sealer import seal
from marketplace.models.log import Checkpoint
from marketplace.money import Money
from marketplace.project.clock import database_now
from tests.builders import DAY, NOON, eur
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

Fact = tuple[str, str]  # what kind, and the name of the row that proves it


@dataclass(frozen=True)
class Start:
    """What the writers find: a company, and jobs that wait for a choice."""

    cast: Cast
    waiting: list[tuple[UUID, UUID]]  # job and bid
    award: Award  # whose last milestone changes all day


def tell(steps: Iterator[Callable[[], Fact]], acknowledge: int) -> None:
    """Take each step until it is taken, and say so on the pipe."""
    for step in steps:
        fact = until_done(step)
        os.write(acknowledge, f"{fact[0]} {fact[1]}\n".encode())


def until_done(step: Callable[[], Fact]) -> Fact:
    while True:
        try:
            return step()
        except (DatabaseError, InterfaceError):
            connection.close()  # the server is gone; it will be back
            time.sleep(0.02)


def grants(start: Start, writer: int, number: int) -> Iterator[Callable[[], Fact]]:
    """Finance grants again and again, each time another amount."""
    while True:
        source = uuid5(NAMESPACE_OID, f"{writer} {number}")
        amount = Money(writer * 1_000_000 + number + 1, "EUR")

        def grant(source: UUID = source, amount: Money = amount) -> Fact:
            grant_budget(
                actor=start.cast.fin,
                department_id=start.cast.marketing.pk,
                fiscal_year=2026,
                amount=amount,
                at=NOON,
                grant_id=source,
            )
            return "granted", str(source)

        yield grant
        number += 1


def grants_answered_late(start: Start, writer: int, number: int) -> Iterator[Callable[[], Fact]]:
    """The same, where the answer takes its time: whoever is killed meanwhile never says so."""
    for grant in grants(start, writer, number):

        def grant_and_wait(grant: Callable[[], Fact] = grant) -> Fact:
            fact = grant()
            time.sleep(0.05)
            return fact

        yield grant_and_wait


def awards(start: Start, writer: int, number: int) -> Iterator[Callable[[], Fact]]:
    """Choose a bid, deliver the work, accept it; then the next."""
    for job_id, bid_id in start.waiting[writer % 2 :: 2][number // 3 :]:
        yield lambda job_id=job_id, bid_id=bid_id: chosen(start, job_id, bid_id)
        yield lambda job_id=job_id: delivered(start, job_id)
        yield lambda job_id=job_id: accepted(start, job_id)


def changes(start: Start, _: int, number: int) -> Iterator[Callable[[], Fact]]:
    """The lead proposes one more or one less, the head agrees."""
    milestone = builders.milestones(start.award)[-1]
    while True:
        change: list[UUID] = []

        def propose(number: int = number, change: list[UUID] = change) -> Fact:
            made = propose_change(
                actor=start.cast.vera,
                milestone_id=milestone.pk,
                difference=eur("1" if number % 4 < 2 else "-1"),
                reason=f"Fact {number}",
                at=CHOICE + DAY,
            )
            change.append(made.pk)
            return "proposed", str(made.pk)

        def agree(change: list[UUID] = change) -> Fact:
            with suppress(AlreadyAgreed):
                agree_change(actor=start.cast.maya, change_id=change[-1], at=CHOICE + DAY)
            return "agreed", str(change[-1])

        yield propose
        yield agree
        number += 2


def chosen(start: Start, job_id: UUID, bid_id: UUID) -> Fact:
    with suppress(AlreadyAwarded):
        choose_bid(
            actor=start.cast.maya,
            job_id=job_id,
            bid_id=bid_id,
            reason_code="quality",
            reason="Their idea for the rain convinced us.",
            followed_view="charged",
            at=CHOICE,
        )
    return "chosen", str(job_id)


def delivered(start: Start, job_id: UUID) -> Fact:
    milestone = builders.milestones(Award.objects.get(job=job_id))[0]
    with suppress(DeliveryWaiting, MilestoneAccepted):
        deliver_milestone(actor=start.cast.vera, milestone_id=milestone.pk, at=CHOICE + DAY)
    return "delivered", str(job_id)


def accepted(start: Start, job_id: UUID) -> Fact:
    delivery = Delivery.objects.get(milestone__award__job=job_id)
    with suppress(AlreadyAccepted):
        accept_delivery(actor=start.cast.rolf, delivery_id=delivery.pk, at=CHOICE + 2 * DAY)
    return "accepted", str(job_id)


def seals(_: Start, __: int, ___: int) -> Iterator[Callable[[], Fact]]:
    """The worker seals what was recorded; a checkpoint is acknowledged as if it had been mailed."""

    def seal_all() -> Fact:
        at = database_now()
        while not seal(at=at):
            time.sleep(0.01)
        last = Checkpoint.objects.latest("size")
        return "sealed", f"{last.size}:{bytes(last.root).hex()}"

    while True:
        yield seal_all


# Each writer with the role that it connects as.
Kind = tuple[Callable[[Start, int, int], Iterator[Callable[[], Fact]]], str]
KINDS: tuple[Kind, ...] = (
    (grants, "web"),
    (awards, "web"),
    (awards, "web"),
    (changes, "web"),
    (seals, "worker"),
)
