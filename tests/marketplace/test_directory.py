"""Who there is, as one person may see them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.admission import admit_vendor
from marketplace.directory import (
    categories,
    department,
    departments,
    people,
    policies,
    provider,
    providers,
    seats,
)
from marketplace.refusals import Forbidden, Unknown
from tests.builders import NOON


def test_everybody_inside_sees_the_departments_and_no_vendor_does(cast):
    for actor in (cast.maya, cast.pia, cast.paul, cast.fin, cast.ada, cast.adam):
        assert [one.name for one in departments(actor)] == ["House", "Marketing", "Services"]
    assert departments(cast.vera) == []
    with pytest.raises(Unknown):
        department(cast.vera, cast.marketing.pk)


def test_a_department_shows_its_people_teams_and_those_below(cast):
    paper = department(cast.gerd, cast.services.pk)

    assert paper.facts.parent_name == "House"
    assert paper.facts.heads == ("Sam",)
    assert [person.name for person in paper.people] == ["Sam"]
    assert [team.name for team in paper.teams] == ["Events"]
    assert paper.may_manage_people
    assert not department(cast.maya, cast.services.pk).may_manage_people
    below = department(cast.maya, cast.house.pk).children
    assert [one.name for one in below] == ["Marketing", "Services"]


def test_a_vendor_sees_itself_and_no_rival(cast):
    assert [one.name for one in providers(cast.vera)] == ["Vera & Co"]
    with pytest.raises(Unknown) as invisible:
        provider(cast.vera, cast.otto_co.pk)
    with pytest.raises(Unknown) as missing:
        provider(cast.vera, uuid4())
    assert invisible.value.text == missing.value.text


def test_providers_are_found_by_kind_work_and_name(cast):
    def names(**words):
        return [one.name for one in providers(cast.maya, **words)]

    assert names() == ["Events", "Otto Events", "Vera & Co"]
    assert names(kind="team") == ["Events"]
    assert names(kind="vendor") == ["Otto Events", "Vera & Co"]
    assert names(search="EVENT") == ["Events", "Otto Events"]
    assert names(category="events") == ["Events", "Otto Events", "Vera & Co"]
    assert names(category="print") == []


def test_who_works_for_a_vendor_is_told_to_those_who_manage_it(cast):
    assert [one.name for one in provider(cast.vera, cast.vera_co.pk).people] == ["Vera"]
    assert [one.name for one in provider(cast.adam, cast.vera_co.pk).people] == ["Vera"]
    assert provider(cast.maya, cast.vera_co.pk).people == ()
    assert [one.name for one in provider(cast.maya, cast.events_team.pk).people] == ["Paul", "Pia"]


def test_seats_say_what_a_person_is_here(cast):
    maya, vera, fin = seats(cast.maya), seats(cast.vera), seats(cast.fin)

    assert [(seat.name, seat.role) for seat in maya.departments] == [("Marketing", "head")]
    assert maya.heads
    assert vera.is_outsider
    assert not maya.is_outsider
    assert fin.is_finance
    assert not fin.is_administrator
    assert seats(cast.ada).is_auditor


def test_only_administrators_read_the_list_of_people(cast):
    listed = {one.name: one for one in people(cast.adam)}

    assert listed["Pia"].seats[0].name == "Events"
    assert listed["Fin"].offices == ("finance",)
    assert "The clock" not in listed
    with pytest.raises(Forbidden):
        people(cast.maya)


def test_kinds_of_work_and_rules_are_open_to_all(cast):
    assert [one.code for one in categories()] == ["events", "print"]
    (standard,) = policies(cast.vera)
    assert (standard.code, standard.minimum_days) == ("standard", 3)


@pytest.mark.parametrize("read", [departments, providers, seats, policies])
def test_a_longer_list_asks_the_database_no_more_often(cast, read):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            read(cast.maya)
        return len(asked)

    few = statements()
    for number in range(5):
        admit_vendor(
            actor=cast.adam, name=f"Vendor {number}", at=NOON, category_ids=[cast.events.pk]
        )

    assert statements() == few
