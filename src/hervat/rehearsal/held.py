"""The book's page on the course of cases: who was held in custody until when, and what is told of each case besides its outcome.

- Written as the rest of the book is, by what happens; no message is read, and nothing of the register is known here.
- The last title is that of the latest decision. A release after its day was too late, one before it too early: that is counted as it was,
  whatever anybody was told at the time.
- What is told of a case that is hidden whole is shown to nobody.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hervat.rehearsal.screened import Name


class Released(NamedTuple):
    """A release that was not on the day of the last title: the case, the day, that day, and how many days after it (below 0: before)."""

    pn: str
    on: date
    title_until: date

    @property
    def days(self) -> int:
        return (self.on - self.title_until).days


@dataclass(slots=True)
class Custody:
    """Custody in a case: of whom, since when, the titles by the day of their decision, and the release; None while it lasts."""

    skn: str
    began: date
    titles: dict[date, date] = field(default_factory=dict)
    released: date | None = None

    @property
    def due(self) -> date | None:
        """The day that the last title gives; None where no title gives one."""
        return self.titles[max(self.titles)] if self.titles else None

    def known_on(self, day: date) -> "Custody":
        """What was so by the end of a day."""
        titles = {decided: until for decided, until in self.titles.items() if decided <= day}
        return Custody(self.skn, self.began, titles, self.released if self.released is not None and self.released <= day else None)


@dataclass(slots=True)
class Courses:
    """The page: custody by prosecution number, and the messages of each case that tell of its course."""

    custodies: dict[str, Custody] = field(default_factory=dict)
    told: dict[str, set[Name]] = field(default_factory=dict)

    def shown(self, hidden: Collection[str]) -> dict[str, frozenset[Name]]:
        """What must be listed with each case that is not hidden."""
        return {pn: frozenset(names) for pn, names in self.told.items() if pn not in hidden}

    def apart(self, hidden: Collection[str]) -> list[Released]:
        """The releases that were not on the day of the last title, in cases that are not hidden."""
        found = [
            Released(pn, one.released, one.due)
            for pn, one in self.custodies.items()
            if pn not in hidden and one.released is not None and one.due is not None and one.released != one.due
        ]
        return sorted(found)
