"""Where packages are, and releases of our own making: one that is whole, and ways to spoil it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.exchange.ocds.facts import Tale
from ledger.exchange.ocds.merging import compiled
from ledger.exchange.ocds.reading import read

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OWN = Path(__file__).parents[2] / "data" / "ocds"
REAL = Path(__file__).parents[3].parent / "shared" / "data" / "ocds"
ASSAM = REAL / "derived_assam_single_awards_releases.json.gz"

with_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real packages in ../shared/data/ocds are not here"
)


def party(key: str, name: str) -> dict[str, Any]:
    return {"id": key, "name": name}


def value(amount: Any, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def bid(key: str, bidder: str, amount: Any = None, **more: Any) -> dict[str, Any]:
    """Return a bid; without an amount it is one whose price was never opened."""
    made: dict[str, Any] = {
        "id": key,
        "status": "valid" if amount is not None else "disqualified",
        "date": "2025-03-10T12:00:00Z",
        "tenderers": [party(bidder, bidder.title())],
    }
    if amount is not None:
        made["value"] = value(amount)
    return made | more


def release(**more: Any) -> dict[str, Any]:
    """Return a whole release: two priced bids, one without a price, the dearer one chosen."""
    return {
        "ocid": "ocds-choice-1",
        "id": "1",
        "date": "2025-05-01T00:00:00Z",
        "tag": ["tender", "award", "contract"],
        "buyer": party("B-1", "Parks"),
        "tender": {
            "id": "T-1",
            "title": "A stage for the summer fair",
            "status": "complete",
            "mainProcurementCategory": "services",
            "value": value(Decimal("13000.00")),
            "tenderPeriod": {
                "startDate": "2025-03-01T09:00:00Z",
                "endDate": "2025-03-15T12:00:00Z",
            },
        },
        "bids": {
            "details": [
                bid("b1", "lumen", Decimal("11900.00")),
                bid("b2", "harbour", Decimal("12400.50")),
                bid("b3", "fern"),
            ]
        },
        "awards": [
            {
                "id": "a1",
                "status": "active",
                "date": "2025-03-20T00:00:00Z",
                "suppliers": [party("harbour", "Harbour")],
                "relatedBids": ["b2"],
                "value": value(Decimal("12400.50")),
                "description": "Better rigging plan",
            }
        ],
        "contracts": [
            {"id": "c1", "awardID": "a1", "status": "active", "dateSigned": "2025-04-01T00:00:00Z"}
        ],
    } | more


def tale(*releases: dict[str, Any]) -> Tale:
    """Return what releases tell when they are compiled."""
    return read(releases[0].get("ocid", "ocds-choice-1"), compiled(releases))


def whys(told: Tale) -> list[str]:
    return [f"{problem.where}: {problem.why}" for problem in told.problems]


def figures(tales: list[Tale]) -> dict[str, Any]:
    """Add up what tales tell, as the import's own figures do from the database."""
    jobs = [job for told in tales for job in told.jobs]
    bids = [bid for job in jobs for bid in job.bids]
    choices = [job.choice for job in jobs if job.choice]
    awarded: Counter[str] = Counter()
    for choice in choices:
        awarded[choice.agreed.currency] += choice.agreed.minor
    return {
        "departments": len({told.buyer.key for told in tales if told.buyer}),
        "providers": len({bid.bidder.key for bid in bids}),
        "jobs": len(jobs),
        "bids": len(bids),
        "priced_bids": sum(bid.price is not None for bid in bids),
        "awards": len(choices),
        "awarded_minor": dict(awarded),
    }
