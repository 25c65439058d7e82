"""What a rival's bid says and nothing else does, in each form in which it could be handed out."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote

from tests.bids.test_secrecy import forms_of, forms_of_amount
from tests.secrecy.unpacking import unpacked

WORD = "plumeria & ocotillo <orchard>"
FILE = "plumeria-ledger.txt"
PRICED = "quetzal lanterns & <awnings>"  # stands in the lines of the price alone
AMOUNT = "7341219.37"
SHOWN = b"7,341,219.37"
# As written in France, in Switzerland, and where the spaces must not break.
GROUPED = (
    "7\u202f341\u202f219,37",
    "7\u00a0341\u00a0219,37",
    "7\u2019341\u2019219.37",
    "7'341'219.37",
)
SHORTEST = 6


def needles() -> list[bytes]:
    """Return the words, the file's name and the amount: plain, encoded, as readers write them."""
    return _forms((WORD, FILE, "plumeria", "ocotillo"))


def needles_of_the_price() -> list[bytes]:
    """Return what the envelope of the price alone says."""
    return _forms((PRICED, "quetzal"))


@cache
def _forms(words: tuple[str, ...]) -> list[bytes]:
    found = set(forms_of_amount())
    for word in (*words, *GROUPED):
        said = (word, html.escape(word), quote(word), quote(word, safe=""), json.dumps(word)[1:-1])
        for text in said:
            found |= set(forms_of(text))
    # Four letters of base64 come about by chance; each word has longer forms.
    long = {one for one in found if len(one) >= SHORTEST}
    # Whatever holds a longer form holds the shorter one that stands in it.
    return sorted(one for one in long if not any(other != one and other in one for other in long))


def hits(told: Iterable[bytes], looked_for: list[bytes] | None = None) -> list[bytes]:
    """Return what of the bid is found in this, or in the files that this holds."""
    whole = b"\n".join(piece for one in set(told) for piece in unpacked(one))
    return [needle for needle in looked_for or needles() if needle in whole]
