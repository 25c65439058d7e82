"""How a check answers: for people, or as one JSON object; and not 0 if anything is wrong."""

from __future__ import annotations

import json

from django.core.management.base import CommandError, OutputWrapper

from ledger.books import Report


def answer(report: Report, out: OutputWrapper, *, as_json: bool) -> None:
    """
    Say what was checked, and what is wrong.

    :raises CommandError: something is wrong; it names the first row.
    """
    if as_json:
        said = {"ok": report.ok, "checked": report.checked, "wrong": list(report.wrong)}
        out.write(json.dumps(said, ensure_ascii=False))
    else:
        for name, count in report.checked.items():
            out.write(f"{count:>12,}  {name}")
        for words in report.wrong:
            out.write(f"WRONG: {words}")
        if report.ok:
            out.write("Nothing is wrong.")
    if not report.ok:
        rows = "1 row is" if len(report.wrong) == 1 else f"{len(report.wrong)} rows are"
        raise CommandError(f"{rows} wrong; the first: {report.wrong[0]}")
