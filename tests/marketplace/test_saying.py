"""What the domain says in English is said again in the reader's language, gaps and all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.utils import translation

from marketplace.letters import send_due_notices
from marketplace.notices import tell
from marketplace.people import choose_reading
from marketplace.saying import said
from tests.cast import Cast

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATE = "Bidding on “Annual meeting 2027” ended at 2 December 2026, 12:00 UTC."


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (LATE, "Die Gebotsfrist für „Annual meeting 2027“ endete am 2. Dezember 2026, 12:00 UTC."),
        ("You", "Sie"),
        (
            "The ceiling is 1,234.50 EUR; your price is -2,000 JPY.",
            "Die Obergrenze ist 1.234,50\xa0EUR; Ihr Preis ist -2.000\xa0JPY.",
        ),
        ("You are now Lead of “Gather”.", "Sie haben jetzt die Rolle Teamleitung bei „Gather“."),
        (
            "No earlier month is open. Nobody disputes a charge of it.",
            "Kein früherer Monat ist offen. Niemand beanstandet eine Belastung daraus.",
        ),
        (
            "At 5,968.00 EUR, Gather was chosen for “Annual meeting 2027”.",
            "Zu 5.968,00\xa0EUR wurde Gather für „Annual meeting 2027“ gewählt.",
        ),
        ("“Gather” changed what it is.", "„Gather“ hat etwas geändert: was sie ist."),
        ("Repayment of a vendor noted", "Rückzahlung einer Firma vermerkt"),
    ],
)
def test_a_sentence_is_said_in_the_readers_language(english: str, german: str) -> None:
    assert said(english, "de") == german
    assert said(english, "de-ch") == german
    assert said(english, "en", exact=True) == english
    with translation.override("de"):
        assert said(english) == german


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "words", ["Lunch, 120 PAX", "Stage, 2.5 EUR", "Rent: 1,20 EUR", "Maya asked: 2026-10"]
)
def test_what_somebody_wrote_is_not_written_otherwise(words: str, language: str) -> None:
    assert said(words, language).endswith(words.rpartition(" asked: ")[2])


def test_the_adjusting_period_has_a_name_beside_the_months() -> None:
    told = "Close 2025-12, 2025-13 first."

    assert said(told, "en") == "Close December 2025, adjusting period 2025 first."
    assert "Dezember 2025, Berichtigungsmonat 2025" in said(told, "de")


@pytest.mark.parametrize(
    ("kept", "english", "german"),
    [
        (
            "The ceiling is 1,234.50 EUR; your price is 2,000 JPY.",
            "The ceiling is EUR\xa01,234.50; your price is JPY\xa02,000.",
            "Die Obergrenze ist 1.234,50\xa0EUR; Ihr Preis ist 2.000\xa0JPY.",
        ),
        (
            "Close 2026-08, 2026-09 first.",
            "Close August 2026, September 2026 first.",
            "Schließen Sie zuerst August 2026, September 2026 ab.",
        ),
        (
            "Events team, 23,462.00 EUR",
            "Events team, EUR\xa023,462.00",
            "Events team, 23.462,00\xa0EUR",
        ),
    ],
)
def test_amounts_and_months_are_read_as_the_pages_write_them_and_kept_exactly(
    kept: str, english: str, german: str
) -> None:
    assert said(kept, "en") == said(kept, "en-gb") == english
    assert said(kept, "de") == german
    assert said(kept, "en", exact=True) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "We would begin in May.",
        "You would begin. In May.",
        "We would do it for 90.00 EUR in all.",
    ],
)
def test_what_somebody_wrote_stays_as_it_was_written(written: str) -> None:
    assert said(written, "de") == said(written, "en") == written


def test_an_amount_in_somebodys_own_words_is_not_written_anew() -> None:
    told = said("Marketing contests 400.00 EUR of “Under 90.00 EUR”. Finance settles it.", "en")
    assert told == "Marketing contests EUR\xa0400.00 of “Under 90.00 EUR”. Finance settles it."


def test_a_name_between_quotes_is_never_taken_for_a_word_of_ours() -> None:
    assert said("“Draft” is cancelled.", "de") == "„Draft“ ist abgebrochen."


@pytest.mark.parametrize(
    "value",
    [", EUR", "2026-02-30", "0000-00-00", "31 Foo 2026, 10:00 UTC", "1200 PCS", "2026-11-21"],
)
def test_a_name_that_looks_like_an_amount_or_a_day_stays_a_name(value: str) -> None:
    assert said(f"“{value}” is cancelled.", "de") == f"„{value}“ ist abgebrochen."


@pytest.mark.parametrize("value", [", EUR", "2026-02-30", "31 Foo 2026"])
def test_what_only_looks_like_an_amount_or_a_day_is_no_fault(value: str) -> None:
    told = said(f"Bidding on “Annual meeting” ended at {value}.", "de")
    assert told == f"Die Gebotsfrist für „Annual meeting“ endete am {value}."


def test_what_somebody_says_in_a_notice_is_not_said_for_them() -> None:
    objection = "Nina objects to the choice for “Party”: File missing. Decide until 3 March 2026."
    told = said(objection, "de")
    assert "File missing." in told
    assert "3. März 2026" in told


def test_long_words_of_somebody_keep_no_reader_waiting() -> None:
    piece = " objects to the choice for “”: Decide until "
    written = "Nina objects to the choice for “Party”: " + piece * 2000 + "."
    assert piece in said(written, "de")


def test_a_text_of_a_field_is_said_with_what_stands_in_it() -> None:
    told = said("“eur” is no currency code; write it like EUR.", "de")
    assert told == "„eur“ ist kein Währungscode; schreiben Sie ihn wie EUR."
    assert said("Name at most 5.", "de") == "Nennen Sie höchstens 5."
    shape = 'Write an amount like {"amount": "1234.50", "currency": "EUR"}.'
    assert said(shape, "de") != shape


def test_a_language_without_a_catalogue_reads_english() -> None:
    assert said(LATE, "pt") == LATE


@pytest.mark.django_db
def test_a_notice_is_kept_once_and_mailed_in_each_persons_language(cast: Cast) -> None:
    choose_reading(actor=cast.maya, language="de", time_zone="")
    tell(
        "job.closed",
        recipients=[cast.maya, cast.rolf],
        text=LATE,
        because="it is about you",
        at=NOON,
    )

    send_due_notices(at=NOON)

    mails = {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}
    assert "Guten Tag" in mails[cast.maya.email]
    assert said(LATE, "de") in mails[cast.maya.email]
    assert "Sie bekommen das, weil es um Sie geht." in mails[cast.maya.email]
    assert LATE in mails[cast.rolf.email]
    assert set(cast.maya.notices.values_list("text", flat=True)) >= {LATE}
