"""A choice was withdrawn: whoever waited for the first one waits for the next, and reads so."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.commissioning import end_without_award
from ledger.countersigning import sign_choice
from ledger.models.awards import Award
from ledger.reports.comparison import comparison
from ledger.reports.desk import desk
from ledger.reports.own_bids import own_bids
from ledger.withdrawing import decline_award
from marketplace.models.people import Membership, Role, User
from tests.builders import DAY, HOUR
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, Contest
from tests.ledger.test_countersigning import contest, want

__all__ = ["contest"]
pytestmark = pytest.mark.django_db
ANEW = CHOICE + 2 * HOUR


@pytest.fixture
def declined(cast: Cast, contest: Contest) -> Contest:
    """Maya chose Vera & Co alone, below the limit, and Vera declined."""
    award = builders.choose(cast, contest.vendor_bid)
    decline_award(actor=cast.vera, award_id=award.pk, reason="Two of us are ill.", at=CHOICE + HOUR)
    return contest


def mine(actor: User, at: datetime) -> set[str]:
    return {item.kind for item in desk(actor=actor, at=at).mine}


def test_a_second_head_is_asked_and_signs_on_the_page(cast: Cast, declined: Contest):
    wanted = want(cast, declined, at=ANEW)

    assert "sign_choice" in mine(cast.gerd, ANEW + HOUR)
    paper = comparison(actor=cast.gerd, job_id=declined.job.pk, at=ANEW + HOUR)
    assert paper.stage.wanted is not None
    assert (paper.stage.wanted.wanted_id, paper.stage.wanted.can_sign) == (wanted.pk, True)

    award: Award = sign_choice(actor=cast.gerd, wanted_id=wanted.pk, at=ANEW + HOUR)
    assert award.bid_id == declined.team_bid.pk
    assert "sign_choice" not in mine(cast.gerd, ANEW + 2 * HOUR)


def test_where_nobody_may_sign_the_administrator_is_asked_for_a_head(cast: Cast, declined: Contest):
    want(cast, declined, at=ANEW)
    heads = Membership.objects.filter(role=Role.HEAD).exclude(user=cast.maya).values("user")
    User.objects.filter(pk__in=heads).exclude(pk=cast.adam.pk).update(is_active=False)

    assert "name_head" in mine(cast.adam, ANEW + HOUR)


def test_bidders_do_not_read_that_it_ended_until_it_does(cast: Cast, declined: Contest):
    def told(actor: User, at: datetime) -> tuple[set[str], set[str]]:
        done = {one.text for one in desk(actor=actor, at=at).done}
        return done & {"It ended without a choice"}, {
            row.outcome for row in own_bids(actor=actor, at=at)
        }

    assert told(cast.vera, ANEW) == (set(), {""})
    assert told(cast.pia, ANEW) == (set(), {""})

    end_without_award(
        actor=cast.maya, job_id=declined.job.pk, reason="The need is gone.", at=ANEW + HOUR
    )
    assert told(cast.pia, ANEW + DAY) == ({"It ended without a choice"}, {"not_awarded"})
