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


def _lines(paper: Statement, *, month: date, is_earned: bool) -> AccountPart:
    balance = paper.opening
    opening = _("Brought forward this year")
    rows = [AccountRow((formats.day(paper.since_on), opening, "", "", formats.digits(balance)))]
    for line in paper.lines:
        balance = balance + line.amount
        came = line.amount.minor >= 0
        amount = formats.digits(line.amount)
        rows.append(
            AccountRow(
                (
                    formats.day(line.effective_on),
                    _what(line, is_earned=is_earned),
                    amount if came else "",
                    "" if came else amount,
                    formats.digits(balance),
                )
            )
        )
    if not paper.lines:
        rows.append(AccountRow(("", _("Nothing was booked in this month."), "", "", "")))
    rows += _totals(paper, month=month, is_earned=is_earned)
    return AccountPart(
        title=_("What came in") if is_earned else _("Charges and credits"),
        names=(
            _("Date"),
            _("What, by whom, why"),
            _("In") if is_earned else _("Charge"),
            _("Back") if is_earned else _("Credit"),
            _("Balance"),
        ),
        rows=tuple(rows),
    )


def _totals(paper: Statement, *, month: date, is_earned: bool) -> list[AccountRow]:
    all_of = _("All of %(month)s") % {"month": formats.month(month)}
    sums = (formats.digits(paper.charges), formats.digits(paper.credits))
    closing = (
        _("This year, at the end of the month")
        if is_earned
        else _("Charged this year, at the end of the month")
    )
    return [
        AccountRow(("", all_of, *sums, ""), "total"),
        AccountRow(("", closing, "", "", formats.money(paper.closing)), "total"),
    ]


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
    small = [said(line.account_name), other, said(line.kind_label)]
    return title, ", ".join(each for each in small if each)
