"""The desk of retention at one node: what is due, worked out twice, and when what is not due yet will be."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

import msgspec
from msgspec import to_builtins

from hervat.consumers.blind import Complete, Rows, complete
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.consumers.retention.acts import (
    FORECAST,
    SHOWN,
    Coming,
    ForecastAct,
    HiddenAct,
    Named,
    Place,
    RemovedAct,
    ShownAct,
    acts,
    read_act,
    received_on,
)
from hervat.consumers.retention.beside import Beside, Compared
from hervat.consumers.retention.breaker import Obstacle, Recorded, by_forecast, by_horizon, by_owed
from hervat.consumers.retention.chosen import Choice, Chosen
from hervat.consumers.retention.first import First, PersonWeighed, Progress
from hervat.consumers.retention.forecast import Forecast
from hervat.consumers.retention.gone import Gone, TooSoon
from hervat.consumers.retention.recompute import Due, Second
from hervat.consumers.retention.removing import Going, Left, Removing
from hervat.consumers.retention.sources import capped, owed
from hervat.consumers.retention.weighed import Weighed
from hervat.consumers.retention.withheld import Withheld
from hervat.errors import NotSo, Usage
from hervat.intake.inbox import Telling
from hervat.intake.residue import Struck
from hervat.journal.acts import act_in
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.law.retention.calendar import years_after
from hervat.partner import Roster
from hervat.register.horizon import horizon

WAITING = timedelta(days=30)
"""How long what is due is hidden before it is removed. Unverified: chosen here, no rule says so."""
REACH = 2
"""How many years ahead a forecast is recorded."""
_IN_ONE, _SHOWN = 1000, 20
_END = sys.maxsize
Fault = Callable[[Weighed], Weighed]
Decide = Callable[[str, msgspec.Struct], int]
Strike = Callable[[Sequence[Struck], str, str, Telling], int]
"""Erases in one step, by somebody on a ground, and puts in the journal, in the same step, the act that is made of the position of the
erasure; gives that position.
"""
Scrub = Callable[[int], dict[str, Any]]
"""Takes out of the files what the acts up to a position erased, and tells what came of that."""


@dataclass(slots=True)
class Plan:
    """What a run does: `hide` at once, `remove` because it was hidden for long enough. `waiting` was hidden and not for long enough,
    `rested_on` lengthens the term of another that runs, and of `together` something else in the case is kept; `back` was hidden and, by
    what came since, was not due: it is shown again; `left` tells what of the journal stays, and why; `too_soon` was removed, and by what
    came since should not have been.
    """

    hide: Choice = field(default_factory=Choice)
    remove: Choice = field(default_factory=Choice)
    waiting: Choice = field(default_factory=Choice)
    rested_on: Choice = field(default_factory=Choice)
    together: Choice = field(default_factory=Choice)
    back: Choice = field(default_factory=Choice)
    left: list[Left] = field(default_factory=list)
    too_soon: Sequence[TooSoon] = ()
    unverified: set[str] = field(default_factory=set)

    @property
    def named(self) -> str:
        """A name for what it does: another plan has another. It is of positions, and tells nobody who is behind them."""
        digest = sha256()
        for of in (self.hide, self.remove):
            for one in of:
                digest.update(b"%d,%d;" % one.at)
            digest.update(b"/")
        return digest.hexdigest()


class Desk:
    """Retention at one node."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        roster: Roster,
        withheld: Withheld,
        decide: Decide,
        strike: Strike,
        scrub: Scrub,
        today: Callable[[], date],
    ) -> None:
        """`roster` tells which sources may know of a judgment. `decide` puts an act in the journal and gives its position; `today` is the
        legal day by the clock of the node.
        """
        self._store = store
        self._keys = keys
        self._roster = roster
        self._withheld = withheld
        self._decide = decide
        self._strike = strike
        self._scrub = scrub
        self._today = today

    @property
    def position(self) -> int:
        return self._store.head().size

    def rows(self) -> Rows:
        """The horizon of every source."""
        return horizon(self._store, self._store, self.position)

    def seen(self) -> Complete:
        """Up to when the register is complete, and what stands against saying so."""
        rows = capped(self.rows(), self._store, self._keys)
        missing = sum(gap["last"] - gap["first"] + 1 for row in rows for gap in row["gaps"])
        return complete(rows, missing + sum(feed.adrift for feed in self._store.feeds()), self._roster)

    def forecast(self, on: date, years: int, progress: Progress = lambda done: None) -> dict[str, Any]:
        """How many charges come due in each of so many years from a day, and what cannot be said. `progress` is told of messages."""
        return self._forecast(on, years, progress)[1]

    def record_forecast(self, on: date, *, by: str, ground: str) -> dict[str, Any]:
        """Put in the journal what will come due within `REACH` years, for later runs to be laid beside; returns the forecast, with the
        position of the act. Raises NotSo where the register is blind: then nothing is due, and that is no forecast; Usage for a day that
        has not come by the clock of the node.
        """
        today = self._today()
        if on > today:
            raise Usage(f"--on {on} lies after today, {today}; leave out --record to look ahead")
        found, told = self._forecast(on, REACH)
        if told["blind"]:
            raise NotSo(f"the register is not complete ({', '.join(told['blind'])}); a forecast on it would say nothing")
        coming = tuple(Coming(rule, day, count) for (rule, day), count in sorted(found.coming.items()))
        act = ForecastAct(on=on, until=years_after(on, REACH), due=dict(sorted(found.due.items())), coming=coming, by=by, ground=ground)
        return told | {"recorded_at": self._decide(FORECAST, act)}

    def _forecast(self, on: date, years: int, progress: Progress = lambda done: None) -> tuple[Forecast, dict[str, Any]]:
        seen = self.seen()
        found = Forecast(on, years).count(First(self._store, self._keys, seen.until).persons(on, progress))
        return found, {"position": self.position, "complete_until": seen.until, "blind": seen.against, **found.as_dict()}

    def compared(self, on: date, progress: Progress = lambda done: None) -> Compared:
        """What is due on a day, by the two computations laid beside each other."""
        (found,) = self._compared(on, progress, (lambda one: one,))
        return found

    def _compared(self, on: date, progress: Progress, faults: Sequence[Fault]) -> list[Compared]:
        """The same for each of some first computations that are wrong: what both say is worked out once for all."""
        gone = Gone(self._store, (act for _, act in self._removed()))
        first = First(self._store, self._keys, self.seen().until, self._withheld.on(self.position), gone)
        found = [Compared(on=on, due=Choice(), back=Choice(), too_soon=[], differences=Beside()) for _ in faults]
        second, reached = self.second(on, progress), 0
        for begun, persons in first.groups(on, progress):
            for compared, fault in zip(found, faults, strict=True):
                _say(compared, persons, fault)
            # Neither goes far ahead: what one alone has said is kept until the other says it.
            while reached < begun:
                reached = _answer_for(found, second)
        while reached < _END:
            reached = _answer_for(found, second)
        return found

    def second(self, on: date, progress: Progress = lambda done: None) -> Iterator[tuple[int, dict[Place, Due]]]:
        """What is due by the second computation alone, part by part, each with the position up to which it has begun."""
        return Second(self._store, self._keys, {one.oin: one.roles for one in self._roster.now}, self._roster.ever, progress).due(on)

    def last_forecast(self) -> tuple[int, ForecastAct] | None:
        """The forecast that was recorded last, with the position of its act."""
        positions = self._store.acts(FORECAST, self.position)
        if not positions:
            return None
        found = act_in(open_entry(self._keys, self._store.entries_at(positions[-1:])[positions[-1]]), read_act, "act of retention")
        return (positions[-1], found) if isinstance(found, ForecastAct) else None

    def hidden(self) -> dict[date, int]:
        """How many charges acts hide that did not go, by the day of the act; what came since may have brought some back."""
        gone = {(one.position, one.charge) for _, act in self._removed() for one in act.charges}
        named = ((at, number, day) for at, of in self._withheld.on(self.position).items() for number, day in of.items())
        return dict(sorted(Counter(day for at, number, day in named if (at, number) not in gone).items()))

    def run(
        self,
        on: date,
        *,
        by: str,
        ground: str,
        dry: bool,
        seen: str | None = None,
        progress: Progress = lambda done: None,
    ) -> dict[str, Any]:
        """Hide what is due on a day, and remove what was hidden for long enough; or with `dry` only tell. Where the breaker stops it
        nothing is done, and `stopped` tells why. Raises Usage where it is not `dry` and `on` is not today by the
        clock of the node: a day that has not come is not known, and one that lies back would make the waiting time a matter of words; NotSo
        where `seen` is not the `plan` that it answers.
        """
        stopped = self._not_whole(on, dry)
        if stopped:
            return self._answer(on, dry, stopped)
        return self._run(self.compared(on, progress), by, ground, dry, seen)

    def rehearsed(self, on: date, faults: Sequence[Fault], *, by: str, ground: str) -> Iterator[dict[str, Any]]:
        """Runs of today one after another, each by a first computation with a fault of its own: they hide and remove where nothing stops
        them. What is due is worked out once, and again for each that follows on one that was not stopped.
        """
        found, worked_out_at = list[Compared](), -1
        for at in range(len(faults)):
            stopped = self._not_whole(on, dry=False)
            if stopped:
                yield self._answer(on, False, stopped)
                continue
            if self.position != worked_out_at:
                found, worked_out_at = [*found[:at], *self._compared(on, lambda done: None, faults[at:])], self.position
            yield self._run(found[at], by, ground, False, None)

    def _not_whole(self, on: date, dry: bool) -> list[Obstacle]:
        today = self._today()
        if not dry and on != today:
            raise Usage(f"--on {on}: a run that hides and removes is of today, {today}; give --dry-run to see what another day would do")
        owes = by_owed(owed(self._store, self._keys, self._roster, self.position))
        return [*by_horizon(self.rows(), self.seen()), *owes]

    def _run(self, compared: Compared, by: str, ground: str, dry: bool, seen: str | None) -> dict[str, Any]:
        on, obstacles = compared.on, len(compared.differences)
        stopped: list[Obstacle] = [{"check": "computations", **to_builtins(one)} for one in islice(compared.differences, _SHOWN)]
        if not stopped:
            stopped = [*self._beside_forecast(on, compared.due)]
            obstacles = len(stopped)
        plan, removing = _plan(compared, self._hidden_since()), Removing(self._store, self._keys)
        plan.remove, plan.together = removing.sifted(plan.remove)
        plan.left = removing.left
        if stopped or dry:
            for _ in removing.steps(plan.remove):
                # What a step finds that stays is told.
                pass
            return self._answer(on, dry, stopped, plan, obstacles)
        if seen is not None and seen != plan.named:
            raise NotSo("what would be hidden or would go is not what you looked at: look at it as it is now, and run it then")
        done = self._done(on, plan, removing, by, ground)
        return self._answer(on, dry, stopped, plan) | done

    def stops(self, on: date) -> list[Obstacle]:
        """What stands against a run on a day, as far as nothing need be worked out for it."""
        last = self.last_forecast()
        forecast = None if last is None else Recorded(received_on(self._store, last[0]), last[1])
        by_day = [one for one in by_forecast(forecast, on, {}, {}) if one["what"] != "count"]
        return [*by_horizon(self.rows(), self.seen()), *by_owed(owed(self._store, self._keys, self._roster, self.position)), *by_day]

    def _beside_forecast(self, on: date, due: Choice) -> Iterator[Obstacle]:
        forecasts = [(at, act) for at, act in acts(self._store, self._keys, [FORECAST], self.position) if isinstance(act, ForecastAct)]
        at = forecasts[-1][0] if forecasts else 0
        forecast = Recorded(received_on(self._store, at), forecasts[-1][1]) if forecasts else None
        removed = Counter(one.rule for place, act in self._removed() if place > at for one in act.charges)
        return by_forecast(forecast, on, due.counted(), removed)

    def _hidden_since(self) -> dict[int, dict[int, date]]:
        """Since which legal day each charge is hidden, by position and number, by when its act was received; without what a run found
        shown again.
        """
        since: dict[int, dict[int, date]] = {}
        for at, act in acts(self._store, self._keys, [HIDDEN, SHOWN], self.position):
            day = received_on(self._store, at)
            for one in act.charges if isinstance(act, HiddenAct | ShownAct) else ():
                if isinstance(act, HiddenAct):
                    since.setdefault(one.position, {})[one.charge] = day
                else:
                    since.get(one.position, {}).pop(one.charge, None)
        return since

    def _removed(self) -> Iterator[tuple[int, RemovedAct]]:
        for at, act in acts(self._store, self._keys, [REMOVED], self.position):
            if isinstance(act, RemovedAct):
                yield at, act

    def _done(self, on: date, plan: Plan, removing: Removing, by: str, ground: str) -> dict[str, Any]:
        acts_of = (HiddenAct(on=on, charges=tuple(map(_named, some)), by=by, ground=ground) for some in _in_lists(plan.hide, _IN_ONE))
        hidden = [self._decide(HIDDEN, act) for act in acts_of]
        since = self._hidden_since() if plan.back else {}
        shown = tuple(_named(one) for one in plan.back if one.charge in since.get(one.place, ()))
        if shown:
            self._decide(SHOWN, ShownAct(on=on, charges=shown, by=by, ground=ground))
        erasure = self._struck(on, removing.steps(plan.remove), by, ground)
        if erasure is None:
            return {"hidden_at": hidden, "removed_at": None, "erasure": None}
        erasure["left"] = removing.left
        return {"hidden_at": hidden, "removed_at": self._store.acts(REMOVED, self.position)[-1], "erasure": erasure}

    def _struck(self, on: date, steps: Iterator[Going], by: str, ground: str) -> dict[str, Any] | None:
        """What the steps erased, each with the act that says so in the same change; the files are written anew after the last. Whatever
        ends this in between, what is left is hidden, and goes with the next run.
        """
        position, erased = 0, list[dict[str, Any]]()
        for step in steps:
            gone, keys = tuple(map(_named, step.charges)), tuple(step.keys)

            def removed(at: int, gone: tuple[Named, ...] = gone, keys: tuple[str, ...] = keys) -> tuple[str, RemovedAct]:
                return REMOVED, RemovedAct(on=on, erased=at, charges=gone, by=by, ground=ground, keys=keys)

            position = self._strike(step.struck, by, ground, removed)
            erased += to_builtins(step.struck)
        return {"position": position, "erased": erased} | self._scrub(position) if position else None

    def _answer(
        self, on: date, dry: bool, stopped: list[Obstacle], plan: Plan | None = None, obstacles: int | None = None
    ) -> dict[str, Any]:
        plan = plan or Plan()
        told = {"hide": plan.hide, "remove": plan.remove, "waiting": plan.waiting, "rested_on": plan.rested_on}
        told |= {"together": plan.together, "back": plan.back}
        return {
            "on": on,
            "position": self.position,
            "dry_run": dry,
            "stopped": stopped[:_SHOWN],
            "obstacles": len(stopped) if obstacles is None else obstacles,
            "plan": plan.named,
            **{name: _told(of) for name, of in told.items()},
            "left": plan.left[:_SHOWN],
            "too_soon": to_builtins(plan.too_soon),
            "unverified": sorted(plan.unverified),
        }


def _say(compared: Compared, persons: Iterable[PersonWeighed], fault: Fault) -> None:
    """What the first computation says of some persons."""
    for person in persons:
        compared.too_soon.extend(person.too_soon)
        for one in (fault(one) for case in person.cases for one in case.charges):
            if one.state == "due":
                compared.due.weigh(one)
                compared.differences.first((one.place, one.charge), Due(one.rule, one.day, one.is_rested_on))
            if one.named_on is not None and one.hidden_on is None:
                compared.back.weigh(one)


def _answer_for(found: Iterable[Compared], second: Iterator[tuple[int, dict[Place, Due]]]) -> int:
    """What the second computation says next; returns how far it has begun."""
    reached, part = next(second, (_END, dict[Place, Due]()))
    for compared in found:
        for place, due in part.items():
            compared.differences.second(place, due)
    return reached


def _plan(compared: Compared, since: Mapping[int, Mapping[int, date]]) -> Plan:
    plan = Plan(back=compared.back, too_soon=compared.too_soon, unverified=compared.due.unverified | compared.back.unverified)
    for one in compared.due:
        hidden_on = since.get(one.place, {}).get(one.charge) if one.is_hidden else None
        if hidden_on is None:
            plan.hide.add(one)
        elif hidden_on + WAITING > compared.on:
            plan.waiting.add(one)
        else:
            (plan.rested_on if one.is_rested_on else plan.remove).add(one)
    return plan


def _named(one: Chosen) -> Named:
    return Named(one.place, one.charge, one.rule, one.day, one.counted_from)


def _told(charges: Choice) -> dict[str, Any]:
    return {"charges": dict(sorted(charges.counted().items())), "first": [_shown(one) for one in charges.first(_SHOWN)]}


def _shown(one: Chosen) -> dict[str, Any]:
    return {"position": one.place, "charge": one.charge, "rule": one.rule, "since": one.day, "why": one.why}


def _in_lists(charges: Choice, most: int) -> Iterator[list[Chosen]]:
    left = iter(charges)
    while some := list(islice(left, most)):
        yield some
