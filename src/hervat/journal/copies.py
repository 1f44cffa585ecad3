"""A copy of a node's keys, kept apart: as the keys file itself, or sealed under a passphrase.

- Sealed it is JSON: what it is of, in the open; and the keys file in AES-256-GCM, with all that stands open as associated data, under a
  key that scrypt (RFC 7914) makes of the passphrase and a random salt: 128 MiB and some tenths of a second for each guess.
- A passphrase is taken in Unicode's NFC, so that it is the same from every keyboard.
"""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Meta

from hervat.errors import KeysFault, NotSo, Usage
from hervat.journal.keys import NodeKeys
from hervat.journal.ring import write_ring

SHORTEST = 12
"""The characters that a new passphrase has at least."""
_COST, _BLOCK, _LANES = 1 << 17, 8, 1
_SALT, _NONCE = 16, 12
_canonical = msgspec.json.Encoder(order="sorted").encode


class _Open(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands open; the bounds keep a file from asking for all memory there is."""

    hervat_keys_copy: Literal[1]
    origin: str
    made_at: str
    keys: str
    scrypt: Annotated[int, Meta(ge=1 << 14, le=1 << 20)]
    salt: Annotated[bytes, Meta(min_length=_SALT, max_length=_SALT)]


class _Copy(_Open, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sealed: Annotated[bytes, Meta(min_length=_NONCE)]


class _Sort(msgspec.Struct):
    hervat_keys_copy: int | None = None


def sealed_copy(keys: NodeKeys, passphrase: str, made_at: str) -> bytes:
    """The content of a copy under a passphrase. Raises Usage for one that is short."""
    if len(passphrase) < SHORTEST:
        raise Usage(f"the passphrase has {len(passphrase)} characters; give {SHORTEST} or more: several words that nobody guesses")
    said = _Open(
        hervat_keys_copy=1, origin=keys.origin, made_at=made_at, keys=keys.ring.material, scrypt=_COST, salt=os.urandom(_SALT)
    )
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(_key_of(said, passphrase)).encrypt(nonce, write_ring(keys.ring), _canonical(said))
    whole = _Copy(**{name: getattr(said, name) for name in said.__struct_fields__}, sealed=sealed)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def read_copy(content: bytes, where: Path, passphrase: Callable[[], str]) -> NodeKeys:
    """The keys in a copy; the passphrase is asked for where it is sealed.

    Raises KeysFault for what is no copy or was changed, NotSo for another passphrase.
    """
    try:
        sealed = msgspec.json.decode(content, type=_Sort).hervat_keys_copy is not None
        copy = msgspec.json.decode(content, type=_Copy) if sealed else None
    except ValueError as fault:
        raise KeysFault(f"{where} is no copy of keys ({fault}); give the file that hervat keys backup made") from fault
    if copy is None:
        return NodeKeys.read(content, where)
    said = _Open(**{name: getattr(copy, name) for name in _Open.__struct_fields__})
    try:
        opened = AESGCM(_key_of(said, passphrase())).decrypt(copy.sealed[:_NONCE], copy.sealed[_NONCE:], _canonical(said))
    except InvalidTag as fault:
        raise NotSo(f"{where} does not open with this passphrase, or was changed since it was made; nothing was done") from fault
    return NodeKeys.read(opened, where)


def _key_of(said: _Open, passphrase: str) -> bytes:
    try:
        text = unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError as fault:
        raise Usage("the passphrase is no text in UTF-8; see how the terminal or the file that gives it is set") from fault
    return Scrypt(salt=said.salt, length=32, n=said.scrypt, r=_BLOCK, p=_LANES).derive(text)
