"""What jobs of a kind cost lately, told beside the ceiling of the next."""

from __future__ import annotations

import pytest

from ledger.reports.cost_guide import CostGuide, cost_guide
from marketplace.drafting import save_draft
from marketplace.refusals import Unknown
from tests.builders import DAY, NOON, a_draft, details, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

pytestmark = pytest.mark.django_db
LATER = CHOICE + 10 * DAY


def _chosen(cast: Cast, *prices: str) -> None:
    builders.grant(cast, "200000")
    for price in prices:
        builders.choose(cast, builders.contest(cast, vendor=(price,)).vendor_bid)


def test_three_jobs_of_the_kind_are_a_guide(cast: Cast):
    _chosen(cast, "20000", "35000", "21000")
    draft = a_draft(cast, at=NOON)

    told = cost_guide(actor=cast.rolf, job_id=draft.pk, at=LATER)

    since = (LATER - 730 * DAY).date()
    prices = (eur("20000"), eur("21000"), eur("35000"))
    assert told == CostGuide(3, "events", "Events", since, *prices)


def test_two_are_none_and_so_are_those_of_another_kind_of_another_house_or_long_ago(cast: Cast):
    _chosen(cast, "20000", "35000")
    draft = a_draft(cast, at=NOON)
    assert cost_guide(actor=cast.rolf, job_id=draft.pk, at=LATER) is None

    _chosen(cast, "21000")
    assert cost_guide(actor=cast.rolf, job_id=draft.pk, at=CHOICE + 731 * DAY) is None
    assert cost_guide(actor=cast.rolf, job_id=draft.pk, at=LATER) is not None
    words = details(cast, category_id=cast.printing.pk)
    save_draft(actor=cast.rolf, job_id=draft.pk, details=words, policy_code="standard", at=LATER)
    assert cost_guide(actor=cast.rolf, job_id=draft.pk, at=LATER) is None
    with refused(Unknown):
        cost_guide(actor=cast.vera, job_id=draft.pk, at=LATER)
