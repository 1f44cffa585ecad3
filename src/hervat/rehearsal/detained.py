"""Custody in the world with the cut: the list that is worked by hand, and what it comes to beside the world's own truth.

- While the links are cut the list is made every Monday. Of everyone whose day has passed in silence somebody asks the prison, which knows;
  some answers are a day off. What was found is an act.
- At the end the releases that were not on the day of the last title are laid beside the world's own, and so is what is listed of the course
  of every case.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from hervat.assemble import Node
from hervat.consumers.custody.checked import CHECKED, CheckedAct
from hervat.consumers.custody.worklist import STATES, WITHIN
from hervat.detaining import Detaining
from hervat.rehearsal.days import CUT_ON, LAST, RESTART, on
from hervat.rehearsal.rates import CHECKED_WRONGLY
from hervat.rehearsal.world import World

_MONDAY = 1
_FEW = 20
BY, WHY, SOURCE = "the rehearsal", "no message came", "the prison, by telephone (invented)"


@dataclass(slots=True)
class Record:
    """What the list said on each day that it was made, how many checks were made, and of each case that nobody knew enough of: since
    which day, and what was found last, where the prison could be asked.
    """

    lists: list[dict[str, Any]] = field(default_factory=list)
    checks: int = 0
    since: dict[str, date] = field(default_factory=dict)
    found: dict[str, CheckedAct] = field(default_factory=dict)


class Worked:
    """The list, worked by hand from the cut until traffic starts again."""

    def __init__(self, node: Node, world: World) -> None:
        self._node = node
        self._world = world
        self._detaining = Detaining(node)
        self._rng = Random(f"{world.seed}/custody by hand")
        self.record = Record()

    def evening(self, day: date) -> None:
        """Make the list where it is due, and look into what is unknown."""
        if day.isoweekday() != _MONDAY or not CUT_ON <= day < on(RESTART):
            return
        work = self._detaining.work(day, WITHIN.days)
        counted = Counter(one.state for one in work.due)
        waits = sum(one.custody.waits for one in work.due)
        self.record.lists.append({"on": day.isoformat(), "waits": waits, **{state: counted[state] for state in STATES}})
        for one in work.due:
            pn = one.custody.case
            if one.state in ("unknown", "no-day"):
                passed = one.custody.spell.due_on
                self.record.since.setdefault(pn, day if passed is None else min(day, passed + timedelta(days=1)))
            if one.state == "unknown":
                self.record.found[pn] = act = self._found(pn, one.custody.place, day)
                self._node.decide(CHECKED, act)
                self.record.checks += 1

    def _found(self, pn: str, place: int, day: date) -> CheckedAct:
        """What the prison says, which knows what it did itself, and the titles that it was told of."""
        custody = self._world.custodies[pn].known_on(day)
        off = timedelta(days=self._rng.random() < CHECKED_WRONGLY.value)
        if custody.released is not None:
            return _act(place, day, found="released", day=custody.released - off)
        if custody.due is not None and custody.due > day:
            return _act(place, day, found="prolonged", day=custody.due + off)
        return _act(place, day, found="held", title="the prison awaits a title")


def _act(place: int, on: date, **found: Any) -> CheckedAct:
    return CheckedAct(message=place, on=on, source=SOURCE, by=BY, why=WHY, **found)


def compared(world: World, node: Node, record: Record | None) -> dict[str, Any]:
    """What came of it when everything is in, beside the world's own truth."""
    until = CUT_ON + timedelta(days=world.days)
    beside, lengths, lost = Detaining(node).differing(date.min, until)
    told = sorted((one.custody.case, one.released_on, one.due_on) for one in lengths if not one.by_hand)
    true = [tuple(one) for one in world.apart]
    differences = [f"{one[0]}: the world knows {_said(true, one)}, the register {_said(told, one)}" for one in sorted({*told} ^ {*true})]
    differences += list(_courses(world, node))
    due = [one.due for pn, one in world.custodies.items() if pn not in world.hidden_cases]
    return {
        "due_in_the_window": sum(day is not None and CUT_ON <= day <= on(LAST) for day in due),
        "lists": [] if record is None else record.lists,
        "checks": {
            "made": 0 if record is None else record.checks,
            **{says: sum(one.says == says for one in beside) for says in ("agrees", "differs", "waits")},
            "lost": len(lost),
        },
        "held_too_long": _counted([one.days for one in world.apart if one.days > 0]),
        "released_too_early": _counted([-one.days for one in world.apart if one.days < 0]),
        "courses_compared": len(world.courses),
        "equal": not differences,
        "differences": differences[:_FEW],
    }


def _counted(days: list[int]) -> dict[str, int]:
    return {"releases": len(days), "days": sum(days)}


def _said(listed: list[Any], of: Any) -> str:
    found = [one for one in listed if one[0] == of[0]]
    return ", ".join(f"{released} for {title}" for _, released, title in found) or "none"


def _courses(world: World, node: Node) -> list[str]:
    """The cases of which the register lists something else than was told."""
    shown = {
        case.prosecution_number: frozenset((one.message.source, one.message.id) for one in case.process)
        for person in node.persons()
        for case in person.cases
        if case.process
    }
    differing = [pn for pn in sorted({*shown} | {*world.courses}) if shown.get(pn) != world.courses.get(pn)]
    return [f"{pn}: another course is listed than was told" for pn in differing]
