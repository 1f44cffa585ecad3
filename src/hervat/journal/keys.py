"""The keys of a node: what seals its journal, what finds things in it and what signs for it.

They are kept in one file outside the database: a store that was stolen or handed over says nothing without them.

- The *wrap key* (AES-256) seals the box of every entry, the position with it: a box at another position does not open.
- The *index key* (keyed BLAKE2b) turns what is looked up into 16 bytes from which it cannot be guessed.
- The *signing key* (Ed25519) signs checkpoints and receipts; its name to the outside is the node's `origin`.
- A keys file is written once, readable by its owner only, and never overwritten: without it the journal can be proven,
  not read.
"""

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from collections import deque
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hervat.errors import KeysFault, Usage

VERSION = 1

_KEY = 32
_GCM_NONCE = 12
_INDEX = 16
_BOX = b"hervat/box/1\0"


class _KeysFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys file as JSON; the three keys are base64 of 32 bytes."""

    hervat_keys: int
    origin: str
    wrap: str
    index: str
    signing: str


class IndexKey:
    """The key under which the store's index entries are hashed: all that a process needs that only prepares messages."""

    __slots__ = ("_key", "_state")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._state = hashlib.blake2b(key=key, digest_size=_INDEX, person=b"hervat index")

    def __reduce__(self) -> "tuple[type[IndexKey], tuple[bytes]]":
        return IndexKey, (self._key,)

    def of(self, text: str) -> bytes:
        """The 16 bytes under which `text` is found: always the same on this node, meaningless without the index key."""
        digest = self._state.copy()
        digest.update(text.encode())
        return digest.digest()


class NodeKeys:
    """The three keys of a node and the name it signs with.

    Wrapping uses random 96-bit nonces, which NIST SP 800-38D allows for 2^32 boxes under one key.
    """

    __slots__ = ("_aead", "_index_key", "_signer", "_wrap_key", "index", "origin", "public_key")

    def __init__(self, origin: str, wrap: bytes, index: bytes, signing: bytes) -> None:
        """Take an origin and three keys of 32 bytes; raises Usage where the origin is no name for a signed note."""
        self.origin = _checked(origin)
        self._wrap_key, self._index_key = wrap, index
        self._aead = AESGCM(wrap)
        self.index = IndexKey(index)
        self._signer = Ed25519PrivateKey.from_private_bytes(signing)
        self.public_key = self._signer.public_key().public_bytes_raw()

    def __reduce__(self) -> "tuple[type[NodeKeys], tuple[str, bytes, bytes, bytes]]":
        # For the process that opens entries for this one.
        return NodeKeys, (self.origin, self._wrap_key, self._index_key, self._signer.private_bytes_raw())

    def __repr__(self) -> str:
        return f"NodeKeys({self.origin!r})"

    @classmethod
    def create(cls, origin: str | None = None) -> "NodeKeys":
        """New random keys; without an origin the node gets a random name under hervat.example."""
        name = f"hervat.example/node-{secrets.token_hex(4)}" if origin is None else origin
        return cls(name, secrets.token_bytes(_KEY), secrets.token_bytes(_KEY), secrets.token_bytes(_KEY))

    @classmethod
    def load(cls, path: Path) -> "NodeKeys":
        """The keys in the file at `path`; raises KeysFault where there is none or it cannot be read as keys."""
        try:
            content = path.read_bytes()
        except FileNotFoundError as fault:
            raise KeysFault(f"there is no keys file at {path}; put the node's keys back there, or name the right path") from fault
        except OSError as fault:
            raise KeysFault(f"the keys file {path} cannot be read ({fault.strerror}); check who may read it") from fault
        return _parse(path, content)

    def save(self, path: Path) -> None:
        """Write the keys to a new file that only its owner can read, durably; raises Usage where `path` is taken."""
        if not self._place(path):
            raise Usage(f"{path} already exists and keys are never overwritten; name another path, or move that file away yourself")

    @classmethod
    def load_or_create(cls, path: Path) -> "NodeKeys":
        """The keys at `path`, made and saved first where there is no file; two who do so at once get the same keys."""
        if not path.exists():
            cls.create()._place(path)
        return cls.load(path)

    def index_of(self, text: str) -> bytes:
        """The 16 bytes under which `text` is found; see `IndexKey.of`."""
        return self.index.of(text)

    def seal(self, position: int, plain: bytes) -> bytes:
        """The box of the entry at `position`: 12 random bytes, then AES-256-GCM of `plain` with its 16-byte tag."""
        nonce = _fresh_nonce()
        return nonce + self._aead.encrypt(nonce, plain, _BOX + position.to_bytes(8, "big"))

    def open(self, position: int, box: bytes) -> bytes:
        """The inverse of `seal`; raises KeysFault where the box was changed, moved, or sealed by other keys."""
        try:
            return self._aead.decrypt(box[:_GCM_NONCE], box[_GCM_NONCE:], _BOX + position.to_bytes(8, "big"))
        except (InvalidTag, ValueError) as fault:
            raise KeysFault(
                f"the box of entry {position} does not open with the keys of {self.origin}: the keys file may not "
                "belong to this store, or the box was damaged; name the right keys file, then run hervat verify"
            ) from fault

    def sign(self, data: bytes) -> bytes:
        """The 64-byte Ed25519 signature over `data`; the same data gives the same signature."""
        return self._signer.sign(data)

    def _place(self, path: Path) -> bool:
        """Put the file at `path` whole and durable, or not at all; False where something stands there already."""
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            try:
                _write_new(draft, self._to_json())
                # Unlike a rename a link never replaces what it finds.
                os.link(draft, path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    draft.unlink()
            _sync_directory(path.parent)
        except FileExistsError:
            return False
        except OSError as fault:
            raise KeysFault(
                f"the keys file {path} cannot be written ({fault.strerror}); the directory must exist, be yours to "
                "write in, and be on a disk that has room and knows hard links"
            ) from fault
        return True

    def _to_json(self) -> bytes:
        whole = _KeysFile(VERSION, self.origin, *map(_to_text, (self._wrap_key, self._index_key, self._signer.private_bytes_raw())))
        return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


_AT_ONCE = 512
_nonces = deque[bytes]()
# A child must not use again what its parent will use.
os.register_at_fork(after_in_child=_nonces.clear)


def _fresh_nonce() -> bytes:
    """Twelve random bytes that are given out once; drawn from the system many at a time, for asking it costs more than sealing."""
    while True:
        try:
            # To take one is one step for every thread, so no two get the same.
            return _nonces.pop()
        except IndexError:
            random = os.urandom(_GCM_NONCE * _AT_ONCE)
            _nonces.extend(random[start : start + _GCM_NONCE] for start in range(0, len(random), _GCM_NONCE))


def _checked(origin: str) -> str:
    """An origin goes into signed notes, where a space ends a name and a plus parts it from its key."""
    if not origin or "+" in origin or any(sign.isspace() or not sign.isprintable() for sign in origin):
        raise Usage(f"{origin!r} cannot be the origin of a node: use a name like example.org/node-1, without spaces or a plus")
    return origin


def _parse(path: Path, content: bytes) -> NodeKeys:
    try:
        stored = msgspec.json.decode(content, type=_KeysFile)
        if stored.hervat_keys != VERSION:
            raise KeysFault(f"the keys file {path} has version {stored.hervat_keys}, this program reads {VERSION}; use a newer one")
        return NodeKeys(stored.origin, _to_key(stored.wrap), _to_key(stored.index), _to_key(stored.signing))
    except (msgspec.MsgspecError, ValueError, Usage) as fault:
        raise KeysFault(
            f"{path} is not a keys file of hervat ({fault}); put the node's own file back from its safe copy"
        ) from fault


def _to_text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _to_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError("a key is not base64") from fault
    if len(key) != _KEY:
        raise ValueError(f"a key is {len(key)} bytes instead of {_KEY}")
    return key


def _write_new(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
