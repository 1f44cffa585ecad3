"""Reading: any bytes at all end in one judgment, the same each time, and strict JSON is strict."""

import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from hervat.intake.admission import Judged, judge
from hervat.intake.terms import Terms
from hervat.kinds import KINDS
from hervat.message import UNKNOWN
from tests.contract.strategies import Data, envelope, messages, renderings, source_of

TERMS = Terms.default()
LINES = (Path(__file__).parent / "data" / "examples.jsonl").read_bytes().splitlines()
PERSON = {"skn": "29990001", "identity": {"set": "1", "surname": "Test"}}
RAW = json.dumps(envelope("person-registered", PERSON))
CORRECTION = {"corrects": {"source": source_of("prosecution"), "id": "m"}, "data": {"a": 7}}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=3),
    max_leaves=8,
)


def numbers_of(text: str | bytes) -> Any:
    """JSON read as RFC 8785 reads it: every number a double."""
    return json.loads(text, parse_int=float)


def sound(found: Judged) -> Judged:
    """What must hold of every judgment; the judgment, for further questions."""
    assert (found.data is None) != (found.refusal is None)
    assert found.digest == sha256(found.canonical).digest()
    assert (
        (found.canonical == found.raw)
        if found.document is None
        else (numbers_of(found.canonical) == numbers_of(json.dumps(found.document)))
    )
    assert found.source == UNKNOWN or TERMS.partners.roles(found.source.split(":")[3]) is not None
    for text in (found.id, found.kind, found.time, found.previous, found.subject):
        assert text is None or (text.encode() and "\0" not in text)
    if found.refusal is not None:
        assert "\0" not in found.refusal.path + found.refusal.reason
        assert len(found.refusal.path.encode()) < 2000
        assert found.refusal.reason.encode().endswith(b".")
        return found
    assert found.document is not None and found.kind is not None and found.id is not None and found.sequence is not None
    assert type(found.data) is KINDS[found.kind]
    return found


def read(text: str) -> Judged:
    return sound(judge(text.encode("utf-8", "surrogatepass"), TERMS))


def at(found: Judged) -> tuple[str, str]:
    assert found.refusal is not None
    return found.refusal.code, found.refusal.path


@given(st.binary(max_size=200))
@example(b"")
@example(b"\xef\xbb\xbf{}")
@example(b"{")
@example(b'"')
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b'"\\' * 50_000 + b"[" * 70)
@example(b"[" * 65 + b'\\"' * 100_000)
@example(b"1" * 5000)
def test_any_bytes_are_judged(raw: bytes) -> None:
    found = sound(judge(raw, TERMS))
    assert found.refusal is not None and found.source == UNKNOWN


@given(st.sampled_from(LINES), st.data())
def test_a_message_with_bytes_changed_is_judged(raw: bytes, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(raw)))
    last = data.draw(st.integers(first, min(first + 8, len(raw))))
    sound(judge(raw[:first] + data.draw(st.binary(max_size=8)) + raw[last:], TERMS))


def places(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [steps] if steps else []
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for step, item in members for place in places(item, (*steps, step))]


@given(messages, json_values, st.data())
def test_a_message_with_a_value_changed_is_judged(document: Data, value: Any, data: st.DataObject) -> None:
    changed = json.loads(json.dumps(document))
    *outer, last = data.draw(st.sampled_from(places(changed)))
    owner = changed
    for step in outer:
        owner = owner[step]
    owner[last] = value
    read(json.dumps(changed, ensure_ascii=data.draw(st.booleans())))


@given(messages, st.data())
def test_each_rendering_of_a_refused_message_has_the_same_digest_and_refusal(document: Data, data: st.DataObject) -> None:
    wrong = {**document, "sequencetype": "Decimal"}
    one, other = (sound(judge(data.draw(renderings(wrong)), TERMS)) for _ in range(2))
    assert (one.digest, one.refusal) == (other.digest, other.refusal)
    assert one.canonical == rfc8785.dumps(wrong)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda raw: raw.replace('"id": "n-1"', '"id": "n-0", "id": "n-1"'), "envelope", "id"),
        (lambda raw: raw.replace('"id": "n-1"', '"id": "n-1", "i\\u0064": "n-1"'), "envelope", "id"),
        (lambda raw: raw.replace('"id"', '"x": {"y": [{"z": 1, "z": 1}]}, "id"'), "envelope", "x.y[0].z"),
        (lambda raw: raw[:-1] + ', "data": {}}', "envelope", "data"),
        (lambda raw: raw.replace('"set": "1"', '"set": "1", "set": "1"'), "schema", "data.identity.set"),
        (lambda raw: raw.replace("Test", "a\\u0000"), "schema", "data.identity.surname"),
        (lambda raw: raw.replace("Test", "\\ud800"), "schema", "data.identity.surname"),
        (lambda raw: raw.replace('"skn"', '"\\udc00"'), "schema", "data.\\udc00"),
        (lambda raw: raw.replace('"id"', '"\\u0000": 1, "id"'), "envelope", "\\u0000"),
        (lambda raw: raw.replace('"Test"', "1e999"), "schema", "data.identity.surname"),
        (lambda raw: raw.replace('"Test"', "1" * 5000), "schema", "data.identity.surname"),
        (lambda raw: raw.replace('"Test"', "NaN"), "envelope", ""),
        (lambda raw: raw.replace("Test", "a\tb"), "envelope", ""),
        (lambda raw: raw.replace("Test", "\ud800"), "envelope", ""),
        (lambda raw: raw + "{}", "envelope", ""),
        (lambda raw: f"[{raw}]", "envelope", ""),
        (lambda raw: "null", "envelope", ""),
    ],
    ids=range(17),
)
def test_strict_json_is_strict(change: Callable[[str], str], code: str, path: str) -> None:
    assert at(read(change(RAW))) == (code, path)


def test_content_that_has_no_canonical_form_stands_as_it_came() -> None:
    twice = read(RAW.replace('"set": "1"', '"set": "1", "set": "1"'))
    assert twice.document is None and twice.canonical == twice.raw
    assert twice.digest != read(RAW).digest
    assert twice.source == source_of("matching-authority") and twice.id == "n-1"
    assert read(RAW.replace('"Test"', "9007199254740993")).document is None
    assert read(RAW.replace('"Test"', "0.50")).canonical == rfc8785.dumps(json.loads(RAW.replace('"Test"', "0.5")))


def test_escaped_characters_are_the_characters() -> None:
    assert read(RAW.replace("Test", '\\u00e9\\n\\ud83d\\ude00\\/\\"')).digest == read(RAW.replace("Test", 'é\\n😀/\\"')).digest
    found = read(RAW.replace("Test", 'a\\\\u0000 b \\"skn\\"'))
    assert found.refusal is None


def test_keys_stand_in_the_order_of_utf_16() -> None:
    document = envelope("person-registered", PERSON, **{"\ufb33": "1", "\U0001f600": "2"})
    for escaped in (True, False):
        found = read(json.dumps(document, ensure_ascii=escaped))
        assert found.refusal is None
        assert found.canonical == rfc8785.dumps(document)
        assert found.canonical.index("😀".encode()) < found.canonical.index("\ufb33".encode())


def nested(levels: int) -> str:
    """A message with an attribute that nests so deep that the whole has this many levels."""
    return RAW.replace('"id"', f'"x": {"[" * (levels - 1)}{"]" * (levels - 1)}, "id"')


def deeper(frames: int, then: Callable[[], Judged]) -> Judged:
    return then() if frames == 0 else deeper(frames - 1, then)


@pytest.mark.parametrize(("levels", "taken"), [(64, True), (65, False), (400, False), (990, False), (50_000, False)])
def test_how_deep_a_message_nests_is_counted_whatever_the_stack(levels: int, taken: bool) -> None:
    text = nested(levels)
    shallow, deep = read(text), deeper(sys.getrecursionlimit() // 2, lambda: read(text))
    assert shallow == deep
    assert (shallow.refusal is None) == taken
    assert shallow.source == source_of("matching-authority") and shallow.id == "n-1"
    assert taken or at(shallow) == ("envelope", "")


def test_brackets_in_text_are_no_levels() -> None:
    assert read(RAW.replace("Test", "[{" * 100)).refusal is None
    assert read(RAW.replace("Test", '\\"[{' * 100)).refusal is None


def test_new_data_in_a_correction_is_read_as_strictly() -> None:
    raw = json.dumps(envelope("message-corrected", CORRECTION))
    assert read(raw).refusal is None
    assert read(raw.replace("7}", str(2**53) + "}")).refusal is None
    assert at(read(raw.replace("7}", str(2**53 + 1) + "}"))) == ("schema", "data.data.a")
    assert at(read(raw.replace("7}", "[0, 7.0]}"))) == ("schema", "data.data.a[1]")
    assert read(raw.replace("7}", "[" * 61 + "]" * 61 + "}")).refusal is None
    assert at(read(raw.replace("7}", "[" * 62 + "]" * 62 + "}"))) == ("envelope", "")


def test_a_path_is_short_and_can_be_kept_whatever_the_key() -> None:
    long = read(RAW.replace('"skn"', json.dumps("k" * 100_000)))
    assert long.refusal is not None and len(long.refusal.path) < 300
