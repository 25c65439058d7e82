"""How people read: their language and their time zone."""

from __future__ import annotations

import pytest

from marketplace.people import NotALanguage, NotATimeZone, choose_reading
from tests.builders import refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_person_chooses_a_language_and_a_time_zone(cast: Cast) -> None:
    choose_reading(actor=cast.maya, language="de", time_zone="Europe/Lisbon")

    cast.maya.refresh_from_db()
    assert (cast.maya.language, cast.maya.time_zone) == ("de", "Europe/Lisbon")


def test_a_person_goes_back_to_the_ways_of_the_house(cast: Cast) -> None:
    choose_reading(actor=cast.maya, language="de", time_zone="Europe/Lisbon")

    choose_reading(actor=cast.maya, language="", time_zone="")

    cast.maya.refresh_from_db()
    assert (cast.maya.language, cast.maya.time_zone) == ("", "")


def test_a_language_that_no_page_is_written_in_is_refused(cast: Cast) -> None:
    with refused(NotALanguage):
        choose_reading(actor=cast.maya, language="tlh", time_zone="")

    cast.maya.refresh_from_db()
    assert cast.maya.language == ""


def test_a_time_zone_that_is_none_is_refused(cast: Cast) -> None:
    with refused(NotATimeZone):
        choose_reading(actor=cast.maya, language="", time_zone="Middle-earth/Shire")

    cast.maya.refresh_from_db()
    assert cast.maya.time_zone == ""
