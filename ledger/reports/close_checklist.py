"""What stands against closing a month, and what to know before: each with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

from ledger.balances import results_of
from ledger.budgeting import open_estimates
from ledger.models.awards import Dispute
from ledger.models.budgets import BudgetLine, Commitment
from ledger.models.journal import EntryKind, Posting
from ledger.models.periods import Period, PeriodStep
from ledger.models.years import YearEnd
from ledger.periods import ADJUSTING
from ledger.reports.accruals import AccrualRow, accruals_of
from ledger.reports.checks import Check, CheckRow
from ledger.reports.columns import Column, columns
from ledger.reports.periods import StepRow, step_row
from ledger.reports.reading import reader_of
from ledger.reports.stripe_books import balance_matched
from ledger.tie_outs import wrong_in
from marketplace.models.events import Event
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import Unknown, require
from marketplace.together import together

Question = Callable[[Period, datetime], Check]

COLUMNS: tuple[Column[Check], ...] = columns("code", "title", "state", "says")


@dataclass(frozen=True, slots=True)
class Checklist:
    """Everything that was asked of a month before it is closed."""

    period: int
    label: str
    checks: tuple[Check, ...]
    is_closed: bool
    steps: tuple[StepRow, ...]  # who took each, when, and the seal: the latest first

    @property
    def blockers(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state == "blocker")

    @property
    def warnings(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state == "warning")


def close_checklist(*, actor: User, period_id: int, at: datetime) -> Checklist:
    """
    Return what is asked of a month before it is closed, for finance and auditors.

    :raises Forbidden: the actor holds neither office. :raises Unknown: there is no such month.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise Unknown("There is no such month in the books.")
    taken = PeriodStep.objects.filter(period=period).select_related("taken_by", "reason")
    steps = tuple(map(step_row, taken.order_by("-position")))
    is_closed = period.closed_at is not None
    return Checklist(period.pk, str(period), checks_of(period, at=at), is_closed, steps)


def checks_of(period: Period, *, at: datetime) -> tuple[Check, ...]:
    """Ask every question of a month."""
    is_adjusting = period.pk % 100 == ADJUSTING
    questions = [*QUESTIONS, *(YEARS_QUESTIONS if is_adjusting else ())]
    return together(*(partial(question, period, at) for question in questions))


def blockers(period: Period, *, at: datetime) -> tuple[Check, ...]:
    """Return what stands against closing a month."""
    return tuple(check for check in checks_of(period, at=at) if check.state == "blocker")


def month_over(period: Period, at: datetime) -> Check:
    """Whether the last day of the month is over."""
    is_over = at.date() > period.ends_on
    return Check(
        code="month_over",
        title="The month is over",
        is_blocker=True,
        is_clear=is_over,
        says=f"Its last day was {period.ends_on:%d %B %Y}."
        if is_over
        else f"It lasts until {period.ends_on:%d %B %Y}.",
    )


def earlier_months(period: Period, at: datetime) -> Check:
    """Whether every month before is closed. An adjusting period may stay open into the new year."""
    waiting = [
        month
        for month in Period.objects.filter(pk__lt=period.pk, closed_at=None).order_by("pk")
        if month.starts_on != month.ends_on
    ]
    names = ", ".join(str(month) for month in waiting)
    return Check(
        code="earlier_months",
        title="Earlier months are closed",
        is_blocker=True,
        is_clear=not waiting,
        says=f"Close {names} first." if waiting else "No earlier month is open.",
        rows=tuple(CheckRow(str(month), period=month.pk) for month in waiting),
    )


def books_hold(period: Period, at: datetime) -> Check:
    """Whether what is stored for the month is what its postings say."""
    wrong = wrong_in(period.pk)
    return Check(
        code="books_hold",
        title="The books hold",
        is_blocker=True,
        is_clear=not wrong,
        says="Stored figures are not what the postings say: call whoever runs the site."
        if wrong
        else "Every entry balances, and every stored figure is the sum of its postings.",
        rows=tuple(CheckRow(words) for words in wrong),
    )


def year_ended(period: Period, at: datetime) -> Check:
    """
    Whether the year was ended, and nothing has come since. Once its adjusting period is closed, its
    end could book nothing in it, and a promise carried on then would move figures that are final.
    """
    year = period.fiscal_year
    ended = YearEnd.objects.filter(fiscal_year=year).order_by("-run").first()
    promised = Commitment.objects.filter(
        budget_line__fiscal_year=year, followed_by=None, open_minor__gt=0
    ).select_related("award__job", "budget_line")
    unspent = BudgetLine.objects.filter(fiscal_year=year, available_minor__gt=0)
    rows = (
        *(
            CheckRow(
                f"{one.award.job.title}, promised: "
                f"{Money(one.open_minor, one.budget_line.currency)}",
                job_id=one.award.job_id,
            )
            for one in promised.defer("award__comparison", "award__job__need").order_by("pk")
        ),
        *(
            CheckRow(f"{one.job.title}, estimated", job_id=one.job_id)
            for one in open_estimates(year)
        ),
        *(
            CheckRow(f"{one.department}, unspent: {one.available}")
            for one in unspent.select_related("department").order_by("department__name", "pk")
        ),
    )
    is_clear = ended is not None and not rows and not results_of(year)
    if ended is None and period.closing_at:
        says = f"Stop closing, and end {year} first: what it has left passes on in this period."
    elif ended is None:
        says = f"End {year} first: what it has left passes on in this period."
    elif is_clear:
        says = f"{year} was ended on {ended.ended_at:%d %B %Y}. Nothing has come since."
    elif period.closing_at:
        says = f"Stop closing, and end {year} again: something came since it was ended."
    else:
        says = f"{year} was ended on {ended.ended_at:%d %B %Y}. End it again for what came since."
    return Check("year_ended", "The year was ended", True, is_clear, says, rows)


def work_accrued(period: Period, at: datetime) -> Check:
    """Whether undecided work is accrued. To begin closing books it: open months only say so."""
    found = accruals_of(period)
    missing = [row for row in found if not row.is_accrued]
    if not missing:
        says = "All of it is accrued." if found else "No delivery waits for an answer."
    elif period.closing_at is None:
        says = f"Wait for an answer, to be accrued when closing begins: {len(missing)}."
    else:
        says = f"Wait without an accrual: {len(missing)}. Stop closing, and begin again."
    return Check(
        code="work_accrued",
        title="Undecided work is accrued",
        is_blocker=period.closing_at is not None,
        is_clear=not missing,
        says=says,
        rows=tuple(_handed_over(row, what="accrued" if row.is_accrued else "") for row in found),
    )


def _handed_over(row: AccrualRow, *, what: str) -> CheckRow:
    text = f"{row.job_title}, {row.milestone_title}: {row.amount}"
    return CheckRow(f"{text}, {what}" if what else text, job_id=row.job_id)


def disputes_settled(period: Period, at: datetime) -> Check:
    """Whether charges of the month are contested. A later credit corrects it from a later month."""
    charged = Posting.objects.filter(entry__kind=EntryKind.CHARGED, entry__period=period)
    disputes = (
        Dispute.objects.filter(resolution=None, milestone__in=charged.values("milestone"))
        .select_related("milestone__award__job")
        .defer("milestone__award__comparison", "milestone__award__job__need")
        .order_by("raised_at", "pk")
    )
    rows = tuple(
        CheckRow(
            f"{dispute.milestone.award.job.title}, {dispute.milestone.title}: "
            f"{Money(dispute.amount_minor, dispute.milestone.award.currency)}",
            job_id=dispute.milestone.award.job_id,
        )
        for dispute in disputes
    )
    return Check(
        code="disputes_settled",
        title="Charges of the month are undisputed",
        is_blocker=False,
        is_clear=not rows,
        says="A credit for it will stand in a later month and name this one."
        if rows
        else "Nobody disputes a charge of it.",
        rows=rows,
    )


def record_sealed(period: Period, at: datetime) -> Check:
    """Whether what was done in the month is in the sealed log. The clock sees to it by itself."""
    after = datetime.combine(period.ends_on + timedelta(days=1), time(), UTC)
    waiting = Event.objects.filter(happened_at__lt=after, place=None).count()
    return Check(
        code="record_sealed",
        title="The record is sealed",
        is_blocker=False,
        is_clear=not waiting,
        says=f"Events that wait for the seal: {waiting}. The clock seals them within seconds."
        if waiting
        else "Every event up to its last day is in the sealed log.",
    )


# What is asked, in this order. A chapter that holds a month up adds its own question here.
QUESTIONS: list[Question] = [
    month_over,
    earlier_months,
    books_hold,
    work_accrued,
    balance_matched,
    disputes_settled,
    record_sealed,
]
# What is asked of an adjusting period besides: its year has no later one.
YEARS_QUESTIONS: list[Question] = [year_ended]
