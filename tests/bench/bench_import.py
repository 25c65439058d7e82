# ruff: noqa: T201 - figures are printed
"""How long the large package takes, on committed data. Printed, never asserted."""

from __future__ import annotations

import os
from io import StringIO
from time import perf_counter
from typing import Any

import pytest
from django.core.management import call_command

from tests.ledger.exchange.packages import ASSAM, with_real_data


@with_real_data
@pytest.mark.bench
def test_figures_of_the_import(committed: str, as_role: Any) -> None:
    as_role("replay")
    out = StringIO()

    begun = perf_counter()
    call_command("import_ocds", str(ASSAM), "--json", stdout=out)
    seconds = perf_counter() - begun

    print(f"\nimport of 2,750 releases {seconds:8.1f} s on {os.cpu_count()} cores", end="")
    print(f" ({seconds / 2.750:.1f} ms each)")
