"""Requests to correct, as acts: what the person concerned says is wrong, until when an answer is due, and how it ended.

- A request names the message that is said to be wrong by its position, and a charge in it by its number; never a person.
- It ends as `corrected`, naming the message that did so, or as `refused`, on a ground. What did so must be about that message: a correction
  or a retraction of it, or of what amends it, the split of a merge, or a re-attribution of its case. It must be applied, and not have come
  before the day of the request: what stood then is what is said to be wrong.
- The register does not change by any of this: it changes by the message of whoever sent what was wrong.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal

import msgspec

from hervat.consumers.touched import versions
from hervat.errors import NotSo, Usage
from hervat.journal.acts import acts_at, recorded_on
from hervat.journal.keys import NodeKeys
from hervat.journal.store import APPLIED, WHOLE, Row, Store, pairs_of
from hervat.law.holidays import Deadline
from hervat.law.rule import Result
from hervat.law.subject import correction
from hervat.register.reading import Reading

ASKED, ENDED = "correction-asked", "correction-ended"
How = Literal["corrected", "refused"]
Decide = Callable[[str, msgspec.Struct], int]
_REATTRIBUTED, _SPLIT = "case-reattributed", "persons-split"


class AskedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked: the message, and the charge where it is about one; what is said to be wrong; on what day, and who took it in."""

    message: int
    charge: int | None
    wrong: str
    on: date
    by: str
    act: str = ASKED


class EndedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a request ended: the act that it was asked in, the message that corrected what was wrong, where one did, and the ground."""

    asked: int
    how: How
    message: int | None
    on: date
    by: str
    ground: str
    act: str = ENDED


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is not answered: the position of its act, what it asks, and until when an answer is due."""

    position: int
    asked: AskedAct
    due: Result[Deadline]

    @property
    def last_day(self) -> date:
        """The last day on which an answer is in time."""
        return date.max if self.due.value is None else self.due.value.last_day


_read_asked = msgspec.json.Decoder(AskedAct).decode
_read_ended = msgspec.json.Decoder(EndedAct).decode


class Correcting:
    """The requests to correct at one node."""

    def __init__(self, store: Store, keys: NodeKeys, decide: Decide) -> None:
        """`decide` puts an act in the journal and gives its position."""
        self._store = store
        self._keys = keys
        self._decide = decide
        self._reading = Reading(store, store, keys)

    def ask(self, message: int, charge: int | None, wrong: str, on: date, *, by: str) -> dict[str, int | str]:
        """Take in a request. Raises NotSo for a position at which no message can be read, Usage for a charge that is not in it."""
        row = self._store.rows_at([message]).get(message)
        said = None if row is None or row.erased >= WHOLE else self._reading.own([row]).get(message)
        if row is None or said is None:
            raise NotSo(f"at position {message} lies no message that can be read; hervat subject report names what is recorded")
        named = said.data.get("data", said.data)
        charges = {one if isinstance(one, int) else one["charge"] for one in (*named.get("charges", ()), *named.get("verdicts", ()))}
        if charge is not None and charge not in charges:
            raise Usage(f"--charge {charge}: the message at position {message} has {_listed(charges)}")
        act = AskedAct(message=message, charge=charge, wrong=wrong, on=on, by=by)
        position = self._decide(ASKED, act)
        return {"position": position, "due_on": Open(position=position, asked=act, due=correction(on, on=on)).last_day.isoformat()}

    def end(self, asked: int, how: How, message: int | None, on: date, *, by: str, ground: str) -> dict[str, int | str]:
        """End a request. Raises NotSo where none is open there, or where the message that is named did not correct what it is about; Usage
        where one is named for a refusal, or none for a correction, or for a day before that of the request.
        """
        request = self._open().get(asked)
        if request is None:
            raise NotSo(f"no request to correct is open at position {asked}; hervat subject correction work lists those that are")
        if (message is None) != (how == "refused"):
            raise Usage("a request ends as corrected by a message, or as refused without one: give --corrected POSITION or --refused")
        if on < request.on:
            raise Usage(f"--on {on} lies before the day of the request, {request.on}")
        if message is not None and (why := self._why_not(request, message)) is not None:
            raise NotSo(why)
        act = EndedAct(asked=asked, how=how, message=message, on=on, by=by, ground=ground)
        return {"position": self._decide(ENDED, act), "asked": asked, "how": how}

    def work(self, on: date) -> list[Open]:
        """The requests that are not answered on a day, that which is due first before the others."""
        listed = [Open(position=at, asked=act, due=correction(act.on, on=max(on, act.on), position=at)) for at, act in self._open().items()]
        return sorted(listed, key=lambda one: (one.last_day, one.position))

    def _open(self) -> dict[int, AskedAct]:
        last = self._store.head().size
        begun = dict(acts_at(self._store, self._keys, self._store.acts(ASKED, last), _read_asked, "request to correct"))
        for _, act in acts_at(self._store, self._keys, self._store.acts(ENDED, last), _read_ended, "end of a request to correct"):
            begun.pop(act.asked, None)
        return begun

    def _why_not(self, request: AskedAct, by: int) -> str | None:
        """Why the message at a position did not correct what a request is about; None where it did."""
        rows = self._store.rows_at([request.message, by])
        if by not in rows:
            return f"at position {by} lies no message"
        amending, wrong = rows[by], rows[request.message]
        if amending.state != APPLIED or amending.retracted:
            return f"the message at position {by} does not stand: it is held, refused or retracted"
        if not (by in _amendments(self._store, wrong) if amending.target is not None else self._puts_right(amending, wrong)):
            return (
                f"the message at position {by} is no correction, retraction, split or re-attribution of what lies at {request.message}"
            )
        came_on = recorded_on(self._store, [by])[by]
        if came_on < request.on:
            return f"the message at position {by} came on {came_on}, before the request, of {request.on}: it left what is said to be wrong"
        return None

    def _puts_right(self, row: Row, wrong: Row) -> bool:
        """Whether a message that amends none undoes another: the merge that it is, or whose case it is."""
        if row.kind == _SPLIT:
            return not {key for key, _ in pairs_of(row.needs)}.isdisjoint(key for key, _ in pairs_of(wrong.gives))
        return row.kind == _REATTRIBUTED and not _cases(row).isdisjoint(_topics(self._store, wrong))


def _amendments(store: Store, row: Row) -> set[int]:
    """The positions of all that amends a message, or what amends it."""
    found, rows = {row.position}, [row]
    while rows := [one for one in versions(store, rows) if one.position not in found]:
        found |= {one.position for one in rows}
    return found - {row.position}


def _cases(row: Row) -> set[bytes]:
    """The key of the case that a re-attribution moves: what it is about."""
    return {row.about[:16]} if row.about else set()


def _topics(store: Store, row: Row) -> set[bytes]:
    named = store.rows_at([row.version]).values() if row.version is not None else ()
    return {topic for one in (row, *named) for _, topic in pairs_of(one.needs + one.gives)}


def _listed(charges: set[int]) -> str:
    return f"the charges {', '.join(map(str, sorted(charges)))}" if charges else "no charges"
