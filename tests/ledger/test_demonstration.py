"""The demonstration company: played by the verbs, so its books hold and every stage is there."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from ledger.books import check_books
from ledger.demonstration.history import tell_history
from ledger.demonstration.past import PAST
from ledger.demonstration.present import PRESENT
from ledger.models.awards import Award, Dispute
from ledger.models.ratings import Reveal
from ledger.reports.register import register
from marketplace.models.jobs import Job

pytestmark = pytest.mark.django_db


def test_a_year_of_history_is_played_and_the_books_hold():
    company = tell_history(now=datetime.now(UTC), say=lambda _line: None)

    assert Job.objects.count() == len(PAST) + len(PRESENT)
    awarded = [story for story in PRESENT if story.chosen]
    assert Award.objects.count() == len(PAST) + len(awarded)
    assert Reveal.objects.count() == len(PAST)
    assert Dispute.objects.count() == 1
    assert check_books().ok

    rows = register(actor=company.people["ada"], at=datetime.now(UTC)).items
    states = {row.state.value for row in rows}
    under_way = {"open", "to_choose", "in_delivery", "to_rate", "cancelled", "disputed"}
    assert under_way <= states

    call_command("seed_demonstration")
    assert Job.objects.count() == len(PAST) + len(PRESENT), "a second run adds nothing"
    assert company.people["maya"].name == "Maya Brandt"
