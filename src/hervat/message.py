"""A message as the register knows it, and what a refusal says.

- One source is one feed with one sequence; (source, id) names a message for ever and ids compare as given.
- A plain string in a message has 1 to 1000 characters; a whole number never goes beyond 2^53.
- A refusal is a value: it says what is wrong, where, and what to do, and never repeats what the message said, for that may concern
  a person.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from hervat.clock import legal_day

# `$` would let a line feed pass at the end of a string; this end holds in Python and in the JSON Schema that is published alike.
END = r"(?![\s\S])"
LARGEST = 2**53

SOURCE = re.compile(r"urn:nld:oin:(?P<oin>[0-9A-Za-z]{20}):systeem:(?P<name>[0-9A-Za-z._~%:-]{1,128})")
UNKNOWN = "unknown"
"""The source under which stands what cannot be attributed to a known sender; no source of a partner can have this name."""

Text = Annotated[str, Meta(min_length=1, max_length=1000)]
MessageId = Annotated[str, Meta(min_length=1, max_length=128)]
Whole = Annotated[int, Meta(ge=1, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=LARGEST)]


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What a message is made of: frozen, compared by content, with no field that is not in the contract."""


class Named(Value, frozen=True, kw_only=True):
    """A message named by another: its source and its id."""

    source: Text
    id: MessageId


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """A message that was admitted. `time` is aware; `data` is the struct of its kind in `kinds.KINDS`."""

    source: str
    id: str
    sequence: int
    kind: str
    time: datetime
    subject: str | None = None
    previous: str | None = None
    data: Any

    @property
    def legal_day(self) -> date:
        """The day in Europe/Amsterdam of `time`: the date of a message whose kind has no date of its own."""
        return legal_day(self.time)


class Refusal(Struct, frozen=True, gc=False):
    """Why a message is refused: the stage that failed, the path in the message ("" for the whole of it), and a sentence."""

    code: Literal["envelope", "role", "schema", "content"]
    path: str
    reason: str
