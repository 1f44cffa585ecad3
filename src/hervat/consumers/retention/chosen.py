"""The charges that a run chooses, some tens of bytes each: a register of millions has hundreds of thousands that are due on one day."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby, islice
from struct import Struct
from typing import NamedTuple

from hervat.consumers.retention.weighed import Weighed

# The position and number of the charge, which rule and why, the ordinals of two days (0: None), which case, and what is so of it.
_LINE = Struct("<QQIIIIB")
_RESTED_ON, _HIDDEN = 1, 2


class Chosen(NamedTuple):
    """A charge as in `Weighed`, and whether an act still hides it; `case` numbers the cases among those that were chosen together."""

    place: int
    charge: int
    rule: str
    day: date | None
    why: str
    counted_from: date | None
    is_rested_on: bool
    is_hidden: bool
    case: int

    @property
    def at(self) -> tuple[int, int]:
        """The charge by its position and number."""
        return self.place, self.charge


class Choice:
    """Charges in the order in which they were chosen, those of one case one after another."""

    def __init__(self) -> None:
        self.unverified: set[str] = set()
        self._lines = bytearray()
        self._reasons: dict[tuple[str, str], int] = {}
        self._cases = 0
        self._last: str | int | None = None

    def weigh(self, one: Weighed) -> None:
        """Choose a charge."""
        self.unverified.update(one.unverified)
        self._add(one.place, one.charge, one.rule, one.why, one.day, one.counted_from, one.pn, one.is_rested_on, one.hidden_on is not None)

    def add(self, one: Chosen) -> None:
        """Choose what was chosen before."""
        self._add(one.place, one.charge, one.rule, one.why, one.day, one.counted_from, one.case, one.is_rested_on, one.is_hidden)

    def _add(
        self,
        place: int,
        charge: int,
        rule: str,
        why: str,
        day: date | None,
        counted_from: date | None,
        case: str | int,
        is_rested_on: bool,
        is_hidden: bool,
    ) -> None:
        self._cases += case != self._last
        self._last = case
        reason = self._reasons.setdefault((rule, why), len(self._reasons))
        days = (0 if one is None else one.toordinal() for one in (day, counted_from))
        self._lines += _LINE.pack(place, charge, reason, *days, self._cases, is_rested_on * _RESTED_ON + is_hidden * _HIDDEN)

    def __len__(self) -> int:
        return len(self._lines) // _LINE.size

    def __iter__(self) -> Iterator[Chosen]:
        reasons = list(self._reasons)
        for place, charge, reason, day, counted_from, case, so in _LINE.iter_unpack(self._lines):
            rule, why = reasons[reason]
            yield Chosen(place, charge, rule, _day(day), why, _day(counted_from), bool(so & _RESTED_ON), bool(so & _HIDDEN), case)

    def first(self, most: int) -> list[Chosen]:
        """So many of them, or all."""
        return list(islice(self, most))

    def counted(self) -> Counter[str]:
        """How many there are by each rule."""
        rules = [rule for rule, _ in self._reasons]
        return Counter(rules[line[2]] for line in _LINE.iter_unpack(self._lines))

    def together(self, least: int) -> Iterator[list[Chosen]]:
        """All of them in lists of about so many, each with whole cases."""
        some = list[Chosen]()
        for _, of_case in groupby(self, lambda one: one.case):
            some += of_case
            if len(some) >= least:
                yield some
                some = []
        if some:
            yield some


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
