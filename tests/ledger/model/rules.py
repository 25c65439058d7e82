"""What the verbs refuse, on paper: each act of `books.py`, after the rules in their order."""

from __future__ import annotations

from tests.ledger.model.books import Books
from tests.ledger.model.things import Change, Dispute, Job, Part, Work, share


class No(Exception):
    """The model's refusal, by its code. Raised before anything is moved."""


def refuse(broken: bool, code: str) -> None:
    if broken:
        raise No(code)


def is_large(work: Work, difference: int) -> bool:
    """More than ten hundredths on top of the price at the choice: two heads sign it."""
    return difference > 0 and (work.promised + difference - work.price) * 10 > work.price


def left_to_contest(part: Part) -> int:
    gone = (each.amount if each.credit is None else each.credit for each in part.disputes)
    return part.amount - sum(gone) if part.state == "accepted" else 0


class StrictBooks(Books):
    """The books, kept by people who know the rules."""

    def grant_to_marketing(self, minor: int, *, into_closed: bool) -> None:
        refuse(minor <= 0, "not_a_grant")
        refuse(into_closed and self.is_closed, "period_closed")
        self.grant("Marketing", minor)

    def want_move(self, minor: int) -> None:
        refuse(minor == 0, "not_a_move")
        self._refuse_beyond(minor)
        self.moves.append([minor, abs(minor) > self.limit])
        if not self.moves[-1][1]:
            self.move(minor)

    def sign_move(self, move: list[int]) -> None:
        refuse(not move[1], "already_answered")
        self._refuse_beyond(move[0])
        move[1] = False
        self.move(move[0])

    def _refuse_beyond(self, minor: int) -> None:
        giver = self.lines["Marketing" if minor > 0 else "Services"]
        refuse(abs(minor) > max(giver.available, 0), "insufficient_funds")

    def _refuse_too_dear(self, work: Work, before: int, after: int, given_back: int = 0) -> None:
        for line, _, cost, fee in self.shares(work, before, after):
            more, given_back = cost + fee - given_back, 0
            refuse(more > max(line.available, 0), "insufficient_funds")

    def close(self) -> None:
        refuse(self.is_closed, "period_not_open")
        self.is_closed = True

    def publish(self, job: Job, estimate: int | None) -> None:  # type: ignore[override]
        refuse(job.published, "already_published")
        available = self.lines["Marketing"].available
        refuse(job.ceiling + share(job.ceiling, self.fee) > available, "insufficient_funds")
        refuse(estimate is not None and estimate <= 0, "not_an_estimate")
        refuse((estimate or 0) > available, "insufficient_funds")
        super().publish(job, estimate or 0)

    def _refuse_decided(self, job: Job) -> None:
        refuse(job.end == "awarded", "already_awarded")
        refuse(job.end == "ended", "already_ended")

    def cancel(self, job: Job) -> None:
        self._refuse_decided(job)
        refuse(job.opened, "already_opened")
        refuse(not job.published, "not_published")
        refuse(job.end == "cancelled", "already_cancelled")
        self.end(job, "cancelled")

    def _refuse_undecidable(self, job: Job) -> None:
        refuse(job.end == "cancelled", "job_cancelled")
        refuse(not job.opened, "not_yet_opened")
        self._refuse_decided(job)

    def end_without_award(self, job: Job) -> None:
        self._refuse_undecidable(job)
        self.end(job, "ended")

    def choose(self, job: Job, who: str) -> None:
        self._refuse_undecidable(job)
        work = self.bid(job, who)
        self._refuse_too_dear(work, 0, work.price, job.estimate)
        super().choose(job, who)

    def override_choice(self, job: Job, who: str) -> None:
        refuse(job.work is None, "nothing_chosen")
        assert job.work is not None
        first, work = job.work, self.bid(job, who)
        refuse(first.overridden, "already_overridden")
        refuse(first.price < self.override_from, "below_the_limit")
        agreed = any(change.agreed for part in first.parts for change in part.changes)
        delivered = any(part.state != "open" for part in first.parts)
        refuse(agreed or delivered or first.ended, "work_begun")
        refuse(work.in_house == first.in_house, "same_bid")
        work.own = min(first.price, work.price)
        self._refuse_too_dear(work, 0, work.price, sum(first.open))
        self.override(job, first, work)

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
        refuse(not is_large(work, change.difference), "no_signature_needed")
        change.signed = True

    def agree(self, work: Work, part: Part, change: Change) -> None:
        refuse(change.agreed, "already_agreed")
        self._refuse_unsettled(work, part)
        difference = change.difference
        refuse(part.price + difference < 0, "price_below_zero")
        refuse(is_large(work, difference) and not change.signed, "second_signature_missing")
        self._refuse_too_dear(work, work.promised, work.promised + difference)
        super().agree(work, part, change)

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
        super().accept(work, part)

    def contest(self, work: Work, part: Part, amount: int, *, too_late: bool = False) -> None:
        refuse(part.state != "accepted" or not part.amount, "nothing_charged")
        refuse(too_late, "dispute_closed")
        refuse(amount <= 0 or amount > left_to_contest(part), "amount_above_charge")
        super().contest(work, part, amount)

    def resolve(self, work: Work, part: Part, dispute: Dispute, credit: int) -> None:
        refuse(dispute.credit is not None, "already_resolved")
        refuse(credit < 0 or credit > dispute.amount, "credit_above_dispute")
        super().resolve(work, part, dispute, credit)

    def release(self, part: Part, *, too_early: bool = False) -> None:
        refuse(part.release == "released", "already_released")
        refuse(any(each.credit is None for each in part.disputes), "still_contested")
        refuse(too_early, "not_due_yet")
        super().release(part)

    def offer(self, work: Work, fee: int) -> None:
        self._refuse_over(work)
        refuse(fee < 0 or fee > work.promised - work.accepted, "fee_above_rest")
        work.offers.append(fee)

    def _refuse_over(self, work: Work) -> None:
        states = {each.state for each in work.parts}
        refuse(work.ended, "award_ended")
        refuse(states == {"accepted"}, "work_finished")
        refuse("delivered" in states, "delivery_waiting")

    def agree_to_end(self, work: Work, number: int) -> None:
        self._refuse_over(work)
        refuse(number != len(work.offers) - 1, "offer_replaced")
        fee = work.offers[number]
        refuse(fee > work.promised - work.accepted, "fee_above_rest")
        self.call_off(work, fee)
