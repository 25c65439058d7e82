"""
Running the two checks: every night by themselves, and whenever an auditor asks for one.

What they find is kept, clean or not, so that a reader sees when the record was last held against
its log. The clock runs them: over millions of rows a check takes a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from ledger.books import Report, check_books, one_moment
from ledger.log_check import log_size
from ledger.models.record import CheckKind, CheckWish, RecordCheck
from ledger.permissions import may_ask_for_a_check
from ledger.record_check import verify_record
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import Office, User
from marketplace.notices import holders, tell
from marketplace.project.clock import database_now
from marketplace.refusals import Refusal, require
from marketplace.system import the_clock

NIGHT_BEGINS_UTC = 2
NAMED = 100


class AskedAlready(Refusal):
    """A check that somebody asked for is about to be run."""

    code = "asked_already"


@transaction.atomic(savepoint=False)
def ask_for_a_check(*, actor: User, at: datetime) -> CheckWish:
    """
    Have the books and the record checked now.

    :raises Forbidden: only auditors, finance and administrators ask.
    :raises AskedAlready: one is waiting to be run.
    """
    require(may_ask_for_a_check(actor), "Auditors, finance and administrators check the record.")
    if CheckWish.objects.filter(checks=None).exists():
        raise AskedAlready("A check was asked for a moment ago; its result comes by itself.")
    wish = CheckWish.objects.create(asked_by=actor, asked_at=at)
    record(actor, "check.wished", wish, at=at, audience=Audience.COMPANY)
    return wish


def run_due_checks(*, at: datetime) -> int:
    """Run both checks if somebody asked or a night has begun, and return how many were run."""
    wish = CheckWish.objects.filter(checks=None).order_by("asked_at").first()
    if wish is None and not _is_due(at):
        return 0
    for kind in CheckKind:
        run_check(kind, wish=wish, at=at)
    return len(CheckKind)


def run_check(kind: CheckKind, *, at: datetime, wish: CheckWish | None = None) -> RecordCheck:
    """Run one check and keep what it found. What is wrong is told to auditors and finance."""
    with one_moment():
        report: Report = check_books() if kind == CheckKind.BOOKS else verify_record()
        size = log_size()
    return _keep(kind, report, wish=wish, started_at=at, size=size)


@transaction.atomic(savepoint=False)
def _keep(
    kind: CheckKind, report: Report, *, wish: CheckWish | None, started_at: datetime, size: int
) -> RecordCheck:
    at = max(database_now(), started_at)
    check = RecordCheck.objects.create(
        kind=kind,
        wish=wish,
        started_at=started_at,
        ended_at=at,
        is_clean=report.ok,
        checked=report.checked,
        wrong=list(report.wrong[:NAMED]),
        log_size=size,
    )
    facts: dict[str, Fact] = {"check": str(kind), "wrong": len(report.wrong), "log_size": size}
    record(the_clock(), "record.checked", check, at=at, audience=Audience.COMPANY, facts=facts)
    if not report.ok:
        tell(
            "record.wrong",
            recipients=[*holders(Office.AUDITOR), *holders(Office.FINANCE)],
            text=f"{CheckKind(kind).label} do not hold. The first wrong row: {report.wrong[0]}",
            because="you watch over the record",
            at=at,
            subject=check,
        )
    return check


def _is_due(at: datetime) -> bool:
    """
    Whether no check has run by itself since the last night began, the first day included; or the
    last one came before the first seal, and something is sealed now.
    """
    night = at.replace(hour=NIGHT_BEGINS_UTC, minute=0, second=0, microsecond=0)
    if night > at:
        night -= timedelta(days=1)
    tonight = RecordCheck.objects.filter(wish=None, started_at__gte=night)
    last = tonight.filter(kind=CheckKind.RECORD).order_by("-started_at").first()
    return last is None or (not last.log_size and log_size() > 0)
