"""Who may pay whom, when, and how much: each rule says no, and says yes beside it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.models.payouts import Payout, PayoutAnswer, PayoutStep
from ledger.payability import (
    AboveDailyLimit,
    AlreadyAskedFor,
    EditorOfPayee,
    NoLongerOwed,
    NothingOwed,
    PayeeFrozen,
    PayeeMissing,
    PayeeNotReady,
    PayeeUnconfirmed,
)
from ledger.payees import (
    AlreadyConfirmed,
    NotAVendor,
    OwnPayee,
    ReferenceMissing,
    confirm_payee,
    onboarding_address,
    open_stripe_account,
    pay_by_hand,
    read_account,
    state_payout_limit,
)
from ledger.paying import NotUnknown, declare_not_sent, send_payout
from ledger.paying_by_hand import NotByHand, note_paid_by_hand
from ledger.sending_back import AlreadyUnderWay, NothingToTakeBack, recall_payout, want_back
from ledger.settling import (
    AlreadyAnswered,
    NotRefused,
    OwnPayout,
    approve_payout,
    decline_payout,
    try_again,
)
from ledger.stripe_gateway import StripeRefused, StripeSilent
from marketplace.models.events import Notice
from marketplace.refusals import Forbidden, ReasonMissing
from tests.builders import DAY, HOUR, MINUTE, eur, refused
from tests.ledger import builders
from tests.ledger.builders import assert_books_hold, books_stand
from tests.stripe_twin.playing import Play, one_signature, owed
from tests.stripe_twin.server import Fault

pytestmark = pytest.mark.django_db


def test_a_vendor_is_paid_only_once_it_said_how_and_finance_confirmed_it(play: Play):
    cast, twin = play.cast, play.twin
    owed(cast, "1000")
    one_signature(cast)
    with refused(PayeeMissing):
        play.ask()

    words = {"provider_id": cast.vera_co.pk, "at": play.pass_(MINUTE)}
    with refused(Forbidden):
        open_stripe_account(actor=cast.fin, **words)
    payee = open_stripe_account(actor=cast.vera, **words)
    assert open_stripe_account(actor=cast.vera, **words) == payee
    assert len(twin.books.of("account")) == 1
    with refused(PayeeUnconfirmed):
        play.ask()

    with refused(Forbidden):
        confirm_payee(actor=cast.vera, payee_id=payee.pk, at=play.now)
    confirm_payee(actor=play.fay, payee_id=payee.pk, at=play.now)
    with refused(AlreadyConfirmed):
        confirm_payee(actor=play.fay, payee_id=payee.pk, at=play.now)
    with refused(PayeeNotReady):
        play.ask()

    twin.books.finish_onboarding(payee.reference)
    play.deliver(twin.books.events)
    play.work()
    assert play.word(play.ask()) == "approved"
    with refused(NothingOwed):
        play.ask()
    assert_books_hold()


def test_a_vendor_is_told_when_stripe_is_silent_or_says_no(play: Play):
    words = {"actor": play.cast.vera, "provider_id": play.cast.vera_co.pk}
    play.twin.faults.append(Fault("POST /v1/accounts", "busy"))
    with refused(StripeSilent):
        open_stripe_account(**words, at=play.pass_(MINUTE))
    payee = open_stripe_account(**words, at=play.pass_(MINUTE))
    play.twin.books.things.clear()  # its account was ended there
    with refused(StripeRefused) as said:
        onboarding_address(**words, back="https://house.example/", at=play.pass_(MINUTE))

    assert payee.reference in said.value.text


def test_only_finance_pays_and_never_who_said_where_the_money_goes(play: Play):
    cast = play.cast
    owed(cast, "1000")
    one_signature(cast)
    team = {"provider_id": cast.events_team.pk, "at": play.now}
    with refused(NotAVendor):
        pay_by_hand(actor=cast.fin, reference="4711", **team)
    for person in (cast.maya, cast.paul):  # whoever may not is told that, of a team, too
        with refused(Forbidden):
            pay_by_hand(actor=person, reference="4711", **team)
        with refused(Forbidden):
            open_stripe_account(actor=person, **team)
    with refused(NotAVendor):
        open_stripe_account(actor=cast.pia, **team)
    words = {"provider_id": cast.vera_co.pk, "at": play.now}
    with refused(ReferenceMissing):
        pay_by_hand(actor=cast.fin, reference="DE02 1203 0000 0000 2020 51", **words)
    payee = pay_by_hand(actor=cast.fin, reference="4711", **words)
    with refused(OwnPayee):
        confirm_payee(actor=cast.fin, payee_id=payee.pk, at=play.now)
    confirm_payee(actor=play.fay, payee_id=payee.pk, at=play.now)

    with refused(Forbidden):
        play.ask(actor=cast.maya)
    with refused(EditorOfPayee):
        play.ask(actor=cast.fin)
    payout = play.ask(actor=play.fay)

    assert play.word(payout) == "approved"


def test_above_the_limit_a_second_person_signs(play: Play):
    cast = play.cast
    owed(cast, "1000")
    one_signature(cast, "999.99")
    play.onboard()
    payout = play.ask()
    assert play.word(payout) == "waiting"
    assert "2120" not in books_stand()

    with refused(OwnPayout):
        approve_payout(actor=cast.fin, payout_id=payout.pk, at=play.now)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        PayoutAnswer.objects.create(
            payout=payout, is_approved=True, answered_by=cast.fin, answered_at=play.now
        )
    approve_payout(actor=play.fay, payout_id=payout.pk, at=play.now)

    assert play.word(payout) == "approved"
    with refused(AlreadyAnswered):
        decline_payout(actor=cast.fin, payout_id=payout.pk, reason="Late.", at=play.now)


def test_what_waits_to_be_approved_is_not_asked_for_again(play: Play):
    cast = play.cast
    owed(cast, "1000")
    play.onboard()
    payout = play.ask()
    owed(cast, "500")  # other work is accepted meanwhile

    with refused(AlreadyAskedFor) as said:
        play.ask(actor=play.fay)

    assert said.value.text.startswith("Fin asked for 1,000.00 EUR on 30 March 2026")
    assert Payout.objects.get() == payout
    with refused(AlreadyAskedFor):
        play.ask()
    decline_payout(actor=cast.fin, payout_id=payout.pk, reason="With the rest.", at=play.now)
    assert play.ask(actor=play.fay).amount_minor == 1_500_00


def test_a_payout_that_is_declined_leaves_what_is_owed(play: Play):
    cast = play.cast
    owed(cast, "1000")
    play.onboard()  # no limit is stated: each payout is signed
    payout = play.ask()
    with refused(ReasonMissing):
        decline_payout(actor=play.fay, payout_id=payout.pk, reason=" ", at=play.now)

    decline_payout(actor=play.fay, payout_id=payout.pk, reason="Not yet.", at=play.now)

    assert play.word(payout) == "declined"
    assert books_stand()["2100"] == "1000.00"
    assert play.word(play.ask()) == "waiting"


def test_no_more_is_approved_in_a_day_than_may_be(play: Play):
    cast = play.cast
    owed(cast, "1000")
    one_signature(cast)
    play.onboard()
    words = {"kind": "daily", "reason": "A day's worth.", "at": play.now}
    with refused(Forbidden):
        state_payout_limit(actor=cast.fin, limit=eur("999.99"), **words)
    state_payout_limit(actor=cast.adam, limit=eur("999.99"), **words)
    with refused(AboveDailyLimit):
        play.ask()

    state_payout_limit(
        actor=cast.adam, limit=eur("1000"), kind="daily", reason="More.", at=play.now + MINUTE
    )

    assert play.word(play.ask()) == "approved"


def test_what_was_refused_does_not_count_as_approved_today(play: Play):
    cast = play.cast
    owed(cast, "1000")
    one_signature(cast)
    play.onboard()
    words = {"kind": "daily", "reason": "A day's worth.", "at": play.now}
    state_payout_limit(actor=cast.adam, limit=eur("1000"), **words)
    payout = play.ask()  # there is nothing in the balance
    play.work()
    assert play.word(payout) == "refused"

    try_again(actor=cast.fin, payout_id=payout.pk, at=play.pass_(MINUTE))

    assert play.word(payout) == "approved"
    owed(cast, "1")
    with refused(AboveDailyLimit):
        play.ask()


def test_another_bank_account_freezes_payouts_for_three_days_and_tells_everybody(play: Play):
    cast, twin = play.cast, play.twin
    owed(cast, "1000")
    one_signature(cast)
    payee = play.onboard()
    approved = play.ask()
    twin.books.set_bank(payee.reference, "ba_of_somebody_else")

    play.deliver(twin.books.events[-1:])
    play.fund()
    play.work()

    assert play.word(approved) == "approved"  # what was approved waits too
    told = Notice.objects.filter(kind="payee.set", text__contains="another one")
    assert {one.recipient for one in told} == {cast.vera, cast.fin, play.fay}
    recall_payout(actor=cast.fin, payout_id=approved.pk, reason="We asked.", at=play.now)
    with refused(PayeeFrozen):
        play.ask()
    play.pass_(71 * HOUR)
    with refused(PayeeFrozen):
        play.ask()
    play.pass_(HOUR)
    again = play.ask()
    play.work()
    assert play.word(again) == "sent"
    assert_books_hold()


def test_what_is_contested_is_not_paid_and_a_credit_on_paid_work_is_set_off(play: Play):
    cast = play.cast
    award = owed(cast, "600", "400")
    one_signature(cast)
    play.fund()
    play.onboard()
    first, second = builders.milestones(award)
    words = {"actor": cast.maya, "reason": "It is not what we ordered."}
    at = builders.CHOICE + 8 * DAY
    dispute = raise_dispute(milestone_id=second.pk, amount=eur("400"), at=at, **words)
    paid = play.ask()
    assert paid.amount_minor == 600_00
    play.work()

    late = raise_dispute(milestone_id=first.pk, amount=eur("100"), at=play.now, **words)
    settle = {"actor": cast.fin, "reason": "As agreed.", "at": play.pass_(MINUTE)}
    resolve_dispute(dispute_id=late.pk, credit=eur("100"), **settle)
    assert books_stand()["1300"] == "100.00"
    resolve_dispute(dispute_id=dispute.pk, credit=eur("0"), **settle)
    rest = play.ask()

    assert rest.amount_minor == 300_00
    assert "1300" not in books_stand()
    assert "2100" not in books_stand()
    assert_books_hold()


def test_a_payout_that_waited_is_refused_when_less_is_owed(play: Play):
    cast = play.cast
    award = owed(cast, "1000")
    play.onboard()
    payout = play.ask()
    (milestone,) = builders.milestones(award)
    raise_dispute(
        actor=cast.maya,
        milestone_id=milestone.pk,
        amount=eur("1"),
        reason="One is missing.",
        at=play.pass_(MINUTE),
    )

    with refused(NoLongerOwed):
        approve_payout(actor=play.fay, payout_id=payout.pk, at=play.now)

    assert books_stand()["2150"] == "1.00"


def test_a_payout_that_waited_is_refused_when_the_vendor_owes_back_meanwhile(play: Play):
    cast = play.cast
    award = owed(cast, "400", "600")
    play.fund()
    play.onboard()
    first, second = builders.milestones(award)
    words = {"actor": cast.maya, "reason": "It is not what we ordered."}
    at = builders.CHOICE + 8 * DAY
    held = raise_dispute(milestone_id=second.pk, amount=eur("600"), at=at, **words)
    approve_payout(actor=play.fay, payout_id=play.ask().pk, at=play.now)
    play.work()
    settle = {"actor": cast.fin, "reason": "As agreed."}
    resolve_dispute(dispute_id=held.pk, credit=eur("0"), at=play.pass_(MINUTE), **settle)
    waiting = play.ask()
    assert waiting.amount_minor == 600_00

    late = raise_dispute(milestone_id=first.pk, amount=eur("300"), at=play.now, **words)
    resolve_dispute(dispute_id=late.pk, credit=eur("300"), at=play.pass_(MINUTE), **settle)
    with refused(NoLongerOwed):
        approve_payout(actor=play.fay, payout_id=waiting.pk, at=play.now)

    decline_payout(actor=cast.fin, payout_id=waiting.pk, reason="Anew.", at=play.now)
    assert play.ask().amount_minor == 300_00
    assert books_stand()["2100"] == "600.00"


def test_a_refused_payout_is_not_tried_again_when_the_vendor_owes_back_meanwhile(play: Play):
    cast = play.cast
    award = owed(cast, "400", "600")
    one_signature(cast)
    play.onboard()
    first, second = builders.milestones(award)
    words = {"actor": cast.maya, "reason": "It is not what we ordered."}
    at = builders.CHOICE + 8 * DAY
    held = raise_dispute(milestone_id=second.pk, amount=eur("600"), at=at, **words)
    play.fund(400_00)
    play.ask()
    play.work()
    settle = {"actor": cast.fin, "reason": "As agreed."}
    resolve_dispute(dispute_id=held.pk, credit=eur("0"), at=play.pass_(MINUTE), **settle)
    empty = play.ask()  # there is nothing left in the balance
    play.work()
    assert play.word(empty) == "refused"

    late = raise_dispute(milestone_id=first.pk, amount=eur("300"), at=play.now, **words)
    resolve_dispute(dispute_id=late.pk, credit=eur("300"), at=play.pass_(MINUTE), **settle)
    with refused(NoLongerOwed):
        try_again(actor=cast.fin, payout_id=empty.pk, at=play.now)

    assert play.ask().amount_minor == 300_00


def test_steps_are_taken_in_turn_and_none_without_its_entry(play: Play):
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.onboard()
    payout = play.ask()
    words = {"actor": play.cast.fin, "payout_id": payout.pk, "at": play.now}
    with refused(NotRefused):
        try_again(**words)
    with refused(NotUnknown):
        declare_not_sent(**words)
    with refused(NothingToTakeBack):
        want_back(reason="Wrong.", **words)
    with refused(NotByHand):
        note_paid_by_hand(document="Run 7", **words)
    with refused(Forbidden):
        send_payout(**words)

    step = {"payout": payout, "happened_at": play.now, "noted_by": play.fay}
    for kind, attempt in (("sent", 1), ("approved", 2), ("paid", 1)):
        with pytest.raises(DatabaseError, match="is no step after"), transaction.atomic():
            PayoutStep.objects.create(kind=kind, attempt=attempt, **step)
    with pytest.raises(DatabaseError, match="not booked"), transaction.atomic():
        PayoutStep.objects.create(kind="sending", attempt=1, **step)
        PayoutStep.objects.create(kind="sent", attempt=1, reference="tr_x", **step)
        connection.check_constraints()

    play.fund()
    play.work()
    with refused(AlreadyUnderWay):
        recall_payout(reason="Wrong.", **words)
    assert play.word(payout) == "sent"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        payout.steps.update(kind="refused")


def test_the_same_name_asks_once(play: Play):
    owed(play.cast, "1000")
    one_signature(play.cast)
    play.onboard()
    name = uuid4()

    assert play.ask(payout_id=name) == play.ask(payout_id=name)

    assert books_stand()["2120"] == "1000.00"


def test_an_account_is_read_again_without_a_word_when_nothing_changed(play: Play):
    payee = play.onboard()
    before = payee.readings.count()

    read_account(payee_id=payee.pk, at=play.pass_(MINUTE))

    assert payee.readings.count() == before
