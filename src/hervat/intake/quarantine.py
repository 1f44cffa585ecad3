"""Quarantine: what a returning partner sends waits until two people have let it through (the contract, section 4, `held`).

- `quarantine-opened`: what comes into custody from then on, from any source of an organisation, is quarantined: in custody, not admitted.
- `quarantine-released`: what came up to a position is let through, but for what is named, as far as ceilings admit it. What is named stays
  until a later release names a range without it.
- `quarantine-closed`: what comes from then on is not quarantined; what is inside stays inside until it is released.
- Quarantine never takes back: what was admitted before it was opened stays admitted.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hervat.journal.acts import act_in, acts_of
from hervat.journal.entry import Opened
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.message import SOURCE

QUARANTINE_OPENED, QUARANTINE_RELEASED, QUARANTINE_CLOSED = "quarantine-opened", "quarantine-released", "quarantine-closed"
QUARANTINE_ACTS = (QUARANTINE_OPENED, QUARANTINE_RELEASED, QUARANTINE_CLOSED)
_Position = Annotated[int, Meta(ge=1)]


class QuarantineOpened(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=QUARANTINE_OPENED):
    """Who let what comes from an organisation be quarantined, and why."""

    oin: str
    by: str
    why: str


class QuarantineReleased(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=QUARANTINE_RELEASED):
    """Which two people let through what is quarantined of an organisation up to a position, but for some positions, and on what ground."""

    oin: str
    through: _Position
    but: tuple[_Position, ...] = ()
    by: str
    second: str
    ground: str


class QuarantineClosed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=QUARANTINE_CLOSED):
    """Which two people let what comes from an organisation be quarantined no more, and why."""

    oin: str
    by: str
    second: str
    why: str


QuarantineAct = QuarantineOpened | QuarantineReleased | QuarantineClosed
read_quarantine: Callable[[bytes], QuarantineAct] = msgspec.json.Decoder(QuarantineAct).decode
_WHAT = "act of quarantine"


def read_quarantine_act(opened: Opened) -> QuarantineAct:
    """An act as it lies in the journal; raises StoreFault where something else lies there."""
    return act_in(opened, read_quarantine, _WHAT)


def kind_of_quarantine(act: QuarantineAct) -> str:
    """The kind under which an act stands in the journal."""
    if isinstance(act, QuarantineOpened):
        return QUARANTINE_OPENED
    return QUARANTINE_RELEASED if isinstance(act, QuarantineReleased) else QUARANTINE_CLOSED


class Lanes:
    """The organisations of which what comes now is quarantined, each with the position of the act that said so."""

    def __init__(self) -> None:
        self.opened: dict[str, int] = {}

    def change(self, act: QuarantineAct, position: int) -> None:
        """Let an act hold from its position on."""
        if isinstance(act, QuarantineOpened):
            self.opened.setdefault(act.oin, position)
        elif isinstance(act, QuarantineClosed):
            self.opened.pop(act.oin, None)

    def lane(self, source: str) -> int:
        """1 where what comes from a source is quarantined, else 0; what nobody can be named for never is: it is refused."""
        return int(oin_of(source) in self.opened)


def oin_of(source: str) -> str | None:
    """The organisation that a source is of; None for what names none."""
    named = SOURCE.fullmatch(source)
    return None if named is None else named["oin"]


def lanes_of(journal: Store, keys: NodeKeys, last: int) -> Lanes:
    """The lanes after every act of a journal up to a position."""
    lanes = Lanes()
    for position, act in acts_of(journal, keys, (QUARANTINE_OPENED, QUARANTINE_CLOSED), read_quarantine, _WHAT, last):
        lanes.change(act, position)
    return lanes
