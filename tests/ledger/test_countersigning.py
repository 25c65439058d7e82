"""Above a limit two heads choose: one names the bid, a second one up the tree signs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bids.agreeing import agree_score, consent
from bids.judging import judging
from bids.prices import NotAgreed
from bids.scoring import score_bid
from ledger.awarding import SecondHeadNeeded
from ledger.books import check_books
from ledger.countersigning import (
    AlreadyAnswered,
    ComparisonChanged,
    NoSecondHeadNeeded,
    SignatureWanted,
    send_choice_back,
    sign_choice,
    want_choice,
)
from ledger.currencies import state_rate
from ledger.eligibility import BothSides, StandsAside
from ledger.grounds import CriterionMissing
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.signatures import ChoiceWanted
from ledger.permissions import deciders_of
from ledger.publishing_limits import state_publishing_limit
from ledger.rates import NoRate
from ledger.reports.comparison import comparison
from ledger.reports.debrief import debrief
from ledger.reports.desk import desk
from marketplace.drafting import new_reference
from marketplace.interests import declare_interest
from marketplace.membership import add_member, end_membership
from marketplace.models.departments import Department
from marketplace.models.events import Notice
from marketplace.models.jobs import Invitation, Job
from marketplace.models.panels import Interest, PanelSeat
from marketplace.models.people import Membership, User
from marketplace.money import Money
from marketplace.panels import appoint_panel
from marketplace.policies import state_policy
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.words import keep
from tests.builders import DAY, DEADLINE, HOUR, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest

pytestmark = pytest.mark.django_db
REASON = "The text answers the question in all its parts."


def state(cast: Cast, **rules: Any) -> None:
    """Finance states the standard rules again, with something more."""
    words = {
        "actor": cast.fin,
        "code": "standard",
        "at": NOON - 2 * DAY,
        "in_force_on": (NOON - 2 * DAY).date(),
        "explanation": "Large choices are made by two.",
        "budget_control": "hard",
        "minimum_days": 3,
        "needs_team_and_vendor": True,
        "fee_basis_points": 200,
        "administration_minor": 1_500_00,
    }
    state_policy(**(words | rules))


@pytest.fixture
def contest(cast: Cast) -> Contest:
    """The team asks 40,000.00, Vera & Co 30,000.00; a head chooses alone up to 35,000.00."""
    state(cast, choice_alone_minor=35_000_00)
    builders.grant(cast)
    return builders.contest(cast, vendor=("10000", "20000"))


def want(cast: Cast, contest: Contest, **changes: Any) -> ChoiceWanted:
    words: dict[str, Any] = {
        "actor": cast.maya,
        "job_id": contest.job.pk,
        "bid_id": contest.team_bid.pk,
        "reason_code": "quality",
        "reason": "Their idea for the rain convinced us.",
        "followed_view": "charged",
        "at": CHOICE,
    }
    return want_choice(**(words | changes))


def test_above_the_limit_a_second_head_signs_and_only_then_money_is_promised(
    cast: Cast, contest: Contest
):
    with refused(SecondHeadNeeded):
        builders.choose(cast, contest.team_bid)
    wanted = want(cast, contest)
    line = BudgetLine.objects.get()
    assert (line.committed_minor, line.available_minor) == (0, 100_000_00)
    assert not Notice.objects.filter(kind__startswith="award.").exists()

    award = sign_choice(actor=cast.gerd, wanted_id=wanted.pk, at=CHOICE + HOUR)

    line.refresh_from_db()
    # 40,000.00 and 2 % of it are promised, of 100,000.00.
    assert (line.committed_minor, line.available_minor) == (40_800_00, 59_200_00)
    assert (award.chosen_by, award.signature.answered_by) == (cast.maya, cast.gerd)
    assert set(deciders_of(award)) == {cast.ada}  # who signed decides on no objection to it
    assert award.reason.text == "Their idea for the rain convinced us."
    assert check_books().wrong == ()


def test_the_limit_of_the_department_or_of_one_above_it_binds_choices_too(cast: Cast):
    """The house says 35,000.00 for one job; Marketing below it has none, then 41,000.00."""
    builders.grant(cast)
    contest = builders.contest(cast, vendor=("10000", "20000"))
    words = {"actor": cast.adam, "year_limit": None, "reason": "Large jobs are seen by two."}
    state_publishing_limit(
        department_id=cast.house.pk, job_limit=eur("35000"), at=CHOICE - DAY, **words
    )

    with refused(SecondHeadNeeded) as no:
        builders.choose(cast, contest.team_bid)
    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)
    with refused(NoSecondHeadNeeded):
        want(cast, contest, bid_id=contest.vendor_bid.pk)

    assert "35000.00 EUR" in no.value.text.replace(",", "")
    assert paper.stage.signed_bid_ids == (contest.team_bid.pk,)
    assert paper.stage.alone_up_to == eur("35000")
    wanted = want(cast, contest)
    award = sign_choice(actor=cast.gerd, wanted_id=wanted.pk, at=CHOICE + HOUR)
    assert (award.chosen_by, award.signature.answered_by) == (cast.maya, cast.gerd)
    assert check_books().wrong == ()


def test_a_department_with_a_higher_limit_of_its_own_goes_by_that(cast: Cast):
    builders.grant(cast)
    contest = builders.contest(cast)
    words = {"actor": cast.adam, "year_limit": None, "reason": "Large jobs are seen by two."}
    for place, most in ((cast.house, "35000"), (cast.marketing, "41000")):
        state_publishing_limit(
            department_id=place.pk, job_limit=eur(most), at=CHOICE - DAY, **words
        )

    assert builders.choose(cast, contest.team_bid).price == eur("40000")


def _limit_in_dollars(cast: Cast, most: str) -> None:
    """The house above Marketing goes by dollars, and states a limit in them."""
    Department.objects.filter(pk=cast.house.pk).update(currency="USD")
    state_publishing_limit(
        actor=cast.adam,
        department_id=cast.house.pk,
        job_limit=Money.of(most, "USD"),
        year_limit=None,
        reason="Large jobs are seen by two.",
        at=CHOICE - DAY,
    )


def test_a_limit_without_a_rate_leaves_the_comparison_to_be_read(cast: Cast, contest: Contest):
    """Nobody knows what 90,000.00 dollars are: each bid counts as a second head's to sign."""
    _limit_in_dollars(cast, "90000")

    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)

    bids = {contest.team_bid.pk, contest.vendor_bid.pk}
    assert set(paper.stage.signed_bid_ids) == bids
    assert paper.stage.alone_up_to == Money.of("90000", "USD")
    with refused(NoRate):
        builders.choose(cast, contest.vendor_bid)


def test_with_names_hidden_a_choice_that_waits_is_called_by_its_number(
    cast: Cast, contest: Contest
):
    want(cast, contest, reason="What the team of Events would do in the rain.")
    words = {"actor": cast.maya, "job_id": contest.job.pk, "at": CHOICE + HOUR}

    paper = comparison(hide_names=True, **words)

    wanted = paper.stage.wanted
    assert wanted is not None
    numbers = {bid.bid_id: bid.provider_name for bid in paper.bids}
    assert (wanted.provider_name, wanted.reason) == (numbers[contest.team_bid.pk], "")
    assert wanted.wanted_by == "Maya"
    for tells in ("Events", str(cast.events_team.pk), str(cast.vera_co.pk)):
        assert tells not in repr(paper)


def test_of_two_limits_the_one_that_is_worth_less_is_told(cast: Cast, contest: Contest):
    """A dollar costs two euros: 19,000.00 dollars are 38,000.00, above finance's 35,000.00."""
    state_rate(
        actor=cast.fin,
        currency="EUR",
        into="USD",
        rate="0.5",
        in_force_on=(CHOICE - 2 * DAY).date(),
        reason="The central bank's rate of the day before.",
        at=CHOICE - 2 * DAY,
    )
    _limit_in_dollars(cast, "19000")

    with refused(SecondHeadNeeded) as no:
        builders.choose(cast, contest.team_bid)
    paper = comparison(actor=cast.maya, job_id=contest.job.pk, at=CHOICE)

    # The team asks 40,000.00, which is above both.
    assert "35,000.00 EUR" in no.value.text
    assert paper.stage.alone_up_to == eur("35000")
    assert builders.choose(cast, contest.vendor_bid).price == eur("30000")


def test_up_to_the_limit_one_head_chooses_alone(cast: Cast, contest: Contest):
    with refused(NoSecondHeadNeeded):
        want(cast, contest, bid_id=contest.vendor_bid.pk)

    assert builders.choose(cast, contest.vendor_bid).price == eur("30000")


def test_nobody_signs_their_own_choice_and_nobody_below_a_head(cast: Cast, contest: Contest):
    wanted = want(cast, contest)
    for person in (cast.maya, cast.rolf, cast.ada):
        with refused(Forbidden):
            sign_choice(actor=person, wanted_id=wanted.pk, at=CHOICE)


def test_to_bidders_a_choice_that_waits_is_as_if_it_were_not(cast: Cast, contest: Contest):
    wanted = want(cast, contest)
    for person in (cast.pia, cast.vera, cast.fin, cast.adam):
        with refused(Unknown):
            sign_choice(actor=person, wanted_id=wanted.pk, at=CHOICE)
        with refused(Unknown):
            send_choice_back(actor=person, wanted_id=wanted.pk, reason="No.", at=CHOICE)


def test_a_choice_sent_back_leaves_the_head_free_again(cast: Cast, contest: Contest):
    wanted = want(cast, contest)
    with refused(SignatureWanted):
        want(cast, contest)
    with refused(ReasonMissing):
        send_choice_back(actor=cast.gerd, wanted_id=wanted.pk, reason=" ", at=CHOICE)
    send_choice_back(actor=cast.gerd, wanted_id=wanted.pk, reason="Too dear.", at=CHOICE)

    with refused(AlreadyAnswered):
        sign_choice(actor=cast.gerd, wanted_id=wanted.pk, at=CHOICE)
    assert builders.choose(cast, contest.vendor_bid).price == eur("30000")


def test_a_comparison_that_changed_is_not_signed(cast: Cast, contest: Contest):
    wanted = want(cast, contest)
    score_bid(
        actor=cast.rolf,
        bid_id=contest.team_bid.pk,
        criterion_id=contest.job.criteria.first().pk,
        quarters=1,
        reason=REASON,
        at=CHOICE,
    )

    with refused(ComparisonChanged):
        sign_choice(actor=cast.gerd, wanted_id=wanted.pk, at=CHOICE + HOUR)


def test_nothing_is_signed_for_somebody_who_is_no_head_any_more(cast: Cast, contest: Contest):
    wanted = want(cast, contest)
    seat = Membership.objects.current().get(user=cast.maya)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=CHOICE)

    with refused(Forbidden) as told:
        sign_choice(actor=cast.gerd, wanted_id=wanted.pk, at=CHOICE + HOUR)
    assert told.value.text == "Maya may not choose any more. Send it back."


def test_a_waiting_choice_stands_on_the_second_heads_desk(cast: Cast, contest: Contest):
    want(cast, contest)

    [mine] = [one for one in desk(actor=cast.gerd, at=CHOICE).mine if one.kind == "sign_choice"]
    assert "Maya" in mine.what
    kinds = {one.kind: one.who for one in desk(actor=cast.maya, at=CHOICE).others}
    assert kinds["sign_choice"] == "A second head"
    stage = comparison(actor=cast.gerd, job_id=contest.job.pk, at=CHOICE).stage
    assert stage.wanted is not None
    assert stage.wanted.can_sign


def answers(person: User, wanted: ChoiceWanted) -> bool:
    """Whether the verb takes this person's answer; nothing of it stays."""
    with transaction.atomic():
        try:
            send_choice_back(actor=person, wanted_id=wanted.pk, reason="No.", at=CHOICE)
        except (Unknown, Forbidden, BothSides, StandsAside):
            return False
        finally:
            transaction.set_rollback(True)
    return True


def test_desk_and_notice_go_to_those_whose_signature_the_verb_takes(cast: Cast, contest: Contest):
    """
    Sam heads the house and the department of the team that bids. Ada, Fin and Paul head Marketing
    with Maya: Fin had an interest on its panel, and Paul was of the team when it bid.
    """
    place: dict[str, Any] = {"actor": cast.adam, "role": "head", "at": CHOICE - DAY}
    for person, department in ((cast.sam, cast.house), (cast.ada, cast.marketing)):
        add_member(user_id=person.pk, department_id=department.pk, **place)
    left = Membership.objects.current().get(user=cast.paul)
    end_membership(actor=cast.adam, membership_id=left.pk, at=CHOICE - DAY)
    for person in (cast.fin, cast.paul):
        add_member(user_id=person.pk, department_id=cast.marketing.pk, **place)
    seat = PanelSeat.objects.create(
        job=contest.job,
        user=cast.fin,
        appointed_by=cast.maya,
        appointed_at=NOON,
        left_at=NOON + HOUR,
        left_reason=keep("He steps back.", at=NOON + HOUR),
    )
    what = keep("Vera is a cousin.", at=NOON)
    Interest.objects.create(seat=seat, declared_at=NOON, has_some=True, what=what)

    wanted = want(cast, contest)

    heads = [cast.gerd, cast.sam, cast.ada, cast.fin, cast.paul, cast.maya]
    people = [*heads, cast.rolf, cast.pia, cast.vera]
    may = {one for one in people if answers(one, wanted)}
    told = Notice.objects.filter(kind="choice.wanted")
    asked = {
        one
        for one in people
        if any(item.kind == "sign_choice" for item in desk(actor=one, at=CHOICE).mine)
    }
    assert may == {cast.gerd, cast.ada}
    assert asked == may
    assert {one.recipient for one in told} == may


@pytest.mark.parametrize("person", ["gerd", "sam", "adam"])
def test_a_desk_takes_as_many_statements_for_a_hundred_choices_as_for_ten(
    cast: Cast, contest: Contest, person: str
):
    add_member(
        actor=cast.adam,
        user_id=cast.sam.pk,
        department_id=cast.house.pk,
        role="head",
        at=CHOICE - DAY,
    )
    wanted = want(cast, contest)
    told = ChoiceWanted.objects.filter(pk=wanted.pk).values().get()

    def asked(count: int) -> int:
        for _ in range(count - ChoiceWanted.objects.count()):
            job = copied(contest)
            ChoiceWanted.objects.create(**(told | {"id": uuid4(), "job_id": job.pk}))
        with CaptureQueriesContext(connection) as captured:
            desk(actor=getattr(cast, person), at=CHOICE)
        return len(captured)

    asked(2)  # what is asked once a process is asked here
    assert asked(10) == asked(100)


def copied(contest: Contest) -> Job:
    """Return another opened job like this one, with the same who were asked."""
    told = Job.objects.filter(pk=contest.job.pk).values().get()
    job = Job.objects.create(**(told | {"id": uuid4(), "reference": new_reference("J")}))
    for one in Invitation.objects.filter(job=contest.job):
        Invitation.objects.create(job=job, provider_id=one.provider_id, invited_at=NOON)
    return job


def test_where_no_other_head_is_there_the_administrator_is_asked_to_name_one(
    cast: Cast, contest: Contest
):
    wanted = want(cast, contest)
    asked: dict[str, Any] = {"job_id": contest.job.pk, "at": CHOICE}

    def said() -> str:
        waits = comparison(actor=cast.maya, **asked).stage.wanted
        return waits.who_signs if waits else ""

    assert said() == "Who may sign, of the department or above it: Gerd."
    assert desk(actor=cast.adam, at=CHOICE).mine == ()
    seat = Membership.objects.get(user=cast.gerd, department=cast.house, ended_at=None)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=CHOICE)

    assert said() == (
        "Nobody can sign: there is no other head of Marketing or of a department above it."
        " An administrator names one."
    )
    (item,) = desk(actor=cast.adam, at=CHOICE).mine
    assert (item.kind, item.subject_id, item.job_id) == ("name_head", cast.marketing.pk, None)
    assert contest.job.title not in item.what + item.act
    words = {"department_id": cast.house.pk, "role": "head", "at": CHOICE}
    add_member(actor=cast.adam, user_id=cast.sam.pk, **words)  # who heads the side that bids
    with refused(Unknown):
        sign_choice(actor=cast.sam, wanted_id=wanted.pk, at=CHOICE)
    assert said() == (
        "Nobody can sign: each other head of Marketing, or of a department above it, has a part"
        " in it on another side. An administrator names one who has none."
    )
    assert desk(actor=cast.adam, at=CHOICE).mine == (item,)

    add_member(actor=cast.adam, user_id=cast.ada.pk, **words)
    assert said() == "Who may sign, of the department or above it: Ada."
    assert desk(actor=cast.adam, at=CHOICE).mine == ()


def test_a_head_over_the_bidding_team_does_not_choose(cast: Cast, contest: Contest):
    add_member(
        actor=cast.adam,
        user_id=cast.sam.pk,
        department_id=cast.marketing.pk,
        role="head",
        at=NOON,
    )

    with refused(BothSides):
        builders.choose(cast, contest.vendor_bid, actor=cast.sam)


def test_who_declared_an_interest_does_not_choose(cast: Cast):
    builders.grant(cast)
    job = builders.publish(cast)
    ids = [cast.maya.pk, cast.rolf.pk]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    declare_interest(
        actor=cast.maya, job_id=job.pk, has_some=True, what="Vera is my cousin.", at=NOON + HOUR
    )
    declare_interest(actor=cast.rolf, job_id=job.pk, has_some=False, at=NOON + HOUR)
    bid = builders.submit(cast, job, cast.vera_co, builders.bid_in_one("500"))
    builders.open_job(job)

    with refused(StandsAside):
        builders.choose(cast, bid)


@pytest.fixture
def judged(cast: Cast) -> Contest:
    """Rolf and Gerd judge: the team 4 and 2 quarters, Vera & Co 2 and 2; nothing is agreed."""
    builders.grant(cast)
    job = builders.publish(cast)
    people = (cast.rolf, cast.gerd)
    ids = [one.pk for one in people]
    appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=ids, at=NOON + HOUR)
    for one in people:
        declare_interest(actor=one, job_id=job.pk, has_some=False, at=NOON + HOUR)
    team = builders.submit(cast, job, cast.events_team, builders.bid_of(["40000"]))
    vendor = builders.submit(cast, job, cast.vera_co, builders.bid_of(["30000"]))
    builders.open_job(job)
    for bid, quarters in ((team, (4, 2)), (vendor, (2, 2))):
        for person, level in zip(people, quarters, strict=True):
            for criterion in job.criteria.all():
                score_bid(
                    actor=person,
                    bid_id=bid.pk,
                    criterion_id=criterion.pk,
                    quarters=level,
                    reason=REASON,
                    at=DEADLINE + HOUR,
                )
    return Contest(job, team, vendor)


def agree(cast: Cast, here: Contest) -> None:
    """All agree on 3 quarters for the team and 2 for Vera & Co, on everything."""
    for bid, level in ((here.team_bid, 3), (here.vendor_bid, 2)):
        for criterion in here.job.criteria.all():
            agree_score(
                actor=cast.rolf,
                bid_id=bid.pk,
                criterion_id=criterion.pk,
                quarters=level,
                reason=f"Together: {REASON}",
                at=DEADLINE + 2 * HOUR,
            )
    for person in (cast.rolf, cast.gerd):
        digest = judging(here.job).digest
        consent(actor=person, job_id=here.job.pk, digest=digest, at=DEADLINE + 2 * HOUR)


def test_nobody_chooses_before_the_panel_agreed(cast: Cast, judged: Contest):
    with refused(NotAgreed):
        builders.choose(cast, judged.team_bid)
    [waits] = [one for one in desk(actor=cast.maya, at=CHOICE).others if one.kind == "choice"]
    assert waits.who == "The panel"
    [mine] = [one for one in desk(actor=cast.rolf, at=CHOICE).mine if one.kind == "judge"]
    assert mine.act == "Judge the bids, then agree"
    paper = comparison(actor=cast.maya, job_id=judged.job.pk, at=CHOICE)
    assert {bid.quality for bid in paper.bids} == {None}

    agree(cast, judged)

    paper = comparison(actor=cast.maya, job_id=judged.job.pk, at=CHOICE)
    figures = {bid.provider_name: (bid.quality, bid.evaluated) for bid in paper.bids}
    # One point is worth 75.00: 40,000 - 75 · 75, and 30,000 + 1,500 - 75 · 50.
    assert figures == {"Events": (75, eur("34375")), "Vera & Co": (50, eur("27750"))}


def test_a_choice_that_is_not_the_best_value_says_which_criterion_decided(
    cast: Cast, judged: Contest
):
    agree(cast, judged)
    with refused(CriterionMissing):
        builders.choose(cast, judged.team_bid, decisive_criterion_id=None)

    award = builders.choose(cast, judged.team_bid)

    assert '"agreed":[' in award.comparison
    assert set(deciders_of(award)) == {cast.ada}  # nobody who judged
    assert Award.objects.count() == 1


def test_the_debrief_gives_what_the_panel_said_together_and_nobody_alone(
    cast: Cast, judged: Contest
):
    agree(cast, judged)
    builders.choose(cast, judged.team_bid)

    told = debrief(actor=cast.vera, job_id=judged.job.pk)

    assert {(one.quarters, one.reasons) for one in told.scores} == {(2, (f"Together: {REASON}",))}
