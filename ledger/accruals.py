"""Accruals: the cost of work that was handed over in a month and not decided when it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ledger import chart
from ledger.bearing import shares, summed
from ledger.charging import about, earned_by
from ledger.models.awards import Award, Delivery
from ledger.models.periods import Period
from ledger.posting import About, Entry, EntryKind, Line, post_entries
from ledger.reports.accruals import undecided_at_the_end
from ledger.showback import is_shown, shown
from marketplace.models.people import User


def accrue(*, actor: User, period: Period, at: datetime) -> list[int]:
    """
    Book what is undecided as the cost of a month (entry 19 of the chart), and take it back on the
    first day of the next one: whether the work is accepted or sent back, the months tell each its
    own. No budget moves, because the work is still promised. What is booked is not booked again.

    :raises PeriodClosed: that month, or the next one, takes no more entries.
    """
    works = undecided_at_the_end(period)
    accruals = [
        Entry(
            EntryKind.ACCRUED,
            delivery.pk,
            _lines(delivery.milestone.award, delivery),
            occurrence=str(period.pk),
            effective_on=period.ends_on,
        )
        for delivery in works
    ]
    ids = post_entries(actor=actor, entries=accruals, at=at)
    taken_back = [
        replace(
            accrual,
            kind=EntryKind.ACCRUAL_REVERSED,
            lines=[line.turned() for line in accrual.lines],
            reverses=id,
            effective_on=period.ends_on + timedelta(days=1),
        )
        for accrual, id in zip(accruals, ids, strict=True)
    ]
    post_entries(actor=actor, entries=taken_back, at=at)
    return ids


def _lines(award: Award, delivery: Delivery) -> list[Line]:
    """Each department bears its share, in the currency of its budget, without the fee."""
    company = about(award, delivery.milestone_id)
    borne = shares(award, 0, delivery.amount_minor)  # of this alone, so that it is always the same
    debits = []
    for share in borne:
        bears: About = {**company, "department": share.department}
        debits.append(Line.debit(share.account, share.cost, **bears))
    cost = summed(borne).cost
    if not is_shown(award):
        return [*debits, Line.credit(chart.ACCRUALS, cost, **company)]
    if award.provider.is_in_house:  # only shown: nobody is owed anything
        earned = earned_by(award, delivery.milestone_id)
        return shown([*debits, Line.credit(chart.PROVIDER_RECOVERY, cost, **earned)])
    return shown([*debits, Line.credit(chart.ACCRUALS, cost, **company)])
