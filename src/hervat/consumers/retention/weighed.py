"""What the law says of one entry on a day: due since then, running until then, or that it cannot be said, and why.

`dismissal` is asked first, then the rule of the class. Nothing is due where the register is not complete up to the day on which the term
ended, where something about the person is held, or where what it rests on was taken away.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from hervat.consumers.retention.recorded import Entry, recorded
from hervat.law import retention as law
from hervat.law.retention.facts import LAPSED_ON
from hervat.law.rule import Horizon, Result
from hervat.law.value import Outcome
from hervat.register.record import Person

State = Literal["due", "running", "unknown"]
OUT_OF_ORDER = "out-of-order"
"""It cannot be said, because the days that count lie in no order that can be."""
RULES = ("dismissal", "misdrijf", "overtreding")


class Sight(Struct, frozen=True, kw_only=True):
    """What an answer about a person rests on: the day before which the register is complete (None: it is not), whether something about
    the person is held, and whether what it rests on was taken away.
    """

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


class _Said(NamedTuple):
    """What the law says, as in `Weighed`."""

    state: State
    rule: str
    day: date | None
    why: str
    unverified: tuple[str, ...]


class Asking:
    """The law, asked on a day of entries of one person of which it knows so much: once for all that are alike."""

    def __init__(self, sight: Sight, on: date) -> None:
        self._sight = sight
        self._on = on
        self._said: dict[tuple[int, int, int], tuple[Entry, _Said]] = {}

    def of(self, entry: Entry) -> _Said:
        """What the law says of an entry."""
        # By which values they are, for `recorded` has one for all that are the same, and to compare them takes longer.
        alike = id(entry.offence), id(entry.ending), id(entry.person)
        if alike not in self._said:
            in_order = entry.is_in_order
            rule = entry.offence.class_ or ""
            said = _asked(entry.offence, entry.ending, entry.person, self._sight, self._on) if in_order else _out_of_order(rule)
            self._said[alike] = entry, said
        return self._said[alike][1]


def _out_of_order(rule: str) -> _Said:
    return _Said("unknown", rule, None, OUT_OF_ORDER, ())


def weighed(entry: Entry, place: int, said: _Said, **more: Any) -> Weighed:
    """An entry with what the law says of it; `more` as in `Weighed`."""
    state, rule, day, why, unverified = said
    return Weighed(
        pn=entry.pn, charge=entry.charge, place=place, state=state, rule=rule, day=day, why=why, unverified=unverified, **more
    )


def was_due(entry: Entry, on: date) -> bool:
    """Whether an entry was due on a day, by all that is known of it now."""
    return Asking(Sight(complete_until=date.max), on).of(entry).state == "due"


def were_due(persons: Iterable[Person], asked: Mapping[tuple[str, int], date]) -> set[tuple[str, int]]:
    """Of the charges that are `asked` for, by case and number, those that were due on the day given with them."""
    entries = ((entry, (entry.pn, entry.charge)) for person in persons for entry in recorded(person))
    return {key for entry, key in entries if key in asked and was_due(entry, asked[key])}


# Rules are pure, and take a third of a millisecond; of one person more than one who asks may ask.
@lru_cache(maxsize=5_000)
def _asked(offence: law.Offence, ending: law.Ending, person: law.Person, sight: Sight, on: date) -> _Said:
    horizon = Horizon(position=0, support_lost=sight.support_lost)
    gone = _dismissal(ending if ending.by == "dismissal" else law.Ending(by=ending.by), sight.support_lost, on)
    if gone.outcome is Outcome.YES:
        return _dismissed(ending, gone, sight, on)
    if gone.outcome is Outcome.CANNOT_SAY:
        return _Said("unknown", "dismissal", None, "support-lost" if sight.support_lost else "unknown-code", gone.unverified)
    known = law.Known(complete_until=law.NONE if sight.held or sight.complete_until is None else sight.complete_until)
    if offence.class_ == "misdrijf":
        return _by_term(law.misdrijf(offence, ending, person, known, on=on, horizon=horizon), "misdrijf", sight, on)
    return _by_term(law.overtreding(offence, ending, person, known, on=on, horizon=horizon), "overtreding", sight, on)


# Of what did not end by a dismissal that rule asks nothing else.
@lru_cache(maxsize=1_000)
def _dismissal(ending: law.Ending, support_lost: bool, on: date) -> Result[str]:
    return law.dismissal(ending, on=on, horizon=Horizon(position=0, support_lost=support_lost))


def _dismissed(ending: law.Ending, gone: Result[str], sight: Sight, on: date) -> _Said:
    """It goes at once; the day of the dismissal must be one up to which everything is known, as with every other entry."""
    day = ending.dismissed_on
    blind = sight.complete_until is None or day is None or day > sight.complete_until
    if sight.held or blind:
        return _Said("unknown", "dismissal", day, "held" if sight.held else "blind", gone.unverified)
    return _Said("running" if day is not None and day > on else "due", "dismissal", day, "dismissal", gone.unverified)


def _by_term(found: Result[law.Term], rule: str, sight: Sight, on: date) -> _Said:
    term = found.value
    day, ends = (None, None) if term is None else (term.due_on, term.ends)
    if found.outcome is Outcome.YES:
        return _Said("due", rule, day, str(ends or law.Ends.TERM), found.unverified)
    clear = term is not None and (term.due_on is not None or term.not_before is None)
    if found.outcome is Outcome.NO or (found.missing == (LAPSED_ON.name,) and clear and not sight.support_lost):
        # That the right to prosecute lapsed would end it sooner; no message tells that, so it is kept for its term.
        return _Said("running", rule, day, "no-end" if day is None else str(ends), found.unverified)
    return _Said("unknown", rule, day, _why(found, sight, on, day), found.unverified)


def _why(found: Result[law.Term], sight: Sight, on: date, day: date | None) -> str:
    if sight.support_lost:
        return "support-lost"
    if found.missing and found.missing != (LAPSED_ON.name,):
        return f"not-told: {', '.join(found.missing)}"
    if day is None or day > on:
        return "unclear"
    return "held" if sight.held else "blind"
