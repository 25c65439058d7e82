"""
The books as anybody would keep them on paper, in plain Python: what each act moves. What is not
allowed stands in `rules.py`. `test_state_machine.py` lets the verbs and this do the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.ledger.model.things import Change, Dispute, Job, Line, Part, Work, share

PAYERS = ("Marketing", "House")  # who ordered, and who overrides


@dataclass
class Books:
    """Three budget lines, the accounts, and every job. Debits count as positive."""

    fee: int  # in hundredths of a percent
    retention: int
    limit: int  # a move above it is signed by a second one
    override_from: int  # a choice of at least so much may be overridden
    lines: dict[str, Line] = field(default_factory=dict)
    past: dict[str, Line] = field(default_factory=dict)  # the lines of the year that is over
    moves: list[list[int]] = field(default_factory=list)  # amount, whether it waits
    is_closed: bool = False  # the month in which all began
    accounts: Counter[str] = field(default_factory=Counter)
    jobs: list[Job] = field(default_factory=list)

    def book(self, **moves: int) -> None:
        """Debit the accounts named; a credit is negative. It sums to zero, like any entry."""
        assert sum(moves.values()) == 0, moves
        self.accounts.update({name.removeprefix("a"): minor for name, minor in moves.items()})

    def shares(self, work: Work, before: int, after: int) -> list[tuple[Line, str, int, int]]:
        """Return who bears what, of running totals: the line, the account, cost and fee."""

        def borne(minor: int) -> list[tuple[int, int]]:
            whole = (minor, share(minor, self.fee))
            mine = [share(each, work.own, work.price) if work.price else each for each in whole]
            return [(mine[0], mine[1]), (whole[0] - mine[0], whole[1] - mine[1])]

        accounts = ("a5100" if work.in_house else "a5200", "a5700")
        return [
            (self.lines[payer], account, now[0] - then[0], now[1] - then[1])
            for payer, account, now, then in zip(
                PAYERS, accounts, borne(after), borne(before), strict=True
            )
        ]

    def promise(self, work: Work, before: int, after: int) -> None:
        for number, (_, _, cost, fee) in enumerate(self.shares(work, before, after)):
            self._promise(work, number, cost + fee)
        work.promised = after

    def _promise(self, work: Work, number: int, minor: int) -> None:
        work.open[number] += minor
        self.lines[PAYERS[number]].committed += minor
        self.book(E110=minor, E900=-minor)

    def give_back(self, work: Work) -> None:
        for number, minor in enumerate(work.open):
            self._promise(work, number, -minor)

    def grant(self, name: str, minor: int) -> None:
        self.lines.setdefault(name, Line()).budget += minor
        self.book(B100=minor, B900=-minor)

    def move(self, minor: int) -> None:
        """Move budget from Marketing to Services; a negative amount comes from there."""
        self.lines["Marketing"].budget -= minor
        self.lines["Services"].budget += minor

    def publish(self, job: Job, estimate: int) -> None:
        job.published = True
        self._reserve(job, estimate)

    def _reserve(self, job: Job, estimate: int) -> None:
        more, job.estimate = estimate - job.estimate, estimate
        self.lines["Marketing"].precommitted += more
        self.book(E100=more, E910=-more)

    def end(self, job: Job, how: str) -> None:
        job.end = how
        self._reserve(job, 0)

    def choose(self, job: Job, who: str) -> None:
        self.end(job, "awarded")
        job.work = self.bid(job, who)
        self.promise(job.work, 0, job.work.price)

    def bid(self, job: Job, who: str) -> Work:
        parts, tax = job.bids[who]
        return Work(who == "team", [Part(each) for each in parts], tax, sum(parts), sum(parts))

    def override(self, job: Job, first: Work, work: Work) -> None:
        """Choose another: the department bears what its own would have cost, and no more."""
        self.give_back(first)
        job.work, work.own, work.overridden = work, min(first.price, work.price), True
        self.promise(work, 0, work.price)

    def agree(self, work: Work, part: Part, change: Change) -> None:
        change.agreed = True
        part.price += change.difference
        self.promise(work, work.promised, work.promised + change.difference)

    def accept(self, work: Work, part: Part) -> None:
        before, after = work.accepted, work.accepted + part.amount
        kept = 0 if work.in_house else share(after, self.retention) - share(before, self.retention)
        tax = work.tax_on(before, after)
        for number, (line, account, cost, fee) in enumerate(self.shares(work, before, after)):
            self._promise(work, number, -cost - fee)
            line.charged += cost + fee
            self.book(**{account: cost, "a5300": fee, "a4200": -fee, self.earned(work): -cost})
        self.book(a1400=tax, a2100=kept - tax, a2110=-kept)
        part.state, work.accepted, part.kept = "accepted", after, kept
        part.owed, part.release = part.amount + tax - kept, "due" if kept else ""
        if all(each.state == "accepted" for each in work.parts):
            self.give_back(work)

    def earned(self, work: Work) -> str:
        return "a4100" if work.in_house else "a2100"

    def contest(self, work: Work, part: Part, amount: int) -> None:
        whole = 0 if work.in_house else amount + work.tax_on(0, amount)
        payable = min(whole, part.owed)
        retained = min(whole - payable, part.kept)
        part.disputes.append(Dispute(amount, payable + retained, retained))
        part.owed, part.kept = part.owed - payable, part.kept - retained
        self.book(a2100=payable, a2110=retained, a2150=-payable - retained)

    def resolve(self, work: Work, part: Part, dispute: Dispute, credit: int) -> None:
        before, after = work.credited, work.credited + credit
        tax = min(work.tax_on(before, after), work.tax_on(0, dispute.amount))
        dispute.credit, work.credited = credit, after
        for line, account, cost, fee in self.shares(work, before, after):
            line.charged -= cost + fee
            from_whom = "a4100" if work.in_house else "a1300"
            self.book(**{from_whom: cost, account: -cost, "a4200": fee, "a5300": -fee})
        if not work.in_house:  # what is held goes to the credit first, then to where it was
            taken = min(credit + tax, dispute.held)
            kept = min(dispute.held - taken, dispute.retained)
            owed = dispute.held - taken - kept
            part.owed, part.kept = part.owed + owed, part.kept + kept
            self.book(a2150=dispute.held, a2100=-owed, a2110=-kept, a1300=tax - taken, a1400=-tax)

    def release(self, part: Part) -> None:
        self.book(a2110=part.kept, a2100=-part.kept)
        part.owed, part.kept, part.release = part.owed + part.kept, 0, "released"

    def call_off(self, work: Work, fee: int) -> None:
        work.ended = True
        self.give_back(work)
        for line, account, cost, _ in self.shares(work, work.accepted, work.accepted + fee):
            line.charged += cost
            self.book(**{account: cost, self.earned(work): -cost})

    def end_year(self) -> None:
        """What is promised passes on with its budget, the rest lapses, results are closed."""
        for name, line in self.lines.items():
            self.book(B100=-line.available, B900=line.available)
            carried, line.budget = line.precommitted + line.committed, line.charged - line.carried
            self.lines[name] = Line(0, carried, line.precommitted, line.committed)
            line.precommitted = line.committed = 0
            self.past[name] = line
        for code in [code for code in self.accounts if code[0] in "45"]:
            self.book(**{"a3000": self.accounts[code], f"a{code}": -self.accounts[code]})
