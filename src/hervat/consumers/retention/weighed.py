"""What the law says of one entry on a day: due since then, running until then, or that it cannot be said, and why.

`dismissal` is asked first, then the rule of the class. Nothing is due where the register is not complete up to the day on which the term
ended, where something about the person is held, or where what it rests on was taken away.
"""

from datetime import date
from typing import Any, Literal

from msgspec import Struct

from hervat.consumers.retention.recorded import Entry
from hervat.law import retention as law
from hervat.law.retention.facts import LAPSED_ON
from hervat.law.rule import Horizon, Result
from hervat.law.value import Outcome

State = Literal["due", "running", "unknown"]
RULES = ("dismissal", "misdrijf", "overtreding")


class Sight(Struct, frozen=True, kw_only=True):
    """What an answer about a person rests on: the day before which the register is complete (None: it is not), whether something about
    the person is held, and whether what it rests on was taken away.
    """

    position: int
    complete_until: date | None
    held: bool = False
    support_lost: bool = False


class Weighed(Struct, frozen=True, kw_only=True):
    """An entry and what the law says of it: by which rule, and the day it is due; None where no day is known. `why` is the reason where
    it cannot be said, else what ends the term. `place` is the position of the first message that registers the charge. `is_rested_on`: it
    is a misdrijf that was judged after the term of another of the same person began, which is not due: gone, it would lengthen nothing.
    `named_on` is the day of the act that hid it, and `hidden_on` the same where it still does; `counted_from` that from which its term
    counts.
    """

    pn: str
    charge: int
    place: int
    state: State
    rule: str
    day: date | None
    why: str
    unverified: tuple[str, ...] = ()
    is_rested_on: bool = False
    named_on: date | None = None
    hidden_on: date | None = None
    counted_from: date | None = None


def weighed(entry: Entry, place: int, sight: Sight, on: date) -> Weighed:
    """What the law says of an entry in a decision on a day."""
    horizon = Horizon(position=sight.position, support_lost=sight.support_lost)
    named: dict[str, Any] = {"pn": entry.pn, "charge": entry.charge, "place": place}
    gone = law.dismissal(entry.ending, on=on, horizon=horizon)
    if gone.outcome is Outcome.YES:
        return _dismissed(entry, gone, sight, on, named)
    if gone.outcome is Outcome.CANNOT_SAY:
        why = "support-lost" if sight.support_lost else "unknown-code"
        return Weighed(**named, state="unknown", rule="dismissal", day=None, why=why, unverified=gone.unverified)
    known = law.Known(complete_until=law.NONE if sight.held or sight.complete_until is None else sight.complete_until)
    if entry.offence.class_ == "misdrijf":
        found = law.misdrijf(entry.offence, entry.ending, entry.person, known, on=on, horizon=horizon)
    else:
        found = law.overtreding(entry.offence, entry.ending, entry.person, known, on=on, horizon=horizon)
    return _by_term(found, sight, on, named | {"rule": entry.offence.class_, "unverified": found.unverified})


def _dismissed(entry: Entry, gone: Result[str], sight: Sight, on: date, named: dict[str, Any]) -> Weighed:
    """It goes at once; the day of the dismissal must be one up to which everything is known, as with every other entry."""
    day = entry.ending.dismissed_on
    blind = sight.complete_until is None or day is None or day > sight.complete_until
    told = named | {"rule": "dismissal", "day": day, "unverified": gone.unverified}
    if sight.held or blind:
        return Weighed(**told, state="unknown", why="held" if sight.held else "blind")
    return Weighed(**told, state="running" if day is not None and day > on else "due", why="dismissal")


def _by_term(found: Result[law.Term], sight: Sight, on: date, told: dict[str, Any]) -> Weighed:
    term = found.value
    day, ends = (None, None) if term is None else (term.due_on, term.ends)
    if found.outcome is Outcome.YES:
        return Weighed(**told, state="due", day=day, why=str(ends or law.Ends.TERM))
    clear = term is not None and (term.due_on is not None or term.not_before is None)
    if found.outcome is Outcome.NO or (found.missing == (LAPSED_ON.name,) and clear and not sight.support_lost):
        # That the right to prosecute lapsed would end it sooner; no message tells that, so it is kept for its term.
        return Weighed(**told, state="running", day=day, why="no-end" if day is None else str(ends))
    return Weighed(**told, state="unknown", day=day, why=_why(found, sight, on, day))


def _why(found: Result[law.Term], sight: Sight, on: date, day: date | None) -> str:
    if sight.support_lost:
        return "support-lost"
    if found.missing and found.missing != (LAPSED_ON.name,):
        return f"not-told: {', '.join(found.missing)}"
    if day is None or day > on:
        return "unclear"
    return "held" if sight.held else "blind"
