"""
Having back what was credited after the vendor had been paid: out of the next that it is owed. What
is not recovered so stays receivable, for a payout or a reversed transfer to settle.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from ledger import chart
from ledger.charging import earned_by, money
from ledger.models.awards import Award
from ledger.owing import owed_for, receivable_from
from ledger.posting import EntryKind, Line
from ledger.promising import post
from marketplace.models.people import User

LOCK = 7302  # of advisory locks: the vendors' receivables


def recover(*, actor: User, award: Award, milestone_id: UUID, source: UUID, at: datetime) -> None:
    """Set off what the vendor owes back against what it is owed for a milestone (entry 12c)."""
    if award.provider.is_in_house or not receivable_from(award.provider_id, award.currency):
        return
    # Two jobs of one vendor have two locks: without this one, both would recover the same.
    hold_vendor(award.provider_id)
    receivable = receivable_from(award.provider_id, award.currency)
    amount = money(award, min(receivable, owed_for(milestone_id, award.pk).payable))
    earned = earned_by(award, milestone_id)
    post(
        award=award,
        actor=actor,
        kind=EntryKind.RECOVERED,
        source=source,
        at=at,
        lines=[
            Line.debit(chart.VENDOR_PAYABLE, amount, **earned),
            Line.credit(chart.VENDOR_RECEIVABLE, amount, **earned),
        ],
    )


def hold_vendor(provider_id: UUID) -> None:
    """Hold what a vendor owes back until the transaction ends: after jobs, before payouts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(provider_id)])
