#!/usr/bin/env python3
"""Check what Choicebook's sealed record says, without Choicebook: no database, no network.

    python verify.py receipt FILE --key KEY             this event stands in the record, or
                                                        this bid was taken in
    python verify.py consistency OLD NEW --key KEY      the record of OLD was only added to
    python verify.py period FILE --key KEY              this figure stands in a month's seal

FILE is a receipt of the record (.tlog-proof) or of a bid (.txt), or a line of a closed month. OLD
is a checkpoint that you kept, or any receipt; NEW is what /api/v1/log/consistency/ answers as
“text”. KEY is the verifier key of the record (of a bid's receipt: that of receipts), or a file with
one in each line; take it from where you trust it, not from who must prove something to you. With
--checkpoint FILE a receipt is also held against a checkpoint that you kept.

It answers in a sentence and ends with 0: proved; 1: refuted; 2: it could not be read.
Needs Python 3.11 or newer and the package “cryptography”.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit(sys.stdout.write("NOT READ. First: pip install cryptography\n") and 2)

FILE_BYTES_MAX = 1_000_000
SALT_BYTES = 16
PROOF_TITLE = "c2sp.org/tlog-proof@v1"
LINE_TITLE = "choicebook period line v1"


class Refuted(Exception):
    """What the file says is not so."""

    answer, end = "NOT PROVED", 1


class Unreadable(Exception):
    """The file does not say anything that could be checked."""

    answer, end = "NOT READ", 2


class Key(NamedTuple):
    name: str
    id: bytes
    public: bytes


class Head(NamedTuple):
    """What a checkpoint says: the record's name, its number of entries, its root."""

    origin: str
    size: int
    root: bytes


class Proof(NamedTuple):
    """A leaf with its way to a root."""

    salt: bytes
    body: str
    place: int
    path: list[bytes]

    @property
    def leaf(self) -> bytes:
        return sha256(b"\x00" + self.salt + self.body.encode()).digest()


def check_receipt(text: str, keys: list[Key], kept: str = "") -> str:
    """Return what a receipt proves."""
    if text.startswith("choicebook bid receipt v1\n"):  # it names no place among others
        facts = map(shown, read_signed(text, keys, "receipt").split("\n")[1:])
        return "This bid was taken in, signed with the key that you gave.\n  " + "\n  ".join(facts)
    proof, head = read_receipt(text, keys)
    said = f"It is entry {proof.place} of the {head.size} that “{shown(head.origin)}” had sealed"
    if kept:
        other = read_checkpoint(kept, keys)
        if other.size == head.size and other.root != head.root:
            raise Refuted("Your checkpoint and this receipt tell of two different records.")
        if other.size != head.size:
            raise Unreadable(
                f"Your checkpoint is over {other.size} entries, this receipt over {head.size}. Ask"
                f" for a consistency proof between the two, and check that."
            )
        said += ", and the checkpoint that you kept says the same"
    return f"{said}.\n{facts_of(proof.body)}"


def check_consistency(old: str, new: str, keys: list[Key]) -> str:
    """Return that a record only grew."""
    before = read_head(old, keys)
    lines, _, below = new.partition("\n\n")
    if lines.startswith("old "):
        first, *rest = lines.split("\n")
        if number(first.removeprefix("old ")) != before.size:
            raise Unreadable("The proof begins at another size than the old checkpoint.")
        path, after = hashes(rest), read_checkpoint(below, keys)
    else:
        path, after = [], read_head(new, keys)
    if before.origin != after.origin:
        raise Refuted("These are checkpoints of two different records.")
    if after.size < before.size:
        raise Refuted(f"The record had {before.size} entries and later only {after.size}.")
    if after.size > before.size and not path:
        raise Unreadable("The proof is missing: ask /log/consistency/ for it.")
    if not grew(before, after, path):
        raise Refuted(
            f"The record of {after.size} entries does not begin with the one of {before.size}:"
            " something was changed, removed or reordered."
        )
    return f"All {before.size} entries of the old checkpoint stand unchanged among {after.size}."


def check_period(text: str, keys: list[Key]) -> str:
    """Return that a line stands in a month's seal, and the seal in the record."""
    top, _, receipt = text.partition("\n\n")
    title, extra, index, size, *rest = [*top.split("\n"), "", "", "", ""]
    if title != LINE_TITLE:
        raise Unreadable(f"A line of a closed month begins with “{LINE_TITLE}”.")
    lines = number(word_after(size, "size"))
    line = Proof(*salted(extra), number(word_after(index, "index")), hashes(rest))
    closing, head = read_receipt(receipt, keys)
    seal, said = parsed(closing.body), parsed(line.body)
    if seal.get("kind") != "period.closed" or seal.get("period") != said.get("period"):
        raise Refuted("The receipt below the line is not the closing of the line's month.")
    root = str(seal.get("root"))
    if seal.get("lines") != lines or climbed(line.leaf, line.place, lines, line.path).hex() != root:
        raise Refuted("This line is not in the month's seal: a figure or its place was altered.")
    return (
        f"This is line {line.place} of {lines} in the month's seal, and the seal is entry"
        f" {closing.place} of the {head.size} in “{shown(head.origin)}”.\n{facts_of(line.body)}"
    )


# --- Reading: nothing in a file is believed -----------------------------------------------------


def read_receipt(text: str, keys: list[Key]) -> tuple[Proof, Head]:
    top, found, note = text.partition("\n\n")
    title, extra, index, *rest = [*top.split("\n"), "", ""]
    if title != PROOF_TITLE or not found:
        raise Unreadable(f"A receipt begins with “{PROOF_TITLE}”.")
    head = read_checkpoint(note, keys)
    proof = Proof(*salted(extra), number(word_after(index, "index")), hashes(rest))
    if climbed(proof.leaf, proof.place, head.size, proof.path) != head.root:
        raise Refuted("This is not in the record: text, place or way to the root was altered.")
    return proof, head


def read_head(text: str, keys: list[Key]) -> Head:
    """Return what a checkpoint says, or the one in a receipt."""
    if text.startswith(PROOF_TITLE):
        text = text.partition("\n\n")[2]
    return read_checkpoint(text, keys)


def read_signed(note: str, keys: list[Key], what: str) -> str:
    """Return what stands above the signatures of a note."""
    body, found, below = note.rpartition("\n\n")
    if not found or not below.endswith("\n"):
        raise Unreadable(f"A {what} ends with an empty line and its signatures.")
    verify_signatures(f"{body}\n", below[:-1].split("\n"), keys, what)
    return body


def read_checkpoint(note: str, keys: list[Key]) -> Head:
    origin, size, root = [*read_signed(note, keys, "checkpoint").split("\n"), "", "", ""][:3]
    return Head(origin, number(size), digest(root))


def verify_signatures(body: str, lines: list[str], keys: list[Key], what: str) -> None:
    signed = False
    for line in lines:
        name, _, encoded = word_after(line, "—").partition(" ")
        raw = decoded(encoded)
        for key in keys:
            if (key.name, key.id) == (name, raw[:4]):
                try:
                    Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], body.encode())
                except InvalidSignature:
                    raise Refuted(f"The {what}'s signature is wrong: it was altered.") from None
                signed = True
    if not signed:
        raise Refuted(f"The {what} is not signed with the key that you gave.")


def read_keys(given: list[str]) -> list[Key]:
    """Return the verifier keys in these words, or in the files that they name."""
    files = [[word] if word.count("+") >= 2 else read_file(word).split("\n") for word in given]
    keys = [read_key(line.strip()) for lines in files for line in lines if line.strip()]
    if not keys:
        raise Unreadable("Give the record's verifier key: --key name+id+key, or a file with it.")
    return keys


def read_key(text: str) -> Key:
    name, _, rest = text.partition("+")
    id_text, _, encoded = rest.partition("+")
    raw = decoded(encoded)
    id_ = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[:1] != b"\x01" or id_.hex() != id_text:
        raise Unreadable("A verifier key is name+id+key; this is none, or it was cut.")
    return Key(name, id_, raw[1:])


def read_file(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
        text = raw.decode()
    except (OSError, ValueError) as reason:
        raise Unreadable(f"{shown(name)} cannot be read as text: {reason}") from None
    if len(raw) > FILE_BYTES_MAX:
        raise Unreadable(f"{shown(name)} is too long to be one of these files.")
    return text.replace("\r\n", "\n")


def salted(line: str) -> tuple[bytes, str]:
    raw = decoded(word_after(line, "extra"))
    body = raw[SALT_BYTES:].decode(errors="replace")  # a replaced letter changes the leaf
    if not body:
        raise Unreadable("The text that is to be proved is missing.")
    return raw[:SALT_BYTES], body


def hashes(lines: list[str]) -> list[bytes]:
    return [digest(line) for line in lines if line]


def digest(text: str) -> bytes:
    raw = decoded(text)
    if len(raw) != 32:
        raise Unreadable("A hash of 32 bytes in base64 is expected.")
    return raw


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("What should be base64 is not.") from None


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18) or str(int(text)) != text:
        raise Unreadable("A whole number is expected.")
    return int(text)


def word_after(line: str, name: str) -> str:
    if not line.startswith(f"{name} "):
        raise Unreadable(f"The line “{name} …” is missing.")
    return line[len(name) + 1 :]


def parsed(body: str) -> dict[str, object]:
    try:
        facts = json.loads(body)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise Unreadable("What was sealed is no event of a kind that this version knows.")
    return facts


def facts_of(body: str) -> str:
    """Return what was sealed, a fact a line, with nothing in it that a terminal would obey."""
    return "\n".join(f"  {shown(key)}: {shown(value)}" for key, value in parsed(body).items())


def shown(value: object) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in str(value))[:400]


# --- The tree: RFC 6962, and RFC 9162 for the proofs --------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def sides(place: int, last: int, count: int) -> list[bool]:
    """
    Return, for each hash of a path, whether it stands left of what it is joined with.

    :raises Refuted: a path in such a tree has another length.
    """
    left: list[bool] = []
    while last and len(left) < count:
        left.append(bool(place & 1) or place == last)
        while left[-1] and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last or len(left) != count:
        raise Refuted("The way to the root is too short or too long for this place in it.")
    return left


def climbed(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a path leads to."""
    if index >= size:
        raise Refuted("Its place lies outside the record.")
    for sibling, is_left in zip(path, sides(index, size - 1, len(path)), strict=True):
        leaf = node(sibling, leaf) if is_left else node(leaf, sibling)
    return leaf


def grew(before: Head, after: Head, path: list[bytes]) -> bool:
    """Whether the later tree begins with the earlier one."""
    if before.size == after.size or not path or before.size == 0:
        return before.size == after.size and not path and before.root == after.root
    # A smaller tree that is perfect is its own first hash.
    first, *others = [before.root, *path] if before.size & (before.size - 1) == 0 else path
    place, last = before.size - 1, after.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = first
    for hashed, is_left in zip(others, sides(place, last, len(others)), strict=True):
        old = node(hashed, old) if is_left else old
        new = node(hashed, new) if is_left else node(new, hashed)
    return (old, new) == (before.root, after.root)


def main(words: list[str] | None = None) -> int:
    """Check what the command line names; say the answer, and return how to end."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("what", choices=["receipt", "consistency", "period"])
    asked.add_argument("files", nargs="+", metavar="FILE")
    asked.add_argument("--key", action="append", default=[], help="a verifier key, or a file")
    asked.add_argument("--checkpoint", default="", help="a checkpoint that you kept")
    given = asked.parse_args(words)
    if len(given.files) != (2 if given.what == "consistency" else 1):
        asked.error("“consistency” takes two files, the others take one")
    try:
        keys = read_keys(given.key)
        texts = [read_file(name) for name in given.files]
        if given.what == "receipt":
            kept = read_file(given.checkpoint) if given.checkpoint else ""
            said = check_receipt(texts[0], keys, kept)
        elif given.what == "consistency":
            said = check_consistency(texts[0], texts[1], keys)
        else:
            said = check_period(texts[0], keys)
    except (Refuted, Unreadable) as no:
        sys.stdout.write(f"{no.answer}. {no}\n")
        return no.end
    sys.stdout.write(f"PROVED. {said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
