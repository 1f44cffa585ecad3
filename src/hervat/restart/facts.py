"""What gates are judged by: counts, positions and hashes of a feed, read from what stands in the store, whatever of it is applied yet.

What a source declares of itself counts here from custody on: a link that applies nothing must still show what it will bring.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from hervat.clock import parse_rfc3339
from hervat.intake.folding import CONFLICT
from hervat.intake.quarantine import oin_of
from hervat.journal.entry import read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Declared, Feed, Row, Store
from hervat.kinds import StockDeclared
from hervat.needs import TABLE
from hervat.partner import Partners
from hervat.register.conflicts import conflicts
from hervat.register.waiting import Waiting
from hervat.restart.run import Run, StepAt

_AT_ONCE, _FEW = 1000, 100
_stock = msgspec.json.Decoder(StockDeclared).decode


class Keyed(NamedTuple):
    """A paper that became a message of a source: at which position, of which kind, and of which day."""

    position: int
    kind: str
    dated: date | None


class Lacking(NamedTuple):
    """The positions of what is held for what links should have given, and whether all was looked at that may be."""

    positions: list[int]
    whole: bool


KeyedOf = Callable[[str], Sequence[Keyed]]


class StockLine(NamedTuple):
    """The latest declaration of a source for some kinds, and how much of it became messages since."""

    position: int
    kinds: tuple[str, ...]
    counted: int
    entered: int


class Facts:
    """What is known at one position of the journal and one moment. `keyed` tells of a source which papers became messages."""

    def __init__(self, store: Store, keys: NodeKeys, partners: Partners, keyed: KeyedOf, now: datetime) -> None:
        self._store = store
        self._keys = keys
        self._keyed = keyed
        self.partners = partners
        self.now = now
        self.position = store.head().size
        self._feeds = {feed.name: feed for feed in store.feeds()}
        self._declaring: list[Row] | None = None
        self._told: dict[int, dict[str, Any]] = {}

    def feed(self, source: str) -> Feed:
        """The feed of a source; an empty one where nothing came."""
        return self._feeds.get(source) or Feed(0, source)

    def in_transit(self, source: str) -> int:
        """How many numbers are missing below the highest that came."""
        feed = self.feed(source)
        return sum(last - first + 1 for first, last in self._store.missing(feed.number)) if feed.number else 0

    def watermarks(self, source: str) -> list[Declared]:
        """The claims of a source that are in custody and not taken back, the latest first."""
        return [one for one in self._declared(source, "watermark") if one.through is not None]

    def stock(self, source: str) -> list[StockLine]:
        """What a source says that lies there and is no message yet, by kinds, the latest declaration of each."""
        keyed, seen, lines = self._keyed(source), set[str](), []
        for one in self._declared(source, "stock-declared"):
            stock = _stock(one.content)
            kinds = tuple(kind for kind in stock.kinds if kind not in seen)
            seen.update(kinds)
            if kinds:
                lines.append(StockLine(one.position, kinds, stock.count, sum(_is_of(paper, one.position, stock, kinds) for paper in keyed)))
        return lines

    def _declared(self, source: str, kind: str) -> list[Declared]:
        feed = self.feed(source)
        if not feed.number:
            return []
        if self._declaring is None:
            self._declaring = self._store.declaring(self.position)
        rows = [row for row in self._declaring if row.source == feed.number and row.kind == kind and not row.retracted]
        rows = [row for row in rows if row.refusal is None or row.version is not None]
        content = self._store.declared_at({row.version or row.position for row in rows})
        return [content[at] for row in sorted(rows, key=_sequence, reverse=True) if (at := row.version or row.position) in content]

    def quarantined(self, oin: str) -> int:
        """How many messages of an organisation lie in quarantine."""
        return sum(self._store.in_quarantine(feed.number) for feed in self._feeds.values() if oin_of(feed.name) == oin)

    def waits_below(self, run: Run, one: StepAt, through: int) -> int:
        """How many messages of a link up to a number are not admitted, and wait for no other link of the plan."""
        others = [other for other in run.links_of(one.source or "") if other is not one]
        held_back = self._store.not_admitted(self.feed(one.source or "").number)
        rows = [row for row in held_back if row.refusal is None and _goes_by(one, row)]
        waiting = [row for row in rows if (row.sequence or 0) <= through]
        return sum(all(other.ceiling.admits(row.sequence, row.time) for other in others if _goes_by(other, row)) for row in waiting)

    def turned_away(self, source: str, after: int) -> list[tuple[int, datetime]]:
        """The conflicts and refusals of a source after a position, each with its moment."""
        acts = [position for position in self._store.acts(CONFLICT, self.position) if position > after]
        found = [
            (one["position"], parse_rfc3339(one["since"]))
            for one in conflicts(self._store, self._keys, acts, self.position)
            if one["source"] == source
        ]
        number = self.feed(source).number
        rows = [row.position for row in self._store.refused() if row.source == number and row.position > after]
        entries = self._store.entries_at(rows)
        return sorted([*found, *((at, parse_rfc3339(read_meta(entries[at]).received_at)) for at in rows)])

    def lacking(self, run: Run, one: StepAt, most: int, looks: int) -> Lacking:
        """What is held for a key that a link should have given: this one, or one that is let through already; the oldest `most`, and of
        the oldest `looks` that may be held for one. They are opened one by one, and what is held may be all there is.
        """
        links = [other for other in run.steps.values() if other is one or other.let_through is not None]
        given = {sort for link in links for kind in link.step.kinds or tuple(TABLE) for sort in _sorts_given(kind)}
        sources = {link.source for link in links if link.source is not None}
        held_for, found, looked = self._held_for(given), list[int](), 0
        for held in islice(held_for, looks):
            looked += 1
            if any(_is_theirs(key, given, sources) for key in held["needs"]):
                found.append(held["position"])
            if len(found) == most:
                break
        # Whether one more is there is asked by opening that: the last page of a look, and no further one.
        return Lacking(found, looked < looks or next(held_for, None) is None)

    def _held_for(self, given: set[str]) -> Iterator[dict[str, Any]]:
        """What is held for keys, as far as its kind may need one of these sorts; told a few at a time, and each once."""
        waiting, after = Waiting(self._store, self._store, self._keys), 0
        while rows := self._store.held_for_keys(after, _AT_ONCE):
            after = rows[-1].position
            may = [row for row in rows if row.target is not None or _may_need(row.kind or "", given)]
            for few in (may[at : at + _FEW] for at in range(0, len(may), _FEW)):
                untold = [row for row in few if row.position not in self._told]
                self._told.update((told["position"], told) for told in waiting.tell(untold))
                yield from (self._told[row.position] for row in few)


def _is_of(paper: Keyed, position: int, stock: StockDeclared, kinds: Sequence[str]) -> bool:
    """Whether a paper is of a stock that was declared before it was keyed."""
    dated = paper.dated is None or stock.from_ <= paper.dated <= stock.until
    return paper.position > position and paper.kind in kinds and dated


def _goes_by(one: StepAt, row: Row) -> bool:
    return not one.step.kinds or row.kind in one.step.kinds


def _sorts_given(kind: str) -> set[str]:
    return {template.partition(":")[0] for template in TABLE[kind].gives} if kind in TABLE else set()


def _may_need(kind: str, given: set[str]) -> bool:
    """Whether a message of a kind may be held for a key of some sorts; one of a kind that nobody knows is looked at."""
    rule = TABLE.get(kind)
    return rule is None or not given.isdisjoint(template.partition(":")[0] for template in (*rule.needs, *rule.on_appeal))


def _is_theirs(key: str, given: set[str], sources: set[str]) -> bool:
    sort, _, rest = key.partition(":")
    return rest.rpartition("/")[0] in sources if sort == "message" else sort in given


def _sequence(row: Row) -> int:
    return row.sequence or 0
