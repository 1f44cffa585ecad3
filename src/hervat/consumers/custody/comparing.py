"""What was found by hand laid beside what messages say by now, and how long people were held beside what their last title gave.

- A check *waits* until a message about its custody comes after it; then it agrees, or differs, and in what. A day that was found is laid
  beside the titles of the day of the check: what was decided later does not make it wrong.
- Held too long is a release after the day that the last title gives; released too early one before it. Both are counted in days, from
  what is told now. Whether a release before that day was lawful (custody was suspended, say) is not told here, and a person judges.
- A release that was found by hand counts where no message tells one.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, get_args

from msgspec import Struct

from hervat.consumers.custody.checked import Check, CheckedAct, standing
from hervat.consumers.custody.known import Custody

Says = Literal["agrees", "differs", "waits"]
What = Literal["other-day", "other-due", "not-released", "was-released"]
WHATS = get_args(What)


class Compared(Struct, frozen=True, kw_only=True):
    """A check that stands, beside what messages say: whether they agree, in what not, and by how many days where that can be said."""

    custody: Custody
    check: Check
    says: Says
    what: What | None = None
    days: int | None = None


class Length(Struct, frozen=True, kw_only=True):
    """A release that was not on the day that the last title gives: `days` after it, below 0 before it."""

    custody: Custody
    released_on: date
    due_on: date
    by_hand: bool

    @property
    def days(self) -> int:
        return (self.released_on - self.due_on).days


def compared(custodies: Iterable[Custody], checks: Sequence[Check]) -> list[Compared]:
    """Every check that stands, that which differs first, and of those by how much."""
    found = [_compared(one, check) for one in custodies if (check := standing(checks, one.messages)) is not None]
    return sorted(found, key=lambda one: (one.says != "differs", one.says != "waits", -(one.days or 0), one.check[0]))


def _compared(custody: Custody, check: Check) -> Compared:
    at, act = check
    what, days = _difference(custody, act)
    since = custody.through > at
    if what is None:
        settled = since or act.found != "held"
        return Compared(custody=custody, check=check, says="agrees" if settled else "waits")
    # What is merely not told yet is no difference.
    told = since or what in ("other-day", "was-released")
    if not told:
        return Compared(custody=custody, check=check, says="waits")
    return Compared(custody=custody, check=check, says="differs", what=what, days=days)


def _difference(custody: Custody, act: CheckedAct) -> tuple[What | None, int | None]:
    # What was decided after the check says nothing of it.
    ended, due = custody.ended_on, custody.spell.due_as_of(act.on)
    if act.found == "released":
        if ended is None:
            return "not-released", None
        return (None, None) if ended == act.day else ("other-day", _apart(ended, act.day))
    if act.found == "prolonged":
        return (None, None) if due == act.day else ("other-due", _apart(due, act.day))
    return ("was-released", _apart(ended, act.on)) if ended is not None and ended < act.on else (None, None)


def _apart(one: date | None, other: date | None) -> int | None:
    return None if one is None or other is None else abs((one - other).days)


def lengths(custodies: Iterable[Custody], checks: Sequence[Check], since: date, until: date) -> list[Length]:
    """Every release in a period that was not on the day that the last title gives, the furthest from it first."""
    found = []
    for custody in custodies:
        check = standing(checks, custody.messages)
        by_hand = custody.ended_on is None and check is not None and check[1].found == "released"
        released = check[1].day if check is not None and by_hand else custody.ended_on
        due = custody.spell.due_on
        if released is not None and due is not None and released != due and since <= released <= until:
            found.append(Length(custody=custody, released_on=released, due_on=due, by_hand=by_hand))
    return sorted(found, key=lambda one: (-abs(one.days), one.custody.place))
