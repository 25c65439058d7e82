"""The pages of vendors: the link, what each says, finance's answer, and a year on one sheet."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ledger.payees import confirm_payee, pay_by_hand
from ledger.paying_by_hand import note_paid_by_hand
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.models.vendors import VendorInvitation
from marketplace.vendor_approval import state_terms
from marketplace.vendor_links import secret_of
from tests.builders import DAY, MINUTE
from tests.cast import FOUNDED, PASSWORD, Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.ledger import builders
from tests.stripe_twin.playing import START, Play, one_signature, owed
from tests.stripe_twin.server import Twin


def read(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status, (name, answer.status_code)
    text: str = answer.content.decode()
    assert "<c-" not in text, name
    return text


def act(client: Client, page: str, /, *args: object, status: int = 302, **typed: object) -> str:
    read(client, page, *args)
    answer = client.post(reverse(page, args=args), typed)
    assert answer.status_code == status, answer.content.decode()[:2000]
    text: str = answer.content.decode()
    return text


def test_from_the_link_to_the_approval(founded: Cast, as_person: SignIn) -> None:
    cast = founded
    fay = as_person(builders.second_of_finance(cast))
    state_terms(actor=cast.fin, text="We pay in 20 days.", at=FOUNDED)
    fin = as_person(cast.fin)
    act(fin, "vendor-invite", company_name=" ", email="lina@light.example", status=422)
    act(fin, "vendor-invite", company_name="Lina Light", email="lina@light.example")
    assert "Lina Light" in read(fin, "vendors")
    invitation = VendorInvitation.objects.get()
    link = (invitation.pk, secret_of(invitation.pk))
    nobody = Client()
    read(nobody, "join", invitation.pk, "0" * 64, status=404)
    page = nobody.get(reverse("join", args=link))
    assert page["Referrer-Policy"] == "same-origin"
    assert "lina@light.example" in page.content.decode()
    act(nobody, "join", *link, name="Lina", password="short", status=422)
    act(nobody, "join", *link, name="Lina", password=PASSWORD)
    read(nobody, "join", *link, status=409)

    light = Provider.objects.get(name="Lina Light").pk
    lina = as_person(User.objects.get(name="Lina"))
    assert "Say what your company is" in read(lina, "vendor", light)
    company = {"legal_name": "Lina Light GmbH", "register_number": "HRB 1", "country": "DE"}
    act(lina, "vendor-profile", light, **company, status=422)
    act(lina, "vendor-profile", light, **company, address="Lindenweg 2")
    act(lina, "vendor-kinds", light, category_ids=[str(cast.events.pk)])
    act(lina, "vendor-terms", light, version=1)
    act(lina, "vendor-declare", light, owners="Lina, all of it.")
    act(lina, "vendor-colleague", light, email="leo@light.example", role="member")
    assert "leo@light.example" in read(lina, "vendor", light)

    act(fay, "vendor-reasoned", light, "back", reason="Which register?")
    assert "Which register?" in read(lina, "vendor", light)
    act(lina, "vendor-profile", light, **company, address="Lindenweg 2, Berlin")
    assert "none declared" in read(fay, "vendor-approve", light)
    act(fay, "vendor-approve", light)
    assert "Approved" in read(lina, "vendor", light)


@pytest.mark.django_db
def test_these_pages_are_closed_to_others(cast: Cast, as_person: SignIn) -> None:
    vendor = cast.vera_co.pk
    maya, otto, rolf = as_person(cast.maya), as_person(cast.otto), as_person(cast.rolf)
    read(maya, "vendor", vendor, status=403)
    read(otto, "vendor", vendor, status=404)
    read(rolf, "vendor-invite", status=403)
    read(maya, "terms-state", status=403)
    read(as_person(cast.fin), "vendor-profile", vendor, status=403)
    read(maya, "vendor-year", vendor, 2026, status=403)
    read(otto, "vendor-year", vendor, 2026, status=404)


@pytest.mark.django_db
def test_an_invitation_is_withdrawn_and_terms_are_stated(cast: Cast, as_person: SignIn) -> None:
    fin = as_person(cast.fin)
    act(fin, "vendor-invite", company_name="Lina Light", email="lina@light.example")
    act(fin, "vendor-uninvite", VendorInvitation.objects.get().pk)
    act(fin, "terms-state", text="We pay in 20 days.")

    text = read(fin, "vendors")
    assert "withdrawn" in text
    assert "version 1" in text


@pytest.mark.django_db
def test_a_year_is_one_sheet_to_read_and_to_keep(cast: Cast, as_person: SignIn) -> None:
    builders.grant(cast)
    owed(cast, "600", "400")
    one_signature(cast)
    play = Play(cast, Twin(), builders.second_of_finance(cast))
    words = {"actor": play.fay, "provider_id": cast.vera_co.pk, "at": START - DAY}
    payee = pay_by_hand(reference="70001", **words)
    confirm_payee(actor=cast.fin, payee_id=payee.pk, at=START - DAY)
    payout = play.ask()
    note_paid_by_hand(actor=cast.fin, payout_id=payout.pk, document="B-1", at=play.pass_(MINUTE))
    vera = as_person(cast.vera)

    with it_is(play.now):
        text = read(vera, "vendor-year", cast.vera_co.pk, START.year)
        sheet = vera.get(reverse("vendor-year-file", args=[cast.vera_co.pk, START.year, "csv"]))
        paper = vera.get(reverse("vendor-year-file", args=[cast.vera_co.pk, START.year, "pdf"]))
        read(vera, "vendor-year-file", cast.vera_co.pk, START.year, "doc", status=404)
        account = read(vera, "vendor-account", cast.vera_co.pk)

    assert text.count("1,000.00") >= 3  # earned, paid, and the line
    lines = b"".join(sheet.streaming_content).decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:4]] == ["earned", "earned", "paid"]
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert reverse("vendor-year", args=[cast.vera_co.pk, START.year]) in account
