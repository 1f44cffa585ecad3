"""Looking back on what was done by hand, when the real messages have come: confirmed or otherwise, beside the world's own truth.

- What is so is read at the node: what it applied, in the versions that count. When it came is the day on which the last of it was applied,
  and for a party not before the link that it lacks is back.
- The same is read out of what the world made, by a hand that knows no register. Both must come to the same.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from hervat.assemble import Node
from hervat.clock import end_of, legal_day, parse_rfc3339
from hervat.consumers.screening.signal import TOLD_ON_REPORT
from hervat.journal.store import APPLIED, WHOLE, Row
from hervat.register.reading import Reading, is_fact
from hervat.rehearsal.days import CUT_ON, RESTART, on
from hervat.rehearsal.matters import Matter, Party
from hervat.rehearsal.meanwhile import Done, Office
from hervat.rehearsal.papers import READ, Filed, Papers, Sheet, dated
from hervat.rehearsal.parties import lives_of
from hervat.rehearsal.screened import Name, Pair
from hervat.rehearsal.sealing import Sent
from hervat.rehearsal.signals import REPORT, Spoken
from hervat.rehearsal.truth import WRONGLY_SUSPECTED
from hervat.rehearsal.world import World

TAKEN_BACK: Final = "what it was about was taken back since"


@dataclass(slots=True, frozen=True)
class Handled:
    """A matter as it went: the days on which it came up, was done by hand and came as a message (None: never), and in which ways that was
    otherwise, by the node and by the world itself.
    """

    on: date
    done: date | None = None
    came: date | None = None
    ways: tuple[str, ...] = ()
    truth: tuple[str, ...] | None = None


class Days:
    """The legal days of a world, by the positions at which each ended at its node."""

    def __init__(self, node: Node, last: date) -> None:
        self._days = [CUT_ON + timedelta(days=one) for one in range((last - CUT_ON).days + 1)]
        self._ends = [node.position_at(end_of(day)) for day in self._days]

    def of(self, position: int) -> date:
        """The day of a position; the first is that of the cut."""
        return self._days[min(bisect_left(self._ends, position), len(self._days) - 1)]


class Applied:
    """What a node applied, as sheets: a view of all of it, and when each came."""

    def __init__(self, node: Node, spoken: Mapping[Pair, Spoken], days: Days) -> None:
        self._days, self._node, self.lives = days, node, lives_of(node)
        rows = [row for kind in READ for row in node.store.of_kind(kind, node.position) if row.state == APPLIED and row.erased < WHOLE]
        self._reading = reading = Reading(node.store, node.store, node.keys)
        self.rows: dict[Name, Row] = {(reading.source_of(row), row.id or ""): row for row in rows if row.target is None}
        said = reading.said(row for row in self.rows.values() if is_fact(row))
        self._sheets = {
            name: Sheet(name, row.kind or "", dated(said[row.position].data, _made(row)), said[row.position].data)
            for name, row in self.rows.items()
            if row.position in said
        }
        self._filed = Filed()
        self._filed.put((one.name, one.kind, one.data) for one in self._sheets.values())
        self._changes: dict[str, list[Name]] = {}
        for pair, one in spoken.items():
            if one.kind != REPORT and (one.stands or one.last.reason == TOLD_ON_REPORT):
                self._changes.setdefault(pair.enrolment, []).append((pair.source, pair.id))

    def case(self, pn: str) -> list[Sheet]:
        """The sheets of a case."""
        return [self._sheets[name] for name in self._filed.of_case(pn)]

    def person(self, skn: str) -> list[Sheet]:
        """The sheets of every case that was registered under a number."""
        return [self._sheets[name] for name in self._filed.of_person(skn)]

    def sheet(self, name: Name) -> Sheet | None:
        """A sheet; None where it is not applied, or was taken back."""
        return self._sheets.get(name)

    def changes(self, enrolment: Name) -> list[date]:
        """The days of the changes that screening told of."""
        sheet = self._sheets.get(enrolment)
        names = [] if sheet is None else self._changes.get(sheet.data["enrolment"], [])
        rows = [self._node.message(*name) for name in names]
        said = self._reading.said(rows)
        return [dated(said[row.position].data, _made(row)) for row in rows if row.position in said]

    def of_kind(self, kind: str) -> list[Sheet]:
        """All sheets of a kind."""
        return [one for one in self._sheets.values() if one.kind == kind]

    def is_hidden(self, case: Sheet) -> bool:
        """Whether a case was dismissed whole because somebody was wrongly suspected."""
        dismissed = [one for one in self.case(case.data["pn"]) if one.kind == "case-dismissed" and one.data["code"] == WRONGLY_SUSPECTED]
        return {one["charge"] for one in case.data["charges"]} <= {charge for one in dismissed for charge in one.data["charges"]}

    def is_taken_back(self, name: Name) -> bool:
        """Whether a message was taken back."""
        return name in self.rows and bool(self.rows[name].retracted)

    def came(self, matter: Matter, through: date) -> date | None:
        """When the last of what bears on a matter, of what is dated through a day, was applied; None where its own sheet is not."""
        if matter.about not in self.rows:
            return None
        skn = None if matter.pn is None else self._filed.skn_of(matter.pn)
        around = self.person(skn) if skn is not None else []
        names = {matter.about, *(one.name for one in around if one.on <= through)}
        return max(self.applied_on(name) for name in names)

    def applied_on(self, name: Name) -> date:
        """The day on which an applied message was first so."""
        row = self.rows[name]
        return self._days.of(row.applied_at or row.position)

    def sent_applied_on(self, sent: Sent) -> date | None:
        """The day on which a message of the world was first applied; None where it never was."""
        at = self.lives[sent.source, sent.sequence].applied_at
        return None if at is None else self._days.of(at)


class Book:
    """What is so by the world itself: its papers, and its book of who is screened."""

    def __init__(self, world: World, papers: Papers) -> None:
        self.lost = {*world.never_applied, *(name for name, refused in world.refused.items() if not refused.corrected)}
        self.papers, self._all, self._world = papers, papers.at(date.max), world
        self._changes: dict[str, list[date]] = {}
        for pair, so in world.pairs.items():
            if so.due and not so.ending:
                self._changes.setdefault(pair.enrolment, []).append(so.on)

    def case(self, pn: str) -> list[Sheet]:
        """The sheets of a case."""
        return [one for one in self._all.case(pn) if one.name not in self.lost]

    def person(self, skn: str) -> list[Sheet]:
        """The sheets of every case that was registered under a number."""
        return [one for one in self._all.person(skn) if one.name not in self.lost]

    def sheet(self, name: Name) -> Sheet | None:
        """A sheet; None where it never counts."""
        return None if name in self.lost else self._all.sheet(name)

    def changes(self, enrolment: Name) -> list[date]:
        """The days of the changes that must be told."""
        return self._changes.get(self._world.enrolments.get(enrolment, ""), [])

    def of_kind(self, kind: str) -> list[Sheet]:
        """All sheets of a kind."""
        return [one for one in self.papers.sheets() if one.kind == kind and one.name not in self.lost]

    def is_taken_back(self, name: Name) -> bool:
        """Whether a sheet was taken back for good."""
        return self.papers.is_taken_back(name)


def of_office(office: Office, applied: Applied, book: Book) -> list[Handled]:
    """Every matter of an office."""
    return [_handled(office, matter, applied, book) for matter in office.came_up if matter not in office.fell_away]


def _handled(office: Office, matter: Matter, applied: Applied, book: Book) -> Handled:
    done, until = office.done.get(matter), office.until
    through = (until or date.max) if office.party.lasts else matter.on if done is None else done.on
    came = applied.came(matter, through)
    came = None if came is None or until is None else max(came, until)
    if done is None or came is None:
        return Handled(matter.on, None if done is None else done.on, came)
    ways, truth = (_ways(office.party, matter, done, view, through) for view in (applied, book))
    return Handled(matter.on, done.on, came, ways, truth)


def _ways(party: Party, matter: Matter, done: Done, view: Applied | Book, through: date) -> tuple[str, ...]:
    """In which ways what was done was otherwise."""
    so = party.read(view, matter, done.rests_on, through)
    if so is not None:
        return party.otherwise(done.noted, so)
    return (TAKEN_BACK,) if view.is_taken_back(matter.about) else ()


def row(party: str, of: str, process: str, procedure: dict[str, Any] | None, handled: list[Handled]) -> dict[str, Any]:
    """A party as the report has it; `of` says in words what came up."""
    done = [one for one in handled if one.done is not None]
    ways, truth = Counter(way for one in done for way in one.ways), Counter(way for one in done for way in one.truth or ())
    waited = [one for one in handled if one.done is None]
    highest, highest_on, at_the_end = _backlog(handled)
    last = max((one.came for one in waited if one.came is not None), default=None)
    return {
        "party": party,
        "of": of,
        "process": process,
        "procedure": procedure,
        "came_up": len(handled),
        "done": len(done),
        "most_on_a_day": max(Counter(one.done for one in done).values(), default=0),
        "looked_back_on": sum(one.came is not None for one in done),
        "otherwise": sum(bool(one.ways) for one in done),
        "ways": dict(sorted(ways.items())),
        "truth": dict(sorted(truth.items())) if any(one.truth is not None for one in done) else None,
        "waited": len(waited),
        "never_came": sum(one.came is None for one in handled),
        "backlog": {"highest": highest, "on": highest_on and highest_on.isoformat(), "at_the_end_of_the_cut": at_the_end},
        "caught_up_on": last and last.isoformat(),
    }


def _backlog(handled: Iterable[Handled]) -> tuple[int, date | None, int]:
    """How many were neither done nor here at the end of a day, at most, and on which day; and at the end of the cut."""
    turns = Counter[date]()
    for one in handled:
        ends = min((day for day in (one.done, one.came) if day is not None), default=date.max)
        if ends > one.on:
            turns[one.on] += 1
            turns[ends] -= 1
    now = highest = at_the_end = 0
    highest_on = None
    for day, change in sorted(turns.items()):
        now += change
        if now > highest:
            highest, highest_on = now, day
        if day < on(RESTART):
            at_the_end = now
    return highest, highest_on, at_the_end


def differences(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The parties of whom the node says another thing than the world itself."""
    for one in rows:
        if one["truth"] is not None and one["truth"] != one["ways"]:
            yield f"{one['party']}: the world knows {one['truth']}, what was looked back on says {one['ways']}"


def _made(row: Row) -> date:
    """The legal day of a message's own time."""
    return date.min if row.time is None else legal_day(parse_rfc3339(row.time))
