"""What was spent, summed by up to four things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Refusal

GROUPS = ("department", "provider", "category", "month", "kind", "account")


class UnknownGroup(Refusal):
    """Nothing is grouped by that."""

    code = "unknown_group"
    field = "group_by"


@dataclass(frozen=True, slots=True)
class SpendRow:
    """One group in one currency."""

    keys: tuple[str, ...]  # one per group asked for: an id, a code, 2026-11
    labels: tuple[str, ...]
    amount: Money
    count: int  # of postings


def spend(
    *,
    actor: User,
    since_on: date,
    until_on: date,
    group_by: Sequence[str] = ("department",),
    department_id: UUID | None = None,
    include_children: bool = False,
    currency: str = "",
) -> tuple[SpendRow, ...]:
    """
    Return charges less credits, from one day to another, both included, of the departments
    whose books the actor may read.

    :raises UnknownGroup: more than four groups, or one that there is not.
    :raises Unknown: `department_id` is no department whose books the actor may read.
    """
    raise NotImplementedError
