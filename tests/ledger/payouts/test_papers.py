"""Payouts as papers: each is found however old, says what holds it up, and is in its year."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ledger.payability import EditorOfPayee, PayeeChanged
from ledger.payees import confirm_payee, open_stripe_account, pay_by_hand
from ledger.reports import payouts as papers
from ledger.reports.payout_lines import payout_lines
from ledger.reports.vendor_accounts import (
    payee_paper,
    payees_held,
    vendor_account,
    vendors_owed,
)
from ledger.reports.vendor_year import vendor_year
from ledger.reports.years_paid import YearPaid
from ledger.sending_back import want_part_back
from ledger.settling import approve_payout, decline_payout
from ledger.stripe_reasons import asked_in_words, why_failed
from marketplace.models.events import Notice
from marketplace.models.people import User
from marketplace.offices import grant_office, withdraw_office
from marketplace.people import add_person
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, HOUR, MINUTE, eur, refused
from tests.ledger import builders
from tests.ledger.builders import assert_books_hold
from tests.ledger.test_repaying import owed_back
from tests.stripe_twin.playing import Play, one_signature, owed

pytestmark = pytest.mark.django_db


def test_an_approved_payout_says_what_holds_it_up_and_until_when(play: Play) -> None:
    owed(play.cast, "1000")
    one_signature(play.cast)
    payee = play.onboard()
    payout = play.ask()
    words: dict[str, Any] = {"actor": play.cast.fin, "payout_id": payout.pk}
    assert papers.payout(at=play.now, **words).then == "It is sent within a minute."

    play.twin.books.set_bank(payee.reference, "ba_of_somebody_else")
    play.deliver(play.twin.books.events[-1:])
    play.work()

    assert "It is held" in papers.payout(at=play.now, **words).then
    assert "within a minute" in papers.payout(at=play.pass_(72 * HOUR), **words).then


def test_what_was_paid_is_summed_by_year_and_each_payout_is_found(play: Play) -> None:
    cast = play.cast
    owed(cast, "600")
    one_signature(cast)
    play.fund()
    play.onboard()
    first = play.ask()
    play.work()
    play.bank("paid")
    owed(cast, "400")
    play.ask()
    play.work()
    play.bank("failed")
    play.poll()

    account = vendor_account(actor=cast.vera, provider_id=cast.vera_co.pk, at=play.now)

    assert account.years == [YearPaid(play.now.year, 1, eur("600"))]
    assert papers.payout(actor=cast.vera, payout_id=first.pk, at=play.now).state == "paid"
    with refused(Unknown):
        papers.payout(actor=cast.rolf, payout_id=first.pk, at=play.now)


def test_finance_reads_who_may_approve_and_why_not_it_itself(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    play.onboard()
    payout = play.ask()
    words: dict[str, Any] = {"payout_id": payout.pk, "at": play.now}

    assert papers.payout(actor=cast.fin, **words).then == (
        "You asked for it, so another person approves it: Fay."
    )
    assert papers.payout(actor=play.fay, **words).then.startswith("It waits for you: Fin asked")
    for reader in (cast.vera, cast.ada):
        assert "A second person of finance" in papers.payout(actor=reader, **words).then
    (row,) = vendors_owed(actor=cast.ada, at=play.now)
    assert (row.asked_by, row.asked_at) == ("Fin", payout.asked_at)
    withdraw_office(actor=cast.adam, user_id=play.fay.pk, office="finance", at=play.now)
    assert "Nobody else of finance" in papers.payout(actor=cast.fin, **words).then


def test_whoever_said_how_a_vendor_is_paid_reads_that_another_one_approves(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    payee = pay_by_hand(actor=cast.fin, provider_id=cast.vera_co.pk, reference="4711", at=play.now)
    confirm_payee(actor=play.fay, payee_id=payee.pk, at=play.now)
    payout = play.ask(actor=play.fay)
    row = papers.payout(actor=cast.fin, payout_id=payout.pk, at=play.now)
    assert (row.may_approve, row.may_decline) == (False, True)
    assert row.then.startswith("Nobody else of finance may approve it.")
    gus = add_person(actor=cast.adam, email="gus@house.example", name="Gus", at=play.now)
    grant_office(actor=cast.adam, user_id=gus.pk, office="finance", at=play.now)

    row = papers.payout(actor=cast.fin, payout_id=payout.pk, at=play.now)
    assert row.then == "You said how the vendor is paid, so another person approves it: Gus."
    assert papers.payout(actor=gus, payout_id=payout.pk, at=play.now).may_approve


def test_a_payout_is_offered_to_whoever_may_ask_for_it_and_to_nobody_else(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    payee = pay_by_hand(actor=cast.fin, provider_id=cast.vera_co.pk, reference="4711", at=play.now)

    def offered(reader: User) -> tuple[bool, str]:
        (row,) = vendors_owed(actor=reader, at=play.now)
        return row.may_ask, row.others_ask

    assert offered(play.fay) == (False, "")  # not confirmed
    confirm_payee(actor=play.fay, payee_id=payee.pk, at=play.now)
    assert offered(play.fay) == (True, "")
    assert offered(cast.ada) == (False, "")
    assert offered(cast.fin) == (
        False,
        "You said how the vendor is paid, so another person pays it: Fay.",
    )
    with refused(EditorOfPayee):
        play.ask(actor=cast.fin)
    withdraw_office(actor=cast.adam, user_id=play.fay.pk, office="finance", at=play.now)
    assert offered(cast.fin)[1].startswith("Nobody else of finance may pay it.")


def test_a_payout_that_waits_for_a_vendor_paid_otherwise_by_now_is_declined(play: Play) -> None:
    cast = play.cast
    owed(cast, "1000")
    play.onboard()
    payout = play.ask()
    words: dict[str, Any] = {"payout_id": payout.pk}
    assert papers.payout(actor=play.fay, at=play.now, **words).may_approve
    gus = add_person(actor=cast.adam, email="gus@house.example", name="Gus", at=play.now)
    grant_office(actor=cast.adam, user_id=gus.pk, office="finance", at=play.now)
    other = pay_by_hand(
        actor=gus, provider_id=cast.vera_co.pk, reference="4711", at=play.pass_(MINUTE)
    )
    confirm_payee(actor=cast.fin, payee_id=other.pk, at=play.now)
    play.pass_(72 * HOUR)

    row = papers.payout(actor=play.fay, at=play.now, **words)
    with refused(PayeeChanged) as said:
        approve_payout(actor=play.fay, at=play.now, **words)

    assert said.value.text == row.then
    assert row.then == "The vendor is paid in another way now. Decline it and ask anew."
    assert (row.may_approve, row.may_decline) == (False, True)
    decline_payout(actor=play.fay, reason="Paid otherwise.", at=play.now, **words)
    anew = papers.payout(actor=play.fay, payout_id=play.ask().pk, at=play.now)
    assert (anew.state, anew.may_approve, anew.is_by_hand) == ("waiting", True, True)


def test_only_how_a_vendor_is_paid_by_now_is_shown_and_confirmed(play: Play) -> None:
    vendor, fin = {"provider_id": play.cast.vera_co.pk}, {"actor": play.cast.fin}
    first = pay_by_hand(actor=play.fay, reference="4711", at=play.now, **vendor)
    assert payee_paper(payee_id=first.pk, at=play.now, **fin).payee.reference == "4711"
    later = pay_by_hand(actor=play.fay, reference="4712", at=play.pass_(MINUTE), **vendor)

    for look in (payee_paper, confirm_payee):
        with refused(PayeeChanged):
            look(payee_id=first.pk, at=play.now, **fin)

    assert payee_paper(payee_id=later.pk, at=play.now, **fin).payee.reference == "4712"
    confirm_payee(payee_id=later.pk, at=play.now, **fin)


def test_what_was_approved_as_it_was_asked_for_says_so(play: Play) -> None:
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.onboard()

    row = papers.payout(actor=play.fay, payout_id=play.ask().pk, at=play.now)

    assert (row.asked_by, row.approved_by, row.needs_signature) == ("Fin", "Fin", False)


@pytest.mark.parametrize("over_the_year", [False, True])
def test_a_part_that_came_back_is_taken_off_the_year_in_which_it_did(
    play: Play, over_the_year: bool
) -> None:
    cast = play.cast
    owed(cast, "1000")
    one_signature(cast)
    play.fund()
    play.onboard()
    payout = play.ask()
    play.work()
    play.bank("paid")
    play.poll()
    paid_in = play.now.year
    if over_the_year:
        play.pass_(datetime(paid_in + 1, 1, 2, 9, tzinfo=UTC) - play.now)
    owed_back(cast, "250", at=play.now)
    want_part_back(
        actor=cast.fin,
        part_id=uuid4(),
        payout_id=payout.pk,
        amount=eur("150"),
        reason="A credit after payment.",
        at=play.pass_(MINUTE),
    )
    play.twin.books.balances[play.accounts()[0]]["eur"] += 150_00  # what it earned elsewhere
    play.work()
    play.poll()

    account = vendor_account(actor=cast.vera, provider_id=cast.vera_co.pk, at=play.now)

    if over_the_year:
        back, paid = YearPaid(paid_in + 1, 0, eur("-150")), YearPaid(paid_in, 1, eur("1000"))
        assert account.years == [back, paid]
    else:
        assert account.years == [YearPaid(paid_in, 1, eur("850"))]
    for one in account.years:
        words: dict[str, Any] = {"actor": cast.vera, "provider_id": cast.vera_co.pk}
        (sums,) = vendor_year(year=one.year, **words).sums
        assert one.amount == -(sums.paid + sums.came_back)
    assert builders.stands("1300") == eur("100")
    assert_books_hold()


def test_what_stripe_says_in_codes_is_told_in_words(play: Play) -> None:
    cast, vendor = play.cast, {"provider_id": play.cast.vera_co.pk}
    owed(cast, "1000")
    one_signature(cast)
    play.fund()
    open_stripe_account(actor=cast.vera, at=play.pass_(MINUTE), **vendor)
    asked = vendor_account(actor=cast.vera, at=play.now, **vendor).payee.due
    assert asked == ("A bank account to pay to.", "A yes to Stripe's terms.")
    assert asked_in_words(["company.tax_id", "owners.first", "directors.first", "new"]) == (
        "What the company is, by its register.",
        "Who owns and leads the company.",
        "Something that Stripe names on its own page.",
    )
    play.onboard()
    payout = play.ask()
    play.work()
    play.bank("failed")
    play.poll()

    row = papers.payout(actor=cast.vera, payout_id=payout.pk, at=play.now)

    assert (row.state, row.detail) == ("failed", "The bank account is closed.")
    told = Notice.objects.get(kind="payout.failed", recipient=cast.vera)
    assert "did not take 1,000.00 EUR. The bank account is closed. They are" in told.text
    assert why_failed("of_a_new_kind") == "of_a_new_kind"


def test_whom_nothing_is_owed_is_shown_too_while_it_could_not_be_paid(play: Play) -> None:
    cast, fin = play.cast, {"actor": play.cast.fin}
    payee = open_stripe_account(actor=cast.vera, provider_id=cast.vera_co.pk, at=play.pass_(MINUTE))
    (row,) = payees_held(at=play.now, **fin)
    assert (row.provider_name, row.payee.may_confirm) == ("Vera & Co", True)
    play.twin.books.finish_onboarding(payee.reference)
    play.poll()
    confirm_payee(payee_id=payee.pk, at=play.now, **fin)
    assert payees_held(at=play.now, **fin) == []

    play.twin.books.set_bank(payee.reference, "ba_of_somebody_else")
    play.poll()

    (row,) = payees_held(actor=cast.ada, at=play.now)
    assert row.payee.frozen_until == play.now + 72 * HOUR
    assert payees_held(at=play.pass_(72 * HOUR), **fin) == []
    for person in (cast.maya, cast.vera):
        with refused(Forbidden):
            payees_held(actor=person, at=play.now)


def test_a_day_of_the_report_is_the_same_whoever_reads_it(play: Play) -> None:
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.fund()
    play.onboard()
    day = play.ask().asked_at.astimezone(UTC).date()
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Midway"):
        with timezone.override(ZoneInfo(zone)):
            told = payout_lines(actor=play.cast.fin, at=play.now, since_on=day, until_on=day)
            next_day = day + DAY
            later = payout_lines(
                actor=play.cast.fin, at=play.now, since_on=next_day, until_on=next_day
            )
            assert (len(told), len(later)) == (1, 0), zone
