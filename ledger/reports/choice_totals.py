"""The record of choices, counted."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.expressions import RawSQL

from ledger.reports.choices import ALL, ChoiceFilter, awards_of
from ledger.reports.prices import standing_prices
from ledger.reports.reading import reader_of
from marketplace.models.people import User
from marketplace.money import Money


@dataclass(frozen=True, slots=True)
class ChoiceTotals:
    """The choices counted."""

    choices: int
    awarded: tuple[Money, ...]  # one per currency
    valid_priced_bids: int
    contested: int  # with two or more valid priced bids
    lowest_chosen: int  # of those contested; ties count as lowest
    lowest_chosen_tied: int  # of those: somebody else asked the same price
    lowest_tied: int  # contested, with the lowest price asked more than once, whoever was chosen
    in_house: int
    outside: int


@dataclass(frozen=True, slots=True)
class ChoiceCounts:
    """What can be said of choices without looking at what else was asked for them."""

    choices: int
    awarded: tuple[Money, ...]  # one per currency
    in_house: int


def choice_counts(*, actor: User, only: ChoiceFilter = ALL) -> ChoiceCounts:
    """Return how many choices there are, what they come to, and how many stayed in the house."""
    inside = Count("pk", filter=Q(provider__department__isnull=False))
    awards = awards_of(reader_of(actor), only).order_by("currency").values_list("currency")
    found = list(
        awards.annotate(jobs=Count("job", distinct=True), agreed=Sum("price_minor"), inside=inside)
    )
    return ChoiceCounts(
        choices=sum(jobs for _, jobs, _, _ in found),
        awarded=tuple(Money(int(agreed), unit) for unit, _, agreed, _ in found),
        in_house=sum(count for *_, count in found),
    )


def choice_totals(*, actor: User, only: ChoiceFilter = ALL) -> ChoiceTotals:
    """Return the same choices counted."""
    awards = awards_of(reader_of(actor), only)
    prices = standing_prices().filter(bid__job__in=RawSQL("SELECT job FROM last", []))
    try:
        chosen, of_awards = awards.values_list(
            "job", "bid", "chosen_at", "currency", "price_minor", "provider__department"
        ).query.sql_with_params()
        asked, of_prices = prices.values_list(
            "bid__job", "bid", "quoted_minor"
        ).query.sql_with_params()
    except EmptyResultSet:  # of nobody's books at all
        return ChoiceTotals(0, (), 0, 0, 0, 0, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(chosen=chosen, asked=asked), [*of_awards, *of_prices])
        jobs, in_house, currencies, minors, *contests = cursor.fetchone()
    return ChoiceTotals(
        choices=jobs,
        awarded=tuple(map(Money, map(int, minors or ()), currencies or ())),
        valid_priced_bids=int(contests[0]),
        contested=contests[1],
        lowest_chosen=contests[2],
        lowest_chosen_tied=contests[3],
        lowest_tied=contests[4],
        in_house=in_house,
        outside=jobs - in_house,
    )


# Each job once, by its last choice; `least` are the two lowest prices asked for it, `ours` the
# chosen one. What was asked is gone through once: joined with itself it takes minutes where the
# database has not counted its tables yet, as after an import.
COUNTED = """
WITH chosen (job, bid, chosen_at, currency, minor, team_of) AS MATERIALIZED ({chosen}),
paid AS (SELECT currency, sum(minor) AS minor FROM chosen GROUP BY currency),
last AS MATERIALIZED (
    SELECT DISTINCT ON (job) job, bid FROM chosen ORDER BY job, chosen_at DESC
),
asked (job, bid, minor) AS MATERIALIZED ({asked}),
priced AS (
    SELECT job, count(*) AS bids, (array_agg(asked.minor ORDER BY asked.minor))[1:2] AS least,
        min(asked.minor) FILTER (WHERE asked.bid = last.bid) AS ours
    FROM asked JOIN last USING (job) GROUP BY job
),
contest AS (SELECT bids, least[1] = least[2] AS is_tied, least[1] = ours AS is_lowest FROM priced)
SELECT (SELECT count(*) FROM last), (SELECT count(*) FROM chosen WHERE team_of IS NOT NULL),
    (SELECT array_agg(currency ORDER BY currency) FROM paid),
    (SELECT array_agg(minor ORDER BY currency) FROM paid),
    coalesce(sum(bids), 0), count(*) FILTER (WHERE bids > 1),
    count(*) FILTER (WHERE bids > 1 AND is_lowest),
    count(*) FILTER (WHERE bids > 1 AND is_lowest AND is_tied),
    count(*) FILTER (WHERE bids > 1 AND is_tied)
FROM contest
"""
