"""The pages of payouts: finance's desk, each act, and a vendor's own account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models.payouts import Payout
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.ledger import builders
from tests.ledger.test_repaying import owed_back
from tests.stripe_twin.playing import Play, connect, one_signature, owed
from tests.stripe_twin.server import Fault, Twin, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(cast: Cast, settings: object) -> Iterator[Play]:
    """Vera & Co is owed 1,000.00 and has an account at Stripe."""
    builders.grant(cast)
    owed(cast, "1000")
    with running(Twin()) as twin:
        connect(twin, settings)
        play = Play(cast, twin, builders.second_of_finance(cast))
        with it_is(play.now):
            yield play


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    text: str = answer.content.decode()
    assert "<c-" not in text, name
    return text


def act(client: Client, name: str, *args: object, **typed: str) -> None:
    address = reverse(name, args=args)
    page = client.get(address)
    assert page.status_code == 200
    form = page.context["form"]
    for hidden in {"payout_id", "top_up_id", "repayment_id"} & form.fields.keys():
        typed[hidden] = str(form[hidden].value())
    answer = client.post(address, typed)
    assert answer.status_code == 302, answer.content.decode()[:2000]


def test_from_the_vendors_account_to_the_money(play: Play, as_person: SignIn) -> None:
    cast = play.cast
    vera, fin, fay = as_person(cast.vera), as_person(cast.fin), as_person(play.fay)
    vendor = cast.vera_co.pk
    assert "not said yet" in read(vera, "vendor-account", vendor)
    assert "Stripe is the payment service that brings vendors their money." in read(fin, "payouts")
    leads_to = vera.post(reverse("vendor-connect", args=[vendor])).content.decode()
    assert "https://connect.stripe.example/setup/" in leads_to
    (account,) = play.accounts()
    play.twin.books.finish_onboarding(account)
    play.fund()
    play.poll()

    with it_is(play.now):
        assert "Vera &amp; Co" in read(fay, "payouts")
        act(fay, "payee-confirm", cast.vera_co.payees.get().pk)
        one_signature(cast, "10")
        pay = reverse("payout-ask", args=[vendor, "EUR"])
        assert pay in read(fin, "payouts")
        act(fin, "payout-ask", vendor, "EUR")
        assert pay not in read(fin, "payouts")  # what waits is not asked for again
    payout = Payout.objects.get()
    with it_is(play.now):
        approval = reverse("payout-act", args=[payout.pk, "approval"])
        assert "another person approves it: Fay." in read(fin, "payouts")
        assert approval not in read(fin, "payouts")  # who asked does not sign above the limit
        assert approval in read(fay, "payouts")
        act(fay, "payout-act", payout.pk, "approval")
    play.work()
    assert play.word(payout) == "sent"
    play.bank("paid")
    play.poll()

    with it_is(play.now):
        own = read(vera, "vendor-account", vendor)
    assert "paid" in own
    assert "1,000.00" in own
    assert "By year" in own


def test_finance_tops_the_balance_up_and_explains_what_nobody_asked_for(
    play: Play, as_person: SignIn
) -> None:
    fin = as_person(play.cast.fin)
    play.twin.faults.append(Fault("GET /v1/balance", "busy"))
    assert "At Stripe now" not in read(fin, "top-up", "EUR")
    play.fund(40_00)
    assert "EUR\xa040.00" in read(fin, "top-up", "EUR")
    german = fin.get(reverse("top-up", args=["EUR"]), headers={"accept-language": "de"})
    assert "40,00\xa0EUR" in german.content.decode()
    asked = len(play.twin.asked)
    refused = fin.post(reverse("top-up", args=["EUR"]), {"amount": "nothing"})
    assert "At Stripe now" not in refused.content.decode()
    assert len(play.twin.asked) == asked
    assert "At Stripe now" not in read(as_person(play.cast.maya), "top-up", "EUR")
    play.fund(-40_00)
    act(fin, "top-up", "EUR", amount="500.00")
    play.work()
    for made in play.twin.books.of("topup"):
        play.twin.books.arrive(made["id"])
    play.twin.books.line("", "topup", 7_00, "eur", "tu_of_nobody")
    play.poll()

    with it_is(play.now):
        assert "tu_of_nobody" in read(fin, "payouts")
        act(fin, "movement-explain", "txn_twin000002", way="top_up", reason="From the bank.")
        assert "Every line of the balance is explained." in read(fin, "payouts")
    assert builders.books_stand()["1150"] == "507.00"


def test_without_stripe_a_vendor_is_paid_by_hand(
    play: Play, as_person: SignIn, settings: object
) -> None:
    settings.STRIPE_API_KEY = ""  # type: ignore[attr-defined]
    cast = play.cast
    fin, fay = as_person(cast.fin), as_person(play.fay)
    one_signature(cast)
    told = read(fin, "payouts")
    assert "Stripe is not connected" in told
    assert "Without it finance pays them through the company’s own bank" in told
    act(fay, "payee-by-hand", cast.vera_co.pk, reference="4711")
    act(fin, "payee-confirm", cast.vera_co.payees.get().pk)
    act(fin, "payout-ask", cast.vera_co.pk, "EUR")
    payout = Payout.objects.get()

    act(fin, "payout-act", payout.pk, "paid", document="Run 7")
    act(fin, "payout-act", payout.pk, "return", document="Return 9")

    assert play.word(payout) == "reversed"


def test_what_a_vendor_paid_back_is_noted(play: Play, as_person: SignIn) -> None:
    fin, cast = as_person(play.cast.fin), play.cast
    note = ("repayment-note", cast.vera_co.pk, "EUR")
    assert fin.get(reverse(note[0], args=note[1:])).status_code == 404  # it owes nothing back
    owed_back(cast, at=play.now)
    assert "Note a repayment" in read(fin, "payouts")

    words = {"document": "Statement 12", "arrived_on": f"{play.now:%Y-%m-%d}"}
    form = fin.get(reverse(note[0], args=note[1:])).context["form"]
    typed = words | {"amount": "100.00", "repayment_id": str(form["repayment_id"].value())}
    for _ in range(2):  # once more after a lost answer
        assert fin.post(reverse(note[0], args=note[1:]), typed).status_code == 302

    assert "Note a repayment" not in read(fin, "payouts")
    assert builders.books_stand()["1100"] == "100.00"


def test_others_see_neither_the_desk_nor_the_account(play: Play, as_person: SignIn) -> None:
    cast = play.cast
    for person in (cast.maya, cast.otto, cast.adam, cast.pia):
        client = as_person(person)
        assert client.get(reverse("payouts")).status_code == 403
        answer = client.get(reverse("vendor-account", args=[cast.vera_co.pk]))
        assert answer.status_code in (403, 404)


def test_the_desk_asks_no_more_of_the_database_for_more_vendors(
    play: Play, as_person: SignIn, django_assert_max_num_queries: object
) -> None:
    fin = as_person(play.cast.fin)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        read(fin, "payouts")
