"""Checks by hand, as acts: what somebody found out about a custody where the messages do not tell, from which source, on what day.

- A check names one message of the custody by its position, and nobody. What was found is a closed set: released on a day, prolonged until a
  day, or still held, on a title.
- The last check of a custody stands; none is written anew, and no fact of the register changes by it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, get_args

import msgspec

from hervat.errors import Usage
from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

CHECKED = "custody-checked"
Found = Literal["released", "prolonged", "held"]
FOUND = get_args(Found)


class CheckedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found by hand: of which custody, by the position of one of its messages; what, with the day of the release, or that until
    which the title says, or with the title; on what day, in which source, by whom, and why there was looked.
    """

    message: int
    found: Found
    day: date | None = None
    title: str | None = None
    on: date
    source: str
    by: str
    why: str
    act: str = CHECKED


Check = tuple[int, CheckedAct]
"""A check, with the position of its act."""
_read = msgspec.json.Decoder(CheckedAct).decode


def checks(store: Store, keys: NodeKeys, position: int) -> list[Check]:
    """Every check by the acts up to a position, in order."""
    return list(acts_of(store, keys, (CHECKED,), _read, "check of a custody", position))


def standing(listed: Iterable[Check], messages: Iterable[int]) -> Check | None:
    """The check that stands of a custody with messages at these positions."""
    of = frozenset(messages)
    return max((one for one in listed if one[1].message in of), key=lambda one: one[0], default=None)


def ensure_sound(act: CheckedAct, began_on: date | None) -> None:
    """Raises Usage for a finding that cannot be: without what belongs to it, before custody began, or a release that is still to come."""
    if (act.day is None) != (act.found == "held"):
        raise Usage("a release and a prolongation have a day, and who is still held has none")
    if (act.title is None) != (act.found != "held"):
        raise Usage("who is still held is held on a title: say which; a release and a prolongation have none")
    if act.day is not None and began_on is not None and act.day < began_on:
        raise Usage(f"{act.day} lies before the day on which custody began, {began_on}")
    if act.found == "released" and act.day is not None and act.day > act.on:
        raise Usage(f"a release on {act.day} cannot have been found on {act.on}: it was still to come")
