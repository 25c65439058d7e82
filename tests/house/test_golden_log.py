"""The form of the record is a promise for years: bodies, leaves, checkpoints and receipts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from marketplace.history import canonical, leaf_of
from marketplace.log import merkle, verify
from marketplace.log.notes import Signer
from tests.house.rules import ROOT

GOLDEN: dict[str, Any] = json.loads(
    (ROOT / "tests" / "data" / "golden_log.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", GOLDEN["leaves"], ids=lambda vector: vector["facts"]["kind"])
def test_a_known_event_has_its_known_body_and_leaf(vector):
    assert canonical(vector["facts"]) == vector["body"]
    assert leaf_of(bytes.fromhex(vector["salt"]), vector["body"]).hex() == vector["leaf"]


def test_the_known_leaves_have_their_known_root_under_the_known_checkpoint():
    root = merkle.root([bytes.fromhex(vector["leaf"]) for vector in GOLDEN["leaves"]])
    signer = Signer("choice.example/log", bytes.fromhex(GOLDEN["seed"]))

    assert root.hex() == GOLDEN["root"]
    assert str(signer.verifier) == GOLDEN["verifier_key"]
    text = f"choice.example/log\n7\n{base64.b64encode(root).decode()}\n"
    assert signer.sign(text) == GOLDEN["checkpoint"]


def test_the_known_receipt_is_proved():
    keys = [verify.read_key(GOLDEN["verifier_key"])]

    said = verify.check_receipt(GOLDEN["receipt_of_leaf_5"], keys, GOLDEN["checkpoint"])

    assert "entry 5 of the 7" in said
