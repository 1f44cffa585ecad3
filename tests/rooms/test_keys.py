"""The node's keys: a file that is never lost by writing it, and three keys that do one thing each."""

import json
import os
import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hervat.errors import KeysFault, TechnicalFault, Usage
from hervat.journal.checkpoint import read_verifier, verifier_of
from hervat.journal.entry import HEAD, MESSAGE, draft_of
from hervat.journal.keys import NodeKeys

ORIGIN = "hervat.example/node-1"
KEYS = NodeKeys.create(ORIGIN)
positions = st.integers(1, 2**40)


def stored(path: Path) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(path.read_text())
    return whole


def test_a_node_without_a_name_gets_its_own() -> None:
    first, second = NodeKeys.create(), NodeKeys.create()
    assert re.fullmatch(r"hervat\.example/node-[0-9a-f]{8}", first.origin)
    assert first.origin != second.origin
    assert first.public_key != second.public_key


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nline", "tab\t", "no\u00a0break", "\x1b[2J"])
def test_an_origin_must_fit_in_a_signed_note(origin: str) -> None:
    with pytest.raises(Usage, match="cannot be the origin"):
        NodeKeys.create(origin)


def test_keys_come_back_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    again = NodeKeys.load(path)
    assert (again.origin, again.public_key) == (ORIGIN, KEYS.public_key)
    assert again.open(7, KEYS.seal(7, b"plain")) == b"plain"
    assert again.index_of("person:1") == KEYS.index_of("person:1")
    assert again.sign(b"data", 1) == KEYS.sign(b"data", 1)


def test_the_file_is_its_owners_only_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        KEYS.save(tmp_path / "keys.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    content = path.read_bytes()
    with pytest.raises(Usage, match=r"keys\.json already exists"):
        NodeKeys.create().save(path)
    assert path.read_bytes() == content
    assert [left.name for left in tmp_path.iterdir()] == ["keys.json"]


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeysFault, match="the directory must exist"):
        KEYS.save(tmp_path / "nowhere" / "keys.json")


def test_load_or_create_makes_keys_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert NodeKeys.load_or_create(path).public_key == NodeKeys.load_or_create(path).public_key


def test_makers_at_the_same_moment_get_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: NodeKeys.load_or_create(tmp_path / "keys.json").public_key, range(32)))
    assert len(set(made)) == 1
    assert [left.name for left in tmp_path.iterdir()] == ["keys.json"]


def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(KeysFault, match=f"no keys file at {re.escape(str(tmp_path))}"):
        NodeKeys.load(tmp_path / "keys.json")
    assert not list(tmp_path.iterdir())


def test_a_directory_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeysFault, match="cannot be read"):
        NodeKeys.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"wrap": "AAAA"},
        {"index": "not base64!"},
        {"signing": 12},
        {"origin": "two words"},
        {"another": "field"},
        {"hervat_keys": None},
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    path.write_text(json.dumps(stored(path) | change))
    with pytest.raises(KeysFault, match=r"keys\.json is not a keys file of hervat .*safe copy") as raised:
        NodeKeys.load(path)
    assert isinstance(raised.value, TechnicalFault)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"\xff"', b"null"])
def test_what_is_no_keys_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    with pytest.raises(KeysFault, match="is not a keys file"):
        NodeKeys.load(path)


def test_a_file_of_a_later_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    path.write_text(json.dumps(stored(path) | {"hervat_keys": 3}))
    with pytest.raises(KeysFault, match="has version 3, this program reads up to 2"):
        NodeKeys.load(path)


def test_keys_do_not_show_themselves(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    assert repr(KEYS) == f"NodeKeys('{ORIGIN}')"
    path.write_text(path.read_text().replace('"signing"', '"sign"'))
    with pytest.raises(KeysFault) as raised:
        NodeKeys.load(path)
    assert stored(path)["wrap"][0]["key"] not in str(raised.value)


@given(text=st.text(), other=st.text())
def test_an_index_is_the_same_for_the_same_text_on_the_same_node(text: str, other: str) -> None:
    assert len(KEYS.index_of(text)) == 16
    assert (KEYS.index_of(text) == KEYS.index_of(other)) == (text == other)
    assert KEYS.index_of(text) != OTHER.index_of(text)


OTHER = NodeKeys.create(ORIGIN)


@given(position=positions, plain=st.binary(max_size=300))
def test_a_box_opens_to_what_was_sealed(position: int, plain: bytes) -> None:
    box = KEYS.seal(position, plain)
    assert len(box) == 8 + 12 + len(plain) + 16
    assert box != KEYS.seal(position, plain)
    assert KEYS.open(position, box) == plain


def nonce_of_a_box() -> bytes:
    return KEYS.seal(1, b"")[8:20]


def key_of_a_segment() -> bytes:
    return draft_of([(HEAD, b"")], b"", sort=MESSAGE, source=None, id=None, sequence=None, kind=None).secrets


@pytest.mark.parametrize(("once", "size"), [(nonce_of_a_box, 12), (key_of_a_segment, 32)])
def test_no_two_boxes_have_one_nonce_and_no_two_segments_one_key_whoever_seals_them(once: Callable[[], bytes], size: int) -> None:
    def seal_many(_: int) -> list[bytes]:
        return [once() for _ in range(1500)]

    once()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"".join(seal_many(0)))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        forked = pipe.read()
    os.waitpid(child, 0)
    with ThreadPoolExecutor(8) as threads:
        nonces = [nonce for many in threads.map(seal_many, range(8)) for nonce in many]
    nonces += [forked[start : start + size] for start in range(0, len(forked), size)]
    assert len(nonces) == len(set(nonces)) == 9 * 1500


@given(position=positions, moved=positions, bit=st.integers(0), plain=st.binary(max_size=40))
def test_a_box_opens_nowhere_else(position: int, moved: int, bit: int, plain: bytes) -> None:
    box = KEYS.seal(position, plain)
    place, within = divmod(bit % (len(box) * 8), 8)
    changed = bytearray(box)
    changed[place] ^= 1 << within
    tries = [
        (KEYS, position, bytes(changed)),
        (OTHER, position, box),
        (KEYS, position, box[:-1]),
        (KEYS, position, b""),
    ]
    if moved != position:
        tries.append((KEYS, moved, box))
    for keys, at, tried in tries:
        with pytest.raises(KeysFault, match=f"entry {at} .*may not belong to this store"):
            keys.open(at, tried)


def test_a_signature_is_ed25519_and_always_the_same() -> None:
    signature = KEYS.sign(b"data", 1)
    Ed25519PublicKey.from_public_bytes(KEYS.public_key).verify(signature, b"data")
    assert signature == KEYS.sign(b"data", 9)
    assert len(KEYS.public_key) == 32


def rotated(keys: NodeKeys, position: int, *, stolen: bool = False) -> NodeKeys:
    made = keys.renewed("2026-01-01T00:00:00Z")
    return made.taken_over(made.succession_at(position, stolen=stolen))


@given(first=st.integers(1, 2**40), more=st.integers(1, 2**20), at=positions, plain=st.binary(max_size=40))
def test_which_key_signs_and_which_one_seals(first: int, more: int, at: int, plain: bytes) -> None:
    once = rotated(KEYS, first)
    twice = rotated(once, first + more)
    signers = [twice.signer_at(position).public_key for position in (0, first - 1, first, first + more - 1, first + more)]
    assert signers == [KEYS.public_key, KEYS.public_key, once.public_key, once.public_key, twice.public_key]
    assert twice.sign(b"data", first - 1) == KEYS.sign(b"data", 1)
    assert [twice.open(at, keys.seal(at, plain)) for keys in (KEYS, once, twice)] == [plain] * 3
    last = twice.sealed_anew()
    assert last.open(at, twice.seal(at, plain)) == plain
    for box in (KEYS.seal(at, plain), once.seal(at, plain)):
        assert not twice.is_sealed_now(box)
        with pytest.raises(KeysFault, match=f"asks for the wrap key {box[:8].hex()}"):
            last.open(at, box)


def test_a_new_signing_key_signs_nothing_before_it_takes_over() -> None:
    made = KEYS.renewed("")
    assert made.pending is not None
    assert made.public_key == made.signer_at(2**40).public_key == KEYS.public_key


@pytest.mark.parametrize("stolen", [False, True])
def test_rotated_keys_come_back_from_their_file(tmp_path: Path, stolen: bool) -> None:
    path = tmp_path / "keys.json"
    for keys in (KEYS, KEYS.renewed("2026-01-01T00:00:00Z"), rotated(KEYS, 7, stolen=stolen), rotated(rotated(KEYS, 7), 9).sealed_anew()):
        path.unlink(missing_ok=True)
        keys.save(path)
        assert NodeKeys.load(path).ring == keys.ring


def test_keys_are_put_in_the_place_of_those_they_come_from_alone(tmp_path: Path) -> None:
    path, link = tmp_path / "keys.json", tmp_path / "link"
    KEYS.save(path)
    link.symlink_to(path)
    made = KEYS.renewed("")
    with pytest.raises(KeysFault, match="changed by somebody else"):
        made.sealed_anew().put(path, made)
    assert NodeKeys.load(path).ring == KEYS.ring
    made.put(link, KEYS)
    assert NodeKeys.load(path).ring == made.ring
    assert (link.is_symlink(), stat.S_IMODE(path.stat().st_mode)) == (True, 0o600)
    assert sorted(left.name for left in tmp_path.iterdir()) == ["keys.json", "link"]


@pytest.mark.parametrize(
    "change",
    [
        {"wrap": []},
        {"signing": []},
        {"signing": [{"since": None}]},
        {"signing": [{"since": 3}]},
        {"signing": [{"since": 0}, {"since": 0}]},
        {"signing": [{"since": 0}, {"since": 9}, {"since": 5}]},
        {"signing": [{"since": 0}, {"since": None}, {"since": 5}]},
        {"signing": [{"since": 0}, {"since": -1}]},
    ],
)
def test_keys_that_do_not_follow_on_one_another_are_told(tmp_path: Path, change: dict[str, list[dict[str, object]]]) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    whole = stored(path)
    filled = {name: [whole[name][0] | one for one in items] for name, items in change.items()}
    path.write_text(json.dumps(whole | filled))
    with pytest.raises(KeysFault, match=r"keys\.json is not a keys file of hervat"):
        NodeKeys.load(path)


@given(st.binary(min_size=32, max_size=32))
def test_a_public_key_is_read_as_it_is_shown(key: bytes) -> None:
    shown = verifier_of(ORIGIN, key)
    assert read_verifier(f"{shown}\n") == (ORIGIN, key)
    for wrong in (shown[:-4], f"x{shown}", shown.replace("+", " ", 1), ORIGIN, "", f"{shown}+"):
        with pytest.raises(Usage, match="no public key in the form of notes"):
            read_verifier(wrong)
