"""What goes over the wire beside messages and problems. Names are those of the contract; moments are RFC 3339 in UTC."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Outcome = Literal["new", "duplicate", "conflict"]
State = Literal["applied", "held", "refused"]
Position = Annotated[int, Meta(ge=1, description="A place in the journal of this node, from 1, without gaps.")]
Text = Annotated[str, Meta(max_length=2000)]


class RefusalTold(Struct, frozen=True, kw_only=True):
    """Why a message is refused: the stage that failed, the path in the message, and a sentence."""

    code: Literal["envelope", "role", "schema", "content"]
    path: str
    reason: str


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one message: new in custody, a duplicate, or a conflict with the message at `first`, which stands.

    `receipt` is the custody receipt, the same bytes for a duplicate; that of a conflict is for the act that keeps it. `state` is what
    holds at the moment of the answer; a conflict has none.
    """

    source: str
    id: str | None = None
    outcome: Outcome
    state: State | None = None
    first: Position | None = None
    refusal: RefusalTold | None = None
    receipt: msgspec.Raw


class Answer(Struct, frozen=True, kw_only=True):
    """What became of each message, in the order in which they were sent."""

    receipts: list[Kept]


class Name(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message by its source and its id."""

    source: Annotated[str, Meta(min_length=1, max_length=200)]
    id: Annotated[str, Meta(min_length=1, max_length=128)]


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The messages of which the receipts are asked."""

    messages: Annotated[list[Name], Meta(min_length=1, max_length=1000)]


class Turned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a message at a position of the journal; the moment is that of the entry there."""

    receipt: Literal["applied", "held-again", "applied-again", "refused"]
    position: Position
    at: str
    refusal: RefusalTold | None = None


class Series(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The receipts of one message, or `status` 404: nothing of that name is in custody from who asks.

    `custody` is signed by the node; `turns` are told as they happened. `reason` and `needs` say why it is held now.
    """

    source: str
    id: str
    status: Literal[200, 404]
    state: State | None = None
    reason: Literal["quarantine", "ceiling", "gap", "needs"] | None = None
    needs: list[str] | None = None
    custody: msgspec.Raw | None = None
    turns: list[Turned] | None = None


class SeriesAnswer(Struct, frozen=True, kw_only=True):
    """The receipts of each message that was asked for, in the order of the question."""

    messages: list[Series]


class Sent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message of a stream as it lies in custody.

    `digest` is the SHA-256 of its RFC 8785 bytes. What was refused is given as it came, in base64, under `raw`; of what was erased, in
    part or whole, neither is given. Of what was signed as erased before it came, `gone`, the position is that of the act that says so.
    """

    sequence: int
    position: Position
    received_at: str
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    message: msgspec.Raw | None = None
    raw: str | None = None
    gone: bool = False


class StreamAnswer(Struct, frozen=True, kw_only=True):
    """Messages of a stream by their sequence; `next` is what to give as `after` for those that follow, null where there are none."""

    source: str
    messages: list[Sent]
    next: int | None


class KeptAt(Struct, frozen=True, kw_only=True):
    """Where in the journal of this node stands what was said."""

    position: Position


class Numbered(Struct, frozen=True, kw_only=True):
    """A message of a feed by its number, and the SHA-256 of its RFC 8785 bytes."""

    sequence: int
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class DigestsAnswer(Struct, frozen=True, kw_only=True):
    """Digests of a feed by number; `next` is what to give as `after` for those that follow, null where there are none."""

    source: str
    digests: list[Numbered]
    next: int | None


class Health(Struct, frozen=True, kw_only=True):
    """Whether messages are taken."""

    status: Literal["pass"]
    version: str
