"""What the parties did by hand while the links were cut: emergency procedures, evening by evening, at the node of the world with the cut.

- A procedure opens so many hours after the cut, carries a share of what comes up and no more than so many on a working day, and closes on
  the evening on which the link of the plan is live that brings the party what it lacks. Until then what it cannot do waits.
- What is done is drawn by a stream of chance of its own for each matter, and rests on what the party sent itself and on paper that is some
  days old; nobody looks ahead. Some of it is noted down wrongly.
- That a procedure opened and closed is put on the timeline of the node. No message hangs on any of this: nothing is sent.
"""

import math
import tomllib
from collections import deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Final, NamedTuple

import msgspec

from hervat.assemble import Node
from hervat.chain.parts import Procedure
from hervat.oversight.entries import TimelineEntry
from hervat.recording import Recording
from hervat.rehearsal.days import CUT_ON, EMERGENCY_FROM, RESTART, URGENT_FROM, on
from hervat.rehearsal.exercise import LastRun
from hervat.rehearsal.gated import the_map
from hervat.rehearsal.matters import PARTIES, Matter, Noted, Party
from hervat.rehearsal.papers import Papers
from hervat.rehearsal.world import World

BY: Final = "the rehearsal"
_SORT, _INVENTED, _FRIDAY = "emergency-procedure", "every figure of it is invented", 5
_DAY: Final = timedelta(days=1)


@cache
def procedures() -> dict[str, Procedure]:
    """The emergency procedures by id: those of the map, and those that stand beside it."""
    text = resources.files("hervat.rehearsal").joinpath("meanwhile.toml").read_text(encoding="utf-8")
    beside = msgspec.convert(tomllib.loads(text), dict[str, list[Procedure]])["procedure"]
    return {one.id: one for one in (*the_map().procedure, *beside)}


def process_of(procedure: str) -> str:
    """What the process is called that a procedure carries."""
    return next(one.name for one in the_map().process if one.id == procedures()[procedure].process)


def opens_on(procedure: str) -> date:
    """The day on which a procedure opens, by its hours after the cut."""
    cut = the_map().cut
    if cut is None:
        raise LookupError("the map of the letter tells of no cut")
    return (cut.at + timedelta(hours=procedures()[procedure].from_)).date()


class Told(NamedTuple):
    """A procedure of which others tell what is done: whose it is, what comes up there, its id in the map, its first day and the last, or
    that of the world; and what it is for, where that is another process than the map's.
    """

    party: str
    of: str
    procedure: str
    since: date
    until: date | None
    process: str | None = None


ELSEWHERE: Final = (
    Told("courts", "decisions", "courts-own-desk", on(URGENT_FROM), on(RESTART), "What the courts decide is on record"),
    Told("DJI", "people in custody of whom no message tells until when", "custody-by-telephone", CUT_ON, on(RESTART - 1)),
    Told("police", "suspicions of a serious offence", "police-reports-childcare", on(EMERGENCY_FROM), None),
)


@dataclass(slots=True, frozen=True)
class Done:
    """What was done by hand: the matter, on which day, on paper of which day, and what was noted down."""

    matter: Matter
    on: date
    rests_on: date
    noted: Noted


@dataclass(slots=True)
class Office:
    """One procedure as it went. `limit` is how many it does on a working day at the scale of the world. What came up until it closed was
    done, fell away before anybody came to it, or waited.
    """

    party: Party
    since: date
    limit: float
    until: date | None = None
    came_up: list[Matter] = field(default_factory=list)
    done: dict[Matter, Done] = field(default_factory=dict)
    fell_away: set[Matter] = field(default_factory=set)

    def allowed(self, day: date) -> int:
        """How many it does on a day at most: whole numbers that come to its limit over its working days."""
        if day < self.since or (self.until is not None and day > self.until) or day.isoweekday() > _FRIDAY:
            return 0
        number = sum((self.since + timedelta(days=one)).isoweekday() <= _FRIDAY for one in range((day - self.since).days))
        return math.ceil((number + 1) * self.limit) - math.ceil(number * self.limit)


class Meanwhile:
    """The parties of a world, working by hand."""

    def __init__(self, node: Node, world: World) -> None:
        self._world, self._runs, self._recording = world, LastRun(node), Recording(node)
        self.papers = Papers(world.messages, unreadable=world.refused)
        self.offices = {one.name: self._office(one) for one in PARTIES}
        self._matters = {one.name: deque(sorted(one.matters(self.papers), key=lambda matter: (matter.on, matter))) for one in PARTIES}
        self._waiting = {one.name: deque[Matter]() for one in PARTIES}
        self._opened: dict[str, int] = {}
        self._closed = set[str]()
        self._next = CUT_ON
        self.ended_on: date | None = None

    def _office(self, party: Party) -> Office:
        capacity = procedures()[party.procedure].capacity
        return Office(party, opens_on(party.procedure), math.inf if capacity is None else capacity * self._world.scale)

    def evening(self, day: date) -> None:
        """What was done up to the evening of a day."""
        while self._next <= day:
            for office in self.offices.values():
                if office.until is None:
                    self._work(office, self._next)
            self._next += _DAY
        self._put_on_record(day)
        self._close(day)

    def close(self, day: date) -> None:
        """The world has ended: what goes on until then is put on record as closed."""
        self.ended_on = day
        for one in ELSEWHERE:
            if one.until is None:
                self._ended(one.party, one.procedure, day)

    def _work(self, office: Office, day: date) -> None:
        name, party = office.party.name, office.party
        coming, waiting = self._matters[name], self._waiting[name]
        while coming and coming[0].on <= day:
            matter = coming.popleft()
            office.came_up.append(matter)
            if self._chance(party, matter).random() < procedures()[party.procedure].carries:
                waiting.append(matter)
        for _ in range(office.allowed(day)):
            while waiting and (waiting[0].until or day) < day:
                waiting.popleft()
            if waiting:
                self._do(office, waiting.popleft(), day)

    def _chance(self, party: Party, matter: Matter) -> Random:
        return Random(f"{self._world.seed}/meanwhile/{party.name}/{matter.about[1]}")

    def _do(self, office: Office, matter: Matter, day: date) -> None:
        """Do one by what lies on paper. Where even the sheet that it is about was taken back by then, there is nothing to do."""
        party, rng = office.party, self._chance(office.party, matter)
        rng.random()
        since = day - timedelta(days=rng.randint(*party.age))
        by = max(since, self.papers.made_on(matter.about))
        noted = party.read(self.papers.at(by), matter, since, by)
        if noted is None:
            office.fell_away.add(matter)
            return
        if rng.random() < procedures()[party.procedure].errors:
            noted = noted._replace(value=party.slip(noted.value))
        office.done[matter] = Done(matter, day, since, noted)

    def _close(self, day: date) -> None:
        """A procedure is over when what its party lacks is there again."""
        run = self._runs.now
        for name, office in self.offices.items():
            step = None if run is None else run.steps.get(office.party.step)
            if office.until is None and step is not None and step.is_complete:
                office.until = day
                self._ended(name, office.party.procedure, day)

    def _put_on_record(self, day: date) -> None:
        running = [(name, one.party.procedure, one.since) for name, one in self.offices.items()]
        for name, procedure, since in (*running, *((one.party, one.procedure, one.since) for one in ELSEWHERE)):
            if since <= day and name not in self._opened:
                said = f"opened: {procedures()[procedure].name}; {_INVENTED}"
                self._opened[name] = self._put(name, said, since)
        for one in ELSEWHERE:
            if one.until is not None and one.until <= day:
                self._ended(one.party, one.procedure, one.until)

    def _ended(self, name: str, procedure: str, day: date) -> None:
        if name in self._opened and name not in self._closed:
            self._closed.add(name)
            self._put(name, f"closed: {procedures()[procedure].name}", day, self._opened[name])

    def _put(self, name: str, what: str, day: date, same_act: int | None = None) -> int:
        entry = TimelineEntry(kind=_SORT, actor=name, what=what, when=day.isoformat(), same_act=same_act)
        position: int = self._recording.add(entry, by=BY)["position"]
        return position
