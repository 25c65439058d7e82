# ruff: noqa: T201 - figures are printed
"""
The verbs against the model: whatever is done in whatever order, both hold the same figures and
refuse the same things, what is stored is what was posted, and a refusal changes no byte.

An act takes some 20 ms of a core, nearly all of it in the verb. In four parts, four processes share
the 500 examples of 50 acts of a run with CI=true.

    EXAMPLES=5000 ./dev test -n 4 tests/ledger/test_state_machine.py -s
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg import sql

from ledger import (
    acceptance,
    budget_moves,
    cancelling,
    changing,
    charging,
    delivering,
    disputing,
    overriding,
    year_end,
)
from ledger.models.awards import Award
from ledger.models.overrides import Override
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.money import Money
from tests import database
from tests.cast import assemble
from tests.conftest import use
from tests.ledger.builders import AUTUMN
from tests.ledger.desk import opened
from tests.ledger.machine import Machine
from tests.proof.faults import superuser

EXAMPLES = int(os.environ.get("EXAMPLES", "100" if os.environ.get("CI") else "16"))
STEPS = 50
SWEPT_AFTER = 4  # examples
PARTS = 4 if EXAMPLES > 50 else 2


class RolledBack(Machine):
    """
    Examples that are taken back, and swept up after.

    What they wrote lies dead in its table, and each act reads every table: unswept, a hundred
    examples take twice as long as they need, and a thousand ten times.
    """

    ended = 0

    def teardown(self) -> None:
        super().teardown()
        kind = type(self)
        kind.ended += 1
        if kind.ended % SWEPT_AFTER == 0:
            with superuser() as owner:
                owner.execute("VACUUM")


class Committing(Machine):
    """Each example in a database of its own, where each act commits or is rolled back for good."""

    base: str

    def begin(self) -> None:
        self.name = f"{self.base}_{uuid4().hex[:6]}"
        connections.close_all()  # a template is copied while nobody uses it
        copy = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        names = (self.name, database.owner(), self.base)
        with database.admin() as admin:
            admin.execute(copy.format(*map(sql.Identifier, names)))
        use(self.name, "replay")

    def do(self, verb: Callable[[], None]) -> None:
        verb()

    def teardown(self) -> None:
        use(self.base, "replay")
        database.drop(self.name)


@pytest.fixture
def machine(committed: str) -> Callable[..., type[Machine]]:
    """A machine over a company that is committed."""
    use(committed, "replay")
    desk = opened(assemble(at=AUTUMN))

    def of(kind: type[Machine] = RolledBack) -> type[Machine]:
        return type("Example", (kind,), {"desk": desk, "base": committed, "tally": Counter()})

    return of


def run(machine: type[Machine], examples: int, *phases: Phase) -> str:
    """Run so many examples; return how often each act came out how."""
    begun = perf_counter()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=phases or [Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    tally = "".join(f"\n{times:>7} {name}" for name, times in sorted(machine.tally.items()))
    return f"\n{machine.tally.total():,} acts in {perf_counter() - begun:.0f} s{tally}"


@pytest.mark.parametrize("part", range(PARTS))
def test_the_verbs_do_what_the_model_does(
    machine: Callable[..., type[Machine]], capsys: pytest.CaptureFixture[str], part: int
):
    said = run(machine(), EXAMPLES // PARTS)

    with capsys.disabled():
        print(said if part == 0 else "")


def test_the_same_where_every_act_commits(machine: Callable[..., type[Machine]]):
    run(machine(Committing), max(1, EXAMPLES // 25))


def nothing(*_: object, **__: object) -> None:
    """Instead of something that matters."""


def down(amount: Money, basis_points: int) -> Money:
    return Money(amount.minor * basis_points // 10_000, amount.currency)


def nothing_kept(award: Award, *_: object) -> Money:
    return Money(0, award.currency)


def all_own(award: Award, _: Award, payer: Department) -> Override:
    return Override.objects.create(
        award=award, department=payer, own_minor=award.price_minor, difference_minor=0
    )


def any_choice(job: Job) -> Award:
    award = Award.objects.select_related("budget_line", "provider").filter(job=job).first()
    if award is None:
        raise overriding.NothingChosen
    award.job = job
    return award


def no_limit(currency: str) -> Money:
    return Money(10**15, currency)


FAULTS = {
    "the rest of the promise stays": (acceptance, "release_rest", nothing),
    "a milestone is delivered twice": (delivering, "refuse_unsettled", nothing),
    "a delivery is answered twice": (acceptance, "refuse_answered", nothing),
    "fees are rounded down": (Money, "share", down),
    "one head is enough": (changing, "_refuse_unsigned", nothing),
    "nothing is held": (disputing, "_hold", nothing),
    "any amount is contested": (disputing, "_refuse_contesting", nothing),
    "nothing is kept back": (charging, "retained_between", nothing_kept),
    "a large move is made by one": (budget_moves, "signing_limit", no_limit),
    "work called off stays promised": (cancelling, "rest_of", lambda **_: []),
    "work that is over is called off": (cancelling, "_refuse_ended", nothing),
    "who overrides bears nothing": (overriding, "_divide", all_own),
    "work that has begun is overridden": (overriding, "_overridable", any_choice),
    "promises stay in the old year": (year_end, "open_promises", lambda _: []),
    "results stay in the old year": (year_end, "_close_results", lambda *_, **__: 0),
}
IN_THE_DATABASE = {
    "a closed month takes entries": "ALTER TABLE ledger_journalentry DISABLE TRIGGER"
    " entries_belong_to_an_open_month",
}


@pytest.mark.proof
@pytest.mark.parametrize("fault", [*FAULTS, *IN_THE_DATABASE])
def test_the_machine_notices(
    machine: Callable[..., type[Machine]], monkeypatch: pytest.MonkeyPatch, fault: str
):
    """Each fault is put into one verb or rule: the machine is red with every one of them."""
    example = machine()
    if fault in FAULTS:
        monkeypatch.setattr(*FAULTS[fault])
    else:
        with superuser() as connection:
            connection.execute(IN_THE_DATABASE[fault])

    with pytest.raises((AssertionError, DatabaseError, ExceptionGroup)):
        run(example, 150, Phase.generate)
