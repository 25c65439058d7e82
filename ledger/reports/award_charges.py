"""What departments were charged for awards, or shown, line by line from the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger import chart
from ledger.models.journal import Book, Posting
from marketplace.money import Money

CHARGES = (*chart.SPEND, *chart.SHOWN_SPEND)


@dataclass(frozen=True, slots=True)
class AwardCharge:
    """What one entry moved on one account of charges, for one department; negative: credited."""

    award_id: UUID
    entry_id: UUID
    kind: str
    account: str  # its code
    is_shown_only: bool  # in book M: nobody paid
    period: int
    corrects_period: int | None
    effective_on: date
    posted_at: datetime
    department_id: UUID | None
    milestone_id: UUID | None
    amount: Money


def award_charges(
    award_ids: Collection[UUID], *, departments: frozenset[UUID] | None
) -> defaultdict[UUID, list[AwardCharge]]:
    """
    Return the charges of these awards in the order they were posted.

    :param departments: only what stands with these; None: with any.
    """
    postings = Posting.objects.filter(award__in=award_ids, account__code__in=CHARGES)
    if departments is not None:
        postings = postings.filter(department__in=departments)
    found: dict[tuple[object, ...], AwardCharge] = {}
    rows = postings.select_related("entry", "account").order_by("entry_id", "line")
    for posting in rows:
        key = (posting.entry_id, posting.account_id, posting.department_id, posting.milestone_id)
        net = posting.debit_minor - posting.credit_minor
        before = found[key].amount.minor if key in found else 0
        found[key] = _charge(posting, before + net)
    charges: defaultdict[UUID, list[AwardCharge]] = defaultdict(list)
    for charge in found.values():
        if charge.amount:
            charges[charge.award_id].append(charge)
    return charges


def _charge(posting: Posting, minor: int) -> AwardCharge:
    entry = posting.entry
    assert posting.award_id is not None
    return AwardCharge(
        award_id=posting.award_id,
        entry_id=entry.public_id,
        kind=entry.kind,
        account=posting.account.code,
        is_shown_only=posting.account.book == Book.MEMO,
        period=entry.period_id,
        corrects_period=entry.corrects_period_id,
        effective_on=entry.effective_on,
        posted_at=entry.posted_at,
        department_id=posting.department_id,
        milestone_id=posting.milestone_id,
        amount=Money(minor, posting.currency),
    )
