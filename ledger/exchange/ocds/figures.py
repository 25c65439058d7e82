"""What an import has brought, counted in the database and not in its files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Sum

from bids.models.bids import Bid, OpenedPrice
from ledger.exchange.ocds.spool import Spool
from ledger.models.awards import Award
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.models.providers import Provider


@dataclass(slots=True)
class Figures:
    """Rows of the house that the files tell of."""

    departments: int = 0
    providers: int = 0
    jobs: int = 0
    bids: int = 0
    priced_bids: int = 0  # those whose price was opened
    awards: int = 0
    awarded_minor: Counter[str] = field(default_factory=Counter)  # by currency


def figures(spool: Spool) -> Figures:
    """Return the figures of everything that was kept, asking the database a thousand at a time."""
    found = Figures()
    for keys in spool.kept("department"):
        found.departments += Department.objects.filter(source_key__in=keys).count()
    for keys in spool.kept("provider"):
        found.providers += Provider.objects.filter(source_key__in=keys).count()
    for keys in spool.kept("job"):
        _add_jobs(found, keys)
    return found


def _add_jobs(found: Figures, keys: list[str]) -> None:
    jobs = Job.objects.filter(source_key__in=keys).values("pk")
    found.jobs += jobs.count()
    found.bids += Bid.objects.filter(job__in=jobs).count()
    found.priced_bids += OpenedPrice.objects.filter(bid__job__in=jobs).count()
    awards = Award.objects.filter(job__in=jobs).values("currency").order_by("currency")
    for row in awards.annotate(count=Count("pk"), sum=Sum("price_minor")):
        found.awards += row["count"]
        found.awarded_minor[row["currency"]] += row["sum"]
