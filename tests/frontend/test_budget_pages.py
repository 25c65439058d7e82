"""The pages of budgets in detail, of prices inside the company, and of the end of a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from ledger.budget_moves import move_budget
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.moves import MoveAnswer, MoveWanted
from ledger.models.pricing import ModeStated, TeamPricing
from ledger.models.years import CarryForward, OutsideSpend, RecoverySettled, YearEnd
from ledger.showback import switch_mode
from marketplace.models.events import Notice
from marketplace.models.people import User
from marketplace.offices import grant_office
from marketplace.people import add_person
from tests.builders import DAY, eur
from tests.cast import Cast, assemble
from tests.frontend.bidding import it_is, send
from tests.frontend.conftest import SignIn
from tests.frontend.test_money_pages import read, sheet
from tests.frontend.words import said
from tests.ledger.builders import (
    AUTUMN,
    DECEMBER,
    JANUARY,
    accept,
    award_of_december,
    close_month,
    deliver,
    finish,
    grant,
    line_stands,
    milestones,
)


@pytest.fixture
def cast(committed: str, as_role: Callable[[str], None]) -> Cast:
    """The company of the tests, founded a year earlier. A refusal ends a transaction: real ones."""
    as_role("replay")
    return assemble(at=AUTUMN)


@pytest.fixture(autouse=True)
def mid_january() -> Iterator[None]:
    with it_is(JANUARY + DAY):
        yield


@pytest.fixture
def line(cast: Cast) -> BudgetLine:
    return grant(cast, at=AUTUMN)


@pytest.fixture
def award(cast: Cast, line: BudgetLine) -> Award:
    """The Events team did a part of its work in December."""
    award = award_of_december(cast, provider="team")
    accept(cast, milestones(award)[0], at=DECEMBER + DAY)
    return award


@pytest.fixture
def fin(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.fin)


@pytest.fixture
def fay(cast: Cast) -> User:
    person = add_person(actor=cast.adam, email="fay@house.example", name="Fay", at=AUTUMN)
    grant_office(actor=cast.adam, user_id=person.pk, office="finance", at=AUTUMN)
    return person


def sent(client: Client, path: str, typed: dict[str, str] | None = None) -> tuple[int, str]:
    """Send a form that is refused."""
    answer = client.post(path, typed or {})
    return answer.status_code, answer.content.decode()


def wanted(cast: Cast, line: BudgetLine) -> MoveWanted:
    return move_budget(
        actor=cast.fin,
        move_id=uuid4(),
        from_line_id=line.pk,
        to_department_id=cast.services.pk,
        amount=eur("12000"),
        reason="Services runs the fair.",
        at=AUTUMN + DAY,
    )


def test_a_line_shows_every_entry_to_those_who_may_read_it(
    cast: Cast, line: BudgetLine, award: Award, as_person: SignIn
) -> None:
    page = read(as_person(cast.maya), "budget-line", line.pk)

    for text in ("Budget granted", "Awarded", "Charged", "59,200.00", award.job.title):
        assert text in page
    assert (
        len(
            b"".join(
                as_person(cast.maya).get(reverse("budget-line-csv", args=[line.pk]))
            ).splitlines()
        )
        == 4
    )
    assert "Move from it" not in page
    assert as_person(cast.sam).get(reverse("budget-line", args=[line.pk])).status_code == 404
    assert reverse("budget-line", args=[line.pk]) in read(
        as_person(cast.fin), "budgets", query="?year=2025"
    )


def test_two_people_of_finance_move_a_budget(
    cast: Cast, line: BudgetLine, fin: Client, fay: User, as_person: SignIn
) -> None:
    path = reverse("budget-move", args=[line.pk])
    form = fin.get(path).context["form"]
    typed = {
        "to_department": str(cast.services.pk),
        "to_category": "",
        "amount": "12,000.00",
        "reason": "Services runs the fair.",
        "move_id": str(form.initial["move_id"]),
    }
    send(fin, path, typed)
    send(fin, path, typed)

    move = MoveWanted.objects.get()
    own = read(fin, "budget-moves")
    assert "Another person of finance signs it" in own
    assert reverse("budget-move-sign", args=[move.pk]) not in own
    assert sent(fin, reverse("budget-move-sign", args=[move.pk]))[0] == 403
    second = as_person(fay)
    assert reverse("budget-move-sign", args=[move.pk]) in read(second, "budget-moves")
    send(second, reverse("budget-move-sign", args=[move.pk]), {})

    assert line_stands(line)["available"] == "88000.00"
    assert "Moved" in read(fin, "budget-moves")
    assert len(sheet(fin, "budget-moves-csv")) == 2


def test_a_move_that_cannot_be_is_said_on_its_page(
    cast: Cast, line: BudgetLine, fin: Client
) -> None:
    path = reverse("budget-move", args=[line.pk])
    typed = {
        "to_department": str(cast.services.pk),
        "to_category": "",
        "amount": "100,000.01",
        "reason": "Too much.",
        "move_id": str(uuid4()),
    }

    status, page = sent(fin, path, typed)

    assert status == 409
    assert "has EUR\xa0100,000.00 left" in page


def test_a_move_is_declined_with_its_reason(
    cast: Cast, line: BudgetLine, fay: User, as_person: SignIn
) -> None:
    move = wanted(cast, line)
    second = as_person(fay)

    send(second, reverse("budget-move-decline", args=[move.pk]), {"reason": "Wait for the plan."})

    assert not MoveAnswer.objects.get().is_made
    assert "Wait for the plan." in read(second, "budget-moves")


def test_a_payment_outside_is_recorded_once_however_often_it_is_sent(
    cast: Cast, fin: Client, as_person: SignIn
) -> None:
    grant(cast, at=JANUARY)
    path = reverse("outside-spend-new")
    typed = {
        "department": str(cast.marketing.pk),
        "category": "",
        "payee": "Taxi Nord",
        "document": "4711",
        "paid_on": "2026-01-09",
        "net": "80.00",
        "tax": "5.60",
        "payment_id": str(fin.get(path).context["form"].initial["payment_id"]),
    }
    assert "Nothing was paid outside" in read(fin, "outside-spend")

    send(fin, path, typed)
    send(fin, path, typed)

    assert OutsideSpend.objects.get().net_minor == 80_00
    assert "Taxi Nord" in read(as_person(cast.maya), "outside-spend")
    assert len(sheet(fin, "outside-spend-csv")) == 2
    assert fin.get(reverse("outside-spend") + "?year=12").status_code == 400


def test_finance_says_what_passes_on_and_ends_the_year(
    cast: Cast, line: BudgetLine, award: Award, fin: Client, as_person: SignIn
) -> None:
    address = reverse("year", args=[2025])
    assert "Over, not ended yet" in fin.get(address).content.decode()
    send(
        fin,
        reverse("year-policy", args=[2025]),
        {
            "department": "",
            "unspent": "carry",
            "promises": "with_budget",
            "reason": "The heads agreed.",
        },
    )
    assert CarryForward.objects.get().unspent == "carry"
    told = fin.get(address).content.decode()
    assert "Is carried on" in told
    assert award.job.title in told
    assert "Close these months first" in sent(fin, reverse("year-end", args=[2025]))[1]
    close_month(cast, 202512, at=JANUARY)

    send(fin, reverse("year-end", args=[2025]), {})

    assert YearEnd.objects.get().run == 1
    assert "Nothing is left to pass on" in read(as_person(cast.ada), "year", 2025)
    assert as_person(cast.maya).get(address).status_code == 403
    assert fin.get("/finance/years/1999/").status_code == 404


def test_finance_settles_a_teams_year(cast: Cast, award: Award, fin: Client) -> None:
    path = reverse("year-settle", args=[2025, cast.events_team.pk])

    send(fin, path, {"cost": "14,000.00", "policy": "carry", "reason": "Cost centre 1200."})

    assert RecoverySettled.objects.get().cost_minor == 14_000_00
    assert "Carried into the next year" in read(fin, "year", 2025)
    answer = fin.get(reverse("recoveries-csv", args=[2025]))
    assert len(b"".join(answer).splitlines()) == 2


def test_finance_states_a_teams_rule_and_the_mode(
    cast: Cast, fin: Client, as_person: SignIn
) -> None:
    assert "Every team is paid its bid" in read(fin, "inside-prices")
    send(
        fin,
        reverse("price-rule"),
        {
            "team": str(cast.events_team.pk),
            "rule": "dual",
            "percent": "110",
            "in_force_on": "2026-02-01",
            "reason": "To renew the tents.",
        },
    )
    send(
        fin,
        reverse("charging-mode"),
        {"mode": "showback", "from_period": "202603", "reason": "A quiet quarter."},
    )

    assert TeamPricing.objects.get().basis_points == 11_000
    assert ModeStated.objects.get().from_period == 202603
    page = read(as_person(cast.ada), "inside-prices")
    assert "To renew the tents." in page
    assert "A quiet quarter." in page
    for name in ("inside-prices", "price-rule", "charging-mode"):
        assert as_person(cast.maya).get(reverse(name)).status_code == 403


def test_a_switch_is_planned_for_a_month_that_is_named(cast: Cast, as_person: SignIn) -> None:
    """With one soon to come, or with the year; not for one far away."""
    form = read(as_person(cast.fin), "charging-mode")
    named = re.findall(r'<option value="(\d{6})"[^>]*>([^<]+)</option>', form)

    assert named[0] == ("202601", "January 2026")
    assert named[-1] == ("202701", "January 2027")


def test_work_that_is_only_shown_is_accepted_as_that(cast: Cast, as_person: SignIn) -> None:
    switch_mode(actor=cast.fin, mode="showback", from_period=202512, reason="At first.", at=AUTUMN)
    award = award_of_december(cast, provider="team", team=["60"], vendor=["60"])
    delivery = deliver(cast, milestones(award)[0], at=DECEMBER + DAY)
    maya = as_person(cast.maya)
    address = reverse("accept", args=[award.job_id, delivery.pk])

    asked = said(maya.get(address))
    told = said(maya.post(address, follow=True))

    assert "EUR 61.20 (EUR 60.00 and EUR 1.20 fee) is shown to Marketing" in asked
    assert "Accept, and be shown EUR 61.20" in asked
    assert "Shown in all, not charged" in asked
    assert "be charged" not in asked
    assert "EUR 61.20 (EUR 60.00 and EUR 1.20 fee) was shown, not charged." in told
    assert Notice.objects.filter(
        text__endswith="was accepted and shown, not charged: 60.00 EUR."
    ).exists()


def test_a_statement_shows_what_is_not_charged(cast: Cast, as_person: SignIn) -> None:
    switch_mode(actor=cast.fin, mode="showback", from_period=202512, reason="At first.", at=AUTUMN)
    award = award_of_december(cast, provider="team", team=["60"], vendor=["60"])
    finish(cast, award, at=DECEMBER + DAY)

    page = read(as_person(cast.maya), "statement", query="?month=2025-12")

    assert "Shown, not charged" in page
    assert "61.20" in page
    assert "Nothing was booked in this month" in page
