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
    retained: int = 0  # of what is held: taken from what was kept back
    credit: int | None = None


@dataclass
class Part:
    """A milestone of an award: what it costs, and how far it is."""

    price: int
    state: str = "open"  # then delivered, returned (and delivered anew), accepted
    amount: int = 0  # of the last delivery
    owed: int = 0  # to a vendor, tax included, and not held
    kept: int = 0  # back of it, to be released later
    release: str = ""  # then due, released
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
    offers: list[int] = field(default_factory=list)  # to end it, for so much
    ended: bool = False

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
    retention: int
    limit: int  # a move above it is signed by a second one
    elsewhere: int = 0  # the budget of the other department, which uses nothing of it
    moves: list[list[int]] = field(default_factory=list)  # amount, whether it waits
    is_closed: bool = False  # the month in which all began
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

    def grant(self, minor: int, *, into_march: bool = False) -> None:
        refuse(minor <= 0, "not_a_grant")
        refuse(into_march and self.is_closed, "period_closed")
        self.budget += minor
        self.book(B100=minor, B900=-minor)

    def move(self, minor: int) -> None:
        """Move budget to the other department; a negative amount comes from there."""
        refuse(minor == 0, "not_a_move")
        self._refuse_beyond(minor)
        self.moves.append([minor, abs(minor) > self.limit])
        if not self.moves[-1][1]:
            self._move(minor)

    def sign_move(self, move: list[int]) -> None:
        refuse(not move[1], "already_answered")
        self._refuse_beyond(move[0])
        move[1] = False
        self._move(move[0])

    def _refuse_beyond(self, minor: int) -> None:
        refuse(minor > max(self.available, 0) or -minor > self.elsewhere, "insufficient_funds")

    def _move(self, minor: int) -> None:
        self.budget -= minor
        self.elsewhere += minor

    def close(self) -> None:
        refuse(self.is_closed, "period_not_open")
        self.is_closed = True

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

    def _refuse_unsettled(self, work: Work, part: Part) -> None:
        refuse(work.ended, "award_ended")
        refuse(part.state == "accepted", "milestone_accepted")
        refuse(part.state == "delivered", "delivery_waiting")

    def propose(self, work: Work, part: Part, difference: int) -> None:
        self._refuse_unsettled(work, part)
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
        self._refuse_unsettled(work, part)
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

    def deliver(self, work: Work, part: Part, amount: int) -> None:
        self._refuse_unsettled(work, part)
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
        kept = 0 if work.in_house else share(after, self.retention) - share(before, self.retention)
        part.state, work.accepted, part.kept = "accepted", after, kept
        part.owed, part.release = part.amount + tax - kept, "due" if kept else ""
        self.charged += part.amount + fee
        self._use(work, part.amount + fee)
        cost, earned = ("a5100", "a4100") if work.in_house else ("a5200", "a2100")
        moves = {cost: part.amount, "a1400": tax, earned: kept - part.amount - tax, "a2110": -kept}
        self.book(**moves)
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
        whole = 0 if work.in_house else amount + work.tax_on(0, amount)
        payable = min(whole, part.owed)
        retained = min(whole - payable, part.kept)
        part.disputes.append(Dispute(amount, payable + retained, retained))
        part.owed -= payable
        part.kept -= retained
        self.book(a2100=payable, a2110=retained, a2150=-payable - retained)

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
            kept = min(held - taken, dispute.retained)
            owed = held - taken - kept
            part.owed, part.kept = part.owed + owed, part.kept + kept
            back = credit + tax - taken
            self.book(a2150=held, a2100=-owed, a2110=-kept, a1300=back, a5200=-credit, a1400=-tax)
        self.book(a4200=fee, a5300=-fee)

    def release(self, part: Part, *, too_early: bool = False) -> None:
        refuse(part.release == "released", "already_released")
        refuse(any(each.credit is None for each in part.disputes), "still_contested")
        refuse(too_early, "not_due_yet")
        self.book(a2110=part.kept, a2100=-part.kept)
        part.owed, part.kept, part.release = part.owed + part.kept, 0, "released"

    def offer(self, work: Work, fee: int) -> None:
        self._refuse_over(work)
        refuse(fee < 0 or fee > work.promised - work.accepted, "fee_above_rest")
        work.offers.append(fee)

    def _refuse_over(self, work: Work) -> None:
        states = {each.state for each in work.parts}
        refuse(work.ended, "award_ended")
        refuse(states == {"accepted"}, "work_finished")
        refuse("delivered" in states, "delivery_waiting")

    def call_off(self, work: Work, number: int) -> None:
        self._refuse_over(work)
        refuse(number != len(work.offers) - 1, "offer_replaced")
        fee = work.offers[number]
        refuse(fee > work.promised - work.accepted, "fee_above_rest")
        work.ended = True
        self._use(work, work.open)
        self.charged += fee
        cost, earned = ("a5100", "a4100") if work.in_house else ("a5200", "a2100")
        self.book(**{cost: fee, earned: -fee})
