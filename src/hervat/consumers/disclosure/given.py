"""What was answered to requests for disclosure, as acts. An act names no person: it names the request by its position.

- The last answer to a request is what its receiver holds; the answers to one are numbered, and each is found without reading the others.
- `at` is the position of the journal that an answer rests on, so what was handed out can be folded again as long as it may be kept.
- `hash` is of what was handed out, under a key of the node: whoever has the act alone cannot try what it may have been.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from hervat.consumers.disclosure.requested import Supplied
from hervat.journal.acts import acts_at, acts_named
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

DISCLOSED = "disclosed"
Outcomes = Literal["given", "refused", "unknown"]
_WHAT = "answer to a request for disclosure"


class DisclosedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer: to which request and which answer to it, by whom and on what day, on which position it rests, what it was, on which
    article, what whoever answered told of the request, and whether a source was blind.
    """

    known_by: str
    request: int
    number: int
    on: date
    by: str
    at: int
    outcome: Outcomes
    scope: Literal["full", "limited"] | None
    article: str
    hash: str
    blind: bool
    supplied: Supplied
    act: str = DISCLOSED


class Seen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What whoever answers looked at: which answer to the request this will be, and the hash of what would be handed out."""

    number: int
    hash: str


_read = msgspec.json.Decoder(DisclosedAct).decode


def name_of(request: int, number: int) -> str:
    """What the answer of a number to a request is known as."""
    return f"{DISCLOSED}:{request}#{number}"


def answers_to(store: Store, keys: NodeKeys, request: int) -> Iterator[tuple[int, DisclosedAct]]:
    """Every answer to a request, in order, each with the position of its act."""
    number = 1
    while found := acts_named(store, keys, [name := name_of(request, number)]):
        yield from acts_at(store, keys, [found[name]], _read, _WHAT)
        number += 1
