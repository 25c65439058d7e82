"""The demonstration company: played by the verbs, so its books hold and every stage is there."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db.models import F

from bids.models.bids import OpenedBid
from bids.models.panels import Score
from ledger.books import check_books
from ledger.demonstration.chapters import CHAPTERS
from ledger.demonstration.contests import CONTESTS
from ledger.demonstration.founding import Company
from ledger.demonstration.history import tell_history
from ledger.demonstration.past import PAST
from ledger.demonstration.present import PRESENT
from ledger.models.awards import Award, Dispute
from ledger.models.journal import JournalEntry, Posting
from ledger.models.moves import MoveWanted
from ledger.models.objections import Objection, Withdrawal
from ledger.models.periods import PeriodStep
from ledger.models.publications import PublicationWanted
from ledger.models.ratings import Rating, Reveal
from ledger.models.retentions import Retention
from ledger.models.years import YearEnd
from ledger.reports.register import register
from ledger.reports.vendor_accounts import vendors_owed
from marketplace.models.jobs import Job
from marketplace.models.questions import Question
from marketplace.vendor_paper import vendor_room

pytestmark = pytest.mark.django_db


def test_a_year_of_history_is_played_and_the_books_hold():
    company = tell_history(now=datetime.now(UTC), say=lambda _line: None)

    jobs = len(PAST) + len(PRESENT) + len(CHAPTERS) + len(CONTESTS)
    assert Job.objects.count() == jobs
    awarded = [story for story in PRESENT if story.chosen]
    chosen = len(PAST) + len(awarded) + len(CHAPTERS)
    assert Award.objects.count() == chosen + 1, "one stands still"
    assert Award.record.count() == chosen + 3, "one choice was overridden, and one declined"
    assert Reveal.objects.count() == len(PAST)
    assert Dispute.objects.filter(resolution=None).count() == 1
    assert Dispute.objects.count() == 2, "one was settled after it had been paid"
    assert check_books().ok
    assert_every_chapter_is_there(company)
    assert_nobody_repeats_themselves()

    rows = register(actor=company.people["ada"], at=datetime.now(UTC)).items
    states = {row.state.value for row in rows}
    under_way = {"open", "to_choose", "in_delivery", "to_rate", "cancelled", "disputed"}
    assert under_way <= states

    call_command("seed_demonstration")
    assert Job.objects.count() == jobs, "a second run adds nothing"
    assert company.people["maya"].name == "Maya Brandt"


def assert_nobody_repeats_themselves():
    """No page shows a sentence twice: of a job its judges', of a provider its departments'."""
    reasons = Counter(Score.objects.values_list("bid__job", "reason__text"))
    ratings = Counter(
        Rating.objects.filter(text__isnull=False, side="department").values_list(
            "award__provider", "text__text"
        )
    )
    answers = Counter(
        (job, text)
        for job, answers in OpenedBid.objects.values_list("bid__job", "answers")
        for text in (answers or {}).values()
    )

    assert reasons
    assert ratings
    assert {
        key: n for found in (reasons, ratings, answers) for key, n in found.items() if n > 1
    } == {}


def assert_every_chapter_is_there(company: Company) -> None:
    """What few jobs meet is met once, and the months behind are closed."""
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert {"overridden", "retention_released", "cancelled", "budget_moved"} <= kinds
    assert {"accrued", "budget_carried"} <= kinds
    assert {"payout_approved", "payout_paid", "payout_reversed", "repaid"} <= kinds
    finn = {"actor": company.people["finn"], "at": datetime.now(UTC)}
    assert {"ready", "suspended"} <= {one.state for one in vendor_room(**finn).vendors}
    assert [str(row.receivable) for row in vendors_owed(**finn) if row.receivable.minor] == [
        "100.00 EUR"
    ]
    assert any(row.payee.frozen_until for row in vendors_owed(**finn)), "one payee was changed"
    assert YearEnd.objects.exists()
    assert Objection.objects.open().count() == 1
    assert Withdrawal.objects.count() == 1
    assert PublicationWanted.objects.filter(answer=None).count() == 1
    assert Posting.objects.filter(account__code="5600").exists(), "a dual-priced team"
    assert Posting.objects.filter(account__code="2100", currency="USD").exists()
    assert Retention.objects.filter(release=None).exists()
    assert MoveWanted.objects.waiting().count() == 1
    steps = set(PeriodStep.objects.values_list("step", flat=True))
    assert {"closed", "asked", "reopened"} <= steps
    early = Question.objects.filter(answered_at__lt=F("asked_at"))
    assert not early.exists(), "nothing is answered before it is asked"
