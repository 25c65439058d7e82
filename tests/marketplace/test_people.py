"""People come, take their places and hold offices."""

from uuid import uuid4

import pytest

from marketplace.membership import (
    AlreadyMember,
    BothSides,
    MembershipEnded,
    RoleDoesNotFit,
    add_member,
    end_membership,
)
from marketplace.models.events import Event, Notice
from marketplace.models.people import Membership, User
from marketplace.offices import (
    AlreadyHeld,
    LastAdministrator,
    NotAnOffice,
    NotHeld,
    OwnOffice,
    grant_office,
    withdraw_office,
)
from marketplace.people import (
    AddressNotYours,
    CompanyFounded,
    EmailNotUsable,
    EmailTaken,
    NameMissing,
    PasswordTooWeak,
    add_person,
    found_company,
)
from marketplace.permissions import holds, is_member
from marketplace.policies import policy_in_force
from marketplace.refusals import Forbidden, Unknown
from tests.builders import NOON, refused

FIRST = {"email": "first@house.example", "name": "First", "password": "between-two-lindens"}


def test_the_first_person_administers_and_finds_the_standard_rules(db):
    first = found_company(**FIRST, at=NOON)

    assert holds(first, "administrator")
    assert first.check_password(FIRST["password"])
    policy = policy_in_force("standard", NOON.date())
    assert (policy.fee_basis_points, policy.minimum_days, policy.budget_control) == (200, 3, "hard")
    assert (policy.formal_above_minor, policy.administration_minor) == (50_000_00, 1_500_00)
    assert (policy.acceptance_days, policy.rating_days, policy.dispute_days) == (15, 14, 30)


def test_a_company_is_founded_once(cast):
    with refused(CompanyFounded):
        found_company(**FIRST, at=NOON)


def test_a_founder_with_a_weak_password_is_refused(db):
    with refused(PasswordTooWeak) as said:
        found_company(**(FIRST | {"password": "short"}), at=NOON)

    assert said.value.field == "password"
    assert not User.objects.filter(email=FIRST["email"]).exists()


def add(actor, **changes):
    usual = {"email": "nina@house.example", "name": "Nina"}
    return add_person(actor=actor, at=NOON, **(usual | changes))


def test_a_person_without_a_password_can_be_named_but_not_sign_in(cast):
    nina = add(cast.adam)

    assert not nina.has_usable_password()
    assert Event.objects.filter(kind="person.added", subject_id=nina.pk).exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"email": "Maya@House.Example"}, EmailTaken),
        ({"email": "maya at house"}, EmailNotUsable),
        ({"email": ""}, EmailNotUsable),
        ({"name": "  "}, NameMissing),
        ({"name": "x" * 121}, NameMissing),
        ({"password": "password1234"}, PasswordTooWeak),
    ],
)
def test_a_person_needs_a_free_address_and_a_name(cast, changes, refusal):
    with refused(refusal):
        add(cast.adam, **changes)


def test_who_leads_adds_people_and_who_does_not_may_not(cast):
    for number, actor in enumerate([cast.adam, cast.maya, cast.pia, cast.vera]):
        add(actor, email=f"new{number}@house.example")
    for actor in (cast.rolf, cast.paul, cast.fin, cast.ada):
        with refused(Forbidden):
            add(actor)


def test_a_head_gives_a_place_and_the_person_is_told(cast):
    nina = add(cast.maya)

    seat = add_member(
        actor=cast.maya,
        user_id=nina.pk,
        role="requester",
        department_id=cast.marketing.pk,
        at=NOON,
    )

    assert is_member(nina, cast.marketing, "requester")
    assert not is_member(nina, cast.marketing, "head")
    assert Notice.objects.get(recipient=nina).text == "You are now Requester of “Marketing”."
    assert Event.objects.filter(kind="member.added", subject_id=seat.pk).exists()


def test_who_does_not_manage_people_there_gives_no_place(cast):
    nina = add(cast.adam)

    def seat(actor, **place):
        return add_member(actor=actor, user_id=nina.pk, role="member", at=NOON, **place)

    seat(cast.pia, provider_id=cast.events_team.pk)
    for actor in (cast.paul, cast.maya, cast.fin):
        with refused(Forbidden):
            seat(actor, provider_id=cast.events_team.pk)
    with refused(Unknown):
        seat(cast.vera, provider_id=cast.otto_co.pk)
    with refused(Unknown):
        add_member(
            actor=cast.vera,
            user_id=nina.pk,
            role="head",
            department_id=cast.marketing.pk,
            at=NOON,
        )


def test_a_head_above_gives_places_below(cast):
    nina = add(cast.adam)

    add_member(
        actor=cast.gerd, user_id=nina.pk, role="head", department_id=cast.marketing.pk, at=NOON
    )
    with refused(Forbidden):
        add_member(
            actor=cast.maya, user_id=nina.pk, role="head", department_id=cast.house.pk, at=NOON
        )


def test_roles_fit_their_place_and_a_place_is_one(cast):
    nina = add(cast.adam)
    for place in (
        {"role": "lead", "department_id": cast.marketing.pk},
        {"role": "head", "provider_id": cast.events_team.pk},
        {"role": "king", "department_id": cast.marketing.pk},
        {"role": "head"},
        {
            "role": "head",
            "department_id": cast.marketing.pk,
            "provider_id": cast.events_team.pk,
        },
    ):
        with refused(RoleDoesNotFit):
            add_member(actor=cast.adam, user_id=nina.pk, at=NOON, **place)


def test_a_place_is_given_once(cast):
    with refused(AlreadyMember):
        add_member(
            actor=cast.adam,
            user_id=cast.rolf.pk,
            role="head",
            department_id=cast.marketing.pk,
            at=NOON,
        )


def test_nobody_belongs_to_the_company_and_to_a_vendor(cast):
    with refused(BothSides):
        add_member(
            actor=cast.adam, user_id=cast.maya.pk, role="lead", provider_id=cast.vera_co.pk, at=NOON
        )
    with refused(BothSides):
        add_member(
            actor=cast.adam, user_id=cast.ada.pk, role="lead", provider_id=cast.vera_co.pk, at=NOON
        )
    for place in ({"department_id": cast.marketing.pk}, {"provider_id": cast.events_team.pk}):
        role = "requester" if "department_id" in place else "member"
        with refused(BothSides):
            add_member(actor=cast.adam, user_id=cast.vera.pk, role=role, at=NOON, **place)


def test_a_vendor_learns_nothing_of_other_people(cast):
    for stranger in (cast.maya.pk, cast.otto.pk, uuid4()):
        with refused(Unknown):
            add_member(
                actor=cast.vera,
                user_id=stranger,
                role="member",
                provider_id=cast.vera_co.pk,
                at=NOON,
            )


def test_a_place_ends_once_and_nothing_is_seen_from_it_afterwards(cast):
    seat = Membership.objects.get(user=cast.paul)

    end_membership(actor=cast.pia, membership_id=seat.pk, at=NOON)

    assert not is_member(cast.paul, cast.events_team)
    with refused(MembershipEnded):
        end_membership(actor=cast.pia, membership_id=seat.pk, at=NOON)


def test_a_place_is_ended_by_those_who_manage_it(cast):
    seat = Membership.objects.get(user=cast.paul)

    with refused(Forbidden):
        end_membership(actor=cast.maya, membership_id=seat.pk, at=NOON)
    with refused(Unknown) as invisible:
        end_membership(actor=cast.vera, membership_id=seat.pk, at=NOON)
    with refused(Unknown) as missing:
        end_membership(actor=cast.vera, membership_id=uuid4(), at=NOON)
    assert invisible.value.text == missing.value.text


def test_an_administrator_gives_an_office_and_takes_it(cast):
    grant_office(actor=cast.adam, user_id=cast.sam.pk, office="auditor", at=NOON)
    assert holds(cast.sam, "auditor")
    with refused(AlreadyHeld):
        grant_office(actor=cast.adam, user_id=cast.sam.pk, office="auditor", at=NOON)

    withdraw_office(actor=cast.adam, user_id=cast.sam.pk, office="auditor", at=NOON)
    assert not holds(cast.sam, "auditor")
    with refused(NotHeld):
        withdraw_office(actor=cast.adam, user_id=cast.sam.pk, office="auditor", at=NOON)
    assert Event.objects.filter(subject_id=cast.sam.pk, kind__startswith="office.").count() == 2


def test_offices_are_not_taken_by_oneself_by_outsiders_or_from_nobody(cast):
    with refused(Forbidden):
        grant_office(actor=cast.gerd, user_id=cast.maya.pk, office="finance", at=NOON)
    with refused(OwnOffice):
        grant_office(actor=cast.adam, user_id=cast.adam.pk, office="finance", at=NOON)
    with refused(BothSides):
        grant_office(actor=cast.adam, user_id=cast.vera.pk, office="finance", at=NOON)
    with refused(NotAnOffice):
        grant_office(actor=cast.adam, user_id=cast.maya.pk, office="emperor", at=NOON)
    with refused(Unknown):
        grant_office(actor=cast.adam, user_id=uuid4(), office="finance", at=NOON)


def test_there_is_always_an_administrator(cast):
    with refused(LastAdministrator):
        withdraw_office(actor=cast.adam, user_id=cast.adam.pk, office="administrator", at=NOON)
    grant_office(actor=cast.adam, user_id=cast.sam.pk, office="administrator", at=NOON)
    withdraw_office(actor=cast.sam, user_id=cast.adam.pk, office="administrator", at=NOON)
    with refused(Forbidden):
        withdraw_office(actor=cast.adam, user_id=cast.sam.pk, office="administrator", at=NOON)


def test_a_vendor_adds_its_own_people_and_learns_of_nobody_elses(cast):
    cast.vera.email = "vera@vera.example"
    cast.vera.save(update_fields=["email"])

    # Whether the address is taken or not, the answer is the same.
    said = set()
    for email in (cast.maya.email, "nobody.yet@house.example"):
        with refused(AddressNotYours) as told:
            add_person(actor=cast.vera, email=email, name="Nina", at=NOON)
        said.add(told.value.text)
    assert len(said) == 1
    nina = add_person(actor=cast.vera, email="Nina@Vera.example", name="Nina", at=NOON)
    assert nina.name == "Nina"


def test_who_leads_a_team_adds_somebody_of_any_address(cast):
    assert add_person(actor=cast.pia, email="nina@elsewhere.example", name="Nina", at=NOON).pk
