"""Custody receipts: the same bytes for the same entry, and believed only as they were signed."""

import base64
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hervat.errors import NotSo, Usage
from hervat.journal.keys import NodeKeys
from hervat.journal.receipt import custody_receipt, verify_receipt
from hervat.journal.ring import Ring
from hervat.journal.tree import leaf_hash

ORIGIN = "hervat.example/node-1"
KEYS = NodeKeys(Ring.of(ORIGIN, bytes(32), bytes(32), bytes(range(32))))
LEAF = leaf_hash(b"an entry")
AT = "2026-03-01T09:30:00.000000Z"
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def receipt_of(*, position: int = 7, source: str = "om", id: str | None = "m-1", leaf: bytes = LEAF, at: str = AT) -> bytes:
    return custody_receipt(KEYS, position=position, source=source, id=id, leaf=leaf, received_at=at)


def test_a_receipt_says_what_is_in_custody() -> None:
    said = verify_receipt(receipt_of(), KEYS.public_key)
    signature = said.pop("signature")
    assert said == {
        "v": 1,
        "receipt": "custody",
        "origin": ORIGIN,
        "position": 7,
        "source": "om",
        "id": "m-1",
        "leaf": LEAF.hex(),
        "received_at": AT,
    }
    assert len(signature) == 88


@given(position=st.integers(1, 2**53 - 1), source=names, id=st.none() | names, at=names)
def test_a_receipt_is_rfc_8785_and_the_same_every_time(position: int, source: str, id: str | None, at: str) -> None:
    receipt = receipt_of(position=position, source=source, id=id, at=at)
    assert receipt == receipt_of(position=position, source=source, id=id, at=at)
    assert receipt == rfc8785.dumps(json.loads(receipt))
    said = verify_receipt(receipt, KEYS.public_key)
    assert (said["position"], said["source"], said["id"], said["received_at"]) == (position, source, id, at)


@given(bit=st.integers(0))
def test_no_bit_of_a_receipt_can_be_changed(bit: int) -> None:
    receipt = bytearray(receipt_of())
    place, within = divmod(bit % (len(receipt) * 8), 8)
    receipt[place] ^= 1 << within
    with pytest.raises((Usage, NotSo)):
        verify_receipt(bytes(receipt), KEYS.public_key)


def test_another_position_was_not_signed() -> None:
    with pytest.raises(NotSo, match=r"position 8 is not signed with the key given for hervat\.example/node-1"):
        verify_receipt(receipt_of().replace(b'"position":7', b'"position":8'), KEYS.public_key)


def test_the_key_of_another_node_does_not_count() -> None:
    with pytest.raises(NotSo, match="see that the key is theirs"):
        verify_receipt(receipt_of(), NodeKeys.create(ORIGIN).public_key)


def test_a_checkpoint_or_other_signature_is_no_receipt() -> None:
    receipt = json.loads(receipt_of())
    unsigned = {name: value for name, value in receipt.items() if name != "signature"}
    bare = KEYS.sign(rfc8785.dumps(unsigned), 7)
    receipt["signature"] = base64.b64encode(bare).decode()
    with pytest.raises(NotSo):
        verify_receipt(rfc8785.dumps(receipt), KEYS.public_key)


@pytest.mark.parametrize(
    "receipt",
    [
        b"",
        b"{}",
        b"null",
        b"\xff",
        json.dumps(json.loads(receipt_of())).encode(),
        receipt_of() + b"\n",
        receipt_of().replace(b'"v":1', b'"v":2'),
        receipt_of().replace(b'"custody"', b'"applied"'),
        receipt_of().replace(b'"position":7', b'"position":0'),
        receipt_of().replace(b'"v":1', b'"v":1,"w":1'),
        receipt_of().replace(b'"position":7', b'"position":6,"position":7'),
        receipt_of().replace(LEAF.hex().encode(), LEAF.hex().upper().encode()),
        receipt_of().replace(b'=="', b'="'),
    ],
)
def test_what_is_no_receipt_is_told(receipt: bytes) -> None:
    with pytest.raises(Usage, match="use the bytes exactly as the node gave them"):
        verify_receipt(receipt, KEYS.public_key)
