"""What acts of retention hide from every answer: a charge that one of them names, for as long as the law says that it was due on its day.

So it is a function of the messages and the acts, and of no order among the messages: what comes late and lengthens the term brings the
charge back in the very answer that knows it, without anybody asking. That the register was complete on that day was seen to by the run that
hid it, and is not asked again: what is merely not known does not bring back what was due. What was removed stays hidden, whatever registers
it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hervat.consumers.removed import HIDDEN, Hide, Removed
from hervat.consumers.retention.acts import HiddenAct, acts
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.kinds import CaseRegistered, ChargesAmended
from hervat.message import Message
from hervat.register.fold import fold
from hervat.register.hiding import Hidden, nothing
from hervat.register.reading import Reading

_REGISTERING = CaseRegistered | ChargesAmended


class Withheld:
    """What was hidden, and when; read from the journal once for each act."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        self._store = store
        self._keys = keys
        self._known: dict[tuple[int, ...], dict[int, dict[int, date]]] = {}
        self._removed = Removed(store, keys)

    def on(self, last: int) -> Mapping[int, Mapping[int, date]]:
        """The charges that acts up to a position name, by the position of a message and their number, each with the day of the last that
        does.
        """
        positions = tuple(self._store.acts(HIDDEN, last))
        if positions not in self._known:
            named: dict[int, dict[int, date]] = {}
            for _, act in acts(self._store, self._keys, [HIDDEN], last) if positions else ():
                if isinstance(act, HiddenAct):
                    for one in act.charges:
                        named.setdefault(one.position, {})[one.charge] = act.on
            self._known = {positions: named}
        return self._known[positions]

    def hide(self, reading: Reading, rows: Iterable[Row], messages: Sequence[Message], last: int) -> Hide:
        """What is hidden of some rows, which say these messages, in F(1..last)."""
        named = self.on(last)
        by_name = {(reading.source_of(row), row.id or ""): named[row.position] for row in rows if row.position in named} if named else {}
        named_of = (
            ((one.data.pn, number), day)
            for one in messages
            if by_name and isinstance(one.data, _REGISTERING)
            for number, day in by_name.get((one.source, one.id), {}).items()
        )
        asked: dict[tuple[str, int], date] = {}
        for key, day in named_of:
            # Of a charge that several messages register, each named by an act of its own, the latest day counts.
            asked[key] = max(day, asked.get(key, day))
        again = self._removed.again(messages, last)
        if not asked:
            return (lambda whole, people: Hidden(whole, people, again)) if again else Hidden
        # The law is asked where an act hides something: whatever does without begins sooner.
        from hervat.consumers.retention.weighed import were_due

        due = were_due(fold(messages, hide=nothing).persons, asked)
        return lambda whole, people: Hidden(whole, people, again.union(due))
