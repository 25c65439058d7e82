"""verify.py: one file that checks receipts alone, and believes nothing that it reads."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bids import receipts
from marketplace.history import canonical, leaf_of
from marketplace.log import merkle, verify
from marketplace.log.notes import Signer

SIGNER = Signer("choice.example/log", bytes(range(32)))
KEY = str(SIGNER.verifier)
KEYS = [verify.read_key(KEY)]
BID = receipts.ReceiptFacts(
    reference="B-7K2M-9QXH",
    bid_id=UUID(int=1),
    job_id=UUID(int=2),
    provider_id=UUID(int=3),
    fingerprint=bytes(32),
    submitted_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
)
OTHER = Signer("choice.example/log", bytes(range(1, 33)))
SALT = bytes(16)
FACTS = {"v": 1, "kind": "award.made", "amount": 4000000}
BODIES = [canonical(FACTS | {"n": n}) for n in range(13)]
LEAVES = [leaf_of(SALT, body) for body in BODIES]


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def checkpoint(leaves: list[bytes], *, by: Signer = SIGNER, root: bytes | None = None) -> str:
    root = merkle.root(leaves) if root is None else root
    return by.sign(f"{by.name}\n{len(leaves)}\n{encoded(root)}\n")


def proof_of(body: str, index: int, leaves: list[bytes], *, by: Signer = SIGNER) -> str:
    path = merkle.inclusion_path(leaves, index)
    lines = ["c2sp.org/tlog-proof@v1", f"extra {encoded(SALT + body.encode())}", f"index {index}"]
    return "\n".join([*lines, *map(encoded, path)]) + "\n\n" + checkpoint(leaves, by=by)


RECEIPT = proof_of(BODIES[4], 4, LEAVES)


def grown(old: int) -> str:
    path = map(encoded, merkle.consistency_path(LEAVES, old))
    return "\n".join([f"old {old}", *path]) + "\n\n" + checkpoint(LEAVES)


def period_line(**changes: object) -> str:
    """A department's line of November, under the seal in the closing's receipt."""
    line = {"v": 1, "kind": "period.balance", "period": 202611, "debit_minor": 1500000}
    lines = [leaf_of(SALT, canonical(line | {"account": str(n)})) for n in range(5)]
    closing = {"v": 1, "kind": "period.closed", "period": 202611, "lines": 5}
    closing |= {"root": merkle.root(lines).hex()}
    body = canonical(closing)
    leaves = [*LEAVES, leaf_of(SALT, body)]
    said = canonical(line | {"account": "2"} | changes)
    top = [
        "choicebook period line v1",
        f"extra {encoded(SALT + said.encode())}",
        "index 2",
        "size 5",
        *map(encoded, merkle.inclusion_path(lines, 2)),
    ]
    return "\n".join(top) + "\n\n" + proof_of(body, len(LEAVES), leaves)


def ask(tmp_path: Path, *words: str, **files: str) -> tuple[int, str]:
    """Run the file as an outsider does: alone in a folder, with nothing of ours to import."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    program = tmp_path / "verify.py"
    program.write_bytes(Path(verify.__file__).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", program, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"},
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_receipt_is_proved_with_nothing_but_the_key(tmp_path):
    code, said = ask(tmp_path, "receipt", "mine", "--key", KEY, mine=RECEIPT)

    assert code == 0
    assert said.startswith("PROVED. It is entry 4 of the 13 that “choice.example/log” had sealed.")
    assert "  kind: award.made\n" in said


def test_the_key_may_lie_in_a_file_beside_others(tmp_path):
    keys = f"{OTHER.verifier}\n{KEY}\n"

    assert ask(tmp_path, "receipt", "mine", "--key", "keys", mine=RECEIPT, keys=keys)[0] == 0


def test_a_receipt_is_held_against_a_checkpoint_that_was_kept(tmp_path):
    words = ("receipt", "mine", "--key", KEY, "--checkpoint", "kept")
    forged = checkpoint(LEAVES, root=bytes(32))

    assert ask(tmp_path, *words, mine=RECEIPT, kept=checkpoint(LEAVES))[0] == 0
    assert ask(tmp_path, *words, mine=RECEIPT, kept=forged) == (
        1,
        "NOT PROVED. Your checkpoint and this receipt tell of two different records.\n",
    )
    code, said = ask(tmp_path, *words, mine=RECEIPT, kept=checkpoint(LEAVES[:5]))
    assert code == 2
    assert "Ask for a consistency proof" in said


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["receipt", "nowhere"], 2, "NOT READ. nowhere cannot be read"),
        (["receipt", "empty"], 2, "NOT READ. A receipt begins with"),
        (["consistency", "old", "new"], 0, "PROVED. All 6 entries of the old checkpoint stand"),
        (["consistency", "mine", "old"], 1, "NOT PROVED. The record had 13 entries and later only"),
        (["consistency", "old", "mine"], 2, "NOT READ. The proof is missing"),
        (["consistency", "mine", "mine"], 0, "PROVED. All 13 entries"),
        (["consistency", "forked", "new"], 1, "NOT PROVED. The record of 13 entries does not"),
        (["consistency", "other", "new"], 1, "NOT PROVED. The checkpoint is not signed with"),
        (["period", "line"], 0, "PROVED. This is line 2 of 5 in the month's seal"),
        (["period", "mine"], 2, "NOT READ. A line of a closed month begins with"),
    ],
)
def test_it_answers_in_a_sentence_and_by_its_end(tmp_path, words, code, text):
    files = {
        "mine": RECEIPT,
        "empty": "",
        "old": checkpoint(LEAVES[:6]),
        "new": grown(6),
        "forked": checkpoint([bytes(32), *LEAVES[1:6]]),
        "other": checkpoint(LEAVES[:6], by=OTHER),
        "line": period_line(),
    }

    ended, said = ask(tmp_path, *words, "--key", KEY, **files)

    assert (ended, said[: len(text)]) == (code, text)


def test_without_a_key_nothing_is_believed(tmp_path):
    code, said = ask(tmp_path, "receipt", "mine", mine=RECEIPT)

    assert (code, said[:29]) == (2, "NOT READ. Give the record's v")


def test_without_its_one_package_it_says_what_to_do():
    words = [sys.executable, "-I", "-S", verify.__file__, "receipt", "mine"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "NOT READ. First: pip install cryptography\n")


@pytest.mark.parametrize("old", range(1, 14))
def test_every_growth_is_proved_and_no_other(old):
    assert verify.check_consistency(checkpoint(LEAVES[:old]), grown(old), KEYS)
    forked = checkpoint([bytes(32), *LEAVES[1:old]])
    with pytest.raises(verify.Refuted):
        verify.check_consistency(forked, grown(old), KEYS)


@pytest.mark.parametrize(
    "changes", [{"debit_minor": 1500001}, {"account": "3"}, {"period": 202610}, {"extra": "word"}]
)
def test_a_line_with_another_figure_is_not_in_the_seal(changes):
    assert verify.check_period(period_line(), KEYS)
    with pytest.raises(verify.Refuted):
        verify.check_period(period_line(**changes), KEYS)


def test_a_seal_is_proved_by_the_closing_and_by_nothing_else():
    top = period_line().partition("\n\n")[0]
    with pytest.raises(verify.Refuted, match="not the closing"):
        verify.check_period(f"{top}\n\n{RECEIPT}", KEYS)


def test_one_letter_more_less_or_other_in_a_receipt_is_noticed():
    whole = RECEIPT
    below = whole.index("\n— ")  # a signature's spare bits may be written in several ways
    for at in range(below):
        for text in (whole[:at] + "x" + whole[at + 1 :], whole[:at] + whole[at + 1 :]):
            if text == whole:
                continue
            with pytest.raises((verify.Refuted, verify.Unreadable)):
                verify.check_receipt(text, KEYS)


@given(st.text(max_size=400) | st.binary(max_size=400).map(lambda raw: raw.decode("latin-1")))
def test_noise_is_answered_never_believed(noise):
    for text in (noise, RECEIPT[:60] + noise, noise + RECEIPT[-150:], RECEIPT + noise):
        if text == RECEIPT:
            continue
        for check in (
            lambda text: verify.check_receipt(text, KEYS),
            lambda text: verify.check_period(text, KEYS),
        ):
            with pytest.raises((verify.Refuted, verify.Unreadable)):
                check(text)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"kind":',
        "[1,2]",
        '"text"',
        '{"v":' + "9" * 5000 + "}",
    ],
)
def test_a_body_that_is_no_event_is_not_read(body):
    text = proof_of(body, 0, [leaf_of(SALT, body)])

    with pytest.raises(verify.Unreadable):
        verify.check_receipt(text, KEYS)


def test_what_was_sealed_cannot_command_the_terminal():
    body = canonical({"kind": "x", "trick": "\x1b]0;owned\x07\r\nPROVED. All is well\u202e"})

    said = verify.check_receipt(proof_of(body, 0, [leaf_of(SALT, body)]), KEYS)

    assert all(letter.isprintable() or letter == "\n" for letter in said)
    assert len(said.split("\n")) == 3


def test_a_file_that_is_too_long_is_not_read(tmp_path):
    code, said = ask(tmp_path, "receipt", "long", "--key", KEY, long="x" * 1_000_001)

    assert (code, "too long" in said) == (2, True)


trees = st.integers(1, 200).map(lambda n: [sha256(b"%d" % i).digest() for i in range(n)])


@settings(max_examples=50)
@given(trees, st.data())
def test_it_agrees_with_the_tree_that_made_the_proofs(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    old = data.draw(st.integers(1, len(leaves)))
    path = merkle.inclusion_path(leaves, index)
    before = verify.Head("x", old, merkle.root(leaves[:old]))
    after = verify.Head("x", len(leaves), merkle.root(leaves))

    assert verify.climbed(leaves[index], index, len(leaves), path) == after.root
    assert verify.grew(before, after, merkle.consistency_path(leaves, old))


def test_a_receipt_of_a_record_of_a_million_is_small():
    twenty_hashes = 20 * 45  # in base64, a line each

    assert len(RECEIPT.encode()) + twenty_hashes < 2048


def test_the_receipt_of_a_bid_is_checked_with_the_key_of_receipts():
    text = receipts.issue(BID)
    keys = [verify.read_key(receipts.public_key_text())]

    said = verify.check_receipt(text, keys)

    assert "This bid was taken in" in said
    assert "reference B-7K2M-9QXH" in said
    for altered in (
        text.replace("B-7K2M", "B-7K2N"),
        text.replace("submitted 2026", "submitted 2025"),
    ):
        with pytest.raises(verify.Refuted, match="was altered"):
            verify.check_receipt(altered, keys)
    with pytest.raises(verify.Refuted, match="not signed with the key"):
        verify.check_receipt(text, KEYS)
