"""The rules of the state machine: each does one thing in the model and by the verb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import astuple
from typing import Any, ClassVar

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from marketplace.refusals import Refusal
from tests.ledger import stored
from tests.ledger.desk import DRAFTS, GRANTED_ANEW, MONTH, OVERRIDE_FROM, YEAR, Desk, on_paper
from tests.ledger.model.rules import No, StrictBooks, left_to_contest
from tests.ledger.model.things import Job, Part, Work

PICK = st.integers(0, 15)  # of what there is, by its number; again from the front beyond the last
AMOUNTS = st.sampled_from([0, 1, 33, 99_99, 100_00, 333_33, 1_500_33, 5_000_00])
UNDER_WAY = {"open", "returned"}
WHO = st.sampled_from(["team", "vendor"])

Found = tuple[int, int, Work, Part]  # the numbers of the job and of the part, and both


def changed(part: Part) -> bool:
    return bool(part.changes)


def waits_for_a_yes(part: Part) -> bool:
    return part.state in UNDER_WAY and any(not change.agreed for change in part.changes)


def handed_over(part: Part) -> bool:
    return part.state != "open"


def waiting(part: Part) -> bool:
    return part.state == "delivered"


def may_be_overridden(job: Job) -> bool:
    work = job.work
    begun = work is None or work.overridden or any(map(handed_over, work.parts))
    return not begun and work.price >= OVERRIDE_FROM  # type: ignore[union-attr]


def contested(part: Part) -> bool:
    return any(dispute.credit is None for dispute in part.disputes)


class Machine(RuleBasedStateMachine):
    """One example: fifty acts upon a company that was founded before, taken back afterwards."""

    desk: ClassVar[Desk]  # the company, committed
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.books: StrictBooks = on_paper()
        self.real = self.desk.fresh()
        self.begin()
        self.rows = stored.every_row()
        self.acts = 0
        self.closed: list[tuple[Any, ...]] = []  # what stands in the month, once it is closed
        self.there: dict[str, tuple[int, ...]] = {}

    def begin(self) -> None:
        """One transaction an example."""
        self.whole = transaction.atomic()
        self.whole.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def do(self, verb: Callable[[], None]) -> None:
        """Run a verb in a savepoint that stands for its transaction, and what waits for its end."""
        with transaction.atomic():
            verb()
            connection.check_constraints()

    def act(self, name: str, model: Callable[[], None], verb: Callable[[], None]) -> None:
        """Do it on paper and in the database; compare what came of it."""
        expected, got = "", ""
        try:
            model()
        except No as no:
            expected = str(no)
        try:
            self.do(verb)
        except Refusal as refusal:
            got = refusal.code
        assert got == expected, f"{name}: the verb says “{got}”, the model “{expected}”"
        self.tally[f"{name}: {got}" if got else name] += 1
        self.acts += 1
        now = stored.every_row()
        if got:
            assert now == self.rows, f"{name}: refused, and yet something changed"
        if now != self.rows or not self.there:
            self.rows, self.there = now, stored.figures()
            untrue = stored.untruths()
            assert not untrue, f"{name}: what is stored is not what was posted: {untrue}"
            moved = self.closed and stored.month(MONTH) != self.closed
            assert not moved, f"{name}: something moved in a month that is closed"
        paper = self.on_paper()
        assert self.there == paper, (
            f"{name}: stored, and on paper: {set(self.there.items()) ^ set(paper.items())}"
        )

    def on_paper(self) -> dict[str, tuple[int, ...]]:
        """Return the model's figures as the database shows them."""
        books = self.books
        years = (books.past, books.lines) if books.past else (books.lines,)
        figures = {
            f"{year} {name}": astuple(line)
            for year, lines in enumerate(years, start=YEAR)
            for name, line in lines.items()
        }
        figures |= {code: (minor, 0, 0, 0, 0) for code, minor in books.accounts.items()}
        for number, job in enumerate(books.jobs):
            if job.work is not None:
                figures[str(self.real.jobs[number])] = (sum(job.work.open), 0, 0, 0, 0)
        return {name: numbers for name, numbers in figures.items() if any(numbers)}

    # --- what may be done --------------------------------------------------------------------
    def job(self, pick: int, fit: Callable[[Job], Any]) -> tuple[int, Job]:
        """Return one of the jobs that fit, and now and then, or if none does, any job."""
        jobs = list(enumerate(self.books.jobs))
        fitting = [each for each in jobs if fit(each[1])] if pick % 4 < 3 else []
        return (fitting or jobs)[pick % len(fitting or jobs)]

    def parts(self, which: Callable[[Part], Any] = lambda _: True) -> list[Found]:
        return [
            (number, position, job.work, part)
            for number, job in enumerate(self.books.jobs)
            if job.work is not None
            for position, part in enumerate(job.work.parts)
            if which(part)
        ]

    def part(
        self,
        pick: int,
        fit: Callable[[Part], Any],
        among: Callable[[Part], Any] = lambda _: True,
    ) -> Found:
        """Return one of the parts that fit, and now and then, or if none does, any among them."""
        fitting = self.parts(fit) if pick % 4 < 3 else []
        found = fitting or self.parts(among)
        return found[pick % len(found)]

    @rule(minor=st.sampled_from([0, 1, 9_999_99, 40_000_00]), into_closed=st.booleans())
    def grant(self, minor: int, into_closed: bool) -> None:
        into_closed = into_closed and not self.books.past
        self.act(
            "grant",
            lambda: self.books.grant_to_marketing(minor, into_closed=into_closed),
            lambda: self.real.grant(minor, into_closed),
        )

    @precondition(lambda self: not self.books.past)  # budget moves within its year
    @rule(minor=st.sampled_from([0, 1, 99_99, 100_01, 5_000_00, 30_000_00]), back=st.booleans())
    def move(self, minor: int, back: bool) -> None:
        minor = -minor if back else minor
        self.act("move", lambda: self.books.want_move(minor), lambda: self.real.move(minor))

    @precondition(lambda self: self.books.moves and not self.books.past)
    @rule(pick=PICK)
    def sign_move(self, pick: int) -> None:
        moves = self.books.moves
        waiting = [number for number, move in enumerate(moves) if move[1]] if pick % 4 else []
        number = waiting[pick % len(waiting)] if waiting else pick % len(moves)
        self.act(
            "sign a move",
            lambda: self.books.sign_move(moves[number]),
            lambda: self.real.sign_move(number),
        )

    @precondition(lambda self: self.acts > 15 and (not self.books.is_closed or self.acts % 10 == 0))
    @rule()
    def close_month(self) -> None:
        self.act("close the month", self.books.close, self.real.close_month)
        self.closed = self.closed or stored.month(MONTH)

    # What waits would be accrued in the old year and taken back in the new one.
    @precondition(lambda self: self.may_end_the_year())
    @rule()
    def end_year(self) -> None:
        """The year ends, and House and Marketing get new budgets; again, nothing is new."""
        self.act("end the year", self.year_end_on_paper, self.real.end_year)

    def may_end_the_year(self) -> bool:
        is_due = self.acts > 30 and (not self.books.past or self.acts % 10 == 0)
        return is_due and self.books.is_closed and not self.parts(waiting)

    def year_end_on_paper(self) -> None:
        if not self.books.past:
            self.books.end_year()
            for name, minor in GRANTED_ANEW.items():
                self.books.grant(name, minor)

    @precondition(lambda self: not self.books.is_closed)  # the drafts would be closed before
    @rule(pick=PICK, estimate=st.sampled_from([None, 0, 1_00, 2_500_50, 14_000_00]))
    def publish(self, pick: int, estimate: int | None) -> None:
        number, job = self.job(pick, lambda job: not job.published)
        self.act(
            "publish",
            lambda: self.books.publish(job, estimate),
            lambda: self.real.publish(number, estimate),
        )

    @precondition(lambda self: any(job.published for job in self.books.jobs[: len(DRAFTS)]))
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        number, job = self.job(pick, lambda job: job.published and not job.opened and not job.end)
        self.act("cancel", lambda: self.books.cancel(job), lambda: self.real.cancel(number))

    @precondition(lambda self: self.parts())
    @rule(pick=PICK)
    def end_without_award(self, pick: int) -> None:
        number, job = self.job(pick, lambda job: job.opened and not job.end)
        self.act(
            "end",
            lambda: self.books.end_without_award(job),
            lambda: self.real.end_without_award(number),
        )

    @rule(pick=PICK, who=WHO)
    def choose(self, pick: int, who: str) -> None:
        number, job = self.job(pick, lambda job: job.opened and not job.end)
        self.act(
            "choose", lambda: self.books.choose(job, who), lambda: self.real.choose(number, who)
        )

    @rule(pick=PICK, who=WHO)
    def override(self, pick: int, who: str) -> None:
        number, job = self.job(pick, may_be_overridden)
        self.act(
            "override",
            lambda: self.books.override_choice(job, who),
            lambda: self.real.override(number, who),
        )

    @precondition(lambda self: self.parts())
    @rule(pick=PICK, difference=st.one_of(AMOUNTS, AMOUNTS.map(lambda a: -a)), head=st.booleans())
    def propose(self, pick: int, difference: int, head: bool) -> None:
        job, position, work, part = self.part(pick, lambda part: part.state in UNDER_WAY)
        self.act(
            "propose",
            lambda: self.books.propose(work, part, difference),
            lambda: self.real.propose(job, position, difference, head),
        )

    @precondition(lambda self: self.parts(changed))
    @rule(pick=PICK, number=PICK)
    def sign(self, pick: int, number: int) -> None:
        job, position, work, part = self.part(pick, waits_for_a_yes, among=changed)
        number = (number if pick % 3 == 0 else -1) % len(part.changes)
        self.act(
            "sign",
            lambda: self.books.sign(work, part.changes[number]),
            lambda: self.real.sign(job, position, number),
        )

    @precondition(lambda self: self.parts(changed))
    @rule(pick=PICK, number=PICK)
    def agree(self, pick: int, number: int) -> None:
        job, position, work, part = self.part(pick, waits_for_a_yes, among=changed)
        number = (number if pick % 3 == 0 else -1) % len(part.changes)
        self.act(
            "agree",
            lambda: self.books.agree(work, part, part.changes[number]),
            lambda: self.real.agree(job, position, number),
        )

    @precondition(lambda self: self.parts())
    @rule(pick=PICK, less=st.sampled_from([0, 1, 33_33, 99_99, -1]))
    def deliver(self, pick: int, less: int) -> None:
        job, position, work, part = self.part(pick, lambda part: part.state in UNDER_WAY)
        amount = part.price - less
        self.act(
            "deliver",
            lambda: self.books.deliver(work, part, amount),
            lambda: self.real.deliver(job, position, amount),
        )

    @precondition(lambda self: self.parts(lambda part: part.state != "open"))
    @rule(pick=PICK)
    def send_back(self, pick: int) -> None:
        job, position, _, part = self.part(pick, lambda part: False, among=handed_over)
        self.act(
            "send back",
            lambda: self.books.send_back(part),
            lambda: self.real.send_back(job, position),
        )

    @precondition(lambda self: self.parts(handed_over))
    @rule(pick=PICK, how=st.sampled_from(["by Rolf", "by Rolf", "by silence", "too early"]))
    def accept(self, pick: int, how: str) -> None:
        job, position, work, part = self.part(pick, waiting, among=handed_over)
        self.act(
            "accept",
            lambda: self.books.accept(work, part, too_early=how == "too early"),
            lambda: self.real.accept(job, position, how),
        )

    @precondition(lambda self: self.parts(waiting))
    @rule()
    def accept_what_waits(self) -> None:
        self.accept(0, "by Rolf")

    @precondition(lambda self: self.parts(handed_over))
    @rule(pick=PICK, amount=AMOUNTS, late=st.sampled_from([False] * 7 + [True]))
    def contest(self, pick: int, amount: int, late: bool) -> None:
        job, position, work, part = self.part(pick, lambda part: left_to_contest(part) > 0)
        amount = amount if pick % 2 else min(amount, left_to_contest(part))
        self.act(
            "contest",
            lambda: self.books.contest(work, part, amount, too_late=late),
            lambda: self.real.contest(job, position, amount, late),
        )

    @precondition(lambda self: self.parts(lambda part: part.disputes))
    @rule(pick=PICK, number=PICK, credit=AMOUNTS)
    def resolve(self, pick: int, number: int, credit: int) -> None:
        job, position, work, part = self.part(pick, contested, lambda part: part.disputes)
        number = (number if pick % 3 == 0 else -1) % len(part.disputes)
        credit = credit if pick % 2 else min(credit, part.disputes[number].amount)
        self.act(
            "resolve",
            lambda: self.books.resolve(work, part, part.disputes[number], credit),
            lambda: self.real.resolve(job, position, number, credit),
        )

    @precondition(lambda self: self.parts(lambda part: part.release))
    @rule(pick=PICK, how=st.sampled_from(["by Maya", "by the clock", "too early"]))
    def release(self, pick: int, how: str) -> None:
        job, position, _, part = self.part(
            pick, lambda part: part.release == "due", among=lambda part: part.release
        )
        self.act(
            "release",
            lambda: self.books.release(part, too_early=how == "too early"),
            lambda: self.real.release(job, position, how),
        )

    @precondition(lambda self: self.parts(lambda part: part.state in UNDER_WAY))
    @rule(pick=PICK, fee=AMOUNTS, head=st.booleans())
    def offer_to_end(self, pick: int, fee: int, head: bool) -> None:
        job, _, work, _ = self.part(pick, lambda part: part.state in UNDER_WAY)
        fee = fee if pick % 2 else min(fee, work.promised - work.accepted)
        self.act(
            "offer to end",
            lambda: self.books.offer(work, fee),
            lambda: self.real.offer(job, fee, head),
        )

    @precondition(lambda self: any(work.offers for _, _, work, _ in self.parts()))
    @rule(pick=PICK, number=PICK)
    def call_off(self, pick: int, number: int) -> None:
        offered = {job: work for job, _, work, _ in self.parts() if work.offers}
        job = [*offered][pick % len(offered)]
        number = (number if pick % 3 == 0 else -1) % len(offered[job].offers)
        self.act(
            "call off",
            lambda: self.books.agree_to_end(offered[job], number),
            lambda: self.real.call_off(job, number),
        )
