"""What it costs that a process is not whole: weighted tardiness, less what its emergency procedures carry, plus what these do wrong.

- A process does `harm` a day from its tolerance after it lost what it needs until it is whole again. Hours are hours after the cut.
- A procedure carries its share from its own hour on; what it can do a day is a share of the process's volume at most. Procedures together
  carry the whole at most, those that err least first. Of what is carried, the share of errors does the harm as if nothing carried it.
- Weights have no unit but harm a day. Whoever shows a sum of them says on what they rest.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from hervat.chain.parts import ChainMap, Procedure, Process

_DAY = 24.0


class Harm(NamedTuple):
    """Harm of a process: `bare` as if there were no procedures, what they `carried` of it, and what `errors` in that cost."""

    bare: float = 0.0
    carried: float = 0.0
    errors: float = 0.0

    @property
    def net(self) -> float:
        """What is left of it; never below 0."""
        return max(0.0, self.bare - self.carried + self.errors)

    def and_(self, other: "Harm") -> "Harm":
        """Two harms together."""
        return Harm(self.bare + other.bare, self.carried + other.carried, self.errors + other.errors)


class _Spell(NamedTuple):
    """From an hour until another: which share the procedures carry, and which share of all is errors in that."""

    start: float
    end: float
    carried: float
    errors: float


class ProcessHarm:
    """Harm of one process over time, its procedures worked out once."""

    def __init__(self, process: Process, procedures: Sequence[Procedure] = ()) -> None:
        self.process = process
        mine = [one for one in procedures if one.process == process.id]
        starts = sorted({0.0, *(float(one.from_) for one in mine)})
        self._spells = [_spell(process, mine, start, end) for start, end in pairwise((*starts, inf))]

    def between(self, lost: float, whole: float) -> Harm:
        """Harm of being without what it needs from the hour `lost` until the hour `whole`; none where its tolerance covers that."""
        start = lost + self.process.tolerance
        bare = carried = errors = 0.0
        for spell in self._spells:
            hours = min(whole, spell.end) - max(start, spell.start)
            if hours > 0:
                weight = self.process.harm * hours / _DAY
                bare += weight
                carried += weight * spell.carried
                errors += weight * spell.errors
        return Harm(bare, carried, errors)

    def rates(self, lost: float) -> list[tuple[float, float, float]]:
        """Harm an hour, what is left of it after procedures: from which hour until which, without what it needs from the hour `lost` on."""
        start = lost + self.process.tolerance
        return [
            (max(start, spell.start), spell.end, self.process.harm / _DAY * (1.0 - spell.carried + spell.errors))
            for spell in self._spells
            if spell.end > start
        ]


def _spell(process: Process, procedures: Sequence[Procedure], start: float, end: float) -> _Spell:
    """What is carried in a time in which the same procedures are open."""
    left, errors = 1.0, 0.0
    for one in sorted(procedures, key=lambda one: one.errors):
        if one.from_ <= start:
            taken = min(left, share_carried(one, process.volume))
            left -= taken
            errors += taken * one.errors
    return _Spell(start, end, 1.0 - left, errors)


def share_carried(procedure: Procedure, volume: float) -> float:
    """Which share of a process of `volume` a day a procedure carries; its capacity is a bound where the volume is known."""
    if procedure.capacity is None or not volume:
        return procedure.carries
    return min(procedure.carries, procedure.capacity / volume)


def harms_over_time(chain: ChainMap) -> dict[str, ProcessHarm]:
    """Every process of a map with its harm over time; worked out once, asked often."""
    return {process.id: ProcessHarm(process, chain.procedure) for process in chain.process}


def total(harms: Mapping[str, Harm]) -> float:
    """Harm of all processes, what is left of it after procedures."""
    return sum(harm.net for harm in harms.values())
