"""The record of choices: which bid, against which, and why."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ledger.commissioning import publish_job
from ledger.models.awards import Award
from ledger.reports.choice_share import NotAGroup, choice_share, contests_won
from ledger.reports.choice_totals import choice_totals
from ledger.reports.choices import ChoiceFilter, choices, every_choice
from ledger.reports.paging import NotACursor
from marketplace.drafting import draft_job
from marketplace.policies import state_policy
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_importer
from tests.builders import DAY, NOON, details, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest
from tests.ledger.test_overriding import grant_house, override

pytestmark = pytest.mark.django_db


def state_rules_of_outside_work(cast: Cast, **words: int) -> None:
    """Finance says what an outside contract costs beside its price."""
    state_policy(
        actor=cast.fin,
        code="outside",
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="A contract outside is looked after, and changed over to.",
        budget_control="hard",
        minimum_days=0,
        needs_team_and_vendor=False,
        **words,
    )


def test_a_choice_stands_beside_the_bids_it_was_made_against(cast: Cast, award: Award):
    (row,) = choices(actor=cast.maya).items

    assert (row.provider_name, row.kind) == ("Events", "in_house")
    assert (row.price, row.bid_price) == (eur("40000"), eur("40000"))
    assert (row.valid_priced_bids, row.is_lowest) == (2, False)
    assert (row.best_in_house, row.best_outside) == (eur("40000"), eur("30000"))
    assert row.spread == eur("10000")
    assert (row.reason_code, row.reason) == ("quality", "Their idea for the rain convinced us.")
    assert (row.chosen_by, row.decisive_criterion) == ("Maya", "Idea")


def test_a_choice_tells_both_views_of_money_as_they_were_compared(cast: Cast):
    """Vera & Co asks 30,000.00; 500.00 of administration and 2,000.00 of changeover come on top."""
    rules = {"administration_minor": 500_00, "changeover_minor": 2_000_00}
    state_rules_of_outside_work(cast, **rules)
    builders.grant(cast)
    contest = builders.contest(cast, vendor=("10000", "20000"), policy_code="outside")
    builders.choose(cast, contest.vendor_bid)

    (row,) = choices(actor=cast.maya).items

    assert (row.charged, row.comparable, row.spent) == (eur("30000"), eur("32500"), eur("32500"))


def test_of_a_teams_bid_the_company_spends_what_could_be_avoided(cast: Cast, award: Award):
    (row,) = choices(actor=cast.fin).items

    assert (row.charged, row.comparable, row.spent) == (eur("40000"), eur("40000"), eur("0"))


def test_a_choice_says_who_overrode_the_departments_own(cast: Cast, contest: Contest):
    builders.choose(cast, contest.vendor_bid)
    assert [row.override for row in choices(actor=cast.maya).items] == [""]
    grant_house(cast)
    override(cast, contest, bid_id=contest.team_bid.pk)

    (row,) = choices(actor=cast.maya).items

    assert (row.override, row.chosen_by, row.provider_name) == ("Gerd", "Gerd", "Events")


def test_a_rating_stands_beside_its_choice_once_it_is_revealed(cast: Cast, award: Award):
    """Rolf gives 5 for informed and 4 for the result: 4.5 of two answers."""
    rated_at = CHOICE + timedelta(days=32)
    builders.finish(cast, award)
    builders.rate_as(cast, award, "department", at=rated_at)
    (row,) = choices(actor=cast.maya).items
    assert (row.rating_after, row.rating_after_n) == (None, 0)

    builders.rate_as(cast, award, "provider", at=rated_at)

    for who in (cast.maya, cast.gerd, cast.ada):
        (row,) = choices(actor=who).items
        assert (row.rating_after, row.rating_after_n) == (Decimal("4.500"), 2)
    # One rating tells who gave it: finance reads of three and more together.
    (row,) = choices(actor=cast.fin).items
    assert (row.rating_after, row.rating_after_n) == (None, 0)


def test_the_cheapest_bid_is_the_lowest(cast: Cast, contest: Contest):
    builders.choose(cast, contest.vendor_bid)

    (row,) = choices(actor=cast.maya).items

    assert (row.is_lowest, row.lowest_is_tied) == (True, False)


def test_a_tie_counts_as_lowest(cast: Cast):
    builders.grant(cast)
    tie = builders.contest(cast)
    builders.choose(cast, tie.vendor_bid)

    (row,) = choices(actor=cast.maya).items
    totals = choice_totals(actor=cast.maya)

    assert (row.is_lowest, row.lowest_is_tied) == (True, True)
    assert (totals.contested, totals.lowest_chosen) == (1, 1)
    assert (totals.lowest_chosen_tied, totals.lowest_tied) == (1, 1)


def test_the_lowest_is_told_by_what_the_bid_asked_not_by_what_was_agreed(cast: Cast):
    builders.state_imported_policy(cast)
    cheap = builders.contest(cast, vendor=("10000",), policy_code="imported")
    builders.choose(cast, cheap.vendor_bid, actor=the_importer(), agreed=eur("44000"))

    (row,) = choices(actor=cast.maya).items

    assert (row.price, row.bid_price, row.is_lowest) == (eur("44000"), eur("10000"), True)


def test_a_bid_that_is_out_is_no_rival(cast: Cast, contest: Contest):
    from bids.disqualification import disqualify_bid

    disqualify_bid(
        actor=cast.maya,
        bid_id=contest.vendor_bid.pk,
        reason="The insurance is missing.",
        at=CHOICE - timedelta(hours=1),
    )
    builders.choose(cast, contest.team_bid)

    (row,) = choices(actor=cast.maya).items

    assert (row.valid_priced_bids, row.is_lowest, row.best_outside) == (1, True, None)


def test_finance_is_told_a_rivals_price_only_among_three_or_more(cast: Cast, award: Award):
    (row,) = choices(actor=cast.fin).items

    assert (row.price, row.valid_priced_bids) == (eur("40000"), 2)
    assert (row.best_in_house, row.best_outside, row.spread) == (None, None, None)


def test_auditors_are_told_every_price(cast: Cast, award: Award):
    (row,) = choices(actor=cast.ada).items

    assert row.best_outside == eur("30000")


@pytest.mark.parametrize("who", ["pia", "vera", "otto", "sam", "adam"])
def test_nobody_else_reads_the_choices_of_a_department(cast: Cast, award: Award, who: str):
    assert choices(actor=getattr(cast, who)).items == ()
    assert choice_totals(actor=getattr(cast, who)).choices == 0


def test_a_department_that_is_not_yours_is_unknown(cast: Cast, award: Award):
    with refused(Unknown):
        choices(actor=cast.sam, only=ChoiceFilter(department_id=cast.marketing.pk))


def test_the_head_above_reads_the_departments_below(cast: Cast, award: Award):
    below = ChoiceFilter(department_id=cast.house.pk, include_children=True)

    assert len(choices(actor=cast.gerd, only=below).items) == 1
    assert choices(actor=cast.gerd, only=ChoiceFilter(department_id=cast.house.pk)).items == ()


@pytest.fixture
def three(cast: Cast) -> list[Award]:
    """Three choices: the team, Vera & Co, and the team again."""
    builders.grant(cast, "900000")
    fought = [builders.contest(cast, vendor=("10000",)) for _ in range(3)]
    chosen = [fought[0].team_bid, fought[1].vendor_bid, fought[2].team_bid]
    return [
        builders.choose(cast, bid, at=CHOICE + timedelta(days=40 * number))
        for number, bid in enumerate(chosen)
    ]


def test_pages_follow_each_other_without_a_gap(cast: Cast, three: list[Award]):
    first = choices(actor=cast.fin, limit=2)
    assert first.next
    second = choices(actor=cast.fin, limit=2, cursor=first.next)

    seen = [row.award_id for row in (*first.items, *second.items)]
    assert seen == [award.pk for award in reversed(three)]
    assert second.next is None


def test_a_cursor_of_another_list_is_refused(cast: Cast, three: list[Award]):
    with refused(NotACursor):
        choices(actor=cast.fin, cursor="made-up")


def test_a_file_holds_every_choice(cast: Cast, three: list[Award]):
    assert len(list(every_choice(actor=cast.fin))) == 3


@pytest.mark.parametrize(
    ("only", "count"),
    [
        ({"kind": "in_house"}, 2),
        ({"kind": "outside"}, 1),
        ({"category": "events"}, 3),
        ({"category": "print"}, 0),
        ({"currency": "EUR"}, 3),
        ({"since_on": (CHOICE + timedelta(days=1)).date()}, 2),
        ({"until_on": CHOICE.date()}, 1),
    ],
)
def test_choices_can_be_narrowed(cast: Cast, three: list[Award], only: dict, count: int):
    assert len(choices(actor=cast.fin, only=ChoiceFilter(**only)).items) == count
    assert choice_totals(actor=cast.fin, only=ChoiceFilter(**only)).choices == count


def test_choices_are_counted_and_summed(cast: Cast, three: list[Award]):
    totals = choice_totals(actor=cast.fin)

    assert (totals.choices, totals.in_house, totals.outside) == (3, 2, 1)
    assert totals.awarded == (eur("90000"),)
    assert (totals.contested, totals.lowest_chosen, totals.valid_priced_bids) == (3, 1, 6)


def test_the_share_of_the_inside_is_told_by_month(cast: Cast, three: list[Award]):
    rows = choice_share(actor=cast.fin, by="month")

    assert [(row.label, row.in_house, row.outside) for row in rows] == [
        ("2026-03", 1, 0),
        ("2026-04", 0, 1),
        ("2026-05", 1, 0),
    ]
    assert rows[1].outside_value == eur("10000")


def test_the_share_of_the_inside_is_told_by_department(cast: Cast, three: list[Award]):
    (row,) = choice_share(actor=cast.fin, by="department")

    assert (row.label, row.in_house, row.choices) == ("Marketing", 2, 3)
    assert row.in_house_value == eur("80000")


def test_the_return_rate_is_told_with_its_numerator_and_its_denominator(
    cast: Cast, three: list[Award]
):
    """The team, Vera & Co, and the team again: one choice of three came back."""
    (row,) = choice_share(actor=cast.fin, by="department")

    assert (row.returns, row.choices, row.return_rate) == (1, 3, Decimal("33.3"))
    months = choice_share(actor=cast.fin, by="month")
    assert [(month.returns, month.choices) for month in months] == [(0, 1), (0, 1), (1, 1)]
    # The first time lies before the days asked for, and counts.
    since = ChoiceFilter(since_on=(CHOICE + timedelta(days=79)).date())
    (last,) = choice_share(actor=cast.fin, only=since)
    assert (last.returns, last.return_rate) == (1, Decimal("100.0"))


def test_what_another_department_chose_before_is_no_return(cast: Cast, three: list[Award]):
    grant_house(cast)
    job = draft_job(
        actor=cast.gerd,
        department_id=cast.house.pk,
        details=details(cast, ceiling=eur("15000")),
        at=NOON - DAY,
    )
    publish_job(actor=cast.gerd, job_id=job.pk, at=NOON)
    job.refresh_from_db()
    for provider in (cast.events_team, cast.vera_co):
        builders.submit(cast, job, provider, builders.bid_of(["10000"]))
    bid = builders.open_job(job).bids.get(provider=cast.events_team)
    builders.choose(cast, bid, actor=cast.gerd, at=CHOICE + timedelta(days=100))

    rows = choice_share(actor=cast.fin, by="department")

    assert {row.label: (row.returns, row.choices) for row in rows} == {
        "Marketing": (1, 3),
        "House": (0, 1),
    }


def test_choices_are_not_grouped_by_just_anything(cast: Cast):
    with refused(NotAGroup):
        choice_share(actor=cast.fin, by="mood")


def test_a_team_sees_the_contests_it_won(cast: Cast, three: list[Award]):
    contests = contests_won(actor=cast.paul, provider_id=cast.events_team.pk)

    assert [(each.label, each.chosen, each.contests) for each in contests] == [
        ("Q1 2026", 1, 1),
        ("Q2 2026", 1, 2),
    ]


def test_a_department_is_not_told_how_a_team_fares(cast: Cast, three: list[Award]):
    with refused(Forbidden):
        contests_won(actor=cast.maya, provider_id=cast.events_team.pk)
