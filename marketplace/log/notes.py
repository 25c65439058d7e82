"""
Signed notes and verifier keys in the form of C2SP, with Ed25519. Pure: no settings, no database.

A note is a text, an empty line, and signature lines that name their key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
ID_BYTES = 4
KEY_BYTES = 32
MARK = "— "


class NotANote(ValueError):
    """The text is no signed note, or no key that is trusted signed it."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key to check notes with: who signs, and the public half."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """Return the key that a text like name+1a2b3c4d+AQ… stands for. :raises NotANote: none."""
        name, _, rest = text.strip().partition("+")
        id_text, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        key = cls(name, raw[1:])
        if not is_name(name) or raw[:1] != ED25519 or len(key.public) != KEY_BYTES:
            raise NotANote("This is no verifier key (name+id+key).")
        if key.id.hex() != id_text:
            raise NotANote("The verifier key's id does not belong to it; was it cut or altered?")
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs notes under a name."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the signed note over a text that ends with a line break."""
        if not text.endswith("\n"):
            raise ValueError("A note's text ends with a line break.")
        signed = self.verifier.id + self._private.sign(text.encode())
        return f"{text}\n{MARK}{self.name} {base64.b64encode(signed).decode()}\n"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def text_of(note: str, keys: Iterable[VerifierKey]) -> str:
    """
    Return the text of a note that one of these keys signed.

    :raises NotANote: it is none, nobody trusted signed it, or a trusted signature is wrong.
    """
    text, signatures = _parts(note)
    known = {(key.name, key.id): key for key in keys}
    signed = False
    for name, id_, signature in signatures:
        key = known.get((name, id_))
        if key is None:
            continue  # somebody else's; what it is worth is not ours to say
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            raise NotANote(f"The signature of {name} is wrong: the note was altered.") from None
        signed = True
    if not signed:
        raise NotANote("No key that is trusted signed this note.")
    return text


def is_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and not any(letter.isspace() or letter == "+" for letter in name)


def _parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if any(letter < " " and letter != "\n" for letter in note) or not note.endswith("\n"):
        raise NotANote("This is no signed note.")
    text, found, below = note.rpartition("\n\n")
    if not found or not below:
        raise NotANote("This is no signed note: an empty line and signatures are missing.")
    return text + "\n", [_signature(line) for line in below[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(MARK).partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not line.startswith(MARK) or not is_name(name) or len(raw) <= ID_BYTES:
        raise NotANote("A signature line is none.")
    return name, raw[:ID_BYTES], raw[ID_BYTES:]
