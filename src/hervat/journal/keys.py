"""The keys of a node: what seals its journal, what finds things in it and what signs for it.

They are kept in one file outside the database: a store that was stolen or handed over says nothing without them.

- A *wrap key* (AES-256) seals the box of every entry, the position with it: a box at another position does not open.
- The *index key* (keyed BLAKE2b) turns what is looked up into 16 bytes from which it cannot be guessed.
- A *signing key* (Ed25519) signs checkpoints and receipts; its name to the outside is the node's `origin`.
- A box is `name | nonce | sealed`: the first 8 bytes name its wrap key, so that it is known which one opens it. A node's boxes from before
  there were names are `nonce | sealed`; that such a nonce begins with the name of another key happens once in 2^64 boxes, and that box
  does not open.
- A keys file is readable by its owner only and never written over; a rotation alone puts another one in its place (`intake/rotating.py`).
"""

import hashlib
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hervat.errors import KeysFault, Usage
from hervat.journal.drawing import Drawing
from hervat.journal.placing import place, replace, sync
from hervat.journal.ring import KEY, Ring, Signing, Wrap, read_ring, write_ring
from hervat.journal.succession import Succession, succession_of

_INDEX = 16
_NAME = 8
_NONCE = 12
_BOX = b"hervat/box/1\0"
_NAMED_BOX = b"hervat/box/2\0"
_fresh_nonce = Drawing(_NONCE).piece


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


class WrapKey:
    """One wrap key. Its random 96-bit nonces are what NIST SP 800-38D allows for 2^32 boxes."""

    __slots__ = ("_aead", "_label", "name")

    def __init__(self, wrap: Wrap) -> None:
        self._aead = AESGCM(wrap.key)
        self._label = _NAMED_BOX if wrap.named else _BOX
        self.name = hashlib.blake2b(key=wrap.key, digest_size=_NAME, person=b"hervat wrap").digest() if wrap.named else b""

    def seal(self, position: int, plain: bytes) -> bytes:
        nonce = _fresh_nonce()
        return self.name + nonce + self._aead.encrypt(nonce, plain, self._label + position.to_bytes(8, "big"))

    def open(self, position: int, box: bytes) -> bytes:
        """Raises InvalidTag or ValueError for what this key did not seal at this position."""
        begin = len(self.name) + _NONCE
        return self._aead.decrypt(box[len(self.name) : begin], box[begin:], self._label + position.to_bytes(8, "big"))


class Signer:
    """One signing key; `since` is the position from which on it signs, None where it does not yet."""

    __slots__ = ("_private", "made_at", "public_key", "since", "succession")

    def __init__(self, signing: Signing) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(signing.key)
        self.public_key = self._private.public_key().public_bytes_raw()
        self.since, self.made_at, self.succession = signing.since, signing.made_at, signing.succession

    def sign(self, data: bytes) -> bytes:
        """The 64-byte Ed25519 signature over `data`; the same data gives the same signature."""
        return self._private.sign(data)


class Signers:
    """Who signs under a node's name, and from which positions on: all that receipts need, and nothing that opens or finds anything."""

    __slots__ = ("_signing", "every", "origin")

    def __init__(self, origin: str, signing: tuple[Signing, ...]) -> None:
        self.origin = origin
        self._signing = signing
        self.every = tuple(map(Signer, signing))

    def __reduce__(self) -> "tuple[type[Signers], tuple[str, tuple[Signing, ...]]]":
        # For the process that signs receipts for this one.
        return Signers, (self.origin, self._signing)

    def at(self, position: int) -> Signer:
        """Who signs the receipt of a position, and the checkpoint of that size."""
        return next(signer for signer in reversed(self.every) if signer.since is not None and signer.since <= position)

    def sign(self, data: bytes, at: int) -> bytes:
        """The 64-byte signature over `data` of who signs at a position or size."""
        return self.at(at).sign(data)


class NodeKeys:
    """The keys of a node and the name it signs with."""

    __slots__ = ("_current", "_nameless", "_wraps", "index", "origin", "ring", "signers", "signing")

    def __init__(self, ring: Ring) -> None:
        """Raises Usage where the origin is no name for a signed note."""
        self.ring = ring
        self.origin = _checked(ring.origin)
        self.index = IndexKey(ring.index)
        wraps = [WrapKey(wrap) for wrap in ring.wraps]
        self._current = wraps[-1]
        self._wraps = {wrap.name: wrap for wrap in wraps if wrap.name}
        self._nameless = next((wrap for wrap in wraps if not wrap.name), None)
        self.signing = Signers(self.origin, tuple(ring.signing))
        self.signers = self.signing.every

    def __reduce__(self) -> "tuple[type[NodeKeys], tuple[Ring]]":
        # For the process that opens entries for this one.
        return NodeKeys, (self.ring,)

    def __repr__(self) -> str:
        return f"NodeKeys({self.origin!r})"

    @classmethod
    def create(cls, origin: str | None = None, made_at: str = "") -> "NodeKeys":
        """New random keys, made at a moment (RFC 3339); without an origin the node gets a random name under hervat.example."""
        name = f"hervat.example/node-{secrets.token_hex(4)}" if origin is None else origin
        return cls(Ring.of(name, secrets.token_bytes(KEY), secrets.token_bytes(KEY), secrets.token_bytes(KEY), made_at))

    @classmethod
    def load(cls, path: Path) -> "NodeKeys":
        """The keys in the file at `path`; raises KeysFault where there is none or it cannot be read as keys."""
        try:
            content = path.read_bytes()
        except FileNotFoundError as fault:
            raise KeysFault(
                f"there is no keys file at {path}; put the node's keys back there (hervat keys restore), or name the right path. {WITHOUT}"
            ) from fault
        except OSError as fault:
            raise KeysFault(f"the keys file {path} cannot be read ({fault.strerror}); check who may read it") from fault
        return cls.read(content, path)

    @classmethod
    def load_settled(cls, path: Path) -> "NodeKeys":
        """The same for who is to seal with them: in the middle of a rotation the file is on disk under its name on return, so no power cut
        takes a key away under which something was sealed. Raises KeysFault.
        """
        keys = cls.load(path)
        if keys.ring.is_being_rotated:
            try:
                sync(path.resolve().parent)
            except OSError as fault:
                words = f"the keys file {path} is not on disk yet ({fault.strerror}); see to the disk, then run the same command again"
                raise KeysFault(words) from fault
        return keys

    @classmethod
    def read(cls, content: bytes, where: str | Path) -> "NodeKeys":
        """The keys in a file's content; raises KeysFault, naming `where` it is, for what is none."""
        try:
            return cls(read_ring(content, where))
        except Usage as fault:
            raise KeysFault(f"{where} is not a keys file of hervat ({fault}); put the node's own file back from its safe copy") from fault

    def save(self, path: Path) -> None:
        """Write the keys to a new file that only its owner can read, durably; raises Usage where `path` is taken."""
        if not self._place(path):
            raise Usage(f"{path} already exists and keys are never overwritten; name another path, or move that file away yourself")

    @classmethod
    def load_or_create(cls, path: Path, made_at: str = "") -> "NodeKeys":
        """The keys at `path`, made and saved first where there is no file; two who do so at once get the same keys."""
        if not path.exists():
            cls.create(made_at=made_at)._place(path)
        return cls.load(path)

    def put(self, path: Path, before: "NodeKeys") -> None:
        """Put these keys in the place of others, durably: whatever ends it, the file holds the one or the other.

        Raises KeysFault where the file cannot be written, or holds other keys than those `before`: then nothing was.
        """
        if NodeKeys.load(path).ring.material != before.ring.material:
            raise KeysFault(f"the keys file {path} was changed by somebody else meanwhile; see what it holds, then run the command again")
        try:
            replace(path, write_ring(self.ring))
        except OSError as fault:
            raise KeysFault(
                f"the keys file {path} cannot be written ({fault.strerror}); it and its directory must be yours to write in while its keys "
                "are rotated, then run the same command again"
            ) from fault

    def index_of(self, text: str) -> bytes:
        """The 16 bytes under which `text` is found; see `IndexKey.of`."""
        return self.index.of(text)

    def seal(self, position: int, plain: bytes) -> bytes:
        """The box of the entry at `position`: the name of its key, 12 random bytes, then AES-256-GCM of `plain` with its 16-byte tag."""
        return self._current.seal(position, plain)

    def is_sealed_now(self, box: bytes) -> bool:
        """Whether a box is of the wrap key that seals now."""
        return self._of(box) is self._current

    def open(self, position: int, box: bytes) -> bytes:
        """The inverse of `seal`; raises KeysFault where the box was changed, moved, or sealed by other keys."""
        wrap = self._of(box)
        try:
            if wrap is not None:
                return wrap.open(position, box)
        except (InvalidTag, ValueError) as fault:
            raise self._does_not_open(position, "") from fault
        raise self._does_not_open(position, f" (it asks for the wrap key {box[:_NAME].hex()}, which is not among them)")

    def _of(self, box: bytes) -> WrapKey | None:
        return self._wraps.get(box[:_NAME]) or self._nameless

    def _does_not_open(self, position: int, asked: str) -> KeysFault:
        return KeysFault(
            f"the box of entry {position} does not open with the keys of {self.origin}{asked}: the keys file may not belong to this store, "
            "or be of before or after a rotation, or the box was damaged; name the right keys file, then run hervat verify "
            "(or, on a standby, wait until it has caught up)"
        )

    def signer_at(self, position: int) -> Signer:
        """Who signs the receipt of a position, and the checkpoint of that size."""
        return self.signing.at(position)

    @property
    def pending(self) -> Signer | None:
        """The signing key that was made and signs nothing yet."""
        return self.signers[-1] if self.signers[-1].since is None else None

    @property
    def public_key(self) -> bytes:
        """The public key of who signs now."""
        return next(signer.public_key for signer in reversed(self.signers) if signer.since is not None)

    def sign(self, data: bytes, at: int) -> bytes:
        """The 64-byte signature over `data` of who signs at a position or size."""
        return self.signing.sign(data, at)

    @property
    def wrap_names(self) -> list[str]:
        """The names of the wrap keys, the one that seals now last; a key from before there were names has none, and is called `first`."""
        return [WrapKey(wrap).name.hex() or "first" for wrap in self.ring.wraps]

    def renewed(self, made_at: str) -> "NodeKeys":
        """With a new wrap key that seals from now on, and a new signing key that signs nothing yet."""
        return NodeKeys(self.ring.renewed(secrets.token_bytes(KEY), secrets.token_bytes(KEY), made_at))

    def succession_at(self, position: int, *, stolen: bool) -> Succession:
        """The statement that the last two signing keys make when the later takes over at a position."""
        before, after = self.signers[-2:]
        return succession_of(
            self.origin, position, (before.public_key, before.sign), (after.public_key, after.sign), stolen=stolen
        )

    def taken_over(self, succession: Succession) -> "NodeKeys":
        """With the last signing key signing from where the succession says."""
        return NodeKeys(self.ring.taken_over(succession))

    def sealed_anew(self) -> "NodeKeys":
        """Without the wrap keys under which no box is sealed any more."""
        return NodeKeys(self.ring.sealed_anew())

    def _place(self, path: Path) -> bool:
        """Put the file at `path` whole and durable, or not at all; False where something stands there already."""
        try:
            return place(path, write_ring(self.ring))
        except OSError as fault:
            raise KeysFault(
                f"the keys file {path} cannot be written ({fault.strerror}); the directory must exist, be yours to "
                "write in, and be on a disk that has room and knows hard links"
            ) from fault


WITHOUT = (
    "Without them no message can be read, received or erased, and nothing be signed; what still works is hervat backup, "
    "hervat verify --tree and hervat prove --sealed"
)
"""What a store without its keys can do and cannot."""


def _checked(origin: str) -> str:
    """An origin goes into signed notes, where a space ends a name and a plus parts it from its key."""
    if not origin or "+" in origin or any(sign.isspace() or not sign.isprintable() for sign in origin):
        raise Usage(f"{origin!r} cannot be the origin of a node: use a name like example.org/node-1, without spaces or a plus")
    return origin
