"""The envelope: which attributes a message has, and what each must be.

- `ATTRIBUTES` stands in the order of the contract; an attribute that is not in it is kept and not looked at.
- A check answers None, or a sentence saying what is wrong and what to do. Null counts as absent.
- Whether a source belongs to a known organisation depends on the partners in force and is asked in `admission`.
"""

import binascii
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hervat.clock import is_rfc3339, parse_rfc3339
from hervat.kinds import KINDS
from hervat.message import LARGEST, SOURCE, MessageId
from hervat.person import passes_eleven_test

TYPES = {f"nl.hervat.{kind}.v1": kind for kind in KINDS}

MISSING = "This attribute is missing; every message must carry it."
_SEQUENCE = re.compile(r"[1-9][0-9]{0,15}")
_SKN = re.compile(r"[0-9A-Za-z-]{1,32}")

Check = Callable[[Any], str | None]


def _exactly(text: str) -> Check:
    reason = f"This is not `{text}`, the only value there is; send that."
    return lambda value: None if value == text and type(value) is str else reason


def _id(value: object) -> str | None:
    if isinstance(value, str) and 1 <= len(value) <= 128:
        return None
    return "An id is text of 1 to 128 characters; send one that is unique within its source."


@lru_cache(maxsize=4096)
def oin_of(source: str) -> str | None:
    """The OIN in the name of a source; None where it is not the name of a source."""
    named = SOURCE.fullmatch(source)
    return None if named is None else named["oin"]


def _source(value: object) -> str | None:
    if isinstance(value, str) and oin_of(value) is not None:
        return None
    return "This is no source; write `urn:nld:oin:<20 characters>:systeem:<name>`."


def _type(value: object) -> str | None:
    if isinstance(value, str) and value in TYPES:
        return None
    return "This type is unknown; `hervat schema` lists the kinds, each sent as `nl.hervat.<kind>.v1`."


def _subject(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _SKN.fullmatch(value):
        return "A subject is the SKN of a person; send that, or leave the attribute out."
    if len(value) == 9 and passes_eleven_test(value):
        return "This subject may be a BSN, which may never stand here; send the SKN, or leave the attribute out."
    return None


def _time(value: object) -> str | None:
    if not isinstance(value, str):
        return "A time is text; send RFC 3339 with a zone, such as 2025-07-18T05:30:00Z."
    try:
        parse_rfc3339(value)
    except ValueError as error:
        return f"This time cannot be read: {error}."
    return None


def _sequence(value: object) -> str | None:
    if isinstance(value, str) and _SEQUENCE.fullmatch(value) and int(value) <= LARGEST:
        return None
    return 'A sequence is a whole decimal number from 1 on, as a string, without leading zeros, such as "17".'


def _previous(value: object) -> str | None:
    return None if value is None else _id(value)


def _salt(value: object) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and len(binascii.a2b_base64(value.encode("ascii"), strict_mode=True)) >= 16:
            return None
    except ValueError:
        pass
    return "A salt is 16 or more random bytes in base64; send that, or leave the attribute out."


def _data(value: object) -> str | None:
    return MISSING if value is None else None


ATTRIBUTES: dict[str, Check] = {
    "specversion": _exactly("1.0"),
    "id": _id,
    "source": _source,
    "type": _type,
    "subject": _subject,
    "time": _time,
    "sequence": _sequence,
    "sequencetype": _exactly("Integer"),
    "previous": _previous,
    "salt": _salt,
    "datacontenttype": _exactly("application/json"),
    "data": _data,
}
REQUIRED = tuple(name for name in ATTRIBUTES if name not in ("subject", "previous", "salt"))


class Sound(Struct, frozen=True, gc=False):
    """An envelope with nothing wrong in it, as `sound` reads it in one go."""

    specversion: Literal["1.0"]
    id: MessageId
    source: str
    type: str
    time: str
    sequence: str
    sequencetype: Literal["Integer"]
    datacontenttype: Literal["application/json"]
    data: Any
    subject: str | None = None
    previous: MessageId | None = None
    salt: str | None = None


def sound(document: dict[str, Any]) -> Sound | None:
    """The envelope of a document where every check of `ATTRIBUTES` says yes; None where one may not. It says nothing of the others."""
    try:
        read = msgspec.convert(document, Sound)
    except msgspec.ValidationError:
        return None
    if not document.keys() <= ATTRIBUTES.keys() and any(type(document[name]) is not str for name in document.keys() - ATTRIBUTES.keys()):
        return None
    if read.type not in TYPES or oin_of(read.source) is None or not is_rfc3339(read.time) or _sequence(read.sequence) is not None:
        return None
    if _subject(read.subject) is not None or _salt(read.salt) is not None:
        return None
    return read
