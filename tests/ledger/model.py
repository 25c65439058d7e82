"""
The books as anybody would keep them on paper, in plain Python: what each act moves, and what it
refuses. `test_state_machine.py` lets the verbs and this model do the same and compares.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


class No(Exception):
    """The model's refusal, by its code. Raised before anything is moved."""


def share(minor: int, basis_points: int) -> int:
    """So many hundredths of a percent, rounded half up, away from zero."""
    rounded = (abs(minor) * basis_points + 5_000) // 10_000
    return rounded if minor >= 0 else -rounded


def refuse(broken: bool, code: str) -> None:
    if broken:
        raise No(code)


@dataclass
class Change:
    difference: int
    agreed: bool = False
    signed: bool = False


@dataclass
class Dispute:
    amount: int
    held: int
    credit: int | None = None


@dataclass
class Part:
    """A milestone of an award: what it costs, and how far it is."""

    price: int
    state: str = "open"  # then delivered, returned (and delivered anew), accepted
    amount: int = 0  # of the last delivery
    owed: int = 0  # to a vendor, tax included, and not held
    changes: list[Change] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    def left_to_contest(self) -> int:
        gone = (each.amount if each.credit is None else each.credit for each in self.disputes)
        return self.amount - sum(gone) if self.state == "accepted" else 0


@dataclass
class Work:
    """An award: its parts, and what is promised, accepted and credited on it so far."""

    in_house: bool
    parts: list[Part]
    quoted: int
    tax: int
    price: int  # at the choice
    promised: int
    open: int
    accepted: int = 0
    credited: int = 0

    def is_large(self, difference: int) -> bool:
        """More than ten hundredths on top of the price at the choice: two heads sign it."""
        return difference > 0 and (self.promised + difference - self.price) * 10 > self.price

    def tax_on(self, before: int, after: int) -> int:
        if self.in_house or not self.tax:
            return 0
        whole = (2 * each * self.tax + self.quoted for each in (before, after))
        of_before, of_after = (each // (2 * self.quoted) for each in whole)
        return of_after - of_before


@dataclass
class Job:
    """A job: a draft until it is published, opened or not, and what became of it."""

    ceiling: int
    bids: dict[str, tuple[list[int], int]] = field(default_factory=dict)  # parts, tax
    estimate: int = 0
    published: bool = False
    opened: bool = False
    end: str = ""  # cancelled, awarded, ended
    work: Work | None = None


@dataclass
class Books:
    """One budget line, the accounts, and every job on it. Debits count as positive."""

    fee: int  # in hundredths of a percent
    budget: int = 0
    precommitted: int = 0
    committed: int = 0
    charged: int = 0
    accounts: Counter[str] = field(default_factory=Counter)
    jobs: list[Job] = field(default_factory=list)

    @property
    def available(self) -> int:
        return self.budget - self.precommitted - self.committed - self.charged

    def book(self, **moves: int) -> None:
        """Debit the accounts named; a credit is negative. It sums to zero, like any entry."""
        assert sum(moves.values()) == 0, moves
        self.accounts.update({name.removeprefix("a"): minor for name, minor in moves.items()})

    def fee_on(self, before: int, after: int) -> int:
        return share(after, self.fee) - share(before, self.fee)

    def grant(self, minor: int) -> None:
        refuse(minor <= 0, "not_a_grant")
        self.budget += minor
        self.book(B100=minor, B900=-minor)

    def publish(self, job: Job, estimate: int | None) -> None:
        refuse(job.published, "already_published")
        ceiling = job.ceiling + share(job.ceiling, self.fee)
        refuse(ceiling > self.available, "insufficient_funds")
        refuse(estimate is not None and estimate <= 0, "not_an_estimate")
        refuse((estimate or 0) > self.available, "insufficient_funds")
        job.published, job.estimate = True, estimate or 0
        self._reserve(job.estimate)

    def _reserve(self, minor: int) -> None:
        self.precommitted += minor
        self.book(E100=minor, E910=-minor)

    def _refuse_decided(self, job: Job) -> None:
        refuse(job.end == "awarded", "already_awarded")
        refuse(job.end == "ended", "already_ended")

    def cancel(self, job: Job) -> None:
        self._refuse_decided(job)
        refuse(job.opened, "already_opened")
        refuse(not job.published, "not_published")
        refuse(job.end == "cancelled", "already_cancelled")
        job.end = "cancelled"
        self._reserve(-job.estimate)

    def _refuse_undecidable(self, job: Job) -> None:
        refuse(job.end == "cancelled", "job_cancelled")
        refuse(not job.opened, "not_yet_opened")
        self._refuse_decided(job)

    def end_without_award(self, job: Job) -> None:
        self._refuse_undecidable(job)
        job.end = "ended"
        self._reserve(-job.estimate)

    def choose(self, job: Job, who: str) -> None:
        self._refuse_undecidable(job)
        parts, tax = job.bids[who]
        price = sum(parts)
        promise = price + share(price, self.fee)
        refuse(promise - job.estimate > self.available, "insufficient_funds")
        job.end = "awarded"
        self._reserve(-job.estimate)
        self._promise(promise)
        job.work = Work(who == "team", [Part(p) for p in parts], price, tax, price, price, promise)

    def _promise(self, minor: int) -> None:
        self.committed += minor
        self.book(E110=minor, E900=-minor)

    def _refuse_unsettled(self, part: Part) -> None:
        refuse(part.state == "accepted", "milestone_accepted")
        refuse(part.state == "delivered", "delivery_waiting")

    def propose(self, part: Part, difference: int) -> None:
        self._refuse_unsettled(part)
        refuse(difference == 0, "nothing_changes")
        refuse(part.price + difference < 0, "price_below_zero")
        part.changes.append(Change(difference))

    def sign(self, work: Work, change: Change) -> None:
        refuse(change.agreed, "already_agreed")
        refuse(change.signed, "already_signed")
        refuse(not work.is_large(change.difference), "no_signature_needed")
        change.signed = True

    def agree(self, work: Work, part: Part, change: Change) -> None:
        refuse(change.agreed, "already_agreed")
        self._refuse_unsettled(part)
        difference = change.difference
        refuse(part.price + difference < 0, "price_below_zero")
        refuse(work.is_large(difference) and not change.signed, "second_signature_missing")
        more = difference + self.fee_on(work.promised, work.promised + difference)
        refuse(more > max(self.available, 0), "insufficient_funds")
        change.agreed = True
        part.price += difference
        work.promised += difference
        work.open += more
        self._promise(more)

    def deliver(self, part: Part, amount: int) -> None:
        self._refuse_unsettled(part)
        refuse(amount < 0 or amount > part.price, "amount_above_milestone")
        part.state, part.amount = "delivered", amount

    def send_back(self, part: Part) -> None:
        self._refuse_answered(part)
        part.state = "returned"

    def _refuse_answered(self, part: Part) -> None:
        refuse(part.state == "accepted", "already_accepted")
        refuse(part.state == "returned", "already_returned")

    def accept(self, work: Work, part: Part, *, too_early: bool = False) -> None:
        self._refuse_answered(part)
        refuse(too_early, "not_silent_yet")
        before, after = work.accepted, work.accepted + part.amount
        fee, tax = self.fee_on(before, after), work.tax_on(before, after)
        part.state, work.accepted, part.owed = "accepted", after, part.amount + tax
        self.charged += part.amount + fee
        self._use(work, part.amount + fee)
        cost, earned = ("a5100", "a4100") if work.in_house else ("a5200", "a2100")
        self.book(**{cost: part.amount, "a1400": tax, earned: -part.amount - tax})
        self.book(a5300=fee, a4200=-fee)
        if all(each.state == "accepted" for each in work.parts):
            self._use(work, work.open)

    def _use(self, work: Work, minor: int) -> None:
        work.open -= minor
        self._promise(-minor)

    def contest(self, work: Work, part: Part, amount: int, *, too_late: bool = False) -> None:
        refuse(part.state != "accepted" or not part.amount, "nothing_charged")
        refuse(too_late, "dispute_closed")
        refuse(amount <= 0 or amount > part.left_to_contest(), "amount_above_charge")
        held = 0 if work.in_house else min(amount + work.tax_on(0, amount), part.owed)
        part.disputes.append(Dispute(amount, held))
        part.owed -= held
        self.book(a2100=held, a2150=-held)

    def resolve(self, work: Work, part: Part, dispute: Dispute, credit: int) -> None:
        refuse(dispute.credit is not None, "already_resolved")
        refuse(credit < 0 or credit > dispute.amount, "credit_above_dispute")
        before, after = work.credited, work.credited + credit
        fee = self.fee_on(before, after)
        dispute.credit, work.credited = credit, after
        self.charged -= credit + fee
        if work.in_house:
            self.book(a4100=credit, a5100=-credit)
        else:
            held = dispute.held
            tax = min(work.tax_on(before, after), work.tax_on(0, dispute.amount))
            taken = min(credit + tax, held)
            part.owed += held - taken
            back = credit + tax - taken
            self.book(a2150=held, a2100=taken - held, a1300=back, a5200=-credit, a1400=-tax)
        self.book(a4200=fee, a5300=-fee)
