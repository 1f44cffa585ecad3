"""The Store port: what every room asks of an engine, and nothing an engine may decide by itself.

- Entries are the journal; everything else here is a cache of F(entries) that can be thrown away and folded again.
- Keys (`person:…`, `case:…`, `message:…`) are stored as 16-byte keyed hashes: an erased message goes on giving its keys, and the
  store's files tell nobody which they are.
- `write` takes one `Change`, whole or not at all; what is settled is on disk. Changes may be settled as a group: pages that many of them
  touch are then written once.
- Reads are batched: an engine answers one call with one statement.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import msgspec

from hervat.journal.entry import Entry
from hervat.journal.tree import Tile

PAIR = 32
SOMEBODY = bytes(16)
"""Stands among the keys of what a correction is about where its data itself names a person."""
APPLIED, HELD, REFUSED = 1, 2, 3
STATES = {APPLIED: "applied", HELD: "held", REFUSED: "refused"}
PARTS, WHOLE, VOID = 1, 2, 3
"""How far a message was erased: parts of it; the whole; the whole of a correction that nobody could read as data of a kind before."""


def keys_of(packed: bytes) -> list[bytes]:
    """The keys in a row's packed (key, topic) pairs."""
    if len(packed) <= PAIR:
        return [packed[:16]] if packed else []
    return [packed[start : start + 16] for start in range(0, len(packed), PAIR)]


def pairs_of(packed: bytes) -> list[tuple[bytes, bytes]]:
    """The (key, topic) pairs of a row."""
    return [(packed[start : start + 16], packed[start + 16 : start + PAIR]) for start in range(0, len(packed), PAIR)]


def topics_of(packed: bytes) -> set[bytes]:
    """The topics in a row's packed pairs, each once."""
    if len(packed) == PAIR:
        return {packed[16:]}
    return {packed[start : start + 16] for start in range(16, len(packed), PAIR)}


def about_of(packed: bytes) -> list[bytes]:
    """The keys in what a row is about."""
    return [packed[start : start + 16] for start in range(0, len(packed), 16)]


class Row(msgspec.Struct, eq=False, gc=False):
    """What is known about one message: open attributes, keys (packed pairs of key and topic, 32 bytes each) and its state.

    `applied_at` is the least position q with the message applied in F(1..q); `complete` tells that its chain of `previous` is;
    `blocked_by` where the walk along that chain stopped; `waits_on` the one key whose arrival makes it worth looking again;
    `version` the position of the correction that counts for it; `retracted` that an active retraction names it. `about` are the 16-byte
    keys of the case, judgment or order that it is about; `adrift` tells that it is held and about nobody; `erased` how far it was erased,
    0 where it was not; `quarantined` that it lies in quarantine, and so is not admitted.
    """

    position: int
    source: int
    id: str | None
    sequence: int | None
    kind: str | None
    time: str | None
    ident: bytes
    previous: bytes | None = None
    target: bytes | None = None
    subject: bytes | None = None
    needs: bytes = b""
    gives: bytes = b""
    refusal: str | None = None
    admitted_at: int | None = None
    complete: int = 0
    blocked_by: bytes | None = None
    waits_on: bytes | None = None
    retracted: int = 0
    version: int | None = None
    state: int = HELD
    applied_at: int | None = None
    about: bytes = b""
    adrift: int = 0
    erased: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class Feed:
    """One source: its number and name, its counts, the sequence up to which all is in custody, its ceiling, how many of the held
    are about nobody, whether what comes is quarantined (`lane`), and where its link stands (`link`; None where nothing isolates or governs
    it).

    `ceiling` is the JSON of the latest ceiling act (`{"sequence": n}`, `{"time": t}`, `{"hold": true}`) or None for open.
    """

    number: int
    name: str
    received: int = 0
    applied: int = 0
    held: int = 0
    refused: int = 0
    through: int = 0
    highest: int = 0
    sequenced: int = 0
    ceiling: str | None = None
    adrift: int = 0
    lane: int = 0
    link: str | None = None


@dataclass(slots=True, frozen=True)
class Turn:
    """A change of a message's state after its first: at which position it became applied, held again, or refused."""

    at: int
    position: int
    state: int


@dataclass(slots=True, frozen=True)
class Act:
    """An act as it is found back: its kind, and the key under which the same act is recognised."""

    position: int
    kind: str
    ident: bytes


@dataclass(slots=True)
class Declared:
    """A watermark or a stock declaration as data: `content` is its JSON, `through` and `holds` are a watermark's (holds None until
    1..through are in custody). `position` is that of the message or of the correction it came in.
    """

    position: int
    source: int
    through: int | None
    content: str
    holds: int | None = None


@dataclass(slots=True)
class GoneNumber:
    """A number of a source that its owner signed as erased before it was handed over, by the act at `at`. It counts from the position
    `since` on, None while that lies in quarantine; `ident` is that of the message, None where its id is not known.
    """

    source: int
    sequence: int
    at: int
    ident: bytes | None
    since: int | None


@dataclass(slots=True)
class Head:
    """Where the journal stands: its size, the tree's frontier, the last moment of receipt, the signed checkpoint; and how far everything
    else has been folded from it. `scrubbed` is the last erasure of which nothing is left in the files of the engine.
    """

    size: int = 0
    frontier: bytes = b""
    received_at: str = ""
    checkpoint: str = ""
    folded: int = 0
    scrubbed: int = 0


@dataclass(slots=True, frozen=True)
class Hindrance:
    """Why something that was erased may still lie in the files of an engine, and what to do; `by_itself` where nothing need be done."""

    told: str
    do: str
    by_itself: bool = False


@dataclass(slots=True)
class Change:
    """All that one step changes; `links` maps (key, position) to live or not, `missing` the (source, first) of a range to its last number;
    None takes the link or the range away; `gone` are those that are new or count from now on. Of the entries that were there before
    nothing is changed but what is erased from them: the parts and the box of `erased_entries`; and under which key their boxes are
    sealed: `boxes`, by position.
    """

    head: Head
    entries: list[Entry] = field(default_factory=list)
    erased_entries: list[Entry] = field(default_factory=list)
    boxes: dict[int, bytes] = field(default_factory=dict)
    tiles: list[Tile] = field(default_factory=list)
    new_rows: list[Row] = field(default_factory=list)
    changed_rows: list[Row] = field(default_factory=list)
    links: dict[tuple[bytes, int], bool | None] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    declared: list[Declared] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    missing: dict[tuple[int, int], int | None] = field(default_factory=dict)
    gone: list[GoneNumber] = field(default_factory=list)


class Near(NamedTuple):
    """What lies one step from some keys: who is linked to each, as `links` says it; the rows and the entries of these messages; and where
    what amends them lies, as `amendments_of` says it of their idents.
    """

    links: dict[bytes, dict[int, bool]]
    rows: dict[int, Row]
    entries: dict[int, Entry]
    amendments: dict[bytes, list[int]]


class Store(Protocol):
    """An engine. Reads see the last committed change; only one process holds the writer's place at a time."""

    def head(self) -> Head: ...

    def feeds(self) -> list[Feed]: ...

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """The entries first..last, both included, in order of position."""
        ...

    def entries_at(self, positions: Iterable[int]) -> dict[int, Entry]: ...

    def leaves(self, first: int, count: int) -> Sequence[bytes]:
        """`count` leaf hashes from the leaf with index `first` (position first + 1)."""
        ...

    def tile(self, level: int, index: int) -> bytes | None: ...

    def rows_at(self, positions: Iterable[int]) -> dict[int, Row]: ...

    def rows_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, Row]: ...

    def rows_by_sequence(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """The positions that hold the given (source number, sequence) places."""
        ...

    def links(self, keys: Iterable[bytes]) -> dict[bytes, dict[int, bool]]:
        """For each key the positions linked to it, and whether each gives it now."""
        ...

    def near(self, keys: Iterable[bytes]) -> Near:
        """What whoever walks from keys asks next as well, in one question: for the sake of who asks from afar."""
        ...

    def waits(self) -> Iterable[tuple[bytes, int]]:
        """Every (key, position) that waits."""
        ...

    def named(self) -> Iterable[bytes]:
        """The idents of all messages that some amendment names."""
        ...

    def waiting(self, keys: Iterable[bytes]) -> dict[bytes, list[int]]: ...

    def amendments_of(self, idents: Iterable[bytes]) -> dict[bytes, list[int]]: ...

    def acts_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, int]: ...

    def acts(self, kind: str, last: int) -> list[int]:
        """The positions up to `last` of the acts of a kind, in order."""
        ...

    def last_message(self, last: int) -> int:
        """The last position up to `last` at which there is a message; 0 where there is none."""
        ...

    def held(self, after: int, limit: int) -> list[Row]:
        """Held rows with a position above `after`, oldest first."""
        ...

    def held_for_keys(self, after: int, limit: int) -> list[Row]:
        """Those of them that are admitted, and whose chain of `previous` is complete: they wait for keys alone."""
        ...

    def adrift(self) -> list[Row]:
        """The held rows that are about nobody."""
        ...

    def held_about(self, subjects: Iterable[bytes]) -> list[Row]: ...

    def about(self, subjects: Iterable[bytes]) -> list[Row]:
        """Every row with one of these subjects, whatever became of it. All rows are gone through: it is for what is rare."""
        ...

    def held_at(self, position: int) -> list[Row]:
        """The rows that were held in F(1..position), as they are now."""
        ...

    def refused(self) -> Iterator[Row]:
        """Refused rows, in order of position."""
        ...

    def not_admitted(self, source: int) -> list[Row]: ...

    def in_quarantine(self, source: int) -> int:
        """How many messages of a source lie in quarantine."""
        ...

    def applied(self, after: int, limit: int) -> list[Row]:
        """Applied rows with a position above `after`, in order of position."""
        ...

    def changed(self, after: int) -> list[int]:
        """The positions of the messages received, first applied or turned after a position, in order."""
        ...

    def declared(self, source: int, kind: str) -> Iterator[Declared]:
        """The applied declarations of a kind, each in the version that counts: the highest `through` first, then the latest."""
        ...

    def declared_at(self, positions: Iterable[int]) -> dict[int, Declared]: ...

    def declaring(self, last: int) -> list[Row]:
        """Every message up to a position of a kind that declares."""
        ...

    def of_kind(self, kind: str, last: int) -> list[Row]:
        """Every message of a kind up to a position, in order of position, whatever became of it."""
        ...

    def unchecked(self) -> list[Declared]:
        """Watermarks of which nobody could say yet whether they hold."""
        ...

    def missing(self, source: int) -> list[tuple[int, int]]:
        """The ranges of sequence numbers below the highest that are not in custody now, and do not count as gone."""
        ...

    def gone(self, source: int) -> list[GoneNumber]:
        """Every number of a source that was signed as erased, by each act that said so, also where its message came after all."""
        ...

    def claims_on(self, source: int, sequence: int) -> list[Declared]:
        """The watermarks of a source that speak of a number, in whatever state."""
        ...

    def gaps(self, source: int, after: int, last: int) -> list[tuple[int, int]]:
        """The ranges of sequence numbers above `after` and below the highest that are not in custody at position `last`, nor gone."""
        ...

    def sequence_run(self, source: int, first: int, last: int) -> dict[int, int]:
        """The positions of the messages with sequence first..last, by sequence."""
        ...

    def boxes(self, positions: Iterable[int]) -> dict[int, bytes]: ...

    def contiguous(self, source: int, after: int, last: int) -> int:
        """The highest sequence n such that after+1..n are all in custody or gone at position `last`; `after` where none is."""
        ...

    def first_held(self, source: int) -> int | None:
        """The lowest sequence of a source's held messages."""
        ...

    def tally(self, after: int) -> dict[int, int]:
        """How many messages with a position above `after` are in each state."""
        ...

    def tally_at(self, position: int) -> dict[tuple[int, int], tuple[int, int | None]]:
        """For each (source, state) in F(1..position) how many messages, and their lowest sequence."""
        ...

    def lives(self) -> Iterator[tuple[int, int | None]]:
        """The position of every message and the position at which it was first applied."""
        ...

    def all_turns(self) -> dict[int, list[Turn]]: ...

    def turns(self, positions: Iterable[int]) -> dict[int, list[Turn]]: ...

    def write(self, change: Change, *, settle: bool = True) -> None:
        """Take a change, and settle it with all that is not settled; raises StoreFault, and then nothing of that was taken.

        Without `settle` only this store sees it, and nobody may be told yet.
        """
        ...

    def settle(self) -> None:
        """Put on disk what is not settled; raises StoreFault, and then nothing of it was taken."""
        ...

    def abandon(self) -> None:
        """Let go of what is not settled."""
        ...

    def scrub(self, last: int) -> Hindrance | None:
        """Put what is stored in new places, so that nothing of what was erased or sealed anew up to the act at `last` is left in the
        old ones; what hinders that, or None.
        """
        ...

    def unscrubbed(self, last: int) -> Hindrance | None:
        """What is not done yet of that, or None where it has become done by itself; nothing is put in new places."""
        ...

    def close(self) -> None: ...
