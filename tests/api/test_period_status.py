"""Whether a report's figures may still move: by the months that were asked for."""

from __future__ import annotations

import pytest

from ledger.models.periods import Period
from ledger.periods import opened
from ledger.year_end import close_year
from tests.builders import DAY
from tests.cast import assemble_again
from tests.ledger import builders as ledger

pytestmark = pytest.mark.django_db


def test_a_year_is_final_with_its_adjusting_period_and_a_month_by_itself(db, machine_of):
    cast = assemble_again(at=ledger.AUTUMN)
    ledger.grant(cast, at=ledger.AUTUMN)
    first, second, _third = ledger.milestones(ledger.award_of_december(cast))
    ledger.accept(cast, first, at=ledger.DECEMBER + DAY)
    ledger.close_month(cast, 202512, at=ledger.JANUARY - DAY)
    fin = machine_of(cast.fin)
    of_the_month = ("trial-balance/?period=2025-12", "journal/?period=2025-12")
    of_the_year = (
        "budget-status/?fiscal_year=2025",
        "commitments/?fiscal_year=2025&as_of=2025-12-31",
        "spend/?group_by=month&from=2025-12-31&to=2025-12-31",
        "trial-balance/?period=2025-12&until_period=2025-13",
    )
    to_november = "spend/?group_by=month&from=2025-11-01&to=2025-11-30"

    def said(*questions: str) -> set[str]:
        return {fin.get(f"reports/{one}").json()["period_status"] for one in questions}

    # Nothing is booked in the adjusting period yet; then the promise leaves the year in it.
    assert said(*of_the_month, to_november) == {"final"}
    assert said(*of_the_year[:3]) == {"preliminary"}
    ledger.accept(cast, second, at=ledger.JANUARY)
    assert said(*of_the_month, to_november) == {"final"}
    close_year(actor=cast.fin, fiscal_year=2025, at=ledger.JANUARY)
    assert said(*of_the_year) == {"preliminary"}
    ledger.close_month(cast, 202513, at=ledger.JANUARY)
    assert said(*of_the_month, *of_the_year, to_november) == {"final"}


def test_a_year_that_was_ended_with_nothing_to_book_is_final(db, machine_of):
    cast = assemble_again(at=ledger.AUTUMN)
    opened(202512, at=ledger.AUTUMN)
    ledger.close_month(cast, 202512, at=ledger.JANUARY)
    asked = "reports/budget-status/?fiscal_year=2025"
    fin = machine_of(cast.fin)
    assert fin.get(asked).json()["period_status"] == "preliminary"

    close_year(actor=cast.fin, fiscal_year=2025, at=ledger.JANUARY)

    assert not Period.objects.filter(pk=202513).exists()
    assert fin.get(asked).json()["period_status"] == "final"
