"""What receivers hold, folded from acts: the last answer to each request, what was told of it since, what was closed.

- A difference names the request, and the positions on which what its receiver holds and what it is told rest; never a person.
- It stands open until somebody closes it on a ground, the request is answered anew, or it is told anew.
"""

from collections.abc import Callable
from datetime import date

import msgspec

from hervat.consumers.disclosure.given import DISCLOSED, DisclosedAct
from hervat.journal.acts import acts_at
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

COMPARED, CLOSED = "disclosures-compared", "disclosure-closed"


class Difference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That what was handed out reads differently now: the request, the act that handed it out, on which position what the receiver held
    rests and on which what it is told, with the hash of that; and to whom it is told, by role. Nobody: no ground was found for it. `as_of`:
    as of which day, where that is not the day of the answer.
    """

    request: int
    disclosed: int
    before: int
    at: int
    hash: str
    to: tuple[str, ...]
    as_of: date | None = None


class ComparedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step: its day, up to which position everything that changed was looked at, and what differs, the most urgent first."""

    on: date
    through: int
    differences: tuple[Difference, ...]
    act: str = COMPARED


class ClosedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who closed the difference in a request, as it was told, and on which ground."""

    request: int
    at: int
    by: str
    ground: str
    act: str = CLOSED


_Act = DisclosedAct | ComparedAct | ClosedAct
read_compared: Callable[[bytes], ComparedAct] = msgspec.json.Decoder(ComparedAct).decode
read_closed: Callable[[bytes], ClosedAct] = msgspec.json.Decoder(ClosedAct).decode
_READ: dict[str, Callable[[bytes], _Act]] = {
    DISCLOSED: msgspec.json.Decoder(DisclosedAct).decode,
    COMPARED: read_compared,
    CLOSED: read_closed,
}


class Holding:
    """What the receivers hold by the acts up to a position, and how far comparing went."""

    def __init__(self) -> None:
        self.through = 0
        self.position = 0
        self.given: dict[int, tuple[int, DisclosedAct]] = {}
        self.told: dict[int, tuple[int, Difference]] = {}
        self.closed: dict[int, ClosedAct] = {}

    @classmethod
    def up_to(cls, store: Store, keys: NodeKeys, position: int) -> "Holding":
        """What is held by the acts up to a position."""
        holding = cls()
        holding.follow(store, keys, position)
        return holding

    def follow(self, store: Store, keys: NodeKeys, position: int) -> None:
        """Take the acts that came since."""
        kinds = {at: kind for kind in _READ for at in store.acts(kind, position) if at > self.position}
        for at, kind in sorted(kinds.items()):
            ((_, act),) = acts_at(store, keys, [at], _READ[kind], f"act {kind}")
            self.take(at, act)
        self.position = position

    def take(self, at: int, act: _Act) -> None:
        """Let the act at a position hold."""
        match act:
            case DisclosedAct():
                self.given[act.request] = at, act
                self.told.pop(act.request, None)
                self.closed.pop(act.request, None)
            case ComparedAct():
                self.through = act.through
                for one in act.differences:
                    self.told[one.request] = at, one
                    self.closed.pop(one.request, None)
            case ClosedAct():
                self.closed[act.request] = act

    def held(self, request: int) -> tuple[int, str]:
        """The position that what the receiver of an answer holds rests on, and its hash."""
        _, act = self.given[request]
        if request in self.told:
            told = self.told[request][1]
            return told.at, told.hash
        return act.at, act.hash

    def behind(self) -> set[int]:
        """The requests answered since the last step on what was known before how far that went: no step laid that beside what changed."""
        return {request for request, (at, act) in self.given.items() if at > self.through > act.at}

    def open(self) -> dict[int, tuple[int, Difference]]:
        """The differences that nobody has closed, by request, each with the position of the act that told it."""
        return {request: told for request, told in self.told.items() if request not in self.closed}
