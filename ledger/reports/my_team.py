"""The one question for a provider's people: would they choose you?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from bids.models.bids import Bid
from ledger.models.awards import Award
from ledger.models.journal import Posting
from ledger.reports.choice_share import Contest, contests_of
from ledger.reports.columns import Column, columns
from ledger.reports.custody import works_of
from ledger.reports.opinions import ENOUGH
from ledger.reports.prices import ValidPrice, valid_prices
from ledger.reports.reading import reader_of, record_to_read
from ledger.reports.scorecard import Scorecard, card_of
from ledger.reports.shrinkage import THOUSANDTH
from ledger.reports.statement import EARNED
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.together import together

LOST_LATELY = 10
DECIDED_LATELY = 200  # the price position is that of late


@dataclass(frozen=True, slots=True)
class Lost:
    """A bid of ours that was not chosen, in the words given."""

    job_id: UUID
    title: str
    department_name: str
    decided_at: datetime
    reason_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReasonCounted:
    """How often one reason decided, of late: for us, and for others against us."""

    reason_code: str
    won: int
    lost: int


REASON_COLUMNS: tuple[Column[ReasonCounted], ...] = columns("reason_code", "won", "lost")


@dataclass(frozen=True, slots=True)
class Income:
    """What came in, month by month."""

    key: str  # 2026-11
    amount: Money


@dataclass(frozen=True, slots=True)
class TeamPaper:
    """How a provider fares."""

    scorecard: Scorecard
    contests: tuple[Contest, ...]  # by quarter
    price_position: Decimal | None  # median of own price over the lowest of three valid; n ≥ 3
    price_n: int
    lost: tuple[Lost, ...]
    reasons: tuple[ReasonCounted, ...]  # the most frequent first
    open_bids: int
    in_delivery: int
    income: tuple[Income, ...]


def my_team(*, actor: User, provider_id: UUID, at: datetime) -> TeamPaper:
    """
    Return how a provider fares, for its own people and auditors.

    :raises Unknown: the actor cannot see the provider.
    :raises Forbidden: it is not the actor's provider.
    """
    reader = reader_of(actor)
    provider = record_to_read(reader, provider_id)
    standing = Bid.objects.standing().filter(
        provider=provider_id, job__opened_at=None, job__cancelled_at=None
    )
    going_on = Award.objects.filter(provider=provider_id, completion=None, cancellation=None)
    shows_income = reader.audits or provider_id in reader.incomes
    (decided, choices, prices), card, contests, open_bids, in_delivery, income = together(
        lambda: _past(provider_id),
        lambda: card_of(reader, provider, at=at),
        lambda: contests_of(provider_id),
        # An auditor, too, is not told how many sealed bids there are.
        lambda: standing.count() if provider_id in reader.providers else 0,
        going_on.count,
        lambda: _income(provider_id) if shows_income else (),
    )
    ratios = [
        Decimal(own.quoted.minor) / min(each.quoted.minor for each in asked)
        for asked in prices.values()
        for own in asked
        # Of two bids the position would tell the other's price to the cent.
        if len(asked) >= ENOUGH
        and own.provider_id == provider_id
        and min(each.quoted.minor for each in asked) > 0
    ]
    lost = [bid for bid in decided if choices[bid.job_id].provider_id != provider_id]
    return TeamPaper(
        scorecard=card,
        contests=contests,
        price_position=median(ratios).quantize(THOUSANDTH) if len(ratios) >= ENOUGH else None,
        price_n=len(ratios),
        lost=tuple(_lost(bid, choices[bid.job_id]) for bid in lost[:LOST_LATELY]),
        reasons=_reasons(choices, provider_id),
        open_bids=open_bids,
        in_delivery=in_delivery,
        income=income,
    )


def _past(
    provider_id: UUID,
) -> tuple[list[Bid], dict[UUID, Award], dict[UUID, list[ValidPrice]]]:
    """Return a provider's bids on decided jobs, what was chosen there, and what was asked."""
    decided = list(_decided(provider_id))
    jobs = [bid.job_id for bid in decided]
    return (decided, *together(lambda: works_of(jobs), lambda: valid_prices(jobs)))


def _decided(provider_id: UUID) -> QuerySet[Bid]:
    choice = Award.objects.filter(job=OuterRef("job"))
    return (
        Bid.objects.standing()
        .filter(provider=provider_id, opened__isnull=False)
        .annotate(decided_at=Subquery(choice.values("chosen_at")[:1]))
        .filter(decided_at__isnull=False)
        .select_related("job__department")
        .defer("quality_envelope", "price_envelope", "receipt", "job__need")
        .order_by("-decided_at")[:DECIDED_LATELY]
    )


def _reasons(choices: dict[UUID, Award], provider_id: UUID) -> tuple[ReasonCounted, ...]:
    won: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for choice in choices.values():
        (won if choice.provider_id == provider_id else lost)[choice.reason_code] += 1
    both = won + lost
    return tuple(ReasonCounted(code, won[code], lost[code]) for code, _ in both.most_common())


def _lost(bid: Bid, award: Award) -> Lost:
    return Lost(
        job_id=bid.job_id,
        title=bid.job.title,
        department_name=bid.job.department.name,
        decided_at=award.chosen_at,
        reason_label=award.get_reason_code_display(),
        reason=award.reason.text,
    )


def _income(provider_id: UUID) -> tuple[Income, ...]:
    months = (
        Posting.objects.filter(account__code__in=EARNED, provider=provider_id)
        .values("entry__period", "currency")
        .annotate(minor=Sum(F("credit_minor") - F("debit_minor")))
        .order_by("entry__period", "currency")
    )
    return tuple(
        Income(
            key=f"{month['entry__period'] // 100}-{month['entry__period'] % 100:02}",
            amount=Money(int(month["minor"]), month["currency"]),
        )
        for month in months
    )
