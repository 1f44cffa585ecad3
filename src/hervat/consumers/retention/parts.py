"""The facts for the second computation, from the entries alone, in parts that know nothing of each other: whoever works them out one by one
has one at a time in memory.

- What belongs together is what the messages themselves say: whoever names one person, case, order or judgment lies in one part. That is
  walked along the store's links, by keys made here of what was read, and not by those that intake made of it.
- That no part lacks anything is seen to, and not believed: every fact must lie among the links of every key that is made of it.
- Memory: one part, and a byte for each entry.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from hervat.consumers.retention.restated import Plain
from hervat.errors import StoreFault
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import APPLIED, WHOLE, Row, Store

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AT_ONCE = 1000
"""With how many messages a part begins; what belongs to them comes with it."""
_encode = msgspec.json.Encoder(order="sorted").encode


class _Read(NamedTuple):
    """What is read of a kind: the field that dates it (None: the day on which it was made), what is kept of its data, and which of that
    name a person, a case, an order or a judgment.
    """

    dated_by: str | None
    kept: tuple[str, ...]
    person: tuple[str, ...] = ()
    case: str | None = None
    order: str | None = None
    judgment: str | None = None


_JUDGMENT = ("judgment", "pn", "given_on", "instance", "on_appeal_of", "verdicts", "sentences")
_READ: dict[str, _Read] = {
    "person-registered": _Read(None, ("skn",), ("skn",)),
    "persons-merged": _Read("decided_on", ("kept", "merged"), ("kept", "merged")),
    "persons-split": _Read("decided_on", ("undoes",)),
    "person-died": _Read("died_on", ("skn", "died_on"), ("skn",)),
    "case-registered": _Read("received_on", ("pn", "skn", "received_on", "charges"), ("skn",), case="pn"),
    "charges-amended": _Read(None, ("pn", "charges"), case="pn"),
    "case-reattributed": _Read("decided_on", ("pn", "to"), ("to",), case="pn"),
    "case-dismissed": _Read("decided_on", ("pn", "charges", "code", "decided_on"), case="pn"),
    "summons-issued": _Read(None, ("pn", "charges"), case="pn"),
    "penalty-order-issued": _Read("issued_on", ("order", "pn", "charges", "sentences"), case="pn", order="order"),
    "penalty-order-opposed": _Read("opposed_on", ("order",), order="order"),
    "penalty-order-withdrawn": _Read("withdrawn_on", ("order",), order="order"),
    "penalty-order-executed": _Read("executed_on", ("order", "executed_on"), order="order"),
    "judgment-given": _Read("given_on", _JUDGMENT, case="pn", judgment="judgment"),
    "appeal-lodged": _Read("lodged_on", ("judgment", "by", "lodged_on"), judgment="judgment"),
    "appeal-withdrawn": _Read("withdrawn_on", ("judgment", "by", "withdrawn_on"), judgment="judgment"),
    "judgment-annulled": _Read("decided_on", ("judgment",), judgment="judgment"),
    "foreign-conviction-notified": _Read("decided_on", ("skn", "decided_on"), ("skn",)),
}
_KEPT_OF_CHARGE = ("article", "class", "maximum", "period")


class Said(NamedTuple):
    """A fact: where it stands among those of its sort, its position, how others name it, and what is kept of it. Of a registration the
    charges are pairs of a number and what is kept of the charge: one value for all of a message that are alike.
    """

    rank: tuple[str, int, str, int]
    position: int
    name: tuple[str, str]
    data: Plain


Part = dict[str, list[Said]]
"""Facts by kind, each list in the order in which they count; nothing outside speaks of whom or what these do."""


class Parts:
    """Reads the facts of a store as it is now."""

    def __init__(self, store: Store, keys: NodeKeys, progress: Callable[[int], None] = lambda position: None) -> None:
        """`progress` is told of positions."""
        self._store = store
        self._keys = keys
        self._progress = progress
        self._names = {feed.number: feed.name for feed in store.feeds()}

    def all(self, at_once: int = AT_ONCE) -> Iterator[tuple[int, Part]]:
        """Every fact, in one part or another, whatever number of messages a part begins with; each with the last position with which it
        may begin. Raises StoreFault where links are missing.
        """
        done, after = bytearray(self._store.head().size + 1), 0
        while rows := self._store.applied(after, at_once):
            after = rows[-1].position
            # What came while this was at work is not looked at.
            begun = [row for row in rows if row.position < len(done) and not done[row.position]]
            if begun:
                yield after, self._closed(begun, done)
            self._progress(after)

    def around(self, positions: Iterable[int]) -> Part:
        """The facts at some positions, with all that belongs to these."""
        return self._closed(self._store.rows_at(positions).values(), bytearray(self._store.head().size + 1))

    def _closed(self, begun: Iterable[Row], done: bytearray) -> Part:
        found: Part = defaultdict(list)
        linked = dict[bytes, dict[int, bool]]()
        fresh = list(begun)
        while fresh:
            for row in fresh:
                done[row.position] = 1
            named = self._read([row for row in fresh if row.kind in _READ and _counts(row)], found)
            unknown = {key for keys in named.values() for key in keys} - linked.keys()
            linked |= self._store.links(unknown)
            _ensure_linked(named, linked)
            near = {position for key in unknown for position in linked[key] if position < len(done) and not done[position]}
            fresh = list(self._store.rows_at(near).values()) if near else []
        for of_kind in found.values():
            of_kind.sort(key=lambda said: said.rank)
        return found

    def _read(self, rows: Iterable[Row], found: Part) -> dict[int, list[bytes]]:
        """Put what rows say to what was found; gives the keys of whom and what each names, by position."""
        counting = list(rows)
        entries = self._store.entries_at({row.version or row.position for row in counting})
        keys, named = dict[str, bytes](), dict[int, list[bytes]]()
        for row in counting:
            left = open_entry(self._keys, entries[row.version or row.position]).left
            if left is not None:
                said = self._said(row, msgspec.json.decode(left))
                found[row.kind or ""].append(said)
                texts = list(_names(row.kind or "", said))
                keys.update((text, self._keys.index_of(text)) for text in texts if text not in keys)
                named[row.position] = [keys[text] for text in texts]
        return named

    def _said(self, row: Row, document: dict[str, Any]) -> Said:
        data = document["data"] if row.version is None else document["data"]["data"]
        read = _READ[row.kind or ""]
        day = legal_day(row.time or document["time"]).isoformat() if read.dated_by is None else data[read.dated_by]
        kept = {name: data[name] for name in read.kept if data.get(name) is not None}
        if row.kind in ("case-registered", "charges-amended"):
            kept["charges"] = list(_charges(kept.get("charges", ())))
        source = self._names[row.source]
        return Said((day, data.get("instance") or 0, source, row.sequence or 0), row.position, (source, row.id or ""), kept)


def _counts(row: Row) -> bool:
    return row.state == APPLIED and not row.retracted and row.target is None and row.erased < WHOLE


def _charges(charges: Iterable[Plain]) -> Iterator[tuple[int, Plain]]:
    alike = dict[bytes, Plain]()
    for one in charges:
        kept = {name: one[name] for name in _KEPT_OF_CHARGE if name in one}
        yield one["charge"], alike.setdefault(_encode(kept), kept)


def _names(kind: str, said: Said) -> Iterator[str]:
    """Whom and what a fact names, as a key has it: the persons, the case, the order, the judgment, and the merge that a split undoes."""
    read, data = _READ[kind], said.data
    yield from (f"person:{data[field]}" for field in read.person)
    if read.case is not None:
        yield f"case:{data[read.case]}"
    if read.order is not None:
        yield f"order:{data[read.order]}"
    if read.judgment is not None:
        yield f"judgment:{data[read.judgment]}"
    if kind == "persons-merged":
        yield "merge:{}/{}".format(*said.name)
    if kind == "persons-split":
        yield f"merge:{data['undoes']['source']}/{data['undoes']['id']}"


def _ensure_linked(named: dict[int, list[bytes]], linked: dict[bytes, dict[int, bool]]) -> None:
    for position, keys in named.items():
        for key in keys:
            if position not in linked.get(key, ()):
                why = f"the links of the message at position {position} are not whole, so what belongs to it is not known"
                raise StoreFault(f"{why}; run hervat verify")


def legal_day(moment: str) -> date:
    """The day in the Netherlands on which a moment lies."""
    return datetime.fromisoformat(moment.upper()).astimezone(AMSTERDAM).date()
