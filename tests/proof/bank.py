"""What the writers of the bank test do, each act through the ledger's own functions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import UUID, uuid4

from django.db import transaction

from bids.models.bids import Bid
from ledger.acceptance import accept_delivery
from ledger.delivering import deliver_milestone
from ledger.granting import grant_budget
from ledger.models.budgets import BudgetLine
from ledger.models.journal import EntryKind
from ledger.posting import BudgetMove, Line, post_entry, reverse_entry
from marketplace.admission import register_department
from marketplace.money import Money
from tests.builders import DAY, NOON, eur
from tests.cast import FOUNDED, Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

PRICE = "98.04"  # with the fee on it, 100.00


@dataclass
class Bank:
    """Ten departments with budgets, and what a writer goes on with."""

    cast: Cast
    lines: list[BudgetLine]
    waiting: list[Bid] = field(default_factory=list)
    transfers: deque[int] = field(default_factory=deque)

    @classmethod
    def of(cls, cast: Cast) -> Bank:
        places = [cast.marketing.pk, *(_department(cast, number) for number in range(1, 10))]
        return cls(cast, [_line(cast, place) for place in places])

    def share(self, number: int, writers: int) -> Bank:
        """Return what one of so many writers goes on with: the jobs are dealt out."""
        return Bank(self.cast, self.lines, self.waiting[number::writers])

    @property
    def acts(self) -> list[Callable[[Random], str]]:
        return [self.move, self.transfer, self.reverse, self.charge, self.award]

    weights = (12, 12, 8, 10, 1)

    def move(self, random: Random) -> str:
        """Move some of one department's budget to another's, as far as it is there."""
        giver, taker = random.sample(self.lines, 2)
        amount = Money(random.randint(1, 300_000), "EUR")
        self._post(
            EntryKind.BUDGET_MOVED,
            Line.debit("B100", amount, department=taker.department_id),
            Line.credit("B100", amount, department=giver.department_id),
            moves=[
                BudgetMove(giver.pk, budget=-amount.minor),
                BudgetMove(taker.pk, budget=amount.minor),
            ],
        )
        return "moved"

    def transfer(self, random: Random) -> str:
        """Move what is owed for one department's work to what is held for another's."""
        owed, held = random.sample(self.lines, 2)
        amount = Money(random.randint(1, 300_000), "EUR")
        entry = self._post(
            EntryKind.DISPUTED,
            Line.debit("2100", amount, department=owed.department_id),
            Line.credit("2150", amount, department=held.department_id),
        )
        self.transfers.append(entry)
        return "transferred"

    def reverse(self, _: Random) -> str:
        """Take a transfer back made before."""
        try:
            entry = self.transfers.popleft()
        except IndexError:
            return "nothing to reverse"
        reverse_entry(
            actor=self.cast.fin,
            entry_id=entry,
            kind=EntryKind.REVERSED,
            source=uuid4(),
            at=NOON,
        )
        return "reversed"

    def charge(self, random: Random) -> str:
        """Charge a department for a vendor's work, as far as its budget reaches."""
        line = random.choice(self.lines)
        amount = Money(random.randint(1, 20_000), "EUR")
        self._post(
            EntryKind.CHARGED,
            Line.debit("5200", amount, department=line.department_id, budget_line=line.pk),
            Line.credit("2100", amount),
            moves=[BudgetMove(line.pk, charged=amount.minor)],
        )
        return "charged"

    def award(self, _: Random) -> str:
        """Choose a bid; deliver and accept the work at once, in transactions of their own."""
        try:
            bid = self.waiting.pop()
        except IndexError:
            return "nothing to choose"
        award = builders.choose(self.cast, bid)
        (milestone,) = builders.milestones(award)
        delivery = deliver_milestone(
            actor=self.cast.vera, milestone_id=milestone.pk, at=CHOICE + DAY
        )
        accept_delivery(actor=self.cast.rolf, delivery_id=delivery.pk, at=CHOICE + 2 * DAY)
        return "accepted"

    def _post(self, kind: EntryKind, *lines: Line, moves: Sequence[BudgetMove] = ()) -> int:
        with transaction.atomic():
            return post_entry(
                actor=self.cast.fin,
                kind=kind,
                source=uuid4(),
                at=NOON,
                lines=lines,
                budget_moves=moves,
            )


def _department(cast: Cast, number: int) -> UUID:
    made = register_department(
        actor=cast.adam,
        name=f"Department {number}",
        cost_centre=f"2{number}00",
        currency="EUR",
        at=FOUNDED,
        parent_id=cast.house.pk,
    )
    return made.pk


def _line(cast: Cast, department_id: UUID) -> BudgetLine:
    return grant_budget(
        actor=cast.fin,
        department_id=department_id,
        fiscal_year=NOON.year,
        amount=eur("10000"),
        at=NOON - DAY,
        grant_id=uuid4(),
    )
