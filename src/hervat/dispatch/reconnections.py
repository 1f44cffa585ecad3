"""Who came back, and how often: a fold of the acts `reconnection-offered`, so that one partner cannot fill the journal with them.

- Who says what it said before, and is offered the same, is answered from the act there is.
- Of one partner no more than `MOST` acts are kept within `WITHIN`, by the journal's own moments: a node that was started again counts on.
- Those moments never go back. Where the clock was set back, an act bears one that is still to come: it counts as kept when it is first
  looked at, so that nobody is turned away until the clock has caught up, and nobody fills the journal meanwhile.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

import msgspec

from hervat.batch import RECONNECTED, ReconnectionOffered
from hervat.clock import parse_rfc3339
from hervat.journal.acts import act_in
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

MOST, WITHIN = 10, timedelta(hours=1)
_read: Callable[[bytes], ReconnectionOffered] = msgspec.json.Decoder(ReconnectionOffered).decode


class Reconnections:
    """The last that was offered to each partner, and when the last few were; it goes on from where it was."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known = 0
        self._last: dict[str, tuple[int, ReconnectionOffered]] = {}
        self._moments: dict[str, deque[datetime]] = {}

    def catch_up(self, journal: Store, keys: NodeKeys, last: int) -> None:
        """Go by the acts up to a position."""
        with self._lock:
            positions = [position for position in journal.acts(RECONNECTED, last) if position > self._known]
            for position, entry in sorted(journal.entries_at(positions).items()):
                opened = open_entry(keys, entry)
                act = act_in(opened, _read, "reconnection")
                self._last[act.partner] = position, act
                self._moments.setdefault(act.partner, deque(maxlen=MOST)).append(parse_rfc3339(opened.meta.received_at))
            self._known = max(self._known, last)

    def same(self, offered: ReconnectionOffered) -> int | None:
        """The position of the last act of a partner, where that says the same."""
        position, act = self._last.get(offered.partner, (None, None))
        return position if act == offered else None

    def wait(self, partner: str, at: datetime) -> timedelta:
        """How long it takes until another act of a partner is kept; nothing where one may be now."""
        with self._lock:
            moments = self._moments[partner] = deque((min(moment, at) for moment in self._moments.get(partner, ())), MOST)
        return timedelta(0) if len(moments) < MOST else max(timedelta(0), min(WITHIN, moments[0] + WITHIN - at))
