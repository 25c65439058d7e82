"""Whoever holds the evidence of a job can check each text that its events name."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ledger.exchange.evidence import _words
from marketplace.words import keep
from tests.builders import NOON


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        *("reason_digest", "upheld_reason_digest", "text_digest", "missing_digest"),
        *("ruling_digest", "question_digest", "what_digest"),
    ],
)
def test_what_was_written_is_in_the_pack_under_each_name_of_its_digest(name: str):
    words = keep("It rained through the roof.", at=NOON)
    proof = SimpleNamespace(
        body=json.dumps({name: bytes(words.digest).hex(), "price_digest": "00"})
    )
    assert [one["text"] for one in _words([proof])] == ["It rained through the roof."]
