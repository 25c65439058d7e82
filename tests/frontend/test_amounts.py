"""Amounts as people type them, and as they read them."""

from __future__ import annotations

import pytest
from django.utils import translation

from frontend import formats
from frontend.amounts import read_amount
from marketplace.money import Money, NotAnAmount


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1234.5", 123450),
        ("1 234,50", 123450),
        ("12,5", 1250),
        ("EUR 99", 9900),
        ("99 eur", 9900),
        ("1,234", 123400),
        ("1,234,567.89", 123456789),
        ("-20", -2000),
        ("−20.00", -2000),
        ("0", 0),
    ],
)
def test_an_english_reader_may_type_an_amount_either_way(typed: str, minor: int) -> None:
    with translation.override("en"):
        assert read_amount(typed, currency="EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("typed", "minor"), [("1.234", 123400), ("1.234,5", 123450), ("12.5", 1250), ("3,5", 350)]
)
def test_a_german_reader_groups_by_points(typed: str, minor: int) -> None:
    with translation.override("de"):
        assert read_amount(typed, currency="EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    "typed", ["much", "", "1,2,3", "1.2.3,4", "12..5", "USD 5", "1e5", "1.005"]
)
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with translation.override("en"), pytest.raises(NotAnAmount):
        read_amount(typed, currency="EUR")


def test_a_currency_without_a_minor_unit_takes_none() -> None:
    assert read_amount("1,250", currency="JPY") == Money(1250, "JPY")
    with pytest.raises(NotAnAmount):
        read_amount("1.5", currency="JPY")


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "EUR\N{NO-BREAK SPACE}−1,450.00"), ("de", "EUR\N{NO-BREAK SPACE}−1.450,00")],
)
def test_an_amount_is_written_in_the_readers_digits_with_a_true_minus(
    language: str, told: str
) -> None:
    with translation.override(language):
        assert formats.money(Money(-145000, "EUR")) == told


def test_yen_have_no_decimals() -> None:
    assert formats.digits(Money(1250, "JPY")) == "1,250"
