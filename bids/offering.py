"""What a bid must be, to be taken: refused kindly, each rule on its own field."""

from __future__ import annotations

from bids.content import KINDS, BidContent
from marketplace.models.jobs import Job
from marketplace.money import LARGEST_MINOR
from marketplace.policies import IMPORTED
from marketplace.refusals import Refusal

LONGEST_TEXT = 20_000
MOST_LINES = 200
LONGEST_LINE = 200


class NoPrice(Refusal):
    """A bid has a price."""

    code = "no_price"
    field = "lines"


class NotAPriceLine(Refusal):
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


class LinesDoNotAddUp(Refusal):
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
    _refuse_money(job, content)
    starts, finishes = content.starts_on, content.finishes_on
    if starts is not None and finishes is not None and finishes < starts:
        raise DatesOutOfOrder("The work must finish on or after the day it starts.")
    if content.answers.keys() - set(_criteria(job, content)):
        raise NotAsked("An answer belongs to no criterion of this job.")
    refuse_too_much(content)


def refuse_too_much(content: BidContent) -> None:
    """:raises TooLong, NotAPriceLine: more than a bid, or the draft of one, can hold."""
    longest = max([content.approach, *content.answers.values()], key=len)
    if len(longest) > LONGEST_TEXT:
        raise TooLong(f"A text has {len(longest):,} characters; {LONGEST_TEXT:,} are the most.")
    if len(content.lines) > MOST_LINES or len(content.milestones) > MOST_LINES:
        raise NotAPriceLine(f"A bid has at most {MOST_LINES} lines and as many milestones.")
    texts = [line.text for line in content.lines] + [part.title for part in content.milestones]
    if any(len(text) > LONGEST_LINE for text in texts):
        raise NotAPriceLine(f"The text of a line has at most {LONGEST_LINE} characters.")


def _refuse_money(job: Job, content: BidContent) -> None:
    if not content.is_priced and not content.lines and job.policy.code == IMPORTED:
        return
    if not content.is_priced or not content.lines:
        raise NoPrice("Enter at least one line of the price.")
    if content.currency != job.currency:
        raise WrongCurrency(f"This job is priced in {job.currency}, not in {content.currency}.")
    if any(line.kind not in KINDS or line.amount_minor < 0 for line in content.lines):
        raise NotAPriceLine("Each line has a kind and an amount of zero or more.")
    if content.quoted.minor > LARGEST_MINOR or not 0 <= content.tax_minor <= LARGEST_MINOR:
        raise NotAPriceLine("The price or the tax is not an amount that can be charged.")
    # A hidden ceiling is never told by a refusal.
    if job.shows_ceiling and job.ceiling is not None and content.quoted > job.ceiling:
        raise PriceAboveCeiling(f"The ceiling is {job.ceiling}; your price is {content.quoted}.")
    parts = [milestone.amount_minor for milestone in content.milestones]
    if parts and (min(parts) < 0 or sum(parts) != content.quoted.minor):
        raise LinesDoNotAddUp(f"The milestones must add up to {content.quoted}.")


def _criteria(job: Job, content: BidContent) -> list[object]:
    if not content.answers:
        return []
    return list(job.criteria.judged().values_list("pk", flat=True))
