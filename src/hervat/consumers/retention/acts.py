"""The acts of retention, as they lie in the journal: they name charges by the position of a message and a number, and nobody.

- `retention-forecast` counts what will come due, by rule and day: what a later run is laid beside.
- `retention-hidden` names what was due on a day: from then on it is in no answer, for as long as the law still says that it was.
- `retention-shown` names what a run found shown again: where the law hides it once more, it waits anew.
- `retention-removed` names what was erased after that, and the act that erased it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import msgspec
from msgspec import Struct

from hervat.clock import legal_day, parse_rfc3339
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.journal.acts import acts_of
from hervat.journal.entry import read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

Place = tuple[int, int]
"""A charge: the position of the first message that registers it, and its number."""
FORECAST, SHOWN = "retention-forecast", "retention-shown"


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """A charge by the position of the first message that registers it and its number, the rule by which it is due, and since when (None
    where only that it is, is known), and from when its term counted (None where that had not begun).
    """

    position: int
    charge: int
    rule: str
    since: date | None
    counted_from: date | None = None


class Coming(Struct, frozen=True, forbid_unknown_fields=True):
    """How many charges come due on a day by a rule."""

    rule: str
    day: date
    count: int


class ForecastAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=FORECAST):
    """What was due on a day by each rule, and what comes due after it and before another; who asked for it, and on what ground."""

    on: date
    until: date
    due: dict[str, int]
    coming: tuple[Coming, ...]
    by: str
    ground: str


class HiddenAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=HIDDEN):
    """What was due on a day, and by whom and on what ground it is hidden."""

    on: date
    charges: tuple[Named, ...]
    by: str
    ground: str


class ShownAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=SHOWN):
    """What had been hidden and was not due any more on a day, by what came since."""

    on: date
    charges: tuple[Named, ...]
    by: str
    ground: str


class RemovedAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=REMOVED):
    """What was due on a day and had been hidden for long enough, and the position of the act that erased it. `keys` are the keyed hashes,
    in hexadecimal, by which these charges are known again, whoever registers them once more.
    """

    on: date
    erased: int
    charges: tuple[Named, ...]
    by: str
    ground: str
    keys: tuple[str, ...] = ()


RetentionAct = ForecastAct | HiddenAct | ShownAct | RemovedAct
read_act: Callable[[bytes], RetentionAct] = msgspec.json.Decoder(RetentionAct).decode


def acts(store: Store, keys: NodeKeys, kinds: Sequence[str], last: int) -> Iterator[tuple[int, RetentionAct]]:
    """The acts of some kinds up to a position, in order. Raises StoreFault where something else lies there."""
    yield from acts_of(store, keys, kinds, read_act, "act of retention", last)


def received_on(store: Store, position: int) -> date:
    """The legal day on which an act was put in the journal, whatever day it says it is of."""
    return legal_day(parse_rfc3339(read_meta(store.entries_at([position])[position]).received_at))
