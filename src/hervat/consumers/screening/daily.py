"""The check of a day, as an act: that both computations were laid beside each other, on which day, and what came of it.

So that whoever looks later sees that it was done every day, and since when something differs. An act names positions and nothing else.
"""

from collections.abc import Callable
from datetime import date

import msgspec

from hervat.consumers.screening.check import Checked
from hervat.consumers.screening.signal import Pair
from hervat.journal.acts import acts_at
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

CHECKED = "screening-checked"


class CheckedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a check on a legal day found, which read the journal up to `position` when screening had gone `through` another; `first` is the
    first pair that differs, and of a canary that proves nothing (0, 0).
    """

    on: date
    position: int
    through: int
    changes: int
    delivered: int
    suppressed: int
    pending: int
    to_withdraw: int
    differences: int
    first: Pair | None = None
    act: str = CHECKED


_read: Callable[[bytes], CheckedAct] = msgspec.json.Decoder(CheckedAct).decode


def checked_act(checked: Checked, on: date) -> CheckedAct:
    """The act that tells of a check."""
    names = ("position", "through", "changes", "delivered", "suppressed", "pending", "to_withdraw", "differences", "first")
    return CheckedAct(on=on, **{name: getattr(checked, name) for name in names})


def last_check(store: Store, keys: NodeKeys) -> tuple[int, CheckedAct] | None:
    """The last check in the journal, with its position; None where there never was one. Raises StoreFault where it is none."""
    positions = store.acts(CHECKED, store.head().size)
    return next(acts_at(store, keys, positions[-1:], _read, "check of screening"), None)
