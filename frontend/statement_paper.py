"""The statement of a month on paper: what its page shows, to be handed to somebody."""

from __future__ import annotations

from datetime import date
from typing import IO

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend import formats
from ledger.exchange.account_file import (
    AccountPart,
    AccountRow,
    AccountSheet,
    Cell,
    account_file,
)
from ledger.reports.statement import Statement
from ledger.reports.statement_lines import StatementLine
from marketplace.saying import said


def statement_pdf(paper: Statement, *, month: date, company: str, is_earned: bool) -> IO[bytes]:
    """Return the statement of a month as a PDF."""
    return account_file(statement_sheet(paper, month=month, company=company, is_earned=is_earned))


def statement_sheet(
    paper: Statement, *, month: date, company: str, is_earned: bool
) -> AccountSheet:
    """Return what the paper says: heading, opening, lines, totals, closing."""
    facts = [(_("Provider") if is_earned else _("Department"), paper.name)]
    if paper.cost_centre:
        facts.append((_("Cost centre"), paper.cost_centre))
    state = (
        (_("Final"), _("this month cannot change any more"))
        if paper.is_final
        else (_("Open"), _("more lines may still come"))
    )
    facts += [
        (_("Period"), f"{formats.day(paper.since_on)} – {formats.day(paper.until_on)}"),
        (_("Currency"), paper.currency),
        (_("State"), ", ".join(state)),
    ]
    parts = [_lines(paper, month=month, is_earned=is_earned)]
    if paper.shown:
        parts.append(_shown(paper, month=month, is_earned=is_earned))
    if paper.promises:
        parts.append(_promises(paper))
    return AccountSheet(
        language=(get_language() or "en").partition("-")[0],
        house=company,
        title=f"{_('Statement')}, {formats.month(month)}",
        facts=facts,
        parts=tuple(parts),
        notes=()
        if is_earned
        else (
            _(
                "A line may be disputed for a while after it was charged: open its job and say what"
                " is wrong. A correction is a new line in an open month, never a change of this"
                " one."
            ),
        ),
        foot=_("Printed from Choicebook."),
    )


def has_fees(paper: Statement) -> bool:
    """Whether any line has a fee beside it: only then is there a column for fees."""
    return any(line.fee is not None for line in paper.lines)


def corrected(line: StatementLine) -> str:
    """Return which earlier month a line corrects, in words; empty for most lines."""
    if line.corrects_period is None:
        return ""
    return _("corrects %(month)s") % {"month": formats.book_month(line.corrects_period)}


def _lines(paper: Statement, *, month: date, is_earned: bool) -> AccountPart:
    fees = has_fees(paper)
    balance = paper.opening
    opening = _("Brought forward this year")
    rows = [_row(paper.since_on, opening, ("", "", ""), formats.digits(balance), fees=fees)]
    for line in paper.lines:
        balance = balance + line.moves
        came = line.amount.minor >= 0
        amount = formats.digits(line.amount) if line.amount else ""
        fee = formats.digits(line.fee) if line.fee is not None else ""
        cells = (amount if came else "", "" if came else amount, fee)
        what = _what(line, is_earned=is_earned)
        rows.append(_row(line.effective_on, what, cells, formats.digits(balance), fees=fees))
    if not paper.lines:
        nothing = _("Nothing was booked in this month.")
        rows.append(_row(None, nothing, ("", "", ""), "", fees=fees))
    rows += _totals(paper, month=month, is_earned=is_earned)
    return AccountPart(
        title=_("What came in") if is_earned else _("Charges and credits"),
        names=(
            _("Date"),
            _("What, by whom, why"),
            _("In") if is_earned else _("Charge"),
            _("Back") if is_earned else _("Credit"),
            *([_("Fee")] if fees else []),
            _("Balance"),
        ),
        rows=tuple(rows),
    )


def _row(
    on: date | None,
    what: Cell,
    amounts: tuple[str, str, str],
    balance: str,
    *,
    fees: bool,
    weight: str = "line",
) -> AccountRow:
    """Return a row; of `amounts`, charge, credit and fee, the last where there are fees."""
    told = amounts if fees else amounts[:2]
    return AccountRow((formats.day(on) if on else "", what, *told, balance), weight)


def _totals(paper: Statement, *, month: date, is_earned: bool) -> list[AccountRow]:
    fees = has_fees(paper)
    all_of = _("All of %(month)s") % {"month": formats.month(month)}
    came, went = (formats.digits(one) for one in paper.amounts)
    closing = (
        _("This year, at the end of the month")
        if is_earned
        else _("Charged this year, at the end of the month")
    )
    sums = (came, went, formats.digits(paper.fees))
    rows = [_row(None, all_of, sums, "", fees=fees, weight="total")]
    if paper.corrections:
        text, sum = _("Of it, corrections of earlier months"), formats.digits(paper.corrections)
        rows.append(_row(None, text, ("", "", ""), sum, fees=fees))
    end = formats.money(paper.closing)
    return [*rows, _row(None, closing, ("", "", ""), end, fees=fees, weight="total")]


def _promises(paper: Statement) -> AccountPart:
    rows = [
        AccountRow(
            (
                formats.day(one.chosen_on),
                (one.job_title, one.provider_name),
                formats.digits(one.open),
            )
        )
        for one in paper.promises
    ]
    still = _("Still open")
    rows.append(AccountRow(("", still, formats.money(paper.promised)), "total"))
    names = (_("Chosen"), _("What, by whom, why"), still)
    return AccountPart(_("Promised by awards, as it stands now"), names, tuple(rows))


def _shown(paper: Statement, *, month: date, is_earned: bool) -> AccountPart:
    rows = [
        AccountRow(
            (
                formats.day(line.effective_on),
                _what(line, is_earned=is_earned),
                formats.digits(line.amount),
            )
        )
        for line in paper.shown
    ]
    shown_in = _("Shown in %(month)s") % {"month": formats.month(month)}
    rows.append(AccountRow(("", shown_in, formats.money(paper.shown_total)), "total"))
    title = _("Shown, not charged")
    return AccountPart(title, (_("Date"), _("What, by whom, why"), title), tuple(rows))


def _what(line: StatementLine, *, is_earned: bool) -> Cell:
    title = line.job_title or said(line.account_name)
    if line.milestone_title and line.milestone_title != line.job_title:
        title = f"{title}, {line.milestone_title}"
    other = line.department_name if is_earned else line.provider_name
    small = [said(line.account_name), other, said(line.kind_label), corrected(line)]
    return title, ", ".join(each for each in small if each)
