"""The forecast: how many charges come due in each year from a day on, by rule; and of how many it cannot be said, and why.

A case's messages come due with the last of its charges. What has no end that is known is counted apart: it comes due in no year.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from hervat.consumers.retention.first import CaseWeighed, PersonWeighed
from hervat.consumers.retention.weighed import Weighed
from hervat.law.retention.calendar import years_after

NO_RULE_ABROAD = "no-rule: foreign-conviction"


class Forecast:
    """Counts what comes due, person by person."""

    def __init__(self, on: date, years: int) -> None:
        self.on = on
        self._ends = [years_after(on, many) for many in range(years + 1)]
        self.due: Counter[str] = Counter()
        self.coming: Counter[tuple[str, date]] = Counter()
        self._later: Counter[str] = Counter()
        self._no_end: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._unverified: set[str] = set()
        self._messages: Counter[date] = Counter()
        self._persons = 0

    def count(self, persons: Iterable[PersonWeighed]) -> "Forecast":
        """Count these persons; returns itself."""
        for person in persons:
            self._persons += 1
            self._unknown[NO_RULE_ABROAD] += person.abroad
            for case in person.cases:
                self._case(case)
        return self

    def _case(self, case: CaseWeighed) -> None:
        for charge in case.charges:
            self._charge(charge)
        days = [one.day for one in case.charges if one.state != "unknown"]
        known = [day for day in days if day is not None]
        if len(known) == len(case.charges):
            self._messages[max(*known, self.on)] += case.messages

    def _charge(self, one: Weighed) -> None:
        self._unverified.update(one.unverified)
        if one.state == "due":
            self.due[one.rule] += 1
        elif one.state == "unknown":
            self._unknown[one.why] += 1
        elif one.day is None:
            self._no_end[one.rule] += 1
        elif one.day < self._ends[-1]:
            self.coming[one.rule, one.day] += 1
        else:
            self._later[one.rule] += 1

    def as_dict(self) -> dict[str, Any]:
        return {
            "on": self.on,
            "persons": self._persons,
            "due": {"charges": _sorted(self.due), "messages": self._messages[self.on]},
            "coming": [self._period(*days) for days in zip(self._ends, self._ends[1:], strict=False)],
            "later": _sorted(self._later),
            "no_end": _sorted(self._no_end),
            "unknown": _sorted(self._unknown),
            "unverified": sorted(self._unverified),
        }

    def _period(self, first: date, until: date) -> dict[str, Any]:
        """What comes due on or after a day and before another."""
        charges = Counter[str]()
        for (rule, day), count in self.coming.items():
            if first <= day < until:
                charges[rule] += count
        messages = sum(count for day, count in self._messages.items() if first <= day < until and day != self.on)
        return {"from": first, "until": until, "charges": _sorted(charges), "messages": messages}


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return {name: counted[name] for name in sorted(counted) if counted[name]}
