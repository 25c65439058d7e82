"""Submitting, confirming and withdrawing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from bids import bidding, offering, submission
from bids.content import PlannedMilestone, PriceLine
from bids.models.bids import Bid, BidAccess
from bids.receipts import verify_receipt
from bids.submission import confirm_bid, submit_bid, withdraw_bid
from marketplace.addenda import add_addendum
from marketplace.membership import add_member
from marketplace.models.events import Event, Notice
from marketplace.models.providers import Provider
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_importer
from tests.bids import builders
from tests.bids.builders import MORNING_AFTER, close, offer, refused
from tests.builders import (
    DAY,
    DEADLINE,
    HOUR,
    MINUTE,
    NOON,
    a_draft,
    a_published_job,
    an_imported_job,
    eur,
)


def test_a_bid_is_sealed_with_a_receipt(submit, cast, job):
    bid = submit()

    facts = verify_receipt(bid.receipt)
    assert (facts.bid_id, facts.reference) == (bid.pk, bid.reference)
    assert (facts.job_id, facts.provider_id) == (job.pk, cast.events_team.pk)
    assert facts.submitted_at == MORNING_AFTER
    assert facts.fingerprint == bytes(bid.fingerprint)


def test_a_bid_leaves_no_line_in_the_record_while_it_is_sealed(submit, job):
    before = Event.objects.count()

    bid = submit()
    withdraw_bid(actor=bid.submitted_by, bid_id=bid.pk, at=MORNING_AFTER + MINUTE)

    assert Event.objects.count() == before
    kinds = BidAccess.objects.filter(bid=bid).order_by("happened_at").values_list("kind", flat=True)
    assert list(kinds) == ["submitted", "withdrawn"]


def test_only_the_bidders_own_people_are_told(submit, cast):
    bid = submit()

    told = Notice.objects.filter(subject_id=bid.pk)
    assert {notice.recipient for notice in told} == {cast.pia, cast.paul}
    assert "9,000" not in told[0].text


def test_a_new_bid_withdraws_the_earlier_one(submit):
    first = submit(content=offer("9000"))

    second = submit(content=offer("8000"), at=MORNING_AFTER + MINUTE)

    first.refresh_from_db()
    assert first.withdrawn_at == second.submitted_at
    assert Bid.objects.standing().get() == second


def test_each_provider_has_a_bid_of_its_own(submit, cast):
    submit()
    submit(provider=cast.vera_co)

    assert Bid.objects.standing().count() == 2


@pytest.mark.parametrize("late_by", [timedelta(0), MINUTE])
def test_a_bid_at_or_after_the_deadline_is_refused(submit, late_by):
    with refused(bidding.BiddingClosed):
        submit(at=DEADLINE + late_by)

    assert not Bid.objects.exists()


def test_a_bid_in_the_last_instant_is_taken(submit):
    assert submit(at=DEADLINE - timedelta(microseconds=1)).pk


def test_a_bid_before_publication_is_refused(cast):
    draft = a_draft(cast)

    with refused(Unknown):
        submit_bid(
            actor=cast.vera,
            job_id=draft.pk,
            provider_id=cast.vera_co.pk,
            content=offer(),
            at=NOON,
        )


def test_a_bid_on_a_closed_job_is_refused_whenever_it_arrived(submit, job):
    close(job)

    with refused(bidding.BiddingClosed):
        submit(at=DEADLINE - MINUTE)


def test_a_member_who_does_not_lead_cannot_submit(submit, cast):
    with refused(Forbidden):
        submit(actor=cast.paul)


def test_nobody_bids_for_a_provider_of_others(submit, cast):
    with refused(Unknown):
        submit(actor=cast.vera)  # for the Events team, which an outsider cannot see
    with refused(Forbidden):
        submit(provider=cast.vera_co, actor=cast.pia)


def test_a_provider_that_was_not_invited_finds_no_job(cast):
    job = a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))

    with refused(Unknown):
        submit_bid(
            actor=cast.otto, job_id=job.pk, provider_id=cast.otto_co.pk, content=offer(), at=NOON
        )


def test_a_lead_who_sees_the_job_otherwise_still_needs_the_invitation(cast):
    job = a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))
    add_member(
        actor=cast.adam, user_id=cast.vera.pk, provider_id=cast.otto_co.pk, role="lead", at=NOON
    )

    with refused(bidding.NotInvited):
        submit_bid(
            actor=cast.vera,
            job_id=job.pk,
            provider_id=cast.otto_co.pk,
            content=offer(),
            at=MORNING_AFTER,
        )


def test_a_suspended_provider_cannot_bid(submit, cast):
    Provider.objects.filter(pk=cast.vera_co.pk).update(suspended_at=NOON)

    with refused(bidding.ProviderSuspended):
        submit(provider=cast.vera_co)


def test_a_department_cannot_bid_on_its_own_job(submit, cast, job):
    Provider.objects.filter(pk=cast.events_team.pk).update(department=cast.marketing)

    with refused(bidding.OwnJob):
        submit()


@pytest.mark.parametrize("person", ["rolf", "maya", "gerd"])
def test_who_wrote_approved_or_will_judge_the_job_may_not_be_on_the_bidding_side(
    submit, cast, person
):
    user = getattr(cast, person)
    add_member(
        actor=cast.adam, user_id=user.pk, provider_id=cast.events_team.pk, role="member", at=NOON
    )

    with refused(bidding.ConflictOfSides):
        submit()


def test_a_price_above_a_visible_ceiling_is_refused(submit):
    with refused(offering.PriceAboveCeiling, match=r"10,000\.00 EUR"):
        submit(content=offer("10000.01"))

    assert submit(content=offer("10000.00")).pk


def test_a_hidden_ceiling_is_never_told_by_a_refusal(cast):
    job = a_published_job(cast, shows_ceiling=False, point=eur("60"))

    bid = submit_bid(
        actor=cast.vera,
        job_id=job.pk,
        provider_id=cast.vera_co.pk,
        content=offer("10000.01"),
        at=MORNING_AFTER,
    )

    assert bid.pk


def test_a_bid_is_in_the_currency_of_the_job(submit):
    with refused(offering.WrongCurrency):
        submit(content=offer(currency="USD"))


@pytest.mark.parametrize("changes", [{"lines": ()}, {"is_priced": False, "lines": ()}])
def test_a_bid_without_a_price_is_refused(submit, changes):
    with refused(offering.NoPrice):
        submit(content=offer(**changes))


@pytest.mark.parametrize(
    "line",
    [
        PriceLine("labour", -1),
        PriceLine("profit", 100),
        PriceLine("labour", 2**63),
        PriceLine("labour", 100, "x" * 201),
    ],
)
def test_a_line_that_cannot_be_charged_is_refused(cast, line):
    job = a_published_job(cast, shows_ceiling=False, point=eur("60"))

    with refused(offering.NotAPriceLine):
        submit_bid(
            actor=cast.vera,
            job_id=job.pk,
            provider_id=cast.vera_co.pk,
            content=offer(lines=(line,)),
            at=MORNING_AFTER,
        )


def test_more_lines_than_anybody_reads_are_refused(submit):
    with refused(offering.NotAPriceLine, match="at most 200"):
        submit(content=offer(lines=(PriceLine("labour", 1),) * 201))


def test_a_tax_below_zero_is_refused(submit):
    with refused(offering.NotAPriceLine):
        submit(content=offer(tax_minor=-1))


def test_milestones_must_add_up_to_the_price(submit):
    parts = (
        PlannedMilestone("Plan", date(2026, 5, 1), eur("4000").minor),
        PlannedMilestone("Party", date(2026, 6, 20), eur("4999.99").minor),
    )

    with refused(offering.LinesDoNotAddUp, match=r"9,000\.00 EUR"):
        submit(content=offer("9000", milestones=parts))

    whole = (parts[0], replace(parts[1], amount_minor=eur("5000").minor))
    assert submit(content=offer("9000", milestones=whole)).pk


def test_work_cannot_finish_before_it_starts(submit):
    with refused(offering.DatesOutOfOrder):
        submit(content=offer(starts_on=date(2026, 6, 2), finishes_on=date(2026, 6, 1)))


def test_an_answer_belongs_to_a_criterion_of_the_job(submit, job):
    with refused(offering.NotAsked):
        submit(content=offer(answers={uuid4(): "To nothing"}))

    idea = job.criteria.get(name="Idea")
    assert submit(content=offer(answers={idea.pk: "The long table"})).pk


def test_a_text_beyond_all_reading_is_refused(submit):
    with refused(offering.TooLong):
        submit(content=offer(approach="x" * 20_001))


def test_what_arrived_later_is_not_replaced_by_what_arrived_earlier(submit):
    later = submit(at=MORNING_AFTER + MINUTE)

    with refused(submission.Superseded):
        submit(at=MORNING_AFTER)

    assert Bid.objects.standing().get() == later


def test_a_second_bid_beside_the_first_needs_a_policy_that_allows_it(submit, cast):
    submit()
    with refused(submission.VariantNotAllowed):
        submit(variant=1)

    allowing = an_imported_job(cast)
    builders.submit(cast, allowing)
    builders.submit(cast, allowing, variant=1)

    assert Bid.objects.standing().filter(job=allowing).count() == 2


def test_an_imported_bid_may_have_come_without_a_price(cast):
    bid = builders.submit(
        cast,
        an_imported_job(cast),
        actor=the_importer(),
        content=offer(lines=(), is_priced=False),
    )

    assert bid.submitted_by == the_importer()


def test_a_withdrawn_bid_no_longer_stands(submit, cast):
    bid = submit()

    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR)

    assert not Bid.objects.standing().exists()


def test_a_bid_is_withdrawn_once_and_before_the_deadline(submit, cast):
    bid = submit()
    with refused(bidding.BiddingClosed):
        withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=DEADLINE)
    with refused(submission.Superseded):
        withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER - MINUTE)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR)

    with refused(submission.AlreadyWithdrawn):
        withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + HOUR)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [("paul", Forbidden), ("vera", Unknown), ("maya", Unknown), ("ada", Unknown)],
)
def test_nobody_else_withdraws_or_confirms_a_bid(submit, cast, person, refusal):
    bid = submit()

    for act in (withdraw_bid, confirm_bid):
        with refused(refusal):
            act(actor=getattr(cast, person), bid_id=bid.pk, at=MORNING_AFTER + HOUR)


def test_a_bid_is_confirmed_after_an_addendum(submit, cast, job):
    bid = submit()
    add_addendum(actor=cast.maya, job_id=job.pk, text="Forty more guests.", at=MORNING_AFTER + HOUR)

    confirm_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + DAY)

    bid.refresh_from_db()
    assert bid.confirmed_addendum == 1
    with refused(submission.NothingToConfirm):
        confirm_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + DAY)


def test_a_bid_made_after_an_addendum_agrees_to_it(submit, cast, job):
    add_addendum(actor=cast.maya, job_id=job.pk, text="Forty more guests.", at=NOON + HOUR)

    assert submit().confirmed_addendum == 1


def test_a_withdrawn_bid_cannot_be_confirmed_nor_a_bid_after_the_deadline(submit, cast, job):
    bid = submit()
    add_addendum(actor=cast.maya, job_id=job.pk, text="Forty more guests.", at=MORNING_AFTER + HOUR)
    with refused(bidding.BiddingClosed):
        confirm_bid(actor=cast.pia, bid_id=bid.pk, at=DEADLINE)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + DAY)

    with refused(submission.AlreadyWithdrawn):
        confirm_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + DAY)


def test_a_suspended_provider_confirms_nothing_and_may_take_its_bid_back(submit, cast, job):
    bid = submit()
    add_addendum(actor=cast.maya, job_id=job.pk, text="Forty more guests.", at=MORNING_AFTER + HOUR)
    Provider.objects.filter(pk=cast.events_team.pk).update(suspended_at=MORNING_AFTER + HOUR)

    with refused(bidding.ProviderSuspended):
        confirm_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + DAY)

    bid.refresh_from_db()
    assert bid.confirmed_addendum == 0
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + DAY)


def test_a_bid_that_is_not_there_is_unknown(cast):
    with refused(Unknown):
        withdraw_bid(actor=cast.pia, bid_id=UUID(int=5), at=MORNING_AFTER)


def test_a_bid_sent_before_a_withdrawal_that_was_handled_sooner_does_not_stand(submit, cast):
    bid = submit(at=MORNING_AFTER)
    withdraw_bid(actor=cast.pia, bid_id=bid.pk, at=MORNING_AFTER + 2 * MINUTE)

    with refused(submission.Superseded):
        submit(at=MORNING_AFTER + MINUTE)
    submit(at=MORNING_AFTER + 3 * MINUTE)


def test_nobody_agrees_to_an_addendum_that_came_after_they_sent(submit, cast, job):
    early = submit(at=MORNING_AFTER)
    add_addendum(actor=cast.maya, job_id=job.pk, text="Rain.", at=MORNING_AFTER + HOUR)

    with refused(submission.NothingToConfirm):
        confirm_bid(actor=cast.pia, bid_id=early.pk, at=MORNING_AFTER + HOUR - MINUTE)
    late = submit(provider=cast.vera_co, at=MORNING_AFTER + HOUR - MINUTE)
    assert late.confirmed_addendum == 0

    assert (
        confirm_bid(actor=cast.pia, bid_id=early.pk, at=MORNING_AFTER + HOUR).confirmed_addendum
        == 1
    )
