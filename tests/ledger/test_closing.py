"""Months of the books: closed step by step, sealed, and reopened by two people."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.acceptance import accept_delivery
from ledger.books import check_books
from ledger.closing import (
    CloseBlocked,
    MonthNotOver,
    NotClosing,
    NotOpen,
    ReasonMissing,
    begin_closing,
    close_period,
    stop_closing,
)
from ledger.disputing import raise_dispute
from ledger.models.awards import Award
from ledger.models.journal import JournalEntry
from ledger.models.periods import Period, PeriodStep
from ledger.periods import period_corrected
from ledger.posting import PeriodClosed
from ledger.reopening import (
    LaterMonthClosed,
    NotClosed,
    NothingAsked,
    ReopeningAsked,
    SecondPersonNeeded,
    ask_reopening,
    decline_reopening,
    reopen_period,
)
from ledger.reports import close_checklist as checklists
from ledger.reports.checks import Check, CheckRow
from ledger.reports.close_checklist import close_checklist
from ledger.reports.period_seal import NotSealed, line_proofs, period_seal
from ledger.reports.periods import period, periods
from marketplace.log.merkle import verify_inclusion
from marketplace.models.events import Event, Notice
from marketplace.refusals import Forbidden, Unknown
from marketplace.saying import said
from tests.builders import DAY, NOON, eur, refused
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE, after

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = 202603, 202604, 202605
IN_APRIL = after(MARCH)


@pytest.fixture
def march(cast: Cast) -> int:
    """Marketing was granted 100,000.00 in March."""
    builders.grant(cast, at=NOON)
    return MARCH


@pytest.fixture
def award(cast: Cast, march: int) -> Award:
    """Vera & Co's work; its first part, 15,000.00, was charged in March."""
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    builders.accept(cast, builders.milestones(award)[0], at=CHOICE + DAY)
    return award


def begin(cast: Cast, **words: Any) -> PeriodStep:
    return begin_closing(**({"actor": cast.fin, "period_id": MARCH, "at": IN_APRIL} | words))


def close(cast: Cast, **words: Any) -> PeriodStep:
    return close_period(**({"actor": cast.fin, "period_id": MARCH, "at": IN_APRIL} | words))


def ask(cast: Cast, **words: Any) -> PeriodStep:
    usual = {"actor": cast.fin, "period_id": MARCH, "reason": "A bill came late.", "at": IN_APRIL}
    return ask_reopening(**(usual | words))


def state_of(id: int) -> str:
    month = Period.objects.get(pk=id)
    return "closed" if month.closed_at else "closing" if month.closing_at else "open"


# -- closing ---------------------------------------------------------------------------------


def test_a_month_is_closed_in_two_steps_and_the_next_one_opens(cast, march):
    assert (state_of(MARCH), Period.objects.count()) == ("open", 1)

    begin(cast)
    assert (state_of(MARCH), state_of(APRIL)) == ("closing", "open")

    closed = close(cast)
    assert state_of(MARCH) == "closed"
    month = Period.objects.get(pk=MARCH)
    assert (month.closed_by, month.closed_at) == (cast.fin, IN_APRIL)
    event = Event.objects.get(kind="period.closed")
    assert event.subject_id == closed.pk
    assert f'"root":"{bytes(closed.root).hex()}"' in event.body
    assert {notice.recipient for notice in Notice.objects.filter(kind="period.closed")} == {
        *(cast.fin, cast.ada)
    }
    assert check_books().wrong == ()


def test_a_closing_month_takes_no_entry_and_the_next_one_takes_it(cast, award):
    second = builders.deliver(cast, builders.milestones(award)[1], at=CHOICE + 20 * DAY)
    begin(cast)

    with refused(PeriodClosed) as no:
        accept_delivery(actor=cast.rolf, delivery_id=second.pk, at=CHOICE + 21 * DAY)
    accept_delivery(actor=cast.rolf, delivery_id=second.pk, at=IN_APRIL)

    assert str(no.value) == "The books of 2026-03 are closed."
    charged = JournalEntry.objects.filter(kind="charged").order_by("pk")
    assert [entry.period_id for entry in charged] == [MARCH, APRIL]


def test_a_month_is_not_closed_before_it_is_over(cast, march):
    with refused(MonthNotOver) as no:
        begin(cast, at=NOON.replace(day=31))

    assert str(no.value) == "2026-03 can be closed from 01 April 2026 on."
    assert state_of(MARCH) == "open"


def test_a_month_is_closed_once_and_only_after_closing_began(cast, march):
    with refused(NotClosing):
        close(cast)
    begin(cast)
    with refused(NotOpen):
        begin(cast)
    close(cast)
    with refused(NotOpen):
        begin(cast)
    with refused(NotClosing):
        close(cast)


def test_closing_is_stopped_with_a_reason_and_people_write_again(cast, march):
    with refused(NotClosing):
        stop_closing(actor=cast.fin, period_id=MARCH, reason="Wait.", at=IN_APRIL)
    begin(cast)
    with refused(ReasonMissing):
        stop_closing(actor=cast.fin, period_id=MARCH, reason=" ", at=IN_APRIL)

    stop_closing(actor=cast.fin, period_id=MARCH, reason="A bill is missing.", at=IN_APRIL)

    assert state_of(MARCH) == "open"
    builders.grant(cast, "500", at=NOON)


@pytest.mark.parametrize("who", ["maya", "ada", "adam", "vera", "pia"])
def test_only_finance_closes(cast, march, who):
    actor = getattr(cast, who)
    for verb in (begin, close, ask):
        with refused(Forbidden):
            verb(cast, actor=actor)
    with refused(Forbidden):
        stop_closing(actor=actor, period_id=MARCH, reason="No.", at=IN_APRIL)


def test_a_month_that_is_not_in_the_books_is_unknown(cast):
    for verb in (begin, close, ask):
        with refused(Unknown):
            verb(cast, period_id=209901)


# -- the checklist ---------------------------------------------------------------------------


def state_on_the_list(cast: Cast, code: str, *, month: int = MARCH, at: Any = IN_APRIL) -> str:
    paper = close_checklist(actor=cast.ada, period_id=month, at=at)
    return next(check.state for check in paper.checks if check.code == code)


def test_an_earlier_month_stands_against_closing_a_later_one(cast, march):
    builders.grant(cast, "500", at=NOON.replace(month=4))
    begin(cast, period_id=APRIL, at=after(APRIL))

    with refused(CloseBlocked) as no:
        close(cast, period_id=APRIL, at=after(APRIL))

    assert str(no.value) == "Close 2026-03 first."
    assert state_of(APRIL) == "closing"


def test_a_month_that_lasts_stands_on_the_list(cast, march):
    assert state_on_the_list(cast, "month_over", at=NOON) == "blocker"
    assert state_on_the_list(cast, "month_over") == "clear"


def test_undecided_work_is_named_before_and_accrued_after(cast, award):
    builders.deliver(cast, builders.milestones(award)[1], at=CHOICE + 20 * DAY)
    paper = close_checklist(actor=cast.fin, period_id=MARCH, at=IN_APRIL)
    waiting = next(check for check in paper.checks if check.code == "work_accrued")

    assert waiting.state == "warning"
    assert waiting.rows == (
        CheckRow("Summer party for 200 guests, Part 2: 20,000.00 EUR", job_id=award.job_id),
    )
    begin(cast)
    assert state_on_the_list(cast, "work_accrued") == "clear"
    paper = close_checklist(actor=cast.fin, period_id=MARCH, at=IN_APRIL)
    (row,) = next(check for check in paper.checks if check.code == "work_accrued").rows
    assert row.text.endswith("20,000.00 EUR, accrued")
    assert said(row.text, "de").endswith("20.000,00\xa0EUR, abgegrenzt")


def test_work_that_comes_while_a_month_is_closing_stands_against_it(cast, award):
    begin(cast)
    builders.deliver(cast, builders.milestones(award)[1], at=CHOICE + 20 * DAY)

    with refused(
        CloseBlocked,
    ) as no:
        close(cast)
    stop_closing(actor=cast.fin, period_id=MARCH, reason="Work came.", at=IN_APRIL)
    begin(cast)
    close(cast)

    assert str(no.value) == "Wait without an accrual: 1. Stop closing, and begin again."


def test_a_dispute_is_told_and_does_not_stand_against_closing(cast, award):
    raise_dispute(
        actor=cast.maya,
        milestone_id=builders.milestones(award)[0].pk,
        amount=eur("6000"),
        reason="Too dark.",
        at=CHOICE + 3 * DAY,
    )
    paper = close_checklist(actor=cast.fin, period_id=MARCH, at=IN_APRIL)

    (disputed,) = (each for each in paper.warnings if each.code == "disputes_settled")
    assert [row.job_id for row in disputed.rows] == [award.job_id]
    assert paper.blockers == ()
    begin(cast)
    close(cast)


def test_another_chapters_question_is_asked_too(cast, march, monkeypatch):
    def payouts(period: Period, at: Any) -> Check:
        says = "A payout is under way."
        return Check("payouts", "Payouts are done", is_blocker=True, is_clear=False, says=says)

    monkeypatch.setattr(checklists, "QUESTIONS", [*checklists.QUESTIONS, payouts])
    begin(cast)

    with refused(CloseBlocked) as no:
        close(cast)

    assert str(no.value) == "A payout is under way."


def test_the_checklist_is_for_finance_and_auditors(cast, march):
    with refused(Forbidden):
        close_checklist(actor=cast.maya, period_id=MARCH, at=IN_APRIL)
    with refused(Unknown):
        close_checklist(actor=cast.fin, period_id=209901, at=IN_APRIL)


# -- reopening -------------------------------------------------------------------------------


@pytest.fixture
def closed(cast: Cast, march: int) -> PeriodStep:
    return builders.close_month(cast, march)


def test_an_auditor_signs_what_finance_asks_and_the_month_is_closed_again(cast, closed):
    ask(cast)
    assert state_of(MARCH) == "closed"

    reopen_period(actor=cast.ada, period_id=MARCH, at=IN_APRIL + DAY)

    assert state_of(MARCH) == "open"
    builders.grant(cast, "500", at=NOON)
    again = builders.close_month(cast, MARCH)
    assert bytes(again.root) != bytes(closed.root)
    paper = period(actor=cast.fin, period_id=MARCH, at=IN_APRIL)
    assert [step.step for step in reversed(paper.steps)] == [
        *("closing", "closed", "asked", "reopened", "closing", "closed")
    ]
    assert [step.reason for step in paper.steps if step.reason] == ["A bill came late."]
    assert paper.row.seal == bytes(again.root).hex()
    assert check_books().wrong == ()


def test_a_second_person_of_finance_signs_too(cast, closed):
    fay = builders.second_of_finance(cast)
    ask(cast)

    reopen_period(actor=fay, period_id=MARCH, at=IN_APRIL)

    assert state_of(MARCH) == "open"


def test_nobody_signs_their_own_asking(cast, closed):
    ask(cast)

    with refused(SecondPersonNeeded):
        reopen_period(actor=cast.fin, period_id=MARCH, at=IN_APRIL)

    assert state_of(MARCH) == "closed"


def test_reopening_is_declined_with_a_reason_and_asked_anew(cast, closed):
    ask(cast)
    with refused(ReasonMissing):
        decline_reopening(actor=cast.ada, period_id=MARCH, reason="", at=IN_APRIL)
    decline_reopening(actor=cast.ada, period_id=MARCH, reason="Correct it in April.", at=IN_APRIL)

    with refused(NothingAsked):
        reopen_period(actor=cast.ada, period_id=MARCH, at=IN_APRIL)
    ask(cast)
    assert state_of(MARCH) == "closed"


def test_a_month_is_asked_for_once_with_a_reason_when_it_is_closed(cast, march):
    with refused(NotClosed):
        ask(cast)
    with refused(NotClosed):
        decline_reopening(actor=cast.ada, period_id=MARCH, reason="No.", at=IN_APRIL)
    builders.close_month(cast, MARCH)
    with refused(ReasonMissing):
        ask(cast, reason=" ")
    with refused(NothingAsked):
        decline_reopening(actor=cast.ada, period_id=MARCH, reason="No.", at=IN_APRIL)
    ask(cast)
    with refused(ReopeningAsked):
        ask(cast)


def test_months_are_reopened_from_the_last_one(cast, closed):
    builders.close_month(cast, APRIL)

    with refused(LaterMonthClosed) as no:
        ask(cast)

    assert str(no.value) == "Reopen 2026-04 first: months are reopened from the last one."


@pytest.mark.parametrize("who", ["maya", "adam", "vera"])
def test_only_finance_and_auditors_answer(cast, closed, who):
    ask(cast)
    with refused(Forbidden):
        reopen_period(actor=getattr(cast, who), period_id=MARCH, at=IN_APRIL)
    with refused(Forbidden):
        decline_reopening(actor=getattr(cast, who), period_id=MARCH, reason="No.", at=IN_APRIL)


def test_what_can_be_done_now_is_told_to_each(cast, march):
    def acts(who: str) -> tuple[str, ...]:
        return period(actor=getattr(cast, who), period_id=MARCH, at=IN_APRIL).acts

    assert (acts("fin"), acts("ada")) == (("begin",), ())
    begin(cast)
    assert (acts("fin"), acts("ada")) == (("close", "stop"), ())
    close(cast)
    assert (acts("fin"), acts("ada")) == (("ask",), ())
    ask(cast)
    assert (acts("fin"), acts("ada")) == (("decline",), ("sign", "decline"))


# -- the seal --------------------------------------------------------------------------------


def test_the_seal_is_the_root_over_the_balances_and_holds(cast, award):
    builders.close_month(cast, MARCH)
    root = bytes(PeriodStep.objects.get(step="closed", period=MARCH).root)

    paper = period_seal(actor=cast.maya, period_id=MARCH)

    assert (paper.root, paper.holds, paper.label) == (root.hex(), True, "2026-03")
    assert periods(actor=cast.fin)[-1].seal == root.hex()


def test_a_department_proves_its_lines_and_learns_nothing_else(cast, award):
    builders.close_month(cast, MARCH)
    root = bytes(PeriodStep.objects.get(step="closed", period=MARCH).root)

    proofs = line_proofs(actor=cast.maya, period_id=MARCH, department_id=cast.marketing.pk)

    cost = next(each for each in proofs if '"account":"5200"' in each.text)
    assert '"debit_minor":1500000' in cost.text
    assert {each.root for each in proofs} == {root.hex()}
    for proof in proofs:
        assert str(cast.marketing.pk) in proof.text
        assert verify_inclusion(
            leaf=sha256(b"\x00" + bytes.fromhex(proof.salt) + proof.text.encode()).digest(),
            index=proof.index,
            size=proof.size,
            path=[bytes.fromhex(step) for step in proof.path],
            root=root,
        )
    with refused(Forbidden, Unknown):
        line_proofs(actor=cast.vera, period_id=MARCH, department_id=cast.marketing.pk)


def test_an_open_month_has_no_seal(cast, march):
    with refused(NotSealed):
        period_seal(actor=cast.fin, period_id=MARCH)
    with refused(NotSealed):
        line_proofs(actor=cast.fin, period_id=MARCH, department_id=cast.marketing.pk)
    with refused(Unknown):
        period_seal(actor=cast.fin, period_id=209901)


# -- what the database refuses, whoever asks -------------------------------------------------


def step(cast: Cast, kind: str, position: int = 1, **words: Any) -> PeriodStep:
    return PeriodStep.objects.create(
        **({"period_id": MARCH, "position": position, "step": kind, "taken_by": cast.fin,
            "taken_at": IN_APRIL} | words)
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["closed", "stopped", "reopened", "asked"])
def test_a_step_out_of_turn_is_refused(cast, march, kind):
    with pytest.raises(IntegrityError), transaction.atomic():
        step(cast, kind, root=b"r" * 32 if kind == "closed" else None)


def test_the_database_lets_nobody_reopen_alone(cast, closed):
    asked = ask(cast)
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        step(cast, "reopened", 4, answers=asked)


def test_a_closing_without_a_seal_is_refused(cast, march):
    begin(cast)
    with pytest.raises(IntegrityError, match="a_closed_month_is_sealed"), transaction.atomic():
        step(cast, "closed", 2)


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE ledger_period SET closed_at = NULL, closing_at = NULL",
        "DELETE FROM ledger_period",
        "UPDATE ledger_periodstep SET taken_at = now()",
        "DELETE FROM ledger_periodstep",
        "TRUNCATE ledger_periodstep",
        "UPDATE ledger_budgetmovement SET budget_minor = 0",
        "INSERT INTO ledger_budgetmovement SELECT * FROM ledger_budgetmovement",
    ],
)
def test_the_application_moves_no_month_by_another_way(cast, closed, words):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


@pytest.mark.parametrize(
    "words",
    [
        "VALUES (202605, 2026, '2026-05-01', '2026-05-31', now(), now(), NULL, NULL)",
        "VALUES (202605, 2026, '2026-05-01', '2026-06-30', now(), NULL, NULL, NULL)",
        "VALUES (202605, 2027, '2026-05-01', '2026-05-31', now(), NULL, NULL, NULL)",
    ],
)
def test_a_month_begins_open_and_with_its_own_days(cast, words):
    with (
        pytest.raises(IntegrityError, match=r"begins open|has other days"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ledger_period (id, fiscal_year, starts_on, ends_on, opened_at,"
            f" closing_at, closed_at, closed_by_id) {words}"
        )


def test_what_gives_back_of_a_closed_month_names_it(cast, award):
    first = builders.milestones(award)[0]
    assert period_corrected(first.pk) is None

    builders.close_month(cast, MARCH)

    assert period_corrected(first.pk) == MARCH
    assert period_corrected(builders.milestones(award)[1].pk) is None
