"""Above a limit two people open; the clock waits for them, and the database with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import Error

from bids import duties
from bids.models.bids import Opening
from bids.models.openings import OpeningSignature
from bids.opened import minutes
from bids.opening import open_bids
from bids.witnesses import (
    ClockOpens,
    NotALimit,
    ReasonMissing,
    SameSide,
    SignedAlready,
    TwoPeopleNeeded,
    opening_room,
    sign_opening,
    state_opening_limit,
)
from marketplace.membership import add_member
from marketplace.models.events import Notice
from marketplace.publishing import AlreadyOpened, NotClosed
from marketplace.refusals import Forbidden, Unknown
from marketplace.system import the_clock
from tests.bids.builders import close, open_all, refused, submit
from tests.builders import DEADLINE, HOUR, NOON, a_published_job, eur

REASON = "More than the house spends in a week."


def limited(cast: Any, limit: str = "5000", **changes: Any) -> Any:
    """Return a job of 10,000, published after Adam stated a limit."""
    at = NOON - 2 * HOUR
    state_opening_limit(actor=cast.adam, limit=eur(limit), reason=REASON, at=at)
    return a_published_job(cast, **changes)


def test_two_people_sign_and_the_clock_opens(cast):
    job = limited(cast)
    submit(cast, job)
    close(job)
    assert duties.run(at=DEADLINE)["jobs_opened"] == 0
    with refused(TwoPeopleNeeded):
        open_bids(actor=the_clock(), job_id=job.pk, at=DEADLINE)

    sign_opening(actor=cast.maya, job_id=job.pk, at=DEADLINE + HOUR)
    assert duties.run(at=DEADLINE + HOUR)["jobs_opened"] == 0
    room = opening_room(actor=cast.fin, job_id=job.pk, at=DEADLINE + HOUR)
    assert [(one.name, one.capacity) for one in room.signatures] == [("Maya", "head")]
    assert room.may_sign
    sign_opening(actor=cast.fin, job_id=job.pk, at=DEADLINE + 2 * HOUR)

    assert duties.run(at=DEADLINE + 2 * HOUR)["jobs_opened"] == 1
    minutes = Opening.objects.get(job=job).minutes
    assert "Maya (head) signed for it.\nFin (finance) signed for it." in minutes
    with refused(AlreadyOpened):
        sign_opening(actor=cast.ada, job_id=job.pk, at=DEADLINE + 3 * HOUR)


def test_those_who_may_sign_are_told_when_the_job_is_closed(cast):
    close(limited(cast))

    told = Notice.objects.filter(kind="opening.waits").values_list("recipient__name", flat=True)
    assert {"Maya", "Fin", "Ada"} <= set(told)
    assert not {"Pia", "Vera", "Otto"} & set(told)


@pytest.mark.parametrize("person", ["rolf", "adam", "sam"])
def test_nobody_else_signs(cast, person):
    job = limited(cast)
    close(job)

    with refused((Forbidden, Unknown)):
        sign_opening(actor=getattr(cast, person), job_id=job.pk, at=DEADLINE)


@pytest.mark.parametrize("person", ["pia", "paul", "vera"])
def test_the_bidding_side_neither_signs_nor_sees_the_room(cast, person):
    job = limited(cast)
    close(job)

    with refused((Forbidden, Unknown)):
        sign_opening(actor=getattr(cast, person), job_id=job.pk, at=DEADLINE)
    with refused(Unknown):
        opening_room(actor=getattr(cast, person), job_id=job.pk, at=DEADLINE)


def test_two_signatures_are_two_peoples_and_not_both_of_the_department(cast):
    job = limited(cast)
    close(job)
    sign_opening(actor=cast.maya, job_id=job.pk, at=DEADLINE)

    with refused(SignedAlready):
        sign_opening(actor=cast.maya, job_id=job.pk, at=DEADLINE)
    with refused(SameSide):
        sign_opening(actor=cast.gerd, job_id=job.pk, at=DEADLINE)


def test_nobody_signs_before_the_job_is_closed(cast):
    job = limited(cast)

    with refused(NotClosed):
        sign_opening(actor=cast.maya, job_id=job.pk, at=NOON + HOUR)


def test_up_to_the_limit_the_clock_opens_alone(cast):
    job = limited(cast, limit="10000")
    close(job)

    with refused(ClockOpens):
        sign_opening(actor=cast.maya, job_id=job.pk, at=DEADLINE)
    assert duties.run(at=DEADLINE)["jobs_opened"] == 1


def test_a_limit_binds_what_is_published_after_it(cast):
    job = a_published_job(cast)
    state_opening_limit(actor=cast.adam, limit=eur("5000"), reason=REASON, at=NOON + HOUR)
    close(job)

    assert duties.run(at=DEADLINE)["jobs_opened"] == 1


def test_a_limit_is_an_administrators_and_says_why(cast):
    with refused(Forbidden):
        state_opening_limit(actor=cast.fin, limit=eur("1"), reason=REASON, at=NOON)
    with refused(NotALimit):
        state_opening_limit(actor=cast.adam, limit=eur("-1"), reason=REASON, at=NOON)
    with refused(ReasonMissing):
        state_opening_limit(actor=cast.adam, limit=eur("1"), reason=" ", at=NOON)


def test_the_database_refuses_an_opening_by_one(cast):
    job = limited(cast)
    close(job)
    sign_opening(actor=cast.maya, job_id=job.pk, at=DEADLINE)

    with pytest.raises(Error, match="two people open"), transaction.atomic():
        Opening.objects.create(
            job=job,
            opened_at=DEADLINE,
            opened_by=the_clock(),
            bids_counted=0,
            receipts_matched=0,
            minutes="",
        )
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM bids_openingsignature")
    assert OpeningSignature.objects.count() == 1


def test_finance_that_belongs_to_the_department_is_its_side(cast):
    words = {"department_id": cast.marketing.pk, "role": "requester", "at": NOON}
    add_member(actor=cast.adam, user_id=cast.fin.pk, **words)
    job = limited(cast)
    close(job)
    sign_opening(actor=cast.fin, job_id=job.pk, at=DEADLINE)

    with refused(SameSide):
        sign_opening(actor=cast.maya, job_id=job.pk, at=DEADLINE)
    assert not opening_room(actor=cast.maya, job_id=job.pk, at=DEADLINE).may_sign
    assert sign_opening(actor=cast.ada, job_id=job.pk, at=DEADLINE).capacity == "auditor"


def test_finance_on_the_bidding_side_reads_no_minutes(cast):
    job = a_published_job(cast)
    submit(cast, job)
    open_all(job)
    assert minutes(actor=cast.fin, job_id=job.pk).bids_counted == 1
    words = {"provider_id": cast.events_team.pk, "role": "member", "at": NOON}
    add_member(actor=cast.adam, user_id=cast.fin.pk, **words)

    with refused(Unknown):
        minutes(actor=cast.fin, job_id=job.pk)
