"""What goes over the socket when an act is handed over: one request a connection, one line of JSON; one line of JSON answers it.

A line that broke off is no JSON, so half an act is never done. Whoever hands over one act need not know the others.
"""

from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta, Struct

from hervat.assemble import Node

VERSION = 1
LARGEST = 17 * 1024 * 1024
"""Bytes of a line, its end included: the largest batch that a bundle may hold or a partner give, and what is said of it."""
Said = Annotated[str, Meta(pattern=r"\S")]
"""What somebody says for an act, and may not leave empty."""


class Act(Protocol):
    """An act, one of those in `asked`: does it to a node opened by the writer, and gives what the command answers."""

    def done(self, node: Node) -> dict[str, Any]: ...


class Done(Struct, frozen=True, kw_only=True, tag_field="became", tag="done"):
    """The act was done; `answer` is what the command tells of it."""

    answer: dict[str, Any]


class NotDone(Struct, frozen=True, kw_only=True, tag_field="became", tag="not-done"):
    """What the command ends with: its exit status, and why."""

    status: int
    message: str


class Elsewhere(Struct, frozen=True, kw_only=True, tag_field="became", tag="elsewhere"):
    """This node writes to another store than the one that was meant; nothing was done."""


ActAnswer = Done | NotDone | Elsewhere
_read_answer = msgspec.json.Decoder(ActAnswer).decode
_encode = msgspec.json.Encoder().encode


def asking(place: str, act: Act) -> bytes:
    """The line that hands over an act to the node that has the writer's place that its asker found taken."""
    return _encode({"version": VERSION, "place": place, "act": act}) + b"\n"


def answering(answer: ActAnswer) -> bytes:
    """The line that answers."""
    return _encode(answer) + b"\n"


def read_answer(line: bytes) -> ActAnswer:
    """The answer in a line; raises ValueError where there is none."""
    answer: ActAnswer = _read_answer(line)
    return answer
