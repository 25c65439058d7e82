"""Finance grants budgets; a grant is booked and recorded once."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ledger.books import check_books
from ledger.granting import ControlDiffers, NotAControl, NotAGrant, grant_budget
from ledger.models.budgets import BudgetLine
from marketplace.models.events import Event
from marketplace.money import Money
from marketplace.refusals import Forbidden, Unknown
from tests.builders import refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def grant(cast):
    """Finance grants Marketing 100.00 for 2026, unless a test says otherwise."""

    def act(**words):
        usual = {
            "actor": cast.fin,
            "department_id": cast.marketing.pk,
            "fiscal_year": 2026,
            "amount": Money(100_00, "EUR"),
            "at": NOON,
            "grant_id": uuid4(),
        }
        return grant_budget(**usual | words)

    return act


def test_grants_add_up_on_one_line(grant):
    grant()
    line = grant(amount=Money(50, "EUR"))

    assert line.available == Money(100_50, "EUR")
    assert BudgetLine.objects.get() == line
    assert check_books().ok


def test_the_same_grant_again_changes_and_records_nothing(grant):
    id = uuid4()
    grant(grant_id=id)

    line = grant(grant_id=id)

    assert line.budget_minor == 100_00
    assert Event.objects.filter(kind="budget.granted").count() == 1


@pytest.mark.parametrize("minor", [0, -1])
def test_a_grant_adds_something(grant, minor):
    with refused(NotAGrant):
        grant(amount=Money(minor, "EUR"))


def test_only_finance_grants(grant, cast):
    with refused(Forbidden):
        grant(actor=cast.maya)


@pytest.mark.parametrize("what", ["department_id", "category_id"])
def test_a_grant_is_for_something_that_exists(grant, what):
    with refused(Unknown):
        grant(**{what: uuid4()})


def test_a_line_has_a_control_that_exists_and_keeps_it(grant):
    with refused(NotAControl):
        grant(control="advisory")
    line = grant(control="tracked")
    with refused(ControlDiffers):
        grant(control="hard")
    assert grant(control="tracked").control == "tracked"

    for control in ("advisory", "", "HARD"):
        with (
            pytest.raises(IntegrityError, match="a_budget_has_a_control_that_exists"),
            transaction.atomic(),
        ):
            BudgetLine.objects.create(
                fiscal_year=2027, department=line.department, currency="EUR", control=control
            )
