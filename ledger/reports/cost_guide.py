"""What jobs of a kind cost lately: a guide for whoever writes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median
from uuid import UUID

from bids.evaluation import rounded
from ledger.reports.choices import ChoiceFilter, awards_of
from ledger.reports.opinions import ENOUGH
from ledger.reports.reading import reader_of
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.money import Money

LATELY = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class CostGuide:
    """The prices at which bids for jobs of one kind were chosen, in one currency."""

    jobs: int
    category_code: str
    category_name: str
    since_on: date
    lowest: Money
    middle: Money
    highest: Money


def cost_guide(*, actor: User, job_id: UUID, at: datetime) -> CostGuide | None:
    """
    Return what jobs of the same kind cost the departments whose books the actor may open, in the
    last two years; None where there are fewer than three.

    :raises Unknown: the actor cannot see the job.
    """
    job = Job.objects.visible_to(actor).select_related("category").one(job_id)
    since_on = (at - LATELY).date()
    only = ChoiceFilter(since_on=since_on, category=job.category.code, currency=job.currency)
    awards = awards_of(reader_of(actor), only).filter(chosen_at__lte=at, price_minor__gt=0)
    prices = sorted(awards.values_list("price_minor", flat=True))
    if len(prices) < ENOUGH:
        return None
    middle = rounded(median(Fraction(price) for price in prices), job.currency)
    assert middle is not None
    return CostGuide(
        jobs=len(prices),
        category_code=job.category.code,
        category_name=job.category.name,
        since_on=since_on,
        lowest=Money(prices[0], job.currency),
        middle=middle,
        highest=Money(prices[-1], job.currency),
    )
