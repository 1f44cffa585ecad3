"""Receipts of custody: the node's signed word that an entry is on disk, at which position and with which leaf.

- A receipt says nothing about what became of the message; that it was applied, held or refused is told apart.
- It is RFC 8785 JSON, signed by the key that signed at its position, and Ed25519 signs the same data in the same way: who sends a message
  again gets the same bytes, also when another key signs what comes now.
- The signature is over `hervat/receipt/1` 00 and the JSON without the signature.
- A later proof must lead from the leaf in it: a journal that lost or changed the entry contradicts its own receipt.
"""

import base64
import binascii
from typing import Annotated, Any, Literal

import msgspec

from hervat.errors import NotSo, Usage
from hervat.journal.checkpoint import is_signed
from hervat.journal.keys import NodeKeys, Signers

_PREFIX = b"hervat/receipt/1\0"
# RFC 8785 for what is in a receipt: ASCII names, strings, null and small integers.
_canonical = msgspec.json.Encoder(order="sorted").encode


class _Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A receipt as it is on the wire."""

    v: Literal[1]
    receipt: Literal["custody"]
    origin: str
    position: Annotated[int, msgspec.Meta(ge=1)]
    source: str
    id: str | None
    leaf: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    received_at: str
    signature: str


def custody_receipt(keys: NodeKeys | Signers, *, position: int, source: str, id: str | None, leaf: bytes, received_at: str) -> bytes:
    """The receipt for the entry at `position`: UTF-8 bytes, the same for the same entry and keys.

    `leaf` is the entry's 32-byte leaf hash, `received_at` its own RFC 3339 text, `id` None where none could be read.
    """
    said = {
        "v": 1,
        "receipt": "custody",
        "origin": keys.origin,
        "position": position,
        "source": source,
        "id": id,
        "leaf": leaf.hex(),
        "received_at": received_at,
    }
    signature = keys.sign(_PREFIX + _canonical(said), position)
    return _canonical(said | {"signature": base64.b64encode(signature).decode()})


def verify_receipt(receipt: bytes, public_key: bytes) -> dict[str, Any]:
    """What a receipt says, its fields by name, the signature included.

    Raises Usage where it is no receipt to the byte, NotSo where it was not signed with the 32-byte `public_key`.
    """
    try:
        said = msgspec.to_builtins(msgspec.json.decode(receipt, type=_Receipt))
        signature = base64.b64decode(said["signature"], validate=True)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as fault:
        raise Usage(f"this is not a receipt of custody ({fault}); use the bytes exactly as the node gave them") from fault
    if _canonical(said) != receipt or base64.b64encode(signature).decode() != said["signature"]:
        raise Usage("this receipt was written anew since it was signed; use the bytes exactly as the node gave them")
    unsigned = {name: value for name, value in said.items() if name != "signature"}
    if not is_signed(public_key, signature, _PREFIX + _canonical(unsigned)):
        raise NotSo(
            f"the receipt for position {said['position']} is not signed with the key given for {said['origin']}; "
            "see that the key is theirs, or do not rely on the receipt"
        )
    return dict(said)
