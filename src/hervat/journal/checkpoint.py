"""Checkpoints: what the node signs about its journal as a whole, for others to keep and compare.

The text is that of C2SP tlog-checkpoint in a C2SP signed-note, so partners can witness it with software that exists.

- The body is the origin, the size and the root in base64, a line each, and maybe lines that an extension added.
- A signature line is an em dash, a name, and base64 of 4 bytes of key id and the signature. The signature is over the
  body with its last newline.
- A node's key signs from a size on; the one before it signed those of before (`succession.py`).
- Only the line of the key that is asked for counts. All others (cosignatures of witnesses, older keys) are kept and
  ignored.
- The same checkpoint and keys give the same text.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hervat.errors import NotSo, Usage, ensure
from hervat.journal.keys import NodeKeys
from hervat.journal.tree import HASH_BYTES

_DASH = "\u2014"
_ED25519 = b"\x01"
_KEY_ID = 4
_MOST_SIGNATURES = 100
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(slots=True, frozen=True)
class Checkpoint:
    """The journal of `origin` had the 32-byte `root` at `size` entries; `extensions`: lines without a meaning here."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> str:
        """The text that is signed, with its last newline."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, _to_text(self.root), *self.extensions))


@dataclass(slots=True, frozen=True)
class Signature:
    """One signature line, not yet checked: the signer's name, the 4-byte key id, and what follows it."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(slots=True, frozen=True)
class SignedCheckpoint:
    """A checkpoint as it was read, with all its signatures; nothing of it can be relied on before `verify`."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    @property
    def origin(self) -> str:
        return self.checkpoint.origin

    @property
    def size(self) -> int:
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        return self.checkpoint.root


def key_id(name: str, public_key: bytes) -> bytes:
    """The 4 bytes that tell a signer's keys apart: the beginning of SHA-256(name | 0A | 01 | public key)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_KEY_ID]


def verifier_of(origin: str, public_key: bytes) -> str:
    """A public key as signed notes write it, for who verifies: the name, the key id and the key, with a plus between them."""
    return f"{origin}+{key_id(origin, public_key).hex()}+{_to_text(_ED25519 + public_key)}"


def read_verifier(text: str) -> tuple[str, bytes]:
    """The name and the 32-byte public key in what `verifier_of` wrote; raises Usage for anything else."""
    # A name has no plus in it, and base64 may.
    name, *rest = text.strip().split("+", 2)
    key = _from_text(rest[1]) if len(rest) == 2 else None
    if key is None or len(key) != 33 or verifier_of(name, key[1:]) != text.strip():
        raise Usage(f"{text!r} is no public key in the form of notes, NAME+ID+KEY; hervat keys show prints it")
    return name, key[1:]


def sign(checkpoint: Checkpoint, keys: NodeKeys) -> str:
    """The signed note of the node's own checkpoint, by the key that signs at its size."""
    ensure(checkpoint.origin == keys.origin, f"{keys.origin} was to sign a checkpoint of {checkpoint.origin}")
    body = checkpoint.body()
    signer = keys.signer_at(checkpoint.size)
    signed = key_id(keys.origin, signer.public_key) + signer.sign(body.encode())
    return f"{body}\n{_DASH} {keys.origin} {_to_text(signed)}\n"


def parse(text: str) -> SignedCheckpoint:
    """Read a signed checkpoint without believing it; raises Usage telling the line that is malformed."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if _CONTROL.search(line):
            raise _malformed(number, "has a control character in it")
    if lines.pop():
        raise _malformed(len(lines) + 1, "does not end in a newline")
    if "" not in lines:
        raise _malformed(len(lines) + 1, "is missing: an empty line and a signature must end a checkpoint")
    blank = len(lines) - 1 - lines[::-1].index("")
    checkpoint = _read_body(lines[:blank])
    signed = lines[blank + 1 :]
    if not 0 < len(signed) <= _MOST_SIGNATURES:
        raise _malformed(blank + 2, f"should be the first of 1 to {_MOST_SIGNATURES} signatures, there are {len(signed)}")
    return SignedCheckpoint(checkpoint, tuple(_read_signature(*numbered) for numbered in enumerate(signed, blank + 2)))


def verify(text: str, name: str, public_key: bytes) -> Checkpoint:
    """The checkpoint of the journal `name`, signed with the 32-byte `public_key`.

    Raises Usage where the text is malformed, NotSo where it is of another journal or that key did not sign it.
    """
    read = parse(text)
    if read.origin != name:
        raise NotSo(f"this is a checkpoint of {read.origin}, not of {name}; ask {name} for its own")
    wanted = (name, key_id(name, public_key))
    own = [line.signature for line in read.signatures if (line.name, line.key_id) == wanted]
    if not own:
        raise NotSo(
            f"the checkpoint of {name} at size {read.size} is not signed with the key that was given; see that the key is theirs"
        )
    body = read.checkpoint.body().encode()
    if not all(is_signed(public_key, signature, body) for signature in own):
        raise NotSo(
            f"the checkpoint of {name} at size {read.size} was changed after it was signed, or never was signed; do not rely on it"
        )
    return read.checkpoint


def verify_own(text: str, keys: NodeKeys) -> Checkpoint:
    """The checkpoint of this node, signed with the key that signed at its size: one that another took over from signs none of later.

    Raises Usage where the text is malformed, NotSo where it is of another journal or that key did not sign it.
    """
    size, pending = parse(text).size, keys.pending
    try:
        return verify(text, keys.origin, keys.signer_at(size).public_key)
    except NotSo:
        if pending is None:
            raise
        # From where on it signs stands in the journal, and not everybody who asks has that.
        return verify(text, keys.origin, pending.public_key)


def is_signed(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is an Ed25519 signature over `data`; raises Usage where the public key is none."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
    except ValueError as fault:
        raise Usage(
            f"a public key is 32 bytes of Ed25519, this is {len(public_key)} bytes; copy the key again, as base64"
        ) from fault
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _read_body(lines: list[str]) -> Checkpoint:
    if len(lines) < 3:
        raise _malformed(len(lines) + 1, "is empty: origin, size and root must come before it")
    for number, line in enumerate(lines, 1):
        if not line:
            raise _malformed(number, "is empty")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise _malformed(2, "is not a size: decimal, without leading zeros")
    digest = _from_text(root)
    if digest is None or len(digest) != HASH_BYTES:
        raise _malformed(3, f"is not a root: base64 of {HASH_BYTES} bytes")
    return Checkpoint(origin, int(size), digest, tuple(extensions))


def _read_signature(number: int, line: str) -> Signature:
    parts = line.split(" ")
    signed = _from_text(parts[2]) if len(parts) == 3 else None
    if signed is None or parts[0] != _DASH or len(signed) <= _KEY_ID:
        raise _malformed(number, "is not a signature: an em dash, a name and base64, with a space between them")
    name = parts[1]
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise _malformed(number, "has a name that is empty or has a space or a plus in it")
    return Signature(name, signed[:_KEY_ID], signed[_KEY_ID:])


def _malformed(number: int, what: str) -> Usage:
    return Usage(f"line {number} of the checkpoint {what}; use the text exactly as the node printed it")


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_text(text: str) -> bytes | None:
    """The bytes behind base64, or None unless it is the one way in which they are written."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _to_text(data) == text else None
