"""One entry of the journal: nothing is lost between split and join, and no bit changes unnoticed."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hervat.errors import KeysFault, StoreFault
from hervat.journal.entry import HEAD, MESSAGE, Entry, check, digest_of, draft_of, enter, join, open_entry, split
from hervat.journal.keys import NodeKeys

KEYS = NodeKeys.create("entries")
FIELDS = ("meta", "parts", "box", "leaf")

words = st.one_of(
    st.text(max_size=4),
    st.sampled_from(("identity", "head", "raw", "charge:1", "charge:2", "verdict:1", "sentence:1", "charges", "x" * 70)),
)
numbers = st.one_of(st.integers(1, 3), st.integers(-(2**53), 2**53), words, st.none(), st.booleans())
values = st.recursive(numbers, lambda deeper: st.lists(deeper, max_size=2) | st.dictionaries(words, deeper, max_size=2), max_leaves=4)
items = st.one_of(st.fixed_dictionaries({"charge": numbers}, optional={"verdict": values, "name": words}), values)
lists = st.lists(items, max_size=3)
bodies = st.fixed_dictionaries(
    {}, optional={"charges": lists | values, "verdicts": lists | values, "sentences": lists | values, "identity": values, "pn": words}
)
data = st.one_of(
    bodies,
    st.fixed_dictionaries({"corrects": values, "data": bodies}),
    st.builds(lambda outer, inner: outer | {"data": inner}, bodies, bodies | values),
)
documents = st.fixed_dictionaries({"id": words, "data": data}, optional={"salt": words, "charges": lists})


@given(document=documents)
@example(document={"data": {"corrects": {}, "data": {"charges": ["verdict:1"], "verdicts": [{"charge": 1}]}}})
@example(document={"data": {"corrects": {}, "data": {"charges": ["charge:1"], "verdicts": [{"charge": 1}], "identity": "identity"}}})
@example(document={"data": {"charges": [{"charge": 1}], "data": {"charges": [{"charge": 1}, {"charge": "1"}]}}})
@example(document={"data": {"charges": [{"charge": 1}, {"charge": True}, {"charge": None}, {}]}})
def test_what_is_split_is_joined_again(document: dict[str, Any]) -> None:
    segments = split(document)
    names = [name for name, _ in segments]
    assert names[0] == HEAD
    assert len(set(names)) == len(names)
    assert msgspec.json.decode(join(dict(segments))) == document


def entry_of(document: dict[str, Any], position: int = 7) -> Entry:
    draft = draft_of(split(document), bytes(range(32)), sort=MESSAGE, source="s", id="i", sequence=3, kind="k")
    return enter(KEYS, position, "2025-09-01T00:00:00.000000Z", draft)


@given(document=documents, position=st.integers(1, 2**40))
def test_an_entry_opens_to_what_was_sealed(document: dict[str, Any], position: int) -> None:
    entry = entry_of(document, position)
    opened = check(KEYS, entry)
    assert msgspec.json.decode(opened.payload) == document
    assert msgspec.json.decode(open_entry(KEYS, entry).payload) == document
    assert opened.digest == digest_of(KEYS, entry) == bytes(range(32))
    assert [opened.meta.position, opened.meta.source, opened.meta.id, opened.meta.sequence] == [position, "s", "i", 3]


def flipped(entry: Entry, field: str, bit: int) -> Entry:
    content = bytearray(getattr(entry, field))
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    return msgspec.structs.replace(entry, **{field: bytes(content)})


@pytest.mark.parametrize("field", FIELDS)
def test_every_single_flipped_bit_is_found(field: str) -> None:
    entry = entry_of({"id": "i", "data": {"pn": "p", "charges": [{"charge": 1}]}})
    for bit in range(8 * len(getattr(entry, field))):
        with pytest.raises((StoreFault, KeysFault)):
            check(KEYS, flipped(entry, field, bit))


@given(document=documents, field=st.sampled_from(FIELDS), bit=st.integers(0, 2**14))
def test_a_flipped_bit_is_found_in_any_entry(document: dict[str, Any], field: str, bit: int) -> None:
    with pytest.raises((StoreFault, KeysFault)):
        check(KEYS, flipped(entry_of(document), field, bit))


@given(document=documents, field=st.sampled_from(FIELDS), kept=st.integers(0, 40))
def test_what_was_torn_off_is_found(document: dict[str, Any], field: str, kept: int) -> None:
    entry = entry_of(document)
    whole = getattr(entry, field)
    with pytest.raises((StoreFault, KeysFault)):
        check(KEYS, msgspec.structs.replace(entry, **{field: whole[:kept] if kept < len(whole) else b""}))


def test_an_entry_at_another_position_is_found() -> None:
    with pytest.raises((StoreFault, KeysFault)):
        check(KEYS, msgspec.structs.replace(entry_of({"data": {}}), position=8))


def test_parts_of_another_entry_are_found() -> None:
    one, other = entry_of({"data": {}}), entry_of({"data": {}})
    for field in ("meta", "parts", "box"):
        with pytest.raises((StoreFault, KeysFault)):
            check(KEYS, msgspec.structs.replace(one, **{field: getattr(other, field)}))
