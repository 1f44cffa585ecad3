"""The steps of applications in the journal: found by their names, one call for those of one application, and followed by the next.

Each sort of step is a kind of act, so that it is seen without reading a step which applications somebody has to decide on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from hervat.consumers.certificates.steps import DECIDED, OBJECTED, Deciding, State, Step, kind_of, name_of, read_step, state_of
from hervat.journal.acts import acts_at, acts_named
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

AT_ONCE = 16
"""So many steps are asked for together: seldom has an application more."""
_PAGE = 1000
_WHAT = "step of the procedure on a certificate"
Kept = TypeVar("Kept")


class Procedure:
    """The procedure on applications at one node, each known by its place: the position of the message that first gave it."""

    def __init__(self, store: Store, keys: NodeKeys, decide: Callable[[str, Struct], int]) -> None:
        """`decide` puts an act in the journal and gives its position."""
        self._store = store
        self._keys = keys
        self._decide = decide

    def state(self, place: int) -> State:
        """Where the procedure on an application stands."""
        return state_of(step for _, step in self.steps(place))

    def steps(self, place: int) -> list[tuple[int, Step]]:
        """The steps on an application in order, each with the position of its act."""
        found = self._positions([place])[place]
        return list(acts_at(self._store, self._keys, found, read_step, _WHAT))

    def take(self, step: Step) -> int:
        """Put a step in the journal that may follow; gives the position of its act."""
        return self._decide(kind_of(step), step)

    def open(self, places: Iterable[int], position: int | None = None) -> Iterator[tuple[int, bool]]:
        """Those of these applications on which somebody has to decide, at a position or now, each with whether there is any step on it;
        none is read for it.
        """
        last = self._store.head().size if position is None else position
        decided, objected = (frozenset(self._store.acts(kind, last)) for kind in (DECIDED, OBJECTED))
        for some in _parted(places, _PAGE):
            for place, positions in self._positions(some).items():
                decision = max((at for at in positions if at in decided), default=0)
                if not decision or any(at > decision for at in positions if at in objected):
                    yield place, bool(positions)

    def decisions(self, places: Iterable[int]) -> dict[int, tuple[int, Deciding]]:
        """The last decision on each of these applications, with the position of its act; a thousand of them are asked for at once."""
        decided, at = frozenset(self._store.acts(DECIDED, self._store.head().size)), dict[int, int]()
        for some in _parted(places, _PAGE):
            found = self._positions(some).items()
            at |= {place: max(decided.intersection(steps)) for place, steps in found if not decided.isdisjoint(steps)}
        read = dict(acts_at(self._store, self._keys, at.values(), read_step, _WHAT))
        return {place: (position, step) for place, position in at.items() if isinstance(step := read[position], Deciding)}

    def behind(self, through: int, position: int) -> set[int]:
        """The applications decided on by acts between two positions, on what was known before the first: what a consumer that went through
        up to there laid beside no decision.
        """
        acts = [at for at in self._store.acts(DECIDED, position) if at > through]
        taken = (step for _, step in acts_at(self._store, self._keys, acts, read_step, _WHAT))
        return {step.application for step in taken if isinstance(step, Deciding) and step.position < through}

    def _positions(self, places: Sequence[int]) -> dict[int, list[int]]:
        """The positions of the steps on each of these applications, in order."""
        found: dict[int, list[int]] = {place: [] for place in places}
        # Most have none: whether there is a first is asked by itself.
        going, many = list(places), 1
        while going:
            names = {name_of(place, len(found[place]) + number): place for place in going for number in range(1, many + 1)}
            known = acts_named(self._store, self._keys, names)
            for name, place in names.items():
                if name in known:
                    found[place].append(known[name])
            counts = Counter(names[name] for name in known)
            going = [place for place in going if counts[place] == many]
            many = AT_ONCE
        return found


def begun(store: Store, keys: NodeKeys, places: Sequence[int], last: int) -> set[int]:
    """Those of these places on which there was a step at a position."""
    names = {name_of(place, 1): place for place in places}
    return {names[name] for name, at in acts_named(store, keys, names).items() if at <= last}


def _parted(items: Iterable[Kept], size: int) -> Iterator[list[Kept]]:
    stream = iter(items)
    while some := list(islice(stream, size)):
        yield some
