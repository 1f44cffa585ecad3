"""Proofs that lead over a rotation: who trusts one of the node's keys gets to the other, unless it was stolen; nobody else does."""

import copy
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.intake.inbox import Inbox
from hervat.intake.rotated import KeysRotated
from hervat.journal.keys import NodeKeys
from hervat.partner import Partners
from hervat.stores.memory import MemoryStore
from tests.faults.processes import EXAMPLES
from tools import check_proof

OLD = NodeKeys.create("example.org/node")
LINES = EXAMPLES.read_bytes().splitlines()


def proof_over(*stolen: bool) -> tuple[dict[str, Any], list[bytes]]:
    """A proof of entry 3 from after as many rotations, and the public keys in the order in which they came."""
    store, keys = MemoryStore(), OLD
    for part, was_stolen in enumerate((*stolen, None)):
        node = Node(store, keys, Partners.default(), SystemClock(), writer=True)
        node.receive(LINES[part * 5 : part * 5 + 5])
        if was_stolen is not None:
            made = keys.renewed("")
            succession = made.succession_at(store.head().size + 1, stolen=was_stolen)
            keys = made.taken_over(succession)
            act = KeysRotated(succession=succession, wrap=keys.wrap_names[-1], by="a test", why="a test")
            Inbox(store, keys, node.rosters(), SystemClock()).rotated(act)
    proof = Node(store, keys, Partners.default(), SystemClock(), writer=False).prove(3)
    return json.loads(json.dumps(proof)), [signer.public_key for signer in keys.signers]


OVER = {stolen: proof_over(*stolen) for stolen in ((), (False,), (True,), (False, False), (True, False), (False, True))}


def is_good(proof: dict[str, Any], key: bytes | None) -> bool:
    return check_proof.report(proof, None, key) == check_proof.GOOD


@pytest.mark.parametrize("stolen", OVER)
def test_who_vouches_for_whom(stolen: tuple[bool, ...]) -> None:
    proof, keys = OVER[stolen]
    assert is_good(proof, None)
    for number, key in enumerate(keys):
        assert is_good(proof, key) == (not any(stolen[number:]))
    assert not is_good(proof, NodeKeys.create().public_key)


def succession_fields() -> st.SearchStrategy[tuple[str, Any]]:
    other = b64encode(NodeKeys.create().public_key).decode()
    return st.one_of(
        st.tuples(st.just("origin"), st.sampled_from(["example.org/other", "", None])),
        st.tuples(st.just("since"), st.sampled_from([0, 3, 4, 11, 10**6, None, True, "6"])),
        st.tuples(st.sampled_from(["before", "public_key"]), st.sampled_from([other, "", None, "AAAA"])),
        st.tuples(st.just("stolen"), st.sampled_from([True, None, 0])),
        st.tuples(st.sampled_from(["signed", "signed_before"]), st.sampled_from([b64encode(bytes(64)).decode(), None, "", "AAAA"])),
        st.tuples(st.just("more"), st.just(1)),
    )


@given(which=st.sampled_from([(False,), (False, False)]), number=st.integers(0, 1), change=succession_fields())
def test_a_succession_that_was_changed_is_bad(which: tuple[bool, ...], number: int, change: tuple[str, Any]) -> None:
    proof, keys = OVER[which]
    changed = copy.deepcopy(proof)
    changed["successions"][number % len(which)][change[0]] = change[1]
    assume(changed != proof)
    for key in (None, *keys):
        assert not is_good(changed, key)


@given(change=st.sampled_from(["none", "first", "last", "twice", "turned", "text", "key"]))
def test_successions_that_do_not_lead_there_are_bad(change: str) -> None:
    proof, keys = OVER[False, False]
    chain, changed = proof["successions"], copy.deepcopy(proof)
    changed["successions"] = {
        "none": [],
        "first": chain[1:],
        "last": chain[:1],
        "twice": [chain[0], *chain],
        "turned": chain[::-1],
        "text": ["x", "y"],
        "key": chain,
    }[change]
    if change == "key":
        changed["receipt_key"] = b64encode(NodeKeys.create().public_key).decode()
    for key in (None, *keys):
        assert not is_good(changed, key)


def test_another_cannot_take_over_with_a_key_of_its_own() -> None:
    """Who signs a succession to a key of the node, from a key that never was the node's, is not vouched for by the node."""
    proof, keys = OVER[False,]
    forged = copy.deepcopy(proof)
    own = NodeKeys.create("example.org/node")
    made = own.renewed("")
    other = made.succession_at(6, stolen=False)
    forged["successions"] = [proof["successions"][0] | {"before": other.before, "signed_before": other.signed_before}]
    forged["receipt_key"] = b64encode(own.public_key).decode()
    for key in (None, *keys, own.public_key):
        assert not is_good(forged, key)
    assert b64decode(proof["receipt_key"]) == keys[0]
