"""From bytes to a document: strict JSON, read once, with its RFC 8785 form and whatever makes it unfit.

- `read_sound` is the fast way. It answers only for documents in which nothing can be wrong that a decoder passes over in silence;
  for anything else it answers None, and `read` looks again and says what is wrong, where.
- Unfit are: a key that comes twice, U+0000, a lone surrogate, a number with a fraction or exponent, an integer beyond 2^53, and
  nesting deeper than 64 levels. Levels are counted before anything is parsed, so that no answer depends on the caller's stack.
- A document with a key twice, a lone surrogate or an integer beyond 2^53 has no RFC 8785 form; its bytes stand for it.
"""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import msgspec
import rfc8785

from hervat.message import LARGEST

DEEPEST = 64

Document = dict[str, Any]

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode

# Escapes of a quote or backslash make counting quotes prove nothing. Keys with characters beyond U+FFFF, escaped or not, sort
# by their surrogates in RFC 8785 and by their bytes in the encoder. U+0000 can only come escaped.
_AWKWARD = re.compile(rb'\\["\\]|\\u0022|\\u005[cC]|\\u[dD][89abAB]|\\u0000')
_BEYOND = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
# A string that never ends is one token up to the end, or a text of quotes alone would take quadratic time.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Flaw(NamedTuple):
    """Something that no document may have: its path and a sentence."""

    path: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What could be read of the bytes.

    `document` is None unless `canonical` is its RFC 8785 form. `shown` holds the attributes as far as they could be read.
    `flaws` has the first flaw of each attribute; `fault` says why the bytes as a whole cannot be taken as a JSON object.
    """

    canonical: bytes
    document: Document | None = None
    shown: Document = field(default_factory=dict)
    flaws: dict[str, Flaw] = field(default_factory=dict)
    fault: str | None = None


def read_sound(raw: bytes) -> tuple[Document, bytes] | None:
    """The document and its RFC 8785 form, where it is plain that no key came twice and no string holds U+0000.

    Without escaped quotes every string has two quotes in the bytes and two in the RFC 8785 form, which has each key once: equal
    counts prove that none was dropped. Numbers are not looked at.
    """
    if b"\\" in raw and _AWKWARD.search(raw):
        return None
    if not raw.isascii() and any(lead in raw for lead in _BEYOND):
        return None
    try:
        document = _decode(raw)
        canonical = _encode_sorted(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if type(document) is not dict or raw.count(b'"') != canonical.count(b'"'):
        return None
    return document, canonical


def read(raw: bytes) -> Reading:
    """Read any bytes, and say what is wrong with them. Never raises for what they contain."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Reading(raw, fault="The message is not UTF-8; send it as JSON in UTF-8.")
    if text.count("[") + text.count("{") > DEEPEST:
        deepest, outline = _outline(text)
        if deepest > DEEPEST:
            return Reading(
                raw,
                shown=_parse(outline)[0] or {},
                fault=f"The message is nested deeper than {DEEPEST} levels; no kind needs that, send it flatter.",
            )
    document, repeated = _parse(text)
    if document is None:
        return Reading(raw, fault="The message is not a JSON object; send one CloudEvents event in structured JSON.")
    flaws = _flaws(document)
    canonical = None if repeated else _canonical(document, sound=not flaws)
    if canonical is None:
        return Reading(raw, shown=document, flaws=flaws)
    return Reading(canonical, document=document, shown=document, flaws=flaws)


def few_levels(raw: bytes) -> bool:
    """Whether it is plain that the bytes nest no deeper than `DEEPEST`, without reading them."""
    return raw.count(b"[") + raw.count(b"{") <= DEEPEST


def first_flaw(value: object, path: str) -> Flaw | None:
    """The first flaw, in document order, of a value that nests no deeper than `DEEPEST`."""
    match value:
        case str():
            return _flaw_of_text(value, path)
        case bool() | None:
            return None
        case float():
            return Flaw(path, "A fraction, an exponent or a number beyond 2^53 is refused; send a whole number or text.")
        case int():
            return Flaw(path, "An integer beyond 2^53 is refused; send it as text.") if abs(value) > LARGEST else None
        case list():
            return next(filter(None, (first_flaw(item, f"{path}[{index}]") for index, item in enumerate(value))), None)
        case dict():
            return next(filter(None, (_flaw_of_member(value, key, path) for key in value)), None)
        case _:
            return None


def place(document: object, path: str) -> tuple[int, ...]:
    """Where `path` stands in the order of the document; what is missing stands last in the object that should hold it."""
    steps: list[int] = []
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(document, dict):
            steps.append(list(document).index(step) if step in document else len(document))
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            steps.append(int(step))
            document = document[int(step)]
    return tuple(steps)


def printable(text: str) -> str:
    """A path or name out of a message, fit to be kept and shown: no U+0000, no lone surrogates, no more than 200 characters."""
    return text[:200].replace("\0", "\\u0000").encode("utf-8", "backslashreplace").decode("utf-8")


class _Repeating(dict[str, Any]):
    """An object in which `keys_again` came more than once."""

    keys_again: frozenset[str] = frozenset()


def _flaw_of_text(text: str, path: str) -> Flaw | None:
    if "\0" in text:
        return Flaw(path, "U+0000 is refused in any text; leave the character out.")
    if _SURROGATE.search(text):
        return Flaw(path, "A lone surrogate is no character; send the character as a whole.")
    return None


def _flaw_of_member(owner: Document, key: str, path: str) -> Flaw | None:
    below = printable(f"{path}.{key}" if path else key)
    if isinstance(owner, _Repeating) and key in owner.keys_again:
        return Flaw(below, "This key comes more than once in its object; send it once.")
    return _flaw_of_text(key, below) or first_flaw(owner[key], below)


def _flaws(document: Document) -> dict[str, Flaw]:
    """The first flaw of each attribute that has one."""
    found = ((key, _flaw_of_member(document, key, "")) for key in document)
    return {key: flaw for key, flaw in found if flaw is not None}


def _parse(text: str) -> tuple[Document | None, bool]:
    """The JSON object in `text`, None where it is not one; and whether any object in it has a key twice."""
    repeated = False

    def hook(pairs: list[tuple[str, Any]]) -> Document:
        nonlocal repeated
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        repeated = True
        again = _Repeating(members)
        again.keys_again = frozenset(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return again

    try:
        document = json.loads(text, object_pairs_hook=hook, parse_int=_whole, parse_constant=_no_constant)
    except ValueError:
        return None, False
    return (document if isinstance(document, dict) else None), repeated


def _whole(digits: str) -> int | float:
    """An integer; one of more than twenty characters only has to be seen to be beyond every limit."""
    return int(digits) if len(digits) <= 20 else math.inf


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _canonical(document: Document, *, sound: bool) -> bytes | None:
    """The RFC 8785 form, None where there is none."""
    if sound:
        return _encode(_in_order(document))
    try:
        return rfc8785.dumps(document)
    except ValueError:
        return None


def _in_order(value: Any) -> Any:
    """The value with the keys of every object in the order of RFC 8785: by their UTF-16 code units."""
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _outline(text: str) -> tuple[int, str]:
    """How deep the brackets go, and the text with everything below the attributes left out, put down as null."""
    depth = deepest = start = 0
    kept: list[str] = []
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if depth == 2:
                kept.append(text[start : token.start()])
        elif token[0] in "]}":
            depth -= 1
            if depth == 1:
                kept.append("null")
                start = token.end()
    if depth < 2:
        kept.append(text[start:])  # else a bracket is never closed, and its content must not come back
    return deepest, "".join(kept)
