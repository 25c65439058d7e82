# ruff: noqa: T201 - figures are printed
"""
Real payments past the marketplace, recorded on a durable server, and what they are reported in.
Printed, never asserted but for what must be right.

    ./dev test -m bench -s tests/bench/bench_payments.py
"""

from __future__ import annotations

import os
from datetime import date
from io import StringIO
from statistics import median
from time import perf_counter

import pytest
from django.core.management import call_command

from ledger.books import check_books
from ledger.models.years import OutsideSpend
from ledger.reports.spend import spend
from ledger.reports.trial_balance import trial_balance
from tests.bench.bench_ledger import victim
from tests.cast import Cast, assemble
from tests.ledger.exchange.packages import REAL
from tests.proof.processes import apart
from tests.proof.victim import Victim

__all__ = ["victim"]
FILES = sorted((REAL.parent / "finance").glob("*_payments_*.csv.gz"))
SPAN = {"since_on": date(2019, 4, 1), "until_on": date(2022, 3, 31)}


@pytest.mark.bench
@pytest.mark.skipif(not FILES, reason="the real payments are not on this machine")
def test_the_payments_of_three_authorities(
    victim: Victim, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nPayments of {len(FILES)} files on {os.cpu_count()} cores, durable")

        def inside() -> None:
            victim.enter("replay")
            cast = assemble()
            take()
            ask(cast)

        apart([inside])


def take() -> None:
    """Record each file, and the first of them once more."""
    begun = perf_counter()
    for path in (*FILES, FILES[0]):
        out = StringIO()
        words = ["--add-departments", "--add-categories"]
        call_command("import_payments", str(path), *words, stdout=out)
        print(out.getvalue().splitlines()[0])
    took = perf_counter() - begun
    count = OutsideSpend.objects.count()
    credits = OutsideSpend.objects.filter(net_minor__lt=0).count()
    print(f"{count:,} payments, {credits:,} of them credits, in {took:.1f} s (≤ 120)")


def ask(cast: Cast) -> None:
    """Check the books, and read them by department, kind of work and month."""
    begun = perf_counter()
    checked = check_books()
    assert not checked.wrong
    print(f"the books checked in {perf_counter() - begun:.1f} s, nothing wrong")
    for group_by in (("department", "month"), ("department", "category", "month")):
        times = []
        for _ in range(7):
            begun = perf_counter()
            rows = spend(actor=cast.fin, group_by=group_by, **SPAN)
            times.append((perf_counter() - begun) * 1000)
        name = ", ".join(group_by)
        print(f"spend by {name}: {len(rows):,} rows, {median(times):.0f} ms (≤ 100)")
        balance = trial_balance(actor=cast.fin, since_period=201904, until_period=202203)
        (cost,) = [row for row in balance.rows if row.account_code == "5800"]
        total = sum(row.amount.minor for row in rows)
        assert total == cost.debit.minor - cost.credit.minor
        print(f"  Σ {total / 100:,.2f}, as the trial balance has it")
