"""The keys of a node as they lie in their file: one index key, the wrap keys, the signing keys in the order in which they came.

- The last wrap key seals. Another one is there only while a rotation is under way, for the boxes that are not sealed anew yet.
- A signing key signs from its `since` on up to that of the next. None: it was made and is not in the journal yet, so it signs nothing.
- Version 1 had one of each. Its wrap key seals boxes without a name (`named`), for they had none.
"""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hervat.errors import KeysFault
from hervat.journal.succession import Succession

VERSION = 2
KEY = 32
Secret = Annotated[bytes, msgspec.Meta(min_length=KEY, max_length=KEY)]


class _Hidden(Struct, frozen=True, forbid_unknown_fields=True):
    """What never shows what it holds."""

    def __repr__(self) -> str:
        return type(self).__name__


class Wrap(_Hidden, frozen=True, forbid_unknown_fields=True):
    """A wrap key; `made_at` is RFC 3339, empty where it is not known."""

    key: Secret
    made_at: str = ""
    named: bool = True


class Signing(_Hidden, frozen=True, forbid_unknown_fields=True):
    """A signing key and from where it signs, with how it followed on the one before."""

    key: Secret
    made_at: str = ""
    since: Annotated[int, msgspec.Meta(ge=0)] | None = 0
    succession: Succession | None = None


class Ring(_Hidden, frozen=True, forbid_unknown_fields=True):
    """All keys of a node, and the name it signs with; `made_at` is that of the index key."""

    origin: str
    index: Secret
    wraps: tuple[Wrap, ...]
    signing: tuple[Signing, ...]
    made_at: str = ""

    @classmethod
    def of(cls, origin: str, wrap: bytes, index: bytes, signing: bytes, made_at: str = "", *, named: bool = True) -> "Ring":
        """A ring of one key of each sort."""
        return cls(origin, index, (Wrap(wrap, made_at, named),), (Signing(signing, made_at),), made_at)

    @property
    def material(self) -> str:
        """What tells these keys from any others and says nothing of them: 32 hexadecimal digits."""
        keys = (self.index, *(wrap.key for wrap in self.wraps), *(signing.key for signing in self.signing))
        return hashlib.sha256(b"hervat/ring/1\0" + self.origin.encode() + b"\0" + b"".join(keys)).hexdigest()[:KEY]

    @property
    def is_being_rotated(self) -> bool:
        return len(self.wraps) > 1 or self.signing[-1].since is None

    def renewed(self, wrap: bytes, signing: bytes, made_at: str) -> "Ring":
        """With a new wrap key, and a new signing key that signs nothing yet."""
        return replace(self, wraps=(*self.wraps, Wrap(wrap, made_at)), signing=(*self.signing, Signing(signing, made_at, None)))

    def taken_over(self, succession: Succession) -> "Ring":
        """With the last signing key signing from where a succession says."""
        last = replace(self.signing[-1], since=succession.since, succession=succession)
        return replace(self, signing=(*self.signing[:-1], last))

    def sealed_anew(self) -> "Ring":
        """Without the wrap keys under which no box is sealed any more."""
        return replace(self, wraps=self.wraps[-1:])


class _Version(Struct):
    hervat_keys: int


class _First(_Hidden, frozen=True, forbid_unknown_fields=True):
    """The keys file of version 1."""

    hervat_keys: int
    origin: str
    wrap: Secret
    index: Secret
    signing: Secret


class _Second(_Hidden, frozen=True, forbid_unknown_fields=True):
    hervat_keys: int
    origin: str
    made_at: str
    index: Secret
    wrap: tuple[Wrap, ...]
    signing: tuple[Signing, ...]


def read_ring(content: bytes, where: str | Path) -> Ring:
    """The keys in a file's content; raises KeysFault, naming `where` it is, for what is none."""
    try:
        version = msgspec.json.decode(content, type=_Version).hervat_keys
        if version > VERSION:
            raise KeysFault(f"the keys file {where} has version {version}, this program reads up to {VERSION}; use a newer one")
        if version < VERSION:
            first = msgspec.json.decode(content, type=_First)
            return Ring.of(first.origin, first.wrap, first.index, first.signing, named=False)
        found = msgspec.json.decode(content, type=_Second)
        ring = Ring(found.origin, found.index, found.wrap, found.signing, found.made_at)
        for wrong in _faults(ring):
            raise ValueError(wrong)
    except ValueError as fault:
        raise KeysFault(f"{where} is not a keys file of hervat ({fault}); put the node's own file back from its safe copy") from fault
    return ring


def _faults(ring: Ring) -> Iterator[str]:
    if not ring.wraps or not ring.signing:
        yield "a sort of key is missing"
    elif ring.signing[0].since != 0:
        yield "the first signing key does not sign from the beginning"
    elif not all(one.since is not None and (other.since is None or one.since < other.since) for one, other in pairwise(ring.signing)):
        yield "the signing keys do not follow on one another"


def write_ring(ring: Ring) -> bytes:
    """The content of a keys file; keys are base64."""
    whole = _Second(VERSION, ring.origin, ring.made_at, ring.index, ring.wraps, ring.signing)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
