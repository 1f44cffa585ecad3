"""What was keyed from paper, as acts tell it: without a word of the decision itself.

- Of each field only its path and a keyed hash of its value are kept, of which nobody can guess the value without the node's index key.
  So two people who keyed the same paper can be compared field by field, and the one never sees what the other keyed.
- A paper is named by the number that stands on it. Of each reader the last keying counts; where any two differ nothing is sent, and where
  a second reader is needed one is not enough.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from hervat.consumers.backlog.readers import Ground
from hervat.journal.acts import acts_at, acts_named, acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

KEYED = "backlog-keyed"
COUNTED = "backlog-counted"
CHECKED = "backlog-checked"
SAMPLED = "backlog-sampled"
_AT_ONCE = 4
Prints = Mapping[str, str]
"""Of each path within the data, a keyed hash of the value there, 32 hexadecimal digits."""


class KeyedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody keyed a paper: of which source and kind, the day that the decision bears, and why a second reader is needed, if one is."""

    source: str
    paper: str
    kind: str
    dated: date | None
    prints: dict[str, str]
    grounds: tuple[Ground, ...]
    by: str
    on: date
    known_by: str
    act: str = KEYED


class CountedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody counted the stock of a source; the declaration that says how much it is comes behind this act."""

    source: str
    by: str
    on: date
    act: str = COUNTED


class SampledAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Papers were drawn by a seed, of those that had been entered by then, to be laid beside the paper again."""

    source: str
    seed: int
    papers: tuple[str, ...]
    by: str
    on: date
    act: str = SAMPLED


class CheckedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who had not read it keyed a paper of a sample again: the paths that differ from what became the message."""

    source: str
    paper: str
    differs: tuple[str, ...]
    by: str
    on: date
    act: str = CHECKED


_read_keyed: Callable[[bytes], KeyedAct] = msgspec.json.Decoder(KeyedAct).decode
_read_counted: Callable[[bytes], CountedAct] = msgspec.json.Decoder(CountedAct).decode
_read_sampled: Callable[[bytes], SampledAct] = msgspec.json.Decoder(SampledAct).decode
_read_checked: Callable[[bytes], CheckedAct] = msgspec.json.Decoder(CheckedAct).decode


def reader(name: str) -> str:
    """A reader's name as it is compared: who writes it in capitals is no other reader."""
    return " ".join(name.split()).casefold()


def leaves(value: Any, path: str = "data") -> Iterator[tuple[str, Any]]:
    """Every value in the data with its path, and what is empty; a field that is null says no more than one that is left out."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def prints_of(keys: NodeKeys, source: str, paper: str, kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """The prints of what was keyed. They are those of this paper alone: equal values on two papers have different ones."""
    told = [("kind", kind), *leaves(dict(data))]
    named = [(path, msgspec.json.encode([source, paper, path, value]).decode()) for path, value in told]
    return {path: keys.index_of(f"backlog:{text}").hex() for path, text in named}


def differing(one: Prints, other: Prints) -> list[str]:
    """The paths at which two keyings differ, or which only one of them has."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


State = Literal["unsent", "waits", "differs"]
"""What a paper that is no message yet waits for: to be keyed once more, where it broke off; a second reader; its readers to agree."""


class Paper(NamedTuple):
    """A paper: all that was keyed of it, each with its position, in order."""

    number: str
    keyings: Sequence[tuple[int, KeyedAct]]

    @property
    def id(self) -> str:
        """The id of the message that it becomes."""
        return paper_id(self.keyings[0][0])

    @property
    def readers(self) -> dict[str, KeyedAct]:
        """Of each reader the last keying."""
        return {reader(act.by): act for _, act in self.keyings}

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Why a second reader is needed: what any keying gave as a ground; empty where one is enough."""
        return tuple(sorted({ground for _, act in self.keyings for ground in act.grounds}))

    @property
    def agreed(self) -> KeyedAct | None:
        """What may become the message: what every reader keyed alike, where they are enough; None where any two differ."""
        keyed = [*self.readers.values()]
        alike = all(act.prints == keyed[0].prints for act in keyed)
        return keyed[0] if alike and len(keyed) >= self.needed else None

    @property
    def needed(self) -> int:
        """How many readers are needed."""
        return 2 if self.grounds else 1

    @property
    def state(self) -> State:
        """What it waits for, where it is no message yet."""
        if self.agreed is not None:
            return "unsent"
        return "waits" if len(self.readers) < self.needed else "differs"

    @property
    def differs(self) -> list[str]:
        """The paths at which the readers' last keyings differ."""
        first, *others = self.readers.values()
        return sorted({path for other in others for path in differing(first.prints, other.prints)})


def paper_id(position: int) -> str:
    """The id of the message of a paper of which the first keying lies at a position."""
    return f"paper-{position}"


def all_keyed(store: Store, keys: NodeKeys) -> Iterator[tuple[int, KeyedAct]]:
    """Every keying, with its position."""
    return acts_of(store, keys, (KEYED,), _read_keyed, "keying of a paper", store.head().size)


def name_of(source: str, paper: str, number: int) -> str:
    """The name by which a keying of a paper is found: the first, the second and so on."""
    return f"backlog:{source}/{paper}/{number}"


def paper_of(store: Store, keys: NodeKeys, source: str, number: str) -> Paper | None:
    """A paper, found without reading any other; None where nobody keyed it."""
    places: list[int] = []
    while len(places) % _AT_ONCE == 0:
        names = [name_of(source, number, len(places) + more) for more in range(1, _AT_ONCE + 1)]
        found = acts_named(store, keys, names)
        if not found:
            break
        places += sorted(found.values())
    keyings = list(acts_at(store, keys, places, _read_keyed, "keying of a paper"))
    return Paper(number, keyings) if keyings else None


def sources_of(store: Store, keys: NodeKeys) -> list[str]:
    """The sources of which something was counted or keyed here."""
    counted = acts_of(store, keys, (COUNTED,), _read_counted, "count of stock", store.head().size)
    return sorted({act.source for _, act in counted} | {act.source for _, act in all_keyed(store, keys)})


def papers(store: Store, keys: NodeKeys, source: str) -> dict[str, Paper]:
    """The papers of a source by number, in the order in which they were first keyed."""
    found: dict[str, list[tuple[int, KeyedAct]]] = {}
    for at, act in all_keyed(store, keys):
        if act.source == source:
            found.setdefault(act.paper, []).append((at, act))
    return {number: Paper(number, keyings) for number, keyings in found.items()}


def last_sample(store: Store, keys: NodeKeys, source: str) -> tuple[int, SampledAct] | None:
    """The sample of a source that was drawn last, with its position."""
    drawn = acts_of(store, keys, (SAMPLED,), _read_sampled, "sample of papers", store.head().size)
    return next(((at, act) for at, act in reversed(list(drawn)) if act.source == source), None)


def checks(store: Store, keys: NodeKeys, source: str) -> dict[str, tuple[int, CheckedAct]]:
    """The last check of each paper of a source, with its position."""
    told = acts_of(store, keys, (CHECKED,), _read_checked, "check of a paper", store.head().size)
    return {act.paper: (at, act) for at, act in told if act.source == source}
