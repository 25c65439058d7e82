"""A budget line's history, the moves, and what a year's end would do."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from ledger.budget_moves import move_budget, state_signing_limit
from ledger.models.budgets import BudgetLine
from ledger.outside_spend import Payment, record_outside_spend
from ledger.reports.budget_moves import budget_moves
from ledger.reports.budget_status import budget_status
from ledger.reports.carry_forward import carry_forward
from ledger.reports.inside_prices import inside_prices, recoveries
from ledger.reports.known import Known
from ledger.reports.line_history import LineHistory, line_history
from ledger.reports.outside_payments import outside_payments
from ledger.year_end import state_carry_forward
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, eur, refused
from tests.cast import Cast, assemble_again
from tests.ledger.builders import (
    AUTUMN,
    DECEMBER,
    JANUARY,
    accept,
    award_of_december,
    grant,
    line_stands,
    milestones,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble_again(at=AUTUMN)


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    """Granted, moved from, estimated, promised, charged, spent from outside, carried on."""
    line = grant(cast, at=AUTUMN)
    state_signing_limit(actor=cast.adam, limit=eur("9000"), reason="Daily work.", at=AUTUMN)
    for amount in ("5000", "20000"):  # the second waits for a signature
        move_budget(
            actor=cast.fin,
            move_id=uuid4(),
            from_line_id=line.pk,
            to_department_id=cast.services.pk,
            amount=eur(amount),
            reason="Services runs the fair.",
            at=AUTUMN,
        )
    award = award_of_december(cast, estimate="42000")
    accept(cast, milestones(award)[0], at=DECEMBER + DAY)
    spent = Payment(uuid4(), cast.marketing.pk, "Taxi", "1", date(2025, 12, 12), eur("80"))
    record_outside_spend(actor=cast.fin, payment=spent, at=DECEMBER + 4 * DAY)
    accept(cast, milestones(award)[1], at=JANUARY)
    return line


def kinds(paper: LineHistory) -> list[tuple[str, str]]:
    return [(row.kind, str(row.available.amount)) for row in reversed(paper.rows)]


def test_a_line_tells_every_entry_and_what_was_left(cast: Cast, line: BudgetLine) -> None:
    paper = line_history(actor=cast.maya, line_id=line.pk)

    assert kinds(paper) == [
        ("budget_granted", "100000.00"),
        ("budget_moved", "95000.00"),
        ("estimate_reserved", "53000.00"),
        ("awarded", "54200.00"),
        ("charged", "54200.00"),
        ("spent_outside", "54120.00"),
        ("promise_carried", "54120.00"),
    ]
    assert paper.rows[0].available == paper.line.available
    new = BudgetLine.objects.get(fiscal_year=2026)
    paper = line_history(actor=cast.fin, line_id=new.pk)
    assert kinds(paper) == [("promise_carried", "0.00"), ("charged", "0.00")]
    assert paper.rows[0].charged == eur("20400")
    services = BudgetLine.objects.get(department=cast.services)
    assert kinds(line_history(actor=cast.sam, line_id=services.pk)) == [("budget_moved", "5000.00")]


def test_a_budget_says_what_was_moved_from_and_to_it(cast: Cast, line: BudgetLine) -> None:
    """5,000.00 went to Services; the 20,000.00 that wait for a signature did not."""
    rows = budget_status(actor=cast.fin, fiscal_year=2025)

    assert {row.department_name: (row.budget, row.moved) for row in rows} == {
        "Marketing": (eur("69500"), eur("-5000")),  # 25,500.00 followed a promise to 2026
        "Services": (eur("5000"), eur("5000")),
    }
    earlier = Known(as_of=(AUTUMN - DAY).date())
    assert [row.moved for row in budget_status(actor=cast.fin, known=earlier)] == []
    assert line_history(actor=cast.maya, line_id=line.pk).line.moved == eur("-5000")


def test_what_the_rows_add_up_to_is_what_the_line_holds(cast: Cast, line: BudgetLine) -> None:
    for one in BudgetLine.objects.all():
        paper = line_history(actor=cast.fin, line_id=one.pk)
        for figure in ("precommitted", "committed", "charged"):
            assert sum(getattr(row, figure).minor for row in paper.rows) == getattr(
                one, f"{figure}_minor"
            ), figure
        moved = sum(row.budget.minor for row in paper.rows)
        assert moved == one.budget_minor + one.carried_in_minor


def test_a_line_of_others_is_unknown(cast: Cast, line: BudgetLine) -> None:
    for person in (cast.sam, cast.vera):
        with refused(Unknown):
            line_history(actor=person, line_id=line.pk)


def test_moves_are_listed_with_their_state(cast: Cast, line: BudgetLine) -> None:
    rows = budget_moves(actor=cast.fin)

    assert {(row.state, row.amount) for row in rows} == {
        ("made", eur("5000")),
        ("waiting", eur("20000")),
    }
    assert len(budget_moves(actor=cast.sam, only_waiting=True)) == 1
    assert budget_moves(actor=cast.vera) == ()


def test_the_end_of_a_year_is_told_before_it_is_run(cast: Cast, line: BudgetLine) -> None:
    state_carry_forward(
        actor=cast.fin,
        fiscal_year=2025,
        unspent="carry",
        promises="with_budget",
        reason="Said in October.",
        department_id=cast.services.pk,
        at=AUTUMN,
    )

    paper = carry_forward(actor=cast.fin, fiscal_year=2025)

    assert paper.runs == 0
    assert [
        (row.department_name, row.policy, row.amount, row.carried_budget) for row in paper.rows
    ] == [
        ("Marketing", "lapse", eur("54120"), eur("0")),
        ("Services", "carry", eur("5000"), eur("5000")),
    ]
    (promise,) = [
        row for row in carry_forward(actor=cast.maya, fiscal_year=2026).rows if row.job_title
    ]
    assert (promise.policy, promise.amount) == ("with_budget", eur("5100"))
    assert promise.new_available == eur("0")
    assert line_stands(line)["available"] == "54120.00"  # telling it moves nothing


def test_what_was_paid_outside_is_listed_for_whom_it_concerns(cast: Cast, line: BudgetLine) -> None:
    span = {"since_on": date(2025, 12, 1), "until_on": date(2025, 12, 31)}

    assert [row.net for row in outside_payments(actor=cast.maya, **span)] == [eur("80")]
    assert outside_payments(actor=cast.sam, **span) == ()


def test_prices_inside_are_for_finance_and_auditors(cast: Cast, line: BudgetLine) -> None:
    for person in (cast.fin, cast.ada):
        paper = inside_prices(actor=person, today=JANUARY.date())
        assert (paper.mode, paper.rules) == ("chargeback", ())
        (row,) = recoveries(actor=person, fiscal_year=2025)
        assert (row.team_name, row.recovered, row.cost) == ("Events", eur("0"), None)
    with refused(Forbidden):
        inside_prices(actor=cast.maya, today=JANUARY.date())
    with refused(Forbidden):
        recoveries(actor=cast.pia, fiscal_year=2025)
