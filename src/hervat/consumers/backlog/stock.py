"""What is left of the stock that a source declared last for each kind: counted, less what was entered since.

A paper is taken from the stock where its kind is one of those counted and the day of its decision lies in the period; one that bears no day
is taken from it as well. Where more was entered than was counted nothing is left, and somebody must count again.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import msgspec

from hervat.consumers.backlog.keyed import KeyedAct
from hervat.journal.store import Declared, Feed, Store
from hervat.kinds import StockDeclared

_read = msgspec.json.Decoder(StockDeclared).decode


class Entered(NamedTuple):
    """A paper that became a message: at which position, and how it was keyed."""

    position: int
    keyed: KeyedAct


class Line(NamedTuple):
    """A declaration that is the last of a source for some kinds: its position, those of its kinds, and how much of it was entered."""

    position: int
    stock: StockDeclared
    kinds: tuple[str, ...]
    entered: int

    @property
    def left(self) -> int:
        """How much is left; never below nothing."""
        return max(0, self.stock.count - self.entered)

    @property
    def miscounted(self) -> bool:
        """Whether more was entered than was counted."""
        return self.entered > self.stock.count


def declarations(store: Store, feed: Feed) -> list[tuple[int, StockDeclared]]:
    """The declarations of a source that hold, each with its position, the latest first."""
    return [(one.position, _read_declared(one)) for one in store.declared(feed.number, "stock-declared")]


def _read_declared(declared: Declared) -> StockDeclared:
    return _read(declared.content)


def lines_of(store: Store, feed: Feed, entered: Iterable[Entered]) -> list[Line]:
    """The stock of a source, the latest declaration first."""
    came, seen, found = list(entered), set[str](), []
    for position, stock in declarations(store, feed):
        kinds = tuple(dict.fromkeys(kind for kind in stock.kinds if kind not in seen))
        seen.update(kinds)
        if kinds:
            taken = sum(one.position > position and one.keyed.kind in kinds and within(stock, one.keyed.dated) for one in came)
            found.append(Line(position, stock, kinds, taken))
    return found


def within(stock: StockDeclared, dated: date | None) -> bool:
    """Whether a decision of a day is of this stock."""
    return dated is None or stock.from_ <= dated <= stock.until
