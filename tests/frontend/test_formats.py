"""Moments, spans and shares, as they are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from django.utils.html import strip_tags

from frontend import formats
from frontend.templatetags.choicebook import money
from marketplace.money import Money

NOON = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)


def test_a_moment_names_the_readers_zone() -> None:
    with timezone.override("Europe/Lisbon"):
        assert formats.moment(NOON) == "Thu 3 Dec 2026, 16:00 WET"
    with timezone.override("Europe/Berlin"):
        assert formats.moment(NOON) == "Thu 3 Dec 2026, 17:00 CET"


NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # in Berlin half past midnight, in 2027


@pytest.mark.parametrize(
    ("zone", "language", "at", "told"),
    [
        ("Europe/Berlin", "en", NEW_YEAR, "Fri 1 Jan, 00:30"),
        ("Europe/Berlin", "en", NOON, "Thu 3 Dec 2026, 17:00"),
        ("Europe/Berlin", "de", NOON, "Do., 3. Dez. 2026, 17:00"),
        ("Europe/Lisbon", "en", NEW_YEAR, "Thu 31 Dec, 23:30"),
        ("Europe/Lisbon", "de", NOON, "Do., 3. Dez., 16:00"),
        ("Europe/Lisbon", "en", NEW_YEAR + timedelta(hours=9), "Fri 1 Jan 2027, 08:30"),
    ],
)
def test_a_moment_of_another_year_than_the_readers_says_its_year(
    zone: str, language: str, at: datetime, told: str
) -> None:
    with timezone.override(zone), translation.override(language):
        assert formats.moment_short(at, now=NEW_YEAR) == told


def test_a_german_reader_gets_the_date_in_german() -> None:
    with timezone.override("Europe/Berlin"), translation.override("de"):
        assert formats.moment(NOON) == "Do., 3. Dez. 2026, 17:00 CET"


def test_a_zone_without_a_name_is_told_by_its_distance() -> None:
    with timezone.override("America/Sao_Paulo"):
        assert formats.zone(NOON) == "UTC-03"


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=5), "in 5 minutes"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(hours=40), "in 2 days"),
        (timedelta(days=13), "in 13 days"),
        (timedelta(days=90), "in 3 months"),
        (timedelta(days=-1), "24 hours ago"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_how_far_a_moment_is_fits_one_unit(ahead: timedelta, told: str) -> None:
    assert formats.relative(NOON + ahead, now=NOON) == told


@pytest.mark.parametrize(
    ("past", "told"),
    [
        (timedelta(seconds=5), "1 minute late"),
        (timedelta(hours=2), "2 hours late"),
        (timedelta(days=37), "37 days late"),
    ],
)
def test_a_date_that_is_over_says_by_how_much(past: timedelta, told: str) -> None:
    assert formats.late(NOON - past, now=NOON) == told


def test_a_share_is_counted_never_a_lone_percentage() -> None:
    assert formats.fraction(17, 18) == "17 of 18"


@pytest.mark.parametrize(
    ("language", "told"), [("en", "EUR\xa01,450.00"), ("de", "1.450,00\xa0EUR")]
)
def test_an_amount_reads_with_a_space_without_its_layout_too(language: str, told: str) -> None:
    """So it is copied, and read aloud."""
    with translation.override(language):
        assert strip_tags(money(Money(145_000, "EUR"))) == told
