"""The node's keys: a file that is never lost by writing it, and three keys that do one thing each."""

import json
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hervat.errors import KeysFault, TechnicalFault, Usage
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
    assert again.sign(b"data") == KEYS.sign(b"data")


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
    path.write_text(json.dumps(stored(path) | {"hervat_keys": 2}))
    with pytest.raises(KeysFault, match="has version 2, this program reads 1"):
        NodeKeys.load(path)


def test_keys_do_not_show_themselves(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KEYS.save(path)
    assert repr(KEYS) == f"NodeKeys('{ORIGIN}')"
    path.write_text(path.read_text().replace('"signing"', '"sign"'))
    with pytest.raises(KeysFault) as raised:
        NodeKeys.load(path)
    assert stored(path)["wrap"] not in str(raised.value)


@given(text=st.text(), other=st.text())
def test_an_index_is_the_same_for_the_same_text_on_the_same_node(text: str, other: str) -> None:
    assert len(KEYS.index_of(text)) == 16
    assert (KEYS.index_of(text) == KEYS.index_of(other)) == (text == other)
    assert KEYS.index_of(text) != OTHER.index_of(text)


OTHER = NodeKeys.create(ORIGIN)


@given(position=positions, plain=st.binary(max_size=300))
def test_a_box_opens_to_what_was_sealed(position: int, plain: bytes) -> None:
    box = KEYS.seal(position, plain)
    assert len(box) == 12 + len(plain) + 16
    assert box != KEYS.seal(position, plain)
    assert KEYS.open(position, box) == plain


def test_no_two_boxes_have_one_nonce_whoever_seals_them() -> None:
    def seal_many(_: int) -> list[bytes]:
        return [KEYS.seal(1, b"")[:12] for _ in range(1500)]

    KEYS.seal(1, b"")
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
    nonces += [forked[start : start + 12] for start in range(0, len(forked), 12)]
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
    signature = KEYS.sign(b"data")
    Ed25519PublicKey.from_public_bytes(KEYS.public_key).verify(signature, b"data")
    assert signature == KEYS.sign(b"data")
    assert len(KEYS.public_key) == 32
