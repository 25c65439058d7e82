"""What a desk says: each open item with who has it, since when, by when, and what then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OpenItem:
    """
    Something that waits for one side. Kinds: publish, answer, bid, confirm, choose, deliver,
    accept, agree_change, sign_change, agree_end, resolve, rule, rate, declare, judge,
    answer_interest, sign_choice, final_bid; of the books and the record
    sign_reopening, begin_closing, close_month, sign_correction, sign_move, allow_late_charge,
    agree_redaction;
    of vendors introduce_vendor, approve_vendor, confirm_payee, approve_payout, decline_payout,
    try_payout_again, find_payout, say_how_paid, answer_stripe, give_another_bank;
    of administrators name_finance, name_head;
    and, waiting for others, bids, opening, choice, standstill.
    """

    kind: str
    act: str  # “Answer a question”
    job_id: UUID | None  # None for what concerns the books or the record as a whole
    job_title: str
    subject_id: UUID  # the question, bid, milestone, delivery, change order, dispute or award
    what: str  # a sentence about it
    who: str  # who has it
    is_mine: bool  # the reader has it
    since_at: datetime
    due_at: datetime | None
    is_late: bool
    then: str  # what happens then
    period_id: int | None = None  # the month of the books that it concerns


@dataclass(frozen=True, slots=True)
class DoneItem:
    """Something the person did lately, or that was decided on a bid of theirs."""

    kind: str  # the event's; or chosen, not_chosen, not_awarded, of a bid of theirs
    text: str
    job_id: UUID | None
    job_title: str
    at: datetime
    provider_id: UUID | None = None  # where it was about one, and about no job
    provider_name: str = ""
    about: str = ""  # else the people, department, company or year that it was about
    period: int | None = None  # else the month of the books, 202611


@dataclass(frozen=True, slots=True)
class Desk:
    """Home: what waits for me (the most pressing first), what waits for others, what is done."""

    mine: tuple[OpenItem, ...]
    others: tuple[OpenItem, ...]
    done: tuple[DoneItem, ...]
    late: int  # how many of mine are late


def companys_item(
    kind: str,
    act: str,
    *,
    subject: UUID,
    what: str,
    who: str,
    is_mine: bool,
    since: datetime,
    then: str,
    period: int | None = None,
) -> OpenItem:
    """Return an item that belongs to no job."""
    return OpenItem(
        kind=kind,
        act=act,
        job_id=None,
        job_title="",
        subject_id=subject,
        what=what,
        who=who,
        is_mine=is_mine,
        since_at=since,
        due_at=None,
        is_late=False,
        then=then,
        period_id=period,
    )
