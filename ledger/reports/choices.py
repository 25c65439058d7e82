"""The record of choices: which bid, against which, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from ledger.models.awards import Award
from ledger.reports.choice_facts import NOTHING, AfterRating, ChoiceFacts, choice_facts
from ledger.reports.columns import Column, Control, ControlTotal, columns
from ledger.reports.paging import PAGE, PAGE_MAX, Page, page_size, read_cursor, write_cursor
from ledger.reports.prices import ValidPrice, valid_prices
from ledger.reports.reading import Reader, departments_to_read, reader_of
from marketplace.among import Found
from marketplace.calendar import begin_of, end_of
from marketplace.compiled import Kept
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.together import together


@dataclass(frozen=True, slots=True)
class ChoiceFilter:
    """Which choices are meant; what is left out does not restrict."""

    since_on: date | None = None
    until_on: date | None = None  # that day included, in UTC
    department_id: UUID | None = None
    include_children: bool = False
    provider_id: UUID | None = None
    job_id: UUID | None = None
    category: str = ""  # the code
    kind: str = ""  # in_house, outside
    currency: str = ""


ALL = ChoiceFilter()


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One choice."""

    award_id: UUID
    job_id: UUID
    job_reference: str
    job_title: str
    job_source_key: str  # where it was imported
    department_id: UUID
    department_name: str
    category_code: str
    provider_id: UUID
    provider_name: str
    kind: str  # in_house, outside
    currency: str
    price: Money  # what was agreed
    bid_price: Money | None  # what the chosen bid asked
    valid_priced_bids: int
    is_lowest: bool | None  # the bid asked no more than any valid bid; None where unpriced
    lowest_is_tied: bool
    best_in_house: Money | None  # of the valid bids; None where there is none or it is kept
    best_outside: Money | None
    spread: Money | None  # highest less lowest valid bid
    charged: Money | None  # the chosen bid as compared: what the department is charged …
    comparable: Money | None  # … the same with administration and changeover …
    spent: Money | None  # … and what the company really spends; None where never compared
    reason_code: str
    reason_label: str
    reason: str
    decisive_criterion: str
    followed_view: str
    chosen_by: str
    chosen_at: datetime
    override: str  # who replaced the department's choice by this one; empty for its own choice
    rating_after: Decimal | None  # the department's, 1 to 5, once revealed; kept from finance
    rating_after_n: int  # of how many questions it is the mean


COLUMNS: tuple[Column[ChoiceRow], ...] = columns(
    "job_reference",
    "job_title",
    "department_name",
    "category_code",
    "provider_name",
    "kind",
    "currency",
    "price",
    "bid_price",
    "valid_priced_bids",
    "is_lowest",
    "best_in_house",
    "best_outside",
    "spread",
    "charged",
    "comparable",
    "spent",
    "reason_code",
    "reason",
    "decisive_criterion",
    "followed_view",
    "chosen_by",
    "chosen_at",
    "override",
    "rating_after",
    "rating_after_n",
)


def choices(
    *,
    actor: User,
    only: ChoiceFilter = ALL,
    cursor: str = "",
    limit: int = PAGE,
) -> Page[ChoiceRow]:
    """
    Return choices of the actor's departments, or all for finance and auditors, newest first.

    :raises Unknown: the department asked for is not the actor's to read.
    :raises NotACursor: the cursor is none of this list.
    """
    reader = reader_of(actor)
    awards = awards_of(reader, only)
    key = read_cursor("choices", cursor)
    if key is not None:
        at, id = str(key[0]), str(key[1])
        awards = awards.filter(Q(chosen_at__lt=at) | Q(chosen_at=at, pk__lt=id))
    size = page_size(limit)
    found = _told.all(Found(awards.order_by("-chosen_at", "-pk")[: size + 1]))
    shown = found[:size]
    prices, facts = together(
        lambda: valid_prices(award.job_id for award in shown),
        lambda: choice_facts(award.pk for award in shown),
    )
    rows = tuple(
        _row(award, prices[award.job_id], facts.get(award.pk, NOTHING), reader) for award in shown
    )
    if len(found) <= size:
        return Page(rows, None)
    return Page(rows, write_cursor("choices", shown[-1].chosen_at.isoformat(), str(shown[-1].pk)))


@Kept
def _told(which: Found | list[UUID]) -> QuerySet[Award]:
    told = Award.objects.filter(pk__among=which).select_related(
        "department", "provider", "job__category", "chosen_by", "reason", "decisive_criterion"
    )
    return told.defer("comparison", "job__need", "provider__description").order_by(
        "-chosen_at", "-pk"
    )


def every_choice(*, actor: User, only: ChoiceFilter = ALL) -> Iterator[ChoiceRow]:
    """Return all of them, in pages behind the curtain, for a file."""
    cursor: str | None = ""
    while cursor is not None:
        page = choices(actor=actor, only=only, cursor=cursor, limit=PAGE_MAX)
        yield from page.items
        cursor = page.next


def choice_control(*, actor: User, only: ChoiceFilter = ALL) -> Control:
    """Return how many choices there are, and what was agreed in each currency."""
    awards = awards_of(reader_of(actor), only).order_by("currency")
    sums = awards.values_list("currency").annotate(count=Count("pk"), agreed=Sum("price_minor"))
    found = list(sums)
    return Control(
        sum(count for _, count, _ in found),
        tuple(ControlTotal("price", Money(int(agreed), unit)) for unit, _, agreed in found),
    )


def awards_of(reader: Reader, only: ChoiceFilter) -> QuerySet[Award]:
    """Return the awards that are meant, of those whose books the reader may open."""
    departments = departments_to_read(
        reader, department_id=only.department_id, include_children=only.include_children
    )
    awards = Award.objects.filter(department__in=departments)
    if only.since_on:
        awards = awards.filter(chosen_at__gte=begin_of(only.since_on))
    if only.until_on:
        awards = awards.filter(chosen_at__lte=end_of(only.until_on))
    if only.kind:
        awards = awards.filter(provider__department__isnull=only.kind != "in_house")
    wanted = {
        "provider": only.provider_id,
        "job": only.job_id,
        "job__category__code": only.category,
        "currency": only.currency,
    }
    return awards.filter(**{name: value for name, value in wanted.items() if value})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the bids of a job asked, as far as the reader is told."""

    own: Money | None  # the chosen one
    lowest: Money | None
    is_tied: bool
    in_house: Money | None
    outside: Money | None
    spread: Money | None


def _asked(award: Award, prices: list[ValidPrice], *, tells: bool) -> _Asked:
    asked = [price.quoted for price in prices]
    lowest = min(asked, default=None)
    inside = [price.quoted for price in prices if price.is_in_house]
    outside = [price.quoted for price in prices if not price.is_in_house]
    return _Asked(
        own=next((price.quoted for price in prices if price.bid_id == award.bid_id), None),
        lowest=lowest,
        is_tied=lowest is not None and asked.count(lowest) > 1,
        in_house=min(inside, default=None) if tells else None,
        outside=min(outside, default=None) if tells else None,
        spread=max(asked) - min(asked) if asked and tells else None,
    )


def _row(award: Award, prices: list[ValidPrice], facts: ChoiceFacts, reader: Reader) -> ChoiceRow:
    # Finance is told what rivals asked only where three or more did, so that none stands alone;
    # and of a single rating nothing, because it tells who gave it.
    is_near = reader.audits or reader.buys(award.department_id)
    asked = _asked(award, prices, tells=is_near or len(prices) >= 3)
    rating = facts.rating if is_near and facts.rating else AfterRating()
    return ChoiceRow(
        award_id=award.pk,
        job_id=award.job_id,
        job_reference=award.job.reference,
        job_title=award.job.title,
        job_source_key=award.job.source_key or "",
        department_id=award.department_id,
        department_name=award.department.name,
        category_code=award.job.category.code,
        provider_id=award.provider_id,
        provider_name=award.provider.name,
        kind="in_house" if award.provider.is_in_house else "outside",
        currency=award.currency,
        price=award.price,
        bid_price=asked.own,
        valid_priced_bids=len(prices),
        is_lowest=None if asked.own is None else asked.own == asked.lowest,
        lowest_is_tied=asked.is_tied,
        best_in_house=asked.in_house,
        best_outside=asked.outside,
        spread=asked.spread,
        charged=facts.charged,
        comparable=facts.comparable,
        spent=facts.spent,
        reason_code=award.reason_code,
        reason_label=award.get_reason_code_display(),
        reason=award.reason.text,
        decisive_criterion=award.decisive_criterion.name if award.decisive_criterion else "",
        followed_view=award.followed_view,
        chosen_by=award.chosen_by.name,
        chosen_at=award.chosen_at,
        override=award.chosen_by.name if facts.is_override else "",
        rating_after=rating.mean,
        rating_after_n=rating.n,
    )
