"""The work list: who is due for release or prolongation, by the clock of each person, the first to come due first.

- The clock is the day that the last title gives, or what was found by hand after the last message about it. It runs on whether anybody
  here is told of anything or not.
- A day that has passed, with no release and no prolongation told after it, is *unknown*: it tells neither that somebody was released nor
  that somebody was held too long. The same where no day was told at all.
- Who was found released by hand is listed apart, until messages say so.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

from hervat.consumers.custody.checked import Check, standing
from hervat.consumers.custody.known import Custody

State = Literal["due", "unknown", "no-day"]
STATES = get_args(State)


class Within(NamedTuple):
    """How many days ahead are looked at where nobody says so; how sure that is, and where it comes from."""

    days: int
    certainty: str
    source: str


WITHIN = Within(14, "unverified", "chosen here: no text that was read says how far ahead is to be worked")


class Due(Struct, frozen=True, kw_only=True):
    """A custody on the list: when it comes due, None where nobody said; what that is; whether the day was found by hand; the check that
    stands.
    """

    custody: Custody
    clock: date | None
    state: State
    by_hand: bool
    check: Check | None


class WorkList(NamedTuple):
    """Those to be worked, in order; and those found released by hand, of whom no message says so."""

    due: list[Due]
    released: list[Due]


def work_list(custodies: Iterable[Custody], checks: Sequence[Check], on: date, within: int) -> WorkList:
    """Who is due on a day or before it, or in so many days after it; of whom nobody said when, as well."""
    until, due, released = on + timedelta(days=within), list[Due](), list[Due]()
    for custody in custodies:
        if custody.ended_on is not None:
            continue
        check = standing([one for one in checks if one[1].on <= on], custody.messages)
        counts = check is not None and check[0] > custody.through
        if check is not None and counts and check[1].found == "released":
            released.append(Due(custody=custody, clock=check[1].day, state="unknown", by_hand=True, check=check))
            continue
        by_hand = check is not None and counts and check[1].found == "prolonged"
        clock = check[1].day if check is not None and by_hand else custody.spell.due_on
        state: State = "no-day" if clock is None else "unknown" if clock < on else "due"
        if clock is None or clock <= until:
            due.append(Due(custody=custody, clock=clock, state=state, by_hand=by_hand, check=check))
    return WorkList(sorted(due, key=_order), sorted(released, key=_order))


def _order(one: Due) -> tuple[date, int]:
    return one.clock or date.max, one.custody.place
