"""What was removed and, by what came since, would not have been due: it does not come back, so it is named.

Of a charge that went only its place, rule and days are left, in the act that removed it, and the keys of the persons whose case it was.
A misdrijf of one of these that was judged while its term ran would have lengthened it: where that would end after the removal, it went too
soon. Death, which may have ended it all the same, is not looked at.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from hervat.case import Duration
from hervat.consumers.retention.acts import Named, RemovedAct
from hervat.journal.store import Row, Store, pairs_of
from hervat.law import retention as law

_YEARS = 30
"""Longer than any judgment lengthens a term by itself: what is judged before the last so many years of a term adds nothing to it."""
_HOLDING = ("case-registered", "case-reattributed")


class Went(Struct, frozen=True):
    """A charge that was removed, and the day of the run that removed it."""

    charge: Named
    on: date


class TooSoon(Struct, frozen=True):
    """A charge that was removed before the day on which it would now be due."""

    position: int
    charge: int
    removed_on: date
    would_be_due_on: date


class Gone:
    """What was removed, by the keys of the persons whose it was."""

    def __init__(self, store: Store, removed: Iterable[RemovedAct]) -> None:
        self._of: dict[bytes, list[Went]] = {}
        for act in removed:
            rows = store.rows_at({one.position for one in act.charges})
            for one in act.charges:
                if one.rule == "misdrijf" and one.since is not None:
                    for key in _persons(store, rows[one.position]):
                        self._of.setdefault(key, []).append(Went(one, act.on))

    def __bool__(self) -> bool:
        return bool(self._of)

    def too_soon(self, keys: Iterable[bytes], judged: Iterable[law.Later], on: date) -> Iterator[TooSoon]:
        """What was removed of a person, by its keys, and would not have been due by what is judged of it now."""
        later = tuple(judged)
        for went in {id(one): one for key in keys for one in self._of.get(key, ())}.values():
            due_on = _due_on(went.charge, later, on)
            if due_on is not None and due_on > went.on:
                yield TooSoon(went.charge.position, went.charge.charge, went.on, due_on)


def _persons(store: Store, registered: Row) -> set[bytes]:
    """The keys of the persons for whom a case was ever registered or to whom it was moved; an erased message goes on needing them."""
    cases = {topic for key, topic in pairs_of(registered.gives) if key == topic} or {topic for _, topic in pairs_of(registered.needs)}
    linked = {at for positions in store.links(cases).values() for at in positions}
    found = set[bytes]()
    for row in store.rows_at(linked | {registered.position}).values():
        if row.kind in _HOLDING:
            found |= {key for key, topic in pairs_of(row.needs) if key == topic and key not in cases}
    return found


def _due_on(charge: Named, later: tuple[law.Later, ...], on: date) -> date | None:
    """The day on which a charge would be due, where that is later than it was; None where nothing lengthens its term."""
    since = charge.since or date.max
    begun = charge.counted_from or date.min
    among = tuple(one for one in later if begun < one.judged_on < since)
    if not among:
        return None
    # A term that ends on the same day, of an offence whose own term is the longest that a judgment can add.
    start = _years_before(since)
    offence = law.Offence(class_="misdrijf", article="Sr 310", maximum=Duration(years=_YEARS), from_=start, to=start)
    person = law.Person(died_on=law.NONE, judged_later=among)
    ending = law.Ending(by="judgment", judged_on=start, custody=law.NONE)
    term = law.misdrijf(offence, ending, person, law.Known(complete_until=on), on=on).value
    due_on = None if term is None else term.due_on or term.not_before
    return due_on if due_on is not None and due_on > since else None


def _years_before(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - _YEARS, day=28 if leap else day.day)
