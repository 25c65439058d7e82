"""What a bid says: one form for in-house teams and outside vendors alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bids.models.bids import LineKind
from marketplace.money import Money

KINDS: tuple[str, ...] = tuple(LineKind.values)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price: what for (one of `KINDS`), and how much."""

    kind: str
    amount_minor: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A part of the work, when it is due, and what it costs."""

    title: str
    due_on: date | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a bid: what it is called, what it is, how many bytes it has, and their SHA-256."""

    file_id: UUID
    name: str
    kind: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class BidContent:
    """All that a bidder offers. Its price is the sum of its lines, net of recoverable tax."""

    approach: str
    currency: str
    lines: tuple[PriceLine, ...]
    milestones: tuple[PlannedMilestone, ...] = ()
    starts_on: date | None = None
    finishes_on: date | None = None
    valid_until_on: date | None = None
    answers: Mapping[UUID, str] = field(default_factory=dict)  # criterion id -> text
    tax_minor: int = 0
    is_priced: bool = True  # an imported bid may have come without a price
    files: tuple[AttachedFile, ...] = ()

    @property
    def quoted(self) -> Money:
        """What the department would be charged."""
        return Money(sum(line.amount_minor for line in self.lines), self.currency)

    @property
    def tax(self) -> Money:
        """Recoverable tax on top of the price."""
        return Money(self.tax_minor, self.currency)


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Return the one way to write these facts down: what a fingerprint is taken of."""
    words = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return words.encode()


def quality_facts(content: BidContent) -> dict[str, Any]:
    """Return what the quality envelope holds: everything but money."""
    return {
        "approach": content.approach,
        "starts_on": _day(content.starts_on),
        "finishes_on": _day(content.finishes_on),
        "valid_until_on": _day(content.valid_until_on),
        "answers": {str(criterion): text for criterion, text in content.answers.items()},
        "files": file_facts(content.files),
    }


def price_facts(content: BidContent) -> dict[str, Any]:
    """Return what the price envelope holds."""
    return {
        "currency": content.currency,
        "is_priced": content.is_priced,
        "tax_minor": content.tax_minor,
        "lines": [
            {"kind": line.kind, "amount_minor": line.amount_minor, "text": line.text}
            for line in content.lines
        ],
        "milestones": milestone_facts(content.milestones),
    }


def file_facts(files: tuple[AttachedFile, ...]) -> list[dict[str, Any]]:
    """Return what a bid says of its files as plain values."""
    return [{**asdict(file), "file_id": str(file.file_id)} for file in files]


def files_of(facts: list[dict[str, Any]]) -> tuple[AttachedFile, ...]:
    """Return the files that plain values describe."""
    return tuple(AttachedFile(**{**one, "file_id": UUID(one["file_id"])}) for one in facts)


def milestone_facts(milestones: tuple[PlannedMilestone, ...]) -> list[dict[str, Any]]:
    """Return the planned milestones as plain values."""
    return [
        {
            "title": milestone.title,
            "due_on": _day(milestone.due_on),
            "amount_minor": milestone.amount_minor,
        }
        for milestone in milestones
    ]


def milestones_of(facts: list[dict[str, Any]]) -> tuple[PlannedMilestone, ...]:
    """Return the planned milestones that plain values describe."""
    return tuple(
        PlannedMilestone(
            title=milestone["title"],
            due_on=_date(milestone["due_on"]),
            amount_minor=milestone["amount_minor"],
        )
        for milestone in facts
    )


def content_of(quality: Mapping[str, Any], price: Mapping[str, Any] | None) -> BidContent:
    """Return the bid that two envelopes describe; without the price's, an unpriced one."""
    price = price or {"currency": "", "is_priced": False, "tax_minor": 0, "lines": []}
    return BidContent(
        approach=quality["approach"],
        starts_on=_date(quality["starts_on"]),
        finishes_on=_date(quality["finishes_on"]),
        valid_until_on=_date(quality["valid_until_on"]),
        answers={UUID(criterion): text for criterion, text in quality["answers"].items()},
        currency=price["currency"],
        is_priced=price["is_priced"],
        tax_minor=price["tax_minor"],
        lines=tuple(PriceLine(**line) for line in price["lines"]),
        milestones=milestones_of(price.get("milestones", [])),
        files=files_of(quality.get("files", [])),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
