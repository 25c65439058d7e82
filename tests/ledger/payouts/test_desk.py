"""Home, around vendors: who has each step on the way to the money, and what happens then."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.payees import confirm_payee, open_stripe_account, pay_by_hand
from ledger.reports import payouts as papers
from ledger.reports.desk import OpenItem, desk
from ledger.settling import approve_payout, decline_payout
from marketplace.models.people import User
from marketplace.offices import grant_office, withdraw_office
from marketplace.vendor_approval import approve_vendor
from marketplace.vendor_invitations import accept_vendor_invitation, invite_vendor
from marketplace.vendor_joining import choose_categories, declare_owners, describe_company
from marketplace.vendor_links import secret_of
from tests.builders import HOUR, MINUTE
from tests.cast import PASSWORD
from tests.stripe_twin.playing import Play, owed
from tests.stripe_twin.server import Fault

pytestmark = pytest.mark.django_db


def mine(actor: User, at: datetime) -> dict[str, OpenItem]:
    return {item.kind: item for item in desk(actor=actor, at=at).mine if item.job_id is None}


def others(actor: User, at: datetime) -> dict[str, OpenItem]:
    return {item.kind: item for item in desk(actor=actor, at=at).others if item.job_id is None}


def test_a_vendor_on_its_way_in_is_first_its_own_and_then_finances(play: Play) -> None:
    cast, at = play.cast, play.now
    invited = invite_vendor(
        actor=cast.fin, email="lina@light.example", company_name="Lina Light", at=at
    )
    lina = accept_vendor_invitation(
        invitation_id=invited.pk,
        secret=secret_of(invited.pk),
        name="Lina",
        password=PASSWORD,
        at=at + MINUTE,
    )
    item = mine(lina, at)["introduce_vendor"]
    assert "profile" not in item.what
    assert item.who == "You"
    assert mine(cast.fin, at) == {}

    vendor = item.subject_id
    words = {"actor": lina, "provider_id": vendor, "at": at + HOUR}
    said = {"legal_name": "Lina Light GmbH", "register_number": "HRB 4711", "country": "DE"}
    describe_company(address="Lindenweg 2", **said, **words)
    choose_categories(category_ids=[cast.events.pk], **words)
    declare_owners(owners="Lina, all of it.", conflict="", **words)

    assert mine(lina, at) == {}
    assert others(lina, at)["approve_vendor"].who == "Finance"
    assert others(cast.fin, at)["approve_vendor"].who == "Another person of finance"  # she invited
    assert mine(play.fay, at)["approve_vendor"].since_at == at + HOUR
    assert "approve_vendor" not in mine(cast.ada, at) | others(cast.ada, at)
    approve_vendor(actor=play.fay, provider_id=vendor, at=at + 2 * HOUR)
    assert others(lina, at) == mine(play.fay, at) == {}


def test_the_way_to_the_money_is_on_somebodys_desk_at_each_step(play: Play) -> None:
    cast, books = play.cast, play.twin.books
    owed(cast, "1000")
    assert mine(cast.vera, play.now)["say_how_paid"].subject_id == cast.vera_co.pk
    payee = open_stripe_account(actor=cast.vera, provider_id=cast.vera_co.pk, at=play.pass_(MINUTE))
    assert set(mine(cast.vera, play.now)) == {"answer_stripe"}
    assert mine(cast.fin, play.now)["confirm_payee"].subject_id == payee.pk
    books.finish_onboarding(payee.reference)
    play.poll()
    confirm_payee(actor=play.fay, payee_id=payee.pk, at=play.now)
    assert mine(cast.vera, play.now) == mine(cast.fin, play.now) == {}

    payout = play.ask()
    assert others(cast.fin, play.now)["approve_payout"].who == "Another person of finance"
    assert mine(play.fay, play.now)["approve_payout"].subject_id == payout.pk
    approve_payout(actor=play.fay, payout_id=payout.pk, at=play.now)
    assert mine(play.fay, play.now) == {}
    play.work()  # there is nothing in the balance
    assert "insufficient" in mine(cast.fin, play.now)["try_payout_again"].what

    play.fund()
    again = play.ask()
    decline_payout(actor=cast.fin, payout_id=again.pk, reason="Not today.", at=play.now)
    assert set(mine(cast.fin, play.now)) == {"try_payout_again"}  # nothing took its place
    last = play.ask()
    assert "try_payout_again" not in mine(cast.fin, play.now)  # its money is asked for again
    approve_payout(actor=play.fay, payout_id=last.pk, at=play.now)
    play.twin.faults.append(Fault("POST /v1/transfers", "cut before"))
    play.work()
    assert mine(cast.fin, play.now) == {}
    assert mine(cast.fin, play.now + 20 * HOUR)["find_payout"].subject_id == last.pk
    owed(cast, "500")
    newer = play.ask()  # what is asked for later hides nothing that nobody heard of again
    assert mine(cast.fin, play.now + 20 * HOUR)["find_payout"].subject_id == last.pk
    decline_payout(actor=cast.fin, payout_id=newer.pk, reason="Not today.", at=play.now)
    play.work()

    play.bank("failed")
    play.poll()
    assert mine(cast.vera, play.now)["give_another_bank"].who == "You"
    assert others(cast.fin, play.now)["give_another_bank"].who == "Vera & Co"
    assert "give_another_bank" not in mine(cast.otto, play.now) | others(cast.otto, play.now)
    play.bank("paid")
    play.poll()
    assert mine(cast.vera, play.now) == others(cast.fin, play.now) == {}


def test_where_the_way_was_changed_nobody_is_asked_to_approve(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    play.onboard()
    payout = play.ask()
    assert mine(play.fay, play.now)["approve_payout"].act.startswith("Approve 1,000.00 EUR")

    other = pay_by_hand(
        actor=cast.fin, provider_id=cast.vera_co.pk, reference="4711", at=play.pass_(MINUTE)
    )
    confirm_payee(actor=play.fay, payee_id=other.pk, at=play.now)

    for one in (cast.fin, play.fay):  # whoever asked may take it back, too
        item = mine(one, play.now)["decline_payout"]
        assert "approve_payout" not in mine(one, play.now) | others(one, play.now)
        assert item.what == "The vendor is paid in another way now. Decline it and ask anew."
    decline_payout(actor=play.fay, payout_id=payout.pk, reason="Paid otherwise.", at=play.now)
    assert "decline_payout" not in mine(play.fay, play.now)


def test_a_bank_account_that_moved_holds_the_approval_up_for_three_days(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    payee = play.onboard()
    payout = play.ask()
    play.twin.books.set_bank(payee.reference, "ba_other")
    play.poll()

    row = papers.payout(actor=play.fay, payout_id=payout.pk, at=play.now)
    item = others(play.fay, play.now)["approve_payout"]
    assert (row.may_approve, row.may_decline) == (False, True)
    assert item.what == row.then
    assert row.then.startswith("How the vendor is paid was changed. Nobody can approve it before")
    later = play.now + 72 * HOUR
    assert papers.payout(actor=play.fay, payout_id=payout.pk, at=later).may_approve
    assert "approve_payout" in mine(play.fay, later)


def test_the_administrator_reads_that_nobody_else_of_finance_is_there(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    play.onboard()
    payout = play.ask()
    assert mine(cast.adam, play.now) == {}

    withdraw_office(actor=cast.adam, user_id=play.fay.pk, office="finance", at=play.now)

    item = mine(cast.adam, play.now)["name_finance"]
    assert (item.subject_id, item.since_at) == (payout.pk, payout.asked_at)
    assert "name_finance" not in mine(cast.ada, play.now) | mine(cast.fin, play.now)
    grant_office(actor=cast.adam, user_id=cast.sam.pk, office="finance", at=play.now)
    assert mine(cast.adam, play.now) == {}
    assert "approve_payout" in mine(cast.sam, play.now)
