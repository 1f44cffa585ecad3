"""The versions of what a signal is about: what its receiver was told before, what it was told last, and what counts now.

A receiver holds for true what it was told last. Where the register says something else by now, the next step tells that.
"""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from hervat.consumers.screening.following import steps
from hervat.consumers.screening.signal import Pair, Signal
from hervat.consumers.screening.worklist import data_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.register.reading import Reading


class Version(Struct, frozen=True, kw_only=True):
    """One version: the entry that says it, the act that told it (None where none did), and its data (None where they were erased)."""

    position: int
    told_at: int | None
    data: dict[str, Any] | None


class Versions(Struct, frozen=True, kw_only=True):
    """`before` is what was told before the last time, None where nothing else was; `now` what counts, None where nothing does any more."""

    before: Version | None
    told: Version
    now: Version | None

    @property
    def is_behind(self) -> bool:
        """Whether another version counts by now than the one that was told."""
        return self.now is None or self.now.position != self.told.position


def versions_of(store: Store, keys: NodeKeys, signals: Collection[Signal], at: Mapping[Pair, int]) -> dict[Pair, Versions]:
    """The versions of signals that were told last, `at` these positions."""
    before = _before(store, keys, [signal for signal in signals if signal.says == "changed"], at)
    rows = store.rows_at({signal.message for signal in signals})
    counts = {pair: row.version or pair[1] for pair in (one.pair for one in signals) if not (row := rows[pair[1]]).retracted}
    wanted = {signal.version for signal in signals} | set(counts.values()) | {version for version, _ in before.values()}
    documents = Reading(store, store, keys).documents(sorted(wanted))

    def version(message: int, position: int, told_at: int | None) -> Version:
        return Version(position=position, told_at=told_at, data=data_of(documents.get(position), corrected=position != message))

    found = {}
    for signal in signals:
        pair, message = signal.pair, signal.message
        earlier, now = before.get(pair), counts.get(pair)
        found[pair] = Versions(
            before=None if earlier is None else version(message, *earlier),
            told=version(message, signal.version, at[pair]),
            now=None if now is None else version(message, now, at[pair] if now == signal.version else None),
        )
    return found


def _before(store: Store, keys: NodeKeys, signals: Collection[Signal], at: Mapping[Pair, int]) -> dict[Pair, tuple[int, int]]:
    """Of each signal the version that was told and stood before it, and the act that told it."""
    wanted = {signal.pair for signal in signals}
    found: dict[Pair, tuple[int, int]] = {}
    for position, act in steps(store, keys, store.head().size) if wanted else ():
        for signal in act.signals:
            if signal.pair in wanted and signal.stands and position < at[signal.pair]:
                found[signal.pair] = signal.version, position
    # How a report ended is told again of the same version.
    return {signal.pair: found[signal.pair] for signal in signals if signal.pair in found and found[signal.pair][0] != signal.version}
