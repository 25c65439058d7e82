"""What a bid must be, to be taken: refused kindly, each rule on its own field."""

from __future__ import annotations

from collections.abc import Iterator

from bids.content import KINDS, BidContent
from marketplace.models.jobs import Job
from marketplace.money import LARGEST_MINOR, Money
from marketplace.policies import IMPORTED
from marketplace.refusals import Refusal

LONGEST_TEXT = 20_000
MOST_LINES = 200
LONGEST_LINE = 200


class NoPrice(Refusal):
    """A bid has a price."""

    code = "no_price"
    field = "lines"


class _OfARow(Refusal):
    """Which row of several it is about, from one on; None where it is about all of them."""

    def __init__(self, text: str, number: int | None = None) -> None:
        super().__init__(text)
        self.number = number


class NotAPriceLine(_OfARow):
    """A line has a known kind and an amount that can be charged."""

    code = "not_a_price_line"
    field = "lines"


class WrongCurrency(Refusal):
    """All bids on a job are in the job's currency."""

    code = "wrong_currency"
    field = "currency"


class PriceAboveCeiling(Refusal):
    """The price is more than the department will pay, which it says."""

    code = "price_above_ceiling"
    field = "lines"


class LinesDoNotAddUp(_OfARow):
    """The milestones together cost what the lines together cost."""

    code = "lines_do_not_add_up"
    field = "milestones"


class DatesOutOfOrder(Refusal):
    """Work finishes after it starts."""

    code = "dates_out_of_order"
    field = "finishes_on"


class NotAsked(Refusal):
    """An answer belongs to a criterion of the job."""

    code = "not_asked"
    field = "answers"


class TooLong(Refusal):
    """A text has its limit."""

    code = "too_long"
    field = "approach"


def refuse_unfit(job: Job, content: BidContent) -> None:
    """
    Return if this may be a bid on this job.

    :raises NoPrice, NotAPriceLine, WrongCurrency, PriceAboveCeiling, LinesDoNotAddUp: the money.
    :raises DatesOutOfOrder, NotAsked, TooLong: the rest.
    """
    for fault in faults(job, content):
        raise fault


def faults(job: Job, content: BidContent) -> Iterator[Refusal]:
    """Yield all that keeps this from being a bid on this job, each as it would be refused."""
    yield from _faults_of_money(job, content)
    starts, finishes = content.starts_on, content.finishes_on
    if starts is not None and finishes is not None and finishes < starts:
        yield DatesOutOfOrder("The work must finish on or after the day it starts.")
    if content.answers.keys() - set(_criteria(job, content)):
        yield NotAsked("An answer belongs to no criterion of this job.")
    yield from _faults_of_size(content)


def refuse_too_much(content: BidContent) -> None:
    """:raises TooLong, NotAPriceLine: more than a bid, or the draft of one, can hold."""
    for fault in _faults_of_size(content):
        raise fault


def _faults_of_size(content: BidContent) -> Iterator[Refusal]:
    longest = max([content.approach, *content.answers.values()], key=len)
    if len(longest) > LONGEST_TEXT:
        yield TooLong(f"A text has {len(longest):,} characters; {LONGEST_TEXT:,} are the most.")
    if len(content.lines) > MOST_LINES or len(content.milestones) > MOST_LINES:
        yield NotAPriceLine(f"A bid has at most {MOST_LINES} lines and as many milestones.")
    texts = [line.text for line in content.lines] + [part.title for part in content.milestones]
    if any(len(text) > LONGEST_LINE for text in texts):
        yield NotAPriceLine(f"The text of a line has at most {LONGEST_LINE} characters.")


def _faults_of_money(job: Job, content: BidContent) -> Iterator[Refusal]:
    if not content.is_priced and not content.lines and job.policy.code == IMPORTED:
        return
    if not content.is_priced or not content.lines:
        yield NoPrice("Enter at least one line of the price.")
        return
    if content.currency != job.currency:
        yield WrongCurrency(f"This job is priced in {job.currency}, not in {content.currency}.")
        return
    wrong = list(_faults_of_lines(content))
    yield from wrong
    if not wrong:  # what such lines add up to is no price
        yield from _faults_of_price(job, content)


def _faults_of_lines(content: BidContent) -> Iterator[Refusal]:
    for number, line in enumerate(content.lines, start=1):
        if line.kind not in KINDS:
            yield NotAPriceLine(f"Line {number} of the price is of no known kind.", number)
        if line.amount_minor < 0:
            yield NotAPriceLine(f"Line {number} of the price is below zero.", number)
    for number, part in enumerate(content.milestones, start=1):
        if part.amount_minor < 0:
            yield LinesDoNotAddUp(f"Milestone {number} is below zero.", number)


def _faults_of_price(job: Job, content: BidContent) -> Iterator[Refusal]:
    if content.quoted.minor > LARGEST_MINOR or not 0 <= content.tax_minor <= LARGEST_MINOR:
        yield NotAPriceLine("The price or the tax is not an amount that can be charged.")
    # A hidden ceiling is never told by a refusal.
    if job.shows_ceiling and job.ceiling is not None and content.quoted > job.ceiling:
        yield PriceAboveCeiling(f"The ceiling is {job.ceiling}; your price is {content.quoted}.")
    parts = [milestone.amount_minor for milestone in content.milestones]
    if parts and sum(parts) != content.quoted.minor:
        yield LinesDoNotAddUp(
            f"The milestones must add up to {content.quoted}; "
            f"they add up to {Money(sum(parts), content.currency)}."
        )


def _criteria(job: Job, content: BidContent) -> list[object]:
    if not content.answers:
        return []
    return list(job.criteria.judged().values_list("pk", flat=True))
