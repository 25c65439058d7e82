"""Handing work over, accepting it, sending it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.acceptance import AlreadyAccepted, AlreadyReturned, NotSilentYet, accept_delivery
from ledger.delivering import (
    AmountAboveMilestone,
    DeliveryWaiting,
    MilestoneAccepted,
    MissingMissing,
    deliver_milestone,
    return_delivery,
)
from ledger.duties import run
from ledger.models.awards import Acceptance, Award, Completion
from ledger.models.journal import JournalEntry
from marketplace.membership import add_member
from marketplace.models.events import Event, Notice
from marketplace.money import CurrencyMismatch, Money
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_clock
from tests.builders import DAY, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, stands

pytestmark = pytest.mark.django_db
HANDED_OVER = CHOICE + 10 * DAY


@pytest.fixture
def award(cast: Cast) -> Award:
    """The team's work, in three parts of 15,000, 20,000 and 5,000."""
    builders.grant(cast)
    return builders.choose(cast, builders.contest(cast).team_bid)


def test_a_member_hands_work_over_and_the_department_is_told_until_when(cast: Cast, award: Award):
    part = builders.milestones(award)[0]

    delivery = deliver_milestone(
        actor=cast.paul, milestone_id=part.pk, note="Plans attached.", at=HANDED_OVER
    )

    assert delivery.amount_minor == 15_000_00
    assert delivery.note is not None
    assert delivery.note.text == "Plans attached."
    assert delivery.silent_at == HANDED_OVER + 15 * DAY
    told = Notice.objects.filter(kind="delivery.made")
    assert {notice.recipient for notice in told} == {cast.maya, cast.rolf}
    assert all("silence is acceptance" in notice.text for notice in told)


@pytest.mark.parametrize("actor", ["maya", "rolf", "fin"])
def test_only_the_provider_hands_work_over(cast: Cast, award: Award, actor: str):
    part = builders.milestones(award)[0]

    with refused(Forbidden):
        deliver_milestone(actor=getattr(cast, actor), milestone_id=part.pk, at=HANDED_OVER)


def test_to_a_rival_the_work_is_not_there(cast: Cast, award: Award):
    part = builders.milestones(award)[0]

    with refused(Unknown):
        deliver_milestone(actor=cast.vera, milestone_id=part.pk, at=HANDED_OVER)


def test_less_than_agreed_may_be_charged_and_not_more(cast: Cast, award: Award):
    first, second, _ = builders.milestones(award)

    assert builders.deliver(cast, first, amount="14999.99", at=HANDED_OVER).amount_minor
    for amount in ("20000.01", "-0.01"):
        with refused(AmountAboveMilestone):
            builders.deliver(cast, second, amount=amount, at=HANDED_OVER)


def test_another_currency_is_not_charged(cast: Cast, award: Award):
    part = builders.milestones(award)[0]

    with refused(CurrencyMismatch):
        deliver_milestone(
            actor=cast.pia, milestone_id=part.pk, amount=Money(1, "USD"), at=HANDED_OVER
        )


def test_a_milestone_waits_for_one_answer_at_a_time(cast: Cast, award: Award):
    part = builders.milestones(award)[0]
    builders.deliver(cast, part, at=HANDED_OVER)

    with refused(DeliveryWaiting):
        builders.deliver(cast, part, at=HANDED_OVER + DAY)


def test_an_accepted_milestone_is_over(cast: Cast, award: Award):
    part = builders.milestones(award)[0]
    builders.accept(cast, part, at=HANDED_OVER)

    with refused(MilestoneAccepted):
        builders.deliver(cast, part, at=HANDED_OVER + 2 * DAY)


def test_accepted_work_is_charged_in_the_same_moment(cast: Cast, award: Award):
    part = builders.milestones(award)[0]

    delivery = builders.accept(cast, part, at=HANDED_OVER)

    acceptance = Acceptance.objects.get(delivery=delivery)
    assert (acceptance.accepted_by, acceptance.by_silence) == (cast.rolf, False)
    assert stands("5100", milestone=part.pk) == eur("15000")
    assert stands("4100", department=cast.services.pk) == eur("15000")
    assert stands("5300", department=cast.marketing.pk) == eur("300")
    assert JournalEntry.objects.get(kind="charged").source == delivery.pk
    assert Event.objects.get(kind="delivery.accepted").subject_id == delivery.pk


@pytest.mark.parametrize("actor", ["pia", "paul", "fin", "ada"])
def test_only_the_department_accepts(cast: Cast, award: Award, actor: str):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(Forbidden):
        accept_delivery(actor=getattr(cast, actor), delivery_id=delivery.pk, at=HANDED_OVER + DAY)

    assert not JournalEntry.objects.filter(kind="charged").exists()


def test_to_a_rival_the_delivery_is_not_there(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(Unknown):
        accept_delivery(actor=cast.vera, delivery_id=delivery.pk, at=HANDED_OVER + DAY)


def test_a_delivery_is_accepted_once(cast: Cast, award: Award):
    delivery = builders.accept(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(AlreadyAccepted):
        accept_delivery(actor=cast.maya, delivery_id=delivery.pk, at=HANDED_OVER + 2 * DAY)

    assert JournalEntry.objects.filter(kind="charged").count() == 1


def test_milestones_are_accepted_in_any_order(cast: Cast, award: Award):
    for part in reversed(builders.milestones(award)):
        assert not Completion.objects.exists()
        builders.accept(cast, part, at=HANDED_OVER)

    assert Completion.objects.get(award=award).completed_at == HANDED_OVER + DAY


def test_with_the_last_milestone_the_rest_is_free_and_both_are_asked_to_rate(
    cast: Cast, award: Award
):
    first, second, third = builders.milestones(award)
    builders.accept(cast, first, at=HANDED_OVER)
    builders.accept(cast, second, at=HANDED_OVER)

    builders.accept(cast, third, amount="4000", at=HANDED_OVER)

    commitment = award.commitments.get()
    assert (commitment.released_minor, commitment.open_minor) == (1_020_00, 0)
    told = Notice.objects.filter(kind="award.completed")
    assert {notice.recipient for notice in told} == {cast.maya, cast.rolf, cast.pia}


def test_a_return_says_what_is_missing_and_the_work_comes_again(cast: Cast, award: Award):
    part = builders.milestones(award)[0]
    delivery = builders.deliver(cast, part, at=HANDED_OVER)

    returned = return_delivery(
        actor=cast.rolf, delivery_id=delivery.pk, missing="The rain plan.", at=HANDED_OVER + DAY
    )

    assert returned.missing.text == "The rain plan."
    assert {notice.recipient for notice in Notice.objects.filter(kind="delivery.returned")} == {
        cast.pia,
        cast.paul,
    }
    assert builders.accept(cast, part, at=HANDED_OVER + 2 * DAY).pk != delivery.pk


def test_a_return_without_a_word_is_refused(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(MissingMissing):
        return_delivery(actor=cast.rolf, delivery_id=delivery.pk, missing=" ", at=HANDED_OVER)


def test_the_provider_does_not_send_its_own_work_back(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(Forbidden):
        return_delivery(actor=cast.pia, delivery_id=delivery.pk, missing="All.", at=HANDED_OVER)


def test_what_was_accepted_is_not_sent_back(cast: Cast, award: Award):
    delivery = builders.accept(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(AlreadyAccepted):
        return_delivery(actor=cast.rolf, delivery_id=delivery.pk, missing="All.", at=CHOICE)


def test_what_was_sent_back_is_not_accepted(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)
    return_delivery(actor=cast.rolf, delivery_id=delivery.pk, missing="All.", at=HANDED_OVER)

    with refused(AlreadyReturned):
        accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=HANDED_OVER + DAY)
    with refused(AlreadyReturned):
        return_delivery(actor=cast.rolf, delivery_id=delivery.pk, missing="All.", at=HANDED_OVER)


def test_silence_is_acceptance_at_the_moment_that_was_said(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    assert run(at=delivery.silent_at - timedelta(microseconds=1))["accepted_by_silence"] == 0
    assert run(at=delivery.silent_at)["accepted_by_silence"] == 1
    assert run(at=delivery.silent_at)["accepted_by_silence"] == 0

    acceptance = Acceptance.objects.get()
    assert (acceptance.accepted_by, acceptance.by_silence) == (the_clock(), True)
    assert stands("5100") == eur("15000")
    told = Notice.objects.filter(kind="delivery.accepted")
    assert all("by silence" in notice.text for notice in told)


def test_the_clock_does_not_accept_before_its_time(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)

    with refused(NotSilentYet):
        accept_delivery(
            actor=the_clock(), delivery_id=delivery.pk, at=HANDED_OVER + DAY, by_silence=True
        )


@pytest.mark.parametrize(("actor", "by_silence"), [("rolf", True), ("clock", False)])
def test_people_accept_with_a_word_and_the_clock_by_silence(
    cast: Cast, award: Award, actor: str, by_silence: bool
):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=HANDED_OVER)
    who = the_clock() if actor == "clock" else cast.rolf

    with refused(Forbidden):
        accept_delivery(
            actor=who, delivery_id=delivery.pk, at=delivery.silent_at, by_silence=by_silence
        )


def test_one_silent_delivery_that_cannot_be_booked_keeps_no_other_waiting(
    cast: Cast, award: Award, monkeypatch: pytest.MonkeyPatch
):
    first, second, _ = builders.milestones(award)
    stuck = builders.deliver(cast, first, at=HANDED_OVER)
    builders.deliver(cast, second, at=HANDED_OVER + DAY)

    def refuse_the_first(*, delivery_id, **words):
        if delivery_id == stuck.pk:
            raise AlreadyAccepted("Not this one.")
        return accept_delivery(delivery_id=delivery_id, **words)

    monkeypatch.setattr("ledger.silence.accept_delivery", refuse_the_first)

    assert run(at=HANDED_OVER + 20 * DAY)["accepted_by_silence"] == 1
    assert Acceptance.objects.get().milestone == second


def test_nobody_accepts_what_they_delivered_themselves(cast: Cast, award: Award):
    delivery = builders.deliver(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    add_member(
        actor=cast.adam,
        user_id=cast.pia.pk,
        role="requester",
        department_id=cast.marketing.pk,
        at=CHOICE + DAY,
    )

    with refused(Forbidden):
        accept_delivery(actor=cast.pia, delivery_id=delivery.pk, at=CHOICE + 2 * DAY)
    assert accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=CHOICE + 2 * DAY)
