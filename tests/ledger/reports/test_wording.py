"""Each event has words: on a line of facts, and for who did it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ledger.reports.wording import TOLD, done, told
from tests.house.rules import ROOT

KIND = re.compile(r"[a-z_]+\.[a-z_]+")
ROOMS = ("marketplace", "bids", "ledger")


def recorded() -> Iterator[str]:
    """Every kind that some verb records, as it stands in the code."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "record" in text and "migrations" not in path.parts:
                yield from _recorded(ast.parse(text))


def _recorded(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and "record" in ast.unparse(node.func):
            for one in (*node.args, *(word.value for word in node.keywords)):
                if isinstance(one, ast.Constant) and KIND.fullmatch(str(one.value)):
                    yield str(one.value)


def test_what_any_verb_records_is_told_in_words():
    kinds = set(recorded())

    assert {"award.made", "repayment.noted", "provider.suspended"} <= kinds
    assert kinds - TOLD.keys() == set()
    assert told("bid.submitted") == "Bid submitted"
    assert done("repayment.noted") == "You noted what a vendor paid back"
