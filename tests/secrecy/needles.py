"""What a rival's bid says and nothing else does, in each form in which it could be handed out."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from urllib.parse import quote

from tests.bids.test_secrecy import forms_of, forms_of_amount

WORD = "plumeria & ocotillo <orchard>"
FILE = "plumeria-ledger.txt"
AMOUNT = "7341219.37"
SHOWN = b"7,341,219.37"


def needles() -> list[bytes]:
    """Return the words, the file's name and the amount: plain, encoded, as readers write them."""
    found = set(forms_of_amount())
    for word in (WORD, FILE, "plumeria", "ocotillo"):
        said = (word, html.escape(word), quote(word), quote(word, safe=""), json.dumps(word)[1:-1])
        for text in said:
            found |= set(forms_of(text))
    return sorted(found)


def hits(told: Iterable[bytes]) -> list[bytes]:
    """Return what of the bid is found in this."""
    whole = b"\n".join(told)
    return [needle for needle in needles() if needle in whole]
