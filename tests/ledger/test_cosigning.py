"""Above the department's limit two heads publish: one wants it, a second one up the tree signs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from ledger.books import check_books
from ledger.commissioning import SecondSignatureNeeded, publish_job
from ledger.cosigning import (
    DraftChanged,
    NoSecondSignatureNeeded,
    PublicationAnswered,
    PublicationWaits,
    send_publication_back,
    sign_publication,
    want_publication,
)
from ledger.models.budgets import BudgetLine
from ledger.models.publications import PublicationWanted
from ledger.publishing_limits import NotAPublishingLimit, state_publishing_limit
from ledger.reports.desk import desk
from ledger.reports.publication import publication_stage
from ledger.signing import digest_to_sign
from marketplace.discarding import DraftOnRecord, discard_draft
from marketplace.drafting import draft_job, save_draft
from marketplace.freezing import fingerprint_of
from marketplace.membership import add_member, end_membership
from marketplace.models.departments import Department
from marketplace.models.events import Notice
from marketplace.models.jobs import Job
from marketplace.models.people import Membership
from marketplace.money import Money
from marketplace.policies import state_policy
from marketplace.publishing import publish_job as publish_past_the_check
from marketplace.readiness import AuthorInInvitedTeam
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.words import keep
from tests.builders import DAY, HOUR, NOON, a_draft, details, eur, refused
from tests.cast import Cast
from tests.ledger import builders

pytestmark = pytest.mark.django_db


def limit(cast: Cast, **changes: Any) -> None:
    """Adam says that Marketing publishes up to 20,000.00 with one head."""
    usual = {
        "actor": cast.adam,
        "department_id": cast.marketing.pk,
        "job_limit": eur("20000"),
        "year_limit": None,
        "reason": "Large jobs are seen by two.",
        "at": NOON - 2 * DAY,
    }
    state_publishing_limit(**(usual | changes))


@pytest.fixture
def large(cast: Cast) -> Job:
    """A draft with a ceiling of 30,000.00, of a budget of 100,000.00."""
    limit(cast)
    builders.grant(cast)
    return a_draft(cast, ceiling=eur("30000"))


def want(cast: Cast, job: Job, **changes: Any) -> PublicationWanted:
    return want_publication(**({"actor": cast.maya, "job_id": job.pk, "at": NOON} | changes))


def test_a_limit_without_a_rate_leaves_the_draft_to_be_read_and_asks_for_two(cast: Cast):
    Department.objects.filter(pk=cast.house.pk).update(currency="USD")
    limit(cast, department_id=cast.house.pk, job_limit=Money.of("90000", "USD"))
    builders.grant(cast)
    job = a_draft(cast, ceiling=eur("30000"))

    stage = publication_stage(actor=cast.maya, job_id=job.pk, at=NOON)

    assert "no rate from EUR to USD" in stage.why
    with refused(SecondSignatureNeeded):
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)


def test_above_the_limit_it_is_published_with_the_second_signature(cast: Cast, large: Job):
    with refused(SecondSignatureNeeded) as said:
        publish_job(actor=cast.maya, job_id=large.pk, at=NOON)
    assert "20,000.00" in said.value.text
    wanted = want(cast, large, estimate=eur("25000"))
    line = BudgetLine.objects.get()
    assert (line.precommitted_minor, line.available_minor) == (0, 100_000_00)
    assert not Notice.objects.filter(kind="job.published").exists()

    job = sign_publication(actor=cast.gerd, wanted_id=wanted.pk, at=NOON + HOUR)

    line.refresh_from_db()
    # The estimate of 25,000.00 is reserved, of 100,000.00, at the signature and not before it.
    assert (line.precommitted_minor, line.available_minor) == (25_000_00, 75_000_00)
    assert (job.published_by, job.published_at) == (cast.maya, NOON + HOUR)
    assert check_books().wrong == ()
    with refused(PublicationAnswered):
        sign_publication(actor=cast.gerd, wanted_id=wanted.pk, at=NOON + 2 * HOUR)


def test_nobody_signs_their_own_and_nobody_below_a_head(cast: Cast, large: Job):
    wanted = want(cast, large)
    for person in (cast.maya, cast.rolf):
        with refused(Forbidden):
            sign_publication(actor=person, wanted_id=wanted.pk, at=NOON)
    for person in (cast.vera, cast.sam, cast.fin):
        with refused(Unknown):
            sign_publication(actor=person, wanted_id=wanted.pk, at=NOON)


def test_where_nobody_can_sign_the_department_and_the_administrator_read_it(cast: Cast, large: Job):
    want(cast, large)
    asked: dict[str, Any] = {"job_id": large.pk, "at": NOON}
    assert publication_stage(actor=cast.maya, **asked).who_signs.endswith("above it: Gerd.")
    assert desk(actor=cast.adam, at=NOON).mine == ()
    seat = Membership.objects.get(user=cast.gerd, department=cast.house, ended_at=None)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=NOON)

    assert "An administrator names one." in publication_stage(actor=cast.maya, **asked).who_signs
    (item,) = desk(actor=cast.adam, at=NOON).mine
    assert (item.kind, item.subject_id) == ("name_head", cast.marketing.pk)
    text = details(cast, ceiling=eur("40000"))
    save_draft(actor=cast.rolf, job_id=large.pk, details=text, at=NOON)
    assert desk(actor=cast.adam, at=NOON).mine == ()  # what was sent waits no more


def test_what_is_signed_is_what_was_sent(cast: Cast, large: Job):
    wanted = want(cast, large)
    with refused(PublicationWaits):
        want(cast, large)
    text = details(cast, ceiling=eur("40000"))
    save_draft(actor=cast.rolf, job_id=large.pk, details=text, at=NOON)

    with refused(DraftChanged):
        sign_publication(actor=cast.gerd, wanted_id=wanted.pk, at=NOON + HOUR)
    assert publication_stage(actor=cast.maya, job_id=large.pk, at=NOON).may_want
    again = want(cast, large, at=NOON + HOUR)
    assert sign_publication(actor=cast.gerd, wanted_id=again.pk, at=NOON + HOUR).published_at


def test_the_waiver_and_the_estimate_are_signed_too(cast: Cast, large: Job):
    vendors = (cast.vera_co.pk, cast.otto_co.pk)
    text = details(cast, ceiling=eur("30000"), invited=vendors, waiver="No team fits.")
    save_draft(actor=cast.rolf, job_id=large.pk, details=text, at=NOON - HOUR)
    wanted = want(cast, large, estimate=eur("25000"))
    large.refresh_from_db()
    # Whoever signs reads what the signature covers.
    shown = publication_stage(actor=cast.gerd, job_id=large.pk, at=NOON)
    assert (shown.may_sign, shown.estimate) == (True, eur("25000"))
    assert bytes(wanted.draft_digest) == digest_to_sign(large, 25_000_00)
    assert digest_to_sign(large, 25_000_00) != digest_to_sign(large, 26_000_00)
    fixed = fingerprint_of(large)
    large.waiver = keep("We know them.", at=NOON)
    large.save(update_fields=["waiver"])

    assert fingerprint_of(large) == fixed  # what bidders are told does not say why
    with refused(DraftChanged):
        sign_publication(actor=cast.gerd, wanted_id=wanted.pk, at=NOON + HOUR)


def test_a_draft_sent_back_says_why_and_stays_on_the_record(cast: Cast, large: Job):
    wanted = want(cast, large)
    with refused(ReasonMissing):
        send_publication_back(actor=cast.gerd, wanted_id=wanted.pk, reason=" ", at=NOON)
    send_publication_back(actor=cast.gerd, wanted_id=wanted.pk, reason="Ask two more.", at=NOON)

    stage = publication_stage(actor=cast.maya, job_id=large.pk, at=NOON)
    assert (stage.sent_back, stage.sent_back_by, stage.may_want) == ("Ask two more.", "Gerd", True)
    with refused(DraftOnRecord) as asked:
        discard_draft(actor=cast.maya, job_id=large.pk, at=NOON)
    assert asked.value.text.startswith("A second head was asked to sign it")


def test_up_to_the_limit_one_head_publishes(cast: Cast):
    limit(cast)
    builders.grant(cast)
    small = a_draft(cast, ceiling=eur("20000"))
    with refused(NoSecondSignatureNeeded):
        want(cast, small)

    assert publish_job(actor=cast.maya, job_id=small.pk, at=NOON).published_at == NOON


def test_jobs_split_under_the_limit_are_counted_together_over_twelve_months(cast: Cast):
    limit(cast, year_limit=eur("25000"))
    builders.grant(cast)
    publish_job(actor=cast.maya, job_id=a_draft(cast, ceiling=eur("15000")).pk, at=NOON)
    second = a_draft(cast, ceiling=eur("15000"))

    # 15,000.00 and 15,000.00 of events in twelve months are above 25,000.00.
    with refused(SecondSignatureNeeded) as said:
        publish_job(actor=cast.maya, job_id=second.pk, at=NOON)
    assert "30,000.00" in said.value.text
    prints = a_draft(cast, ceiling=eur("15000"), category_id=cast.printing.pk)
    publish_job(actor=cast.maya, job_id=prints.pk, at=NOON)  # another kind of work
    wanted = want(cast, second)
    assert sign_publication(actor=cast.gerd, wanted_id=wanted.pk, at=NOON).published_at == NOON


@pytest.fixture
def open_ended(cast: Cast) -> Job:
    """A draft without a ceiling, of a department with a limit of a year alone."""
    limit(cast, job_limit=None, year_limit=eur("25000"))
    builders.grant(cast)
    state_policy(
        actor=cast.fin,
        code="tracked",
        at=NOON - DAY,
        in_force_on=(NOON - DAY).date(),
        explanation="Spending is watched, not limited.",
        budget_control="tracked",
        minimum_days=0,
        needs_team_and_vendor=True,
    )
    return draft_job(
        actor=cast.rolf,
        department_id=cast.marketing.pk,
        details=details(cast, ceiling=None),
        at=NOON - HOUR,
        policy_code="tracked",
    )


def test_without_a_ceiling_nothing_is_under_the_limit_of_a_year(cast: Cast, open_ended: Job):
    with refused(SecondSignatureNeeded):
        publish_job(actor=cast.maya, job_id=open_ended.pk, at=NOON)
    with pytest.raises(IntegrityError, match="second head"), transaction.atomic():
        publish_past_the_check(actor=cast.maya, job_id=open_ended.pk, at=NOON)
    wanted = want(cast, open_ended)
    assert sign_publication(actor=cast.gerd, wanted_id=wanted.pk, at=NOON).published_at == NOON


def test_a_limit_of_zero_lets_nobody_publish_alone(cast: Cast):
    limit(cast, job_limit=eur("0"))
    builders.grant(cast)
    with refused(SecondSignatureNeeded):
        publish_job(actor=cast.maya, job_id=a_draft(cast).pk, at=NOON)


def test_the_limit_of_the_house_is_that_of_its_departments_until_one_has_its_own(cast: Cast):
    limit(cast, department_id=cast.house.pk, job_limit=eur("5000"))
    builders.grant(cast)
    job = a_draft(cast, ceiling=eur("8000"))
    with refused(SecondSignatureNeeded):
        publish_job(actor=cast.maya, job_id=job.pk, at=NOON)
    limit(cast, job_limit=None, at=NOON - DAY)  # Marketing has none any more

    assert publish_job(actor=cast.maya, job_id=job.pk, at=NOON).published_at == NOON


def test_the_database_publishes_nothing_above_the_limit_unsigned(cast: Cast, large: Job):
    with pytest.raises(IntegrityError, match="second head"), transaction.atomic():
        publish_past_the_check(actor=cast.maya, job_id=large.pk, at=NOON)


def test_a_limit_is_an_administrators_and_in_the_departments_currency(cast: Cast):
    at: datetime = NOON
    for person in (cast.maya, cast.fin, cast.gerd):
        with refused(Forbidden):
            limit(cast, actor=person, at=at)
    with refused(NotAPublishingLimit):
        limit(cast, job_limit=eur("-1"))
    with refused(ReasonMissing):
        limit(cast, reason=" ")


def test_who_stands_with_the_invited_is_not_named_to_sign(cast: Cast, large: Job):
    wanted = want(cast, large)
    seat = Membership.objects.get(user=cast.gerd, department=cast.house, ended_at=None)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=NOON)
    words: dict[str, Any] = {"department_id": cast.marketing.pk, "role": "head", "at": NOON}
    add_member(actor=cast.adam, user_id=cast.sam.pk, **words)

    with refused(AuthorInInvitedTeam):
        sign_publication(actor=cast.sam, wanted_id=wanted.pk, at=NOON)
    assert all(item.kind != "sign_publication" for item in desk(actor=cast.sam, at=NOON).mine)
    stage = publication_stage(actor=cast.sam, job_id=large.pk, at=NOON)
    assert (stage.may_sign, "An administrator names one" in stage.who_signs) == (False, True)
    (item,) = desk(actor=cast.adam, at=NOON).mine
    assert (item.kind, item.subject_id) == ("name_head", cast.marketing.pk)


def test_a_publication_is_told_to_those_who_may_sign_it(cast: Cast, large: Job):
    words: dict[str, Any] = {"department_id": cast.marketing.pk, "role": "head", "at": NOON}
    for person in (cast.sam, cast.ada):  # Sam heads the department of the team that is invited
        add_member(actor=cast.adam, user_id=person.pk, **words)

    want(cast, large)

    told = Notice.objects.filter(kind="publication.wanted")
    assert {one.recipient for one in told} == {cast.gerd, cast.ada}
