"""How one signing key of a node follows on another: a statement that both sign, so that whoever trusts one of them knows the other.

- It says that the node signs receipts from position `since` on, and checkpoints from that size on, with `public_key`, and signed those
  before with `before`.
- Both keys sign `hervat/succession/1` 00 and its RFC 8785 JSON without the signatures. Who has the new key learns which was the old
  one, and the other way round.
- Where the old key was `stolen`, its signature says nothing and is left out: then only who has the new key another way can go on.
"""

from base64 import b64encode
from collections.abc import Callable

import msgspec

_PREFIX = b"hervat/succession/1\0"
# RFC 8785 for what is in a succession: ASCII names, strings, booleans and small integers.
_canonical = msgspec.json.Encoder(order="sorted").encode
Sign = Callable[[bytes], bytes]


class Succession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The statement; keys and signatures are base64. `signed_before` is the old key's signature, None where that was stolen."""

    origin: str
    since: int
    before: str
    public_key: str
    stolen: bool
    signed_before: str | None
    signed: str


def succession_of(origin: str, since: int, before: tuple[bytes, Sign], after: tuple[bytes, Sign], *, stolen: bool) -> Succession:
    """The statement that from position `since` on `after` signs in place of `before`, each a public key with what signs with it."""
    old, new = b64encode(before[0]).decode(), b64encode(after[0]).decode()
    said = {"origin": origin, "since": since, "before": old, "public_key": new, "stolen": stolen}
    data = _PREFIX + _canonical(said)
    by_old = None if stolen else b64encode(before[1](data)).decode()
    by_new = b64encode(after[1](data)).decode()
    return Succession(
        origin=origin, since=since, before=old, public_key=new, stolen=stolen, signed_before=by_old, signed=by_new
    )
