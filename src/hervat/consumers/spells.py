"""The custody in a case, as its process traffic tells it: from when, until when by the last title, and whether it ended.

- A *spell* goes from a start to the first release after it. A start while one goes on begins no other: whoever is moved stays held.
- Release is due on the day that the latest start or prolongation gives. A start that gives none leaves what was due.
- A second release on the day of the first is that release. A prolongation or a release without a start tells of custody of which the
  beginning is not known here.
- Of one day, where somebody is held, a prolongation comes before a release, and both before a start; else a start comes first.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from hervat.message import Named
from hervat.register.record import ProcessFact

_STARTED, _PROLONGED, _ENDED = "custody-started", "custody-prolonged", "custody-ended"
_DATED = {_STARTED: "from_", _PROLONGED: "decided_on", _ENDED: "released_on"}
_HELD = (_PROLONGED, _ENDED, _STARTED)
_FREE = (_STARTED, _PROLONGED, _ENDED)


class Spell(Struct, frozen=True, kw_only=True):
    """Custody: of whom, since when, its titles, each with the day on which it began and the day that it gives, and the day of the release;
    None for each that is not told.
    """

    skn: str | None = None
    began_on: date | None = None
    titles: tuple[tuple[date, date], ...] = ()
    ended_on: date | None = None
    messages: tuple[Named, ...] = ()

    @property
    def due_on(self) -> date | None:
        """The day that the last title gives."""
        return self.titles[-1][1] if self.titles else None

    def due_as_of(self, day: date) -> date | None:
        """The day that the last title of a day or before it gives."""
        return next((until for since, until in reversed(self.titles) if since <= day), None)


def spells(told: Iterable[ProcessFact]) -> tuple[Spell, ...]:
    """The spells of custody that the process traffic of one case tells, the first to begin first."""
    found: list[Spell] = []
    custody = sorted((one for one in told if one.kind in _DATED), key=_day)
    for _, of_day in groupby(custody, key=_day):
        listed = list(of_day)
        order = _HELD if found and found[-1].ended_on is None else _FREE
        for kind in order:
            for one in (it for it in listed if it.kind == kind):
                _take(found, one)
    return tuple(found)


def _day(told: ProcessFact) -> date:
    day: date = getattr(told, _DATED[told.kind])
    return day


def _take(found: list[Spell], told: ProcessFact) -> None:
    last = found[-1] if found else None
    goes_on = last is not None and last.ended_on in (None, told.released_on if told.kind == _ENDED else None)
    spell = found.pop() if goes_on else Spell()
    spell = replace(spell, messages=(*spell.messages, told.message))
    if told.kind == _ENDED:
        spell = replace(spell, ended_on=told.released_on)
    elif told.release_due is not None:
        spell = replace(spell, titles=(*spell.titles, (_day(told), told.release_due)))
    if told.kind == _STARTED:
        spell = replace(spell, skn=told.skn, began_on=spell.began_on or told.from_)
    found.append(spell)
