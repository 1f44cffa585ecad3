"""The desk of screening: a step taken and put in the journal, and what was told when."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from hervat.consumers.near import BsnsOf
from hervat.consumers.removed import Hiding
from hervat.consumers.screening.assessment import ASSESSED, AssessedAct, Verdict, assessments, is_open
from hervat.consumers.screening.check import CANARY, Check, Checked, Hidden
from hervat.consumers.screening.daily import CHECKED, CheckedAct
from hervat.consumers.screening.following import Following, Told, Withheld
from hervat.consumers.screening.signal import SIGNALLED, SUPPRESSED, Pair, Signal, SignalledAct, Word
from hervat.errors import NotSo
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.procedure import ProcedureRoster
from hervat.register.reading import Reading

_IN_ONE = 1000
Progress = Callable[[int], None]
Decide = Callable[[str, msgspec.Struct], int]
Order = Callable[[Iterable[Signal]], list[Signal]]


class TwiceWithheld(NamedTuple):
    """What acts of retention hide as things stand, for the first computation; and for the second, the keyed hashes of those charges."""

    hiding: Hiding
    hidden: Hidden


class Desk:
    """Screening at one node. What it has told is remembered between steps, and read from the journal at the first."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        decide: Decide,
        roster: Callable[[], ProcedureRoster],
        withheld: TwiceWithheld,
        *,
        canaries: Collection[str] = (),
    ) -> None:
        """`decide` puts an act in the journal and gives its position; `roster` gives the emergency procedures; `withheld` says for either
        computation what is shown to nobody; `canaries` as in `Following`.
        """
        self._withheld = withheld
        self._store = store
        self._keys = keys
        self._decide = decide
        self._roster = roster
        self._canaries = canaries
        self._told: Told | None = None
        self._assessed: tuple[int, dict[Pair, tuple[int, AssessedAct]]] = (0, {})
        self._bsns: BsnsOf = {}

    def step(self, today: date, *, again: bool = False, order: Order = list, **fault: Withheld) -> dict[str, Any]:
        """Tell what differs since the last step; returns how many signals were delivered, suppressed and withdrawn, and the act's position.

        `again` looks at everything from the beginning, and so tells what earlier steps left out; `order` is the order of telling. Where
        nothing changed there is no act.
        """
        told, head = self.told(), self._store.head().size
        if again:
            told.through = 0
        counts = {"delivered": 0, "suppressed": 0, "withdrawn": 0}
        position = None
        hiding, canaries = self._withheld.hiding, self._known_canaries(told)
        following = Following(self._store, self._keys, told, self._bsns, self._roster(), hiding, canaries=canaries)
        signals = order(following.step(today, **fault))
        if signals or following.changed():
            for signal in signals:
                counts[_counted(signal)] += 1
            for some, last in _parted(signals):
                # A step that is broken off goes on where the last whole one ended; what it told is not told again.
                act = SignalledAct(on=today, through=head if last else told.through, signals=some)
                position = self._decide(SIGNALLED, act)
                told.take(position, act)
        return {"position": position, "through": told.through, **counts}

    def assess(
        self,
        enrolment: int,
        message: int,
        verdict: Verdict,
        *,
        by: str,
        ground: str,
        version: int | None = None,
        ending: tuple[Word, ...] | None = None,
    ) -> dict[str, Any]:
        """Put in the journal what somebody decided on a signal, as it was seen where that is said: in a version, with an ending.

        Raises NotSo where none waits for a decision, or where another version or ending was told since it was seen.
        """
        signal, assessed = self.told().last.get((enrolment, message)), self._assessed_now()
        if signal is None or not is_open(signal, assessed):
            raise NotSo(f"no signal {enrolment} {message} waits for a decision; hervat screening work lists those that do")
        if version not in (None, signal.version) or ending not in (None, signal.ending):
            ended = f", ended {' '.join(signal.ending)}" if signal.ending else ""
            raise NotSo(f"signal {enrolment} {message} was told anew: version {signal.version}{ended}; look at that, and decide again")
        act = AssessedAct(
            enrolment=enrolment, message=message, version=signal.version, verdict=verdict, by=by, ground=ground, ending=signal.ending
        )
        position, (head, _) = self._decide(ASSESSED, act), self._assessed
        if position == head + 1:
            assessed[signal.pair] = position, act
            self._assessed = position, assessed
        return {"position": position, "enrolment": enrolment, "message": message, "version": signal.version, "verdict": verdict}

    def _assessed_now(self) -> dict[Pair, tuple[int, AssessedAct]]:
        """What was decided on each pair; read from the journal where anything came that this desk did not decide itself."""
        head = self._store.head().size
        if self._assessed[0] != head:
            self._assessed = head, assessments(self._store, self._keys, head)
        return self._assessed[1]

    def _known_canaries(self, told: Told) -> Collection[str]:
        """The canaries that were given, and those of the steps before: a step that forgot one would tell of somebody who does not exist."""
        kept = {signal.enrolment for signal in told.last.values() if signal.reason == CANARY}
        said = Reading(self._store, self._store, self._keys).said(self._store.rows_at(kept).values()) if kept else {}
        return {*self._canaries, *(one.data["holder"] for one in said.values() if one.data.get("holder"))}

    def told(self) -> Told:
        """What was told up to now."""
        if self._told is None:
            self._told = Told.up_to(self._store, self._keys, self._store.head().size)
        return self._told

    def check(self, progress: Progress = lambda done: None) -> Checked:
        """Whether all that was told is what the second computation says, and what is still to be told; `progress` gets positions."""
        told = self.told()
        hidden, canaries = self._withheld.hidden, self._known_canaries(told)
        return Check(self._store, self._keys, told, self._roster(), hidden, canaries=canaries).run(progress)

    def record(self, checked: CheckedAct) -> dict[str, Any]:
        """Put in the journal that a check was made and what came of it; returns the act's position."""
        return {"position": self._decide(CHECKED, checked)}

    def told_at(self, position: int) -> Told:
        """What was told by the acts up to a position: what the receiver knew then."""
        return Told.up_to(self._store, self._keys, position)


def _counted(signal: Signal) -> str:
    return "withdrawn" if signal.says == "withdrawn" else "suppressed" if signal.disposition == SUPPRESSED else "delivered"


def _parted(signals: list[Signal]) -> Iterator[tuple[tuple[Signal, ...], bool]]:
    """The signals in acts of bearable size, each with whether it is the last; one act also where there are none."""
    stream = iter(signals)
    some = tuple(islice(stream, _IN_ONE))
    while True:
        following = tuple(islice(stream, _IN_ONE))
        yield some, not following
        if not following:
            return
        some = following
