"""Amounts as people type them, and as they read them."""

from __future__ import annotations

import pytest
from django.utils import translation

from bids.content import PriceLine
from frontend import formats
from frontend.amounts import read_amount
from frontend.criterion_form import LEVEL_FIELDS, CriterionForm
from frontend.templatetags import choicebook
from marketplace.drafting import DEFAULT_LEVELS
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


@pytest.mark.parametrize(("typed", "told"), [("abc", "is not an amount"), ("USD 5", "in EUR")])
def test_three_letters_are_a_currency_only_beside_a_figure(typed: str, told: str) -> None:
    with translation.override("en"), pytest.raises(NotAnAmount, match=told):
        read_amount(typed, currency="EUR")


def test_a_currency_without_a_minor_unit_takes_none() -> None:
    assert read_amount("1,250", currency="JPY") == Money(1250, "JPY")
    with pytest.raises(NotAnAmount):
        read_amount("1.5", currency="JPY")


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "EUR\N{NO-BREAK SPACE}−1,450.00"), ("de", "−1.450,00\N{NO-BREAK SPACE}EUR")],
)
def test_an_amount_is_written_in_the_readers_digits_with_a_true_minus(
    language: str, told: str
) -> None:
    with translation.override(language):
        assert formats.money(Money(-145000, "EUR")) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ">EUR</span>\xa01,450.00"), ("de", "1.450,00\N{NO-BREAK SPACE}<span")],
)
def test_the_currency_stands_where_the_reader_looks_for_it(language: str, told: str) -> None:
    with translation.override(language):
        assert told in choicebook.money(Money(145000, "EUR"))


@pytest.mark.parametrize(
    ("language", "kind", "text", "told"),
    [
        ("en", "overhead", "12.5 % of labour", "12.50\N{NO-BREAK SPACE}% of labour"),
        ("de", "overhead", "12 % of labour", "12\N{NO-BREAK SPACE}% der Arbeit"),
        ("de", "overhead", "Our house", "Our house"),
        ("de", "labour", "12 % of labour", "12 % of labour"),
    ],
)
def test_what_we_worked_out_is_said_in_the_readers_language(
    language: str, kind: str, text: str, told: str
) -> None:
    with translation.override(language):
        assert choicebook.line_words(PriceLine(kind, 100, text)) == told


def test_usual_levels_are_read_in_each_language_and_kept_in_one() -> None:
    with translation.override("de"):
        shown = [str(field.initial) for field in CriterionForm(prefix="one").fields.values()][4:]
        typed = dict(zip(LEVEL_FIELDS, shown, strict=True)) | {"level_4": "Unsere Worte"}
        form = CriterionForm({"name": "Idee", "weight": "100"} | typed)
        assert form.is_valid()
        kept = form.draft().levels

    assert shown[0] == "Gar nicht gezeigt"
    assert tuple(kept) == (*DEFAULT_LEVELS[:4], "Unsere Worte")


def test_yen_have_no_decimals() -> None:
    assert formats.digits(Money(1250, "JPY")) == "1,250"
