"""A vendor comes in: invited by a link that ends, says what it is, and finance approves it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from marketplace.duties import run
from marketplace.invitations import invite_provider
from marketplace.models.events import Event, Notice
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.models.vendors import ProviderSuspension, VendorAnswer, VendorInvitation
from marketplace.people import EmailTaken, PasswordTooWeak
from marketplace.readiness import UnapprovedInvited
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.suspension import restore_provider, suspend_provider
from marketplace.vendor_approval import (
    AlreadyApproved,
    InvitedByYou,
    TermsMissing,
    VendorIncomplete,
    approve_vendor,
    send_vendor_back,
    state_terms,
)
from marketplace.vendor_invitations import (
    AskedAlready,
    CompanyNameMissing,
    accept_vendor_invitation,
    invite_colleague,
    invite_vendor,
    withdraw_vendor_invitation,
)
from marketplace.vendor_joining import (
    DeclarationIncomplete,
    NoKindOfWork,
    NotFromOutside,
    NotTheLatestTerms,
    ProfileIncomplete,
    accept_terms,
    choose_categories,
    declare_owners,
    describe_company,
)
from marketplace.vendor_links import InvitationOver, secret_of
from marketplace.vendor_paper import vendor_paper, vendor_room
from tests.builders import DAY, NOON, a_published_job, refused
from tests.cast import PASSWORD, Cast
from tests.ledger.builders import second_of_finance

pytestmark = pytest.mark.django_db
COMPANY = {
    "legal_name": "Lina Light GmbH",
    "register_number": "HRB 4711",
    "country": "DE",
    "address": "Lindenweg 2, Berlin",
}


@pytest.fixture
def fay(cast: Cast) -> User:
    return second_of_finance(cast)


def invited(cast: Cast, **words: Any) -> VendorInvitation:
    usual = {"actor": cast.fin, "email": "lina@light.example", "company_name": "Lina Light"}
    return invite_vendor(**(usual | {"at": NOON} | words))


def come_in(invitation: VendorInvitation, **words: Any) -> User:
    usual = {"invitation_id": invitation.pk, "secret": secret_of(invitation.pk), "name": "Lina"}
    return accept_vendor_invitation(**(usual | {"password": PASSWORD, "at": NOON + DAY} | words))


def say_all(cast: Cast, lina: User, vendor: Provider) -> None:
    """Everything that finance wants to know."""
    words = {"actor": lina, "provider_id": vendor.pk, "at": NOON + DAY}
    describe_company(**words, **COMPANY)
    choose_categories(category_ids=[cast.events.pk], **words)
    declare_owners(owners="Lina, all of it.", conflict="", **words)


@pytest.fixture
def lina(cast: Cast) -> User:
    """Fin invited Lina, and she came in."""
    return come_in(invited(cast))


@pytest.fixture
def light(lina: User) -> Provider:
    return Provider.objects.get(name="Lina Light")


def state(cast: Cast, vendor: Provider) -> str:
    return vendor_paper(actor=cast.ada, provider_id=vendor.pk, at=NOON + DAY).facts.state


def test_the_link_comes_by_mail_opens_one_account_once_and_lies_in_no_table(cast):
    invitation = invited(cast, actor=cast.maya)

    assert run(at=NOON)["invitations_sent"] == 1
    assert run(at=NOON)["invitations_sent"] == 0
    letter = next(one for one in mail.outbox if one.to == ["lina@light.example"])
    found = re.search(r"/invitations/(\S+)/(\w{64})/", str(letter.body))
    assert found and found[1] == str(invitation.pk)
    assert "Maya" in str(letter.body)
    lina = come_in(invitation, secret=found[2])

    assert lina.check_password(PASSWORD)
    assert Provider.objects.with_member(lina).get().name == "Lina Light"
    assert Notice.objects.filter(kind="vendor.joined", recipient=cast.maya).exists()
    with refused(InvitationOver):
        come_in(invitation, secret=found[2])
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM marketplace_vendorinvitation AS i")
        assert found[2] not in cursor.fetchone()[0]


def test_a_link_ends_is_withdrawn_and_cannot_be_guessed(cast):
    invitation = invited(cast)
    with refused(InvitationOver):
        come_in(invitation, at=NOON + timedelta(days=14))
    with refused(Unknown):
        come_in(invitation, secret="0" * 64)
    with refused(PasswordTooWeak):
        come_in(invitation, password="12345678")
    with refused(Unknown):  # Maya does not see another's
        withdraw_vendor_invitation(actor=cast.maya, invitation_id=invitation.pk, at=NOON)

    withdraw_vendor_invitation(actor=cast.fin, invitation_id=invitation.pk, at=NOON)

    with refused(InvitationOver):
        come_in(invitation)
    with refused(InvitationOver):
        withdraw_vendor_invitation(actor=cast.fin, invitation_id=invitation.pk, at=NOON)
    assert run(at=NOON)["invitations_sent"] == 0
    assert not Provider.objects.filter(name="Lina Light").exists()


def test_finance_and_heads_invite_and_nobody_twice(cast):
    for other in (cast.rolf, cast.pia, cast.vera, cast.ada, cast.adam):
        with refused(Forbidden):
            invited(cast, actor=other)
    with refused(CompanyNameMissing):
        invited(cast, company_name=" ")
    with refused(EmailTaken):
        invited(cast, email="VERA@house.example")
    invited(cast)
    with refused(AskedAlready):
        invited(cast, email="Lina@light.example")
    assert invited(cast, at=NOON + timedelta(days=15))


def test_a_vendor_is_not_told_who_else_has_an_account_or_an_invitation(cast):
    """The link says it to whoever reads that mail; nobody else learns of it."""
    invited(cast)

    def ask(email: str) -> VendorInvitation:
        return invite_colleague(
            actor=cast.vera, provider_id=cast.vera_co.pk, email=email, role="member", at=NOON
        )

    theirs = ask(cast.maya.email)
    ask("lina@light.example")  # whom finance has asked, for another company
    with refused(AskedAlready):
        ask("Lina@light.example")
    with refused(EmailTaken):
        ask(cast.vera.email)
    with refused(EmailTaken):
        come_in(theirs)


def test_who_came_in_says_what_it_is_and_is_approved_by_another_than_invited_it(
    cast, lina, light, fay
):
    assert state(cast, light) == "preparing"
    with refused(VendorIncomplete):
        approve_vendor(actor=fay, provider_id=light.pk, at=NOON + DAY)
    say_all(cast, lina, light)
    assert state(cast, light) == "ready"
    assert Notice.objects.filter(kind="vendor.ready", recipient=fay).count() == 1
    with refused(InvitedByYou):
        approve_vendor(actor=cast.fin, provider_id=light.pk, at=NOON + DAY)
    with refused(Forbidden):
        approve_vendor(actor=cast.adam, provider_id=light.pk, at=NOON + DAY)

    approve_vendor(actor=fay, provider_id=light.pk, at=NOON + DAY)

    assert state(cast, light) == "approved"
    assert Provider.objects.active().filter(pk=light.pk).exists()
    assert Notice.objects.filter(kind="vendor.approved", recipient=lina).exists()
    with refused(AlreadyApproved):
        approve_vendor(actor=fay, provider_id=light.pk, at=NOON + DAY)
    kinds = Event.objects.filter(provider=light).values_list("kind", flat=True)
    assert {"vendor.admitted", "vendor.joined", "vendor.described", "vendor.does"} <= set(kinds)
    assert {"vendor.declared", "vendor.approved", "member.added"} <= set(kinds)


def test_until_then_it_is_not_invited_to_a_job(cast, lina, light, fay):
    job = a_published_job(cast)
    words = {"actor": cast.maya, "job_id": job.pk, "provider_id": light.pk}
    later = NOON + DAY
    with refused(UnapprovedInvited):
        invite_provider(at=later, **words)

    say_all(cast, lina, light)
    approve_vendor(actor=fay, provider_id=light.pk, at=later)
    assert invite_provider(at=later, **words)


def test_what_is_missing_is_named_mended_and_looked_at_again(cast, lina, light, fay):
    words = {"actor": fay, "provider_id": light.pk, "at": NOON + DAY}
    with refused(ReasonMissing):
        send_vendor_back(reason=" ", **words)
    say_all(cast, lina, light)

    send_vendor_back(reason="The register says another name.", **words)

    paper = vendor_paper(actor=lina, provider_id=light.pk, at=NOON + DAY)
    assert (paper.facts.state, paper.sent_back) == ("sent_back", "The register says another name.")
    later = NOON + 2 * DAY
    describe_company(actor=lina, provider_id=light.pk, at=later, **COMPANY)
    assert state(cast, light) == "ready"


def test_what_is_said_has_a_shape(cast, lina, light):
    words = {"actor": lina, "provider_id": light.pk, "at": NOON + DAY}
    for wrong in ({"legal_name": " "}, {"address": ""}, {"country": "Germany"}):
        with refused(ProfileIncomplete):
            describe_company(**words, **(COMPANY | wrong))
    with refused(NoKindOfWork):
        choose_categories(category_ids=[], **words)
    with refused(DeclarationIncomplete):
        declare_owners(owners="", conflict="", **words)
    with refused(Unknown):
        describe_company(**(words | {"actor": cast.otto}), **COMPANY)
    with refused(Forbidden):
        describe_company(**(words | {"actor": cast.fin}), **COMPANY)
    with refused(NotFromOutside):
        own = {"actor": cast.pia, "provider_id": cast.events_team.pk}
        describe_company(**(words | own), **COMPANY)


def test_terms_are_accepted_by_version_day_and_name(cast, lina, light, fay):
    with refused(TermsMissing):
        state_terms(actor=cast.fin, text=" ", at=NOON)
    with refused(Forbidden):
        state_terms(actor=cast.adam, text="Pay in 30 days.", at=NOON)
    state_terms(actor=cast.fin, text="We pay in 30 days.", at=NOON)
    say_all(cast, lina, light)
    with refused(VendorIncomplete):
        approve_vendor(actor=fay, provider_id=light.pk, at=NOON + DAY)
    state_terms(actor=cast.fin, text="We pay in 20 days.", at=NOON)
    words = {"actor": lina, "provider_id": light.pk, "at": NOON + DAY}
    with refused(NotTheLatestTerms):
        accept_terms(version=1, **words)

    first = accept_terms(version=2, **words)

    assert accept_terms(version=2, **words) == first
    (accepted,) = vendor_paper(actor=cast.fin, provider_id=light.pk, at=NOON).terms
    assert (accepted.version, accepted.accepted_by) == (2, "Lina")
    assert approve_vendor(actor=fay, provider_id=light.pk, at=NOON + DAY)


def test_its_administrator_brings_colleagues_in(cast, lina, light):
    words = {"provider_id": light.pk, "email": "leo@light.example", "at": NOON + DAY}
    with refused(Forbidden):
        invite_colleague(actor=cast.fin, role="member", **words)
    invitation = invite_colleague(actor=lina, role="member", **words)

    leo = come_in(invitation, name="Leo", at=NOON + 2 * DAY)

    paper = vendor_paper(actor=leo, provider_id=light.pk, at=NOON + 2 * DAY)
    assert not paper.may_speak
    with refused(Forbidden):
        invite_colleague(actor=leo, role="lead", **(words | {"email": "x@light.example"}))


def test_what_it_said_is_for_itself_and_the_offices_alone(cast, lina, light):
    for reader in (cast.maya, cast.pia):
        with refused(Forbidden):
            vendor_paper(actor=reader, provider_id=light.pk, at=NOON)
    with refused(Unknown):
        vendor_paper(actor=cast.otto, provider_id=light.pk, at=NOON)
    names = [one.name for one in vendor_room(actor=cast.otto, at=NOON).vendors]
    assert names == ["Otto Events"]
    assert vendor_room(actor=cast.fin, at=NOON).vendors[0].name == "Lina Light"


def test_a_suspension_says_why_and_so_does_the_return(cast):
    words = {"actor": cast.fin, "provider_id": cast.vera_co.pk}
    suspend_provider(reason="Two jobs were late.", at=NOON, **words)
    restore_provider(reason="They hired.", at=NOON + DAY, **words)

    (one,) = vendor_paper(actor=cast.vera, provider_id=cast.vera_co.pk, at=NOON).suspensions
    assert (one.reason, one.return_reason) == ("Two jobs were late.", "They hired.")
    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderSuspension.objects.update(ended_at=NOON + 2 * DAY)


def test_the_database_lets_nobody_approve_a_vendor_that_they_invited(cast, lina, light):
    answer = {"provider": light, "is_approved": True, "answered_at": NOON}
    with pytest.raises(DatabaseError, match="does not approve"), transaction.atomic():
        VendorAnswer.objects.create(answered_by=cast.fin, **answer)
