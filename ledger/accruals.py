"""Accruals: the cost of work that was handed over in a month and not decided when it ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger import chart
from ledger.bearing import shares, summed
from ledger.charging import about, earned_by
from ledger.models.awards import Award, Delivery
from ledger.models.periods import Period
from ledger.posting import About, EntryKind, Line, post_entry, reverse_entry
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
    return [
        _accrue(delivery, actor=actor, period=period, at=at)
        for delivery in undecided_at_the_end(period)
    ]


def _accrue(delivery: Delivery, *, actor: User, period: Period, at: datetime) -> int:
    award = delivery.milestone.award
    entry = post_entry(
        actor=actor,
        kind=EntryKind.ACCRUED,
        source=delivery.pk,
        occurrence=str(period.pk),
        at=at,
        effective_on=period.ends_on,
        lines=_lines(award, delivery),
    )
    reverse_entry(
        actor=actor,
        entry_id=entry,
        kind=EntryKind.ACCRUAL_REVERSED,
        source=delivery.pk,
        occurrence=str(period.pk),
        at=at,
        effective_on=period.ends_on + timedelta(days=1),
        corrects=False,
    )
    return entry


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
