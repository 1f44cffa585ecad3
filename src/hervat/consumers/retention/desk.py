"""The desk of retention at one node: what is due, worked out twice, and when what is not due yet will be."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

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
from hervat.consumers.retention.breaker import Obstacle, Recorded, by_forecast, by_horizon, by_owed, counted
from hervat.consumers.retention.first import First, Progress
from hervat.consumers.retention.forecast import Forecast
from hervat.consumers.retention.gone import Gone, TooSoon
from hervat.consumers.retention.recompute import Due, Second
from hervat.consumers.retention.removing import Left, Removing
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
Fault = Callable[[Weighed], Weighed]
Decide = Callable[[str, msgspec.Struct], int]
Strike = Callable[[Sequence[Struck], list[Left], str, str, Telling], dict[str, Any]]
"""Erases in one step, by somebody on a ground, and tells what is left; puts in the journal, in the same step, the act that is made of the
position of the erasure; gives the answer of `hervat erase`.
"""


class Difference(Struct, frozen=True):
    """What one computation says is due and the other does not, or says otherwise: the charge by the position of the first message that
    registers it, and its number; and what each says, None where it says that it is not due.
    """

    position: int
    charge: int
    first: Due | None
    second: Due | None


class Compared(Struct, frozen=True, kw_only=True):
    """What is due by the first computation, what was hidden and is shown again, what was removed and would not have been due, and where the
    second computation says something else.
    """

    due: tuple[Weighed, ...]
    back: tuple[Weighed, ...]
    too_soon: tuple[TooSoon, ...]
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Plan:
    """What a run does: `hide` at once, `remove` because it was hidden for long enough. `waiting` was hidden and not for long enough,
    `rested_on` lengthens the term of another that runs, and of `together` something else in the case is kept; `back` was hidden and, by
    what came since, was not due: it is shown again; `left` tells what of the journal stays, and why; `too_soon` was removed, and by what
    came since should not have been.
    """

    hide: list[Weighed] = field(default_factory=list)
    remove: list[Weighed] = field(default_factory=list)
    waiting: list[Weighed] = field(default_factory=list)
    rested_on: list[Weighed] = field(default_factory=list)
    together: list[Weighed] = field(default_factory=list)
    back: list[Weighed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    too_soon: list[TooSoon] = field(default_factory=list)

    @property
    def named(self) -> str:
        """A name for what it does: another plan has another. It is of positions, and tells nobody who is behind them."""
        done = [[(one.place, one.charge) for one in of] for of in (self.hide, self.remove)]
        return sha256(msgspec.json.encode(done)).hexdigest()


class Desk:
    """Retention at one node."""

    def __init__(
        self, store: Store, keys: NodeKeys, roster: Roster, withheld: Withheld, decide: Decide, strike: Strike, today: Callable[[], date]
    ) -> None:
        """`roster` tells which sources may know of a judgment. `decide` puts an act in the journal and gives its position; `strike` erases,
        and gives the answer of `hervat erase`; `today` is the legal day by the clock of the node.
        """
        self._store = store
        self._keys = keys
        self._roster = roster
        self._withheld = withheld
        self._decide = decide
        self._strike = strike
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

    def compared(self, on: date, progress: Progress = lambda done: None, *, fault: Fault = lambda one: one) -> Compared:
        """What is due on a day, by the two computations laid beside each other. `fault` is for rehearsing a first that is wrong."""
        gone = Gone(self._store, (act for _, act in self._removed()))
        first = First(self._store, self._keys, self.seen().until, self._withheld.on(self.position), gone)
        listed, too_soon = list[Weighed](), list[TooSoon]()
        for person in first.persons(on, progress):
            too_soon += person.too_soon
            charges = (fault(one) for case in person.cases for one in case.charges)
            listed += [one for one in charges if one.state == "due" or one.named_on is not None]
        due = tuple(one for one in listed if one.state == "due")
        back = tuple(one for one in listed if one.named_on is not None and one.hidden_on is None)
        differences = _differences(due, self.second(on, progress))
        return Compared(due=due, back=back, too_soon=tuple(too_soon), differences=differences)

    def second(self, on: date, progress: Progress = lambda done: None) -> dict[Place, Due]:
        """What is due by the second computation alone."""
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
        return dict(sorted(Counter(day for place, day in self._withheld.on(self.position).items() if place not in gone).items()))

    def run(
        self,
        on: date,
        *,
        by: str,
        ground: str,
        dry: bool,
        seen: str | None = None,
        progress: Progress = lambda done: None,
        fault: Fault = lambda one: one,
    ) -> dict[str, Any]:
        """Hide what is due on a day, and remove what was hidden for long enough; or with `dry` only tell. Where the breaker stops it
        nothing is done, and `stopped` tells why. `fault` as in `compared`. Raises Usage where it is not `dry` and `on` is not today by the
        clock of the node: a day that has not come is not known, and one that lies back would make the waiting time a matter of words; NotSo
        where `seen` is not the `plan` that it answers.
        """
        today = self._today()
        if not dry and on != today:
            raise Usage(f"--on {on}: a run that hides and removes is of today, {today}; give --dry-run to see what another day would do")
        stopped: list[Obstacle] = [*by_horizon(self.rows(), self.seen())]
        stopped += by_owed(owed(self._store, self._keys, self._roster, self.position))
        if stopped:
            return self._answer(on, dry, stopped)
        compared = self.compared(on, progress, fault=fault)
        stopped = [{"check": "computations", **to_builtins(one)} for one in compared.differences]
        stopped = stopped or [*self._beside_forecast(on, compared.due)]
        plan, removing = _plan(on, compared, self._hidden_since()), Removing(self._store, self._keys)
        struck = removing.struck((one.place, one.charge) for one in plan.remove)
        plan.left = removing.left
        plan.together = [one for one in plan.remove if (one.place, one.charge) in removing.kept]
        plan.remove = [one for one in plan.remove if (one.place, one.charge) not in removing.kept]
        if stopped or dry:
            return self._answer(on, dry, stopped, plan)
        if seen is not None and seen != plan.named:
            raise NotSo("what would be hidden or would go is not what you looked at: look at it as it is now, and run it then")
        return self._answer(on, dry, stopped, plan) | self._done(on, plan, removing, struck, by, ground)

    def stops(self, on: date) -> list[Obstacle]:
        """What stands against a run on a day, as far as nothing need be worked out for it."""
        last = self.last_forecast()
        forecast = None if last is None else Recorded(received_on(self._store, last[0]), last[1])
        by_day = [one for one in by_forecast(forecast, on, {}, {}) if one["what"] != "count"]
        return [*by_horizon(self.rows(), self.seen()), *by_owed(owed(self._store, self._keys, self._roster, self.position)), *by_day]

    def _beside_forecast(self, on: date, due: Sequence[Weighed]) -> Iterator[Obstacle]:
        forecasts = [(at, act) for at, act in acts(self._store, self._keys, [FORECAST], self.position) if isinstance(act, ForecastAct)]
        at = forecasts[-1][0] if forecasts else 0
        forecast = Recorded(received_on(self._store, at), forecasts[-1][1]) if forecasts else None
        removed = Counter(one.rule for place, act in self._removed() if place > at for one in act.charges)
        return by_forecast(forecast, on, Counter(one.rule for one in due), removed)

    def _hidden_since(self) -> dict[Place, date]:
        """Since which legal day each charge is hidden, by when its act was received; without what a run found shown again."""
        since: dict[Place, date] = {}
        for at, act in acts(self._store, self._keys, [HIDDEN, SHOWN], self.position):
            day = received_on(self._store, at)
            for one in act.charges if isinstance(act, HiddenAct | ShownAct) else ():
                if isinstance(act, HiddenAct):
                    since[one.position, one.charge] = day
                else:
                    since.pop((one.position, one.charge), None)
        return since

    def _removed(self) -> Iterator[tuple[int, RemovedAct]]:
        for at, act in acts(self._store, self._keys, [REMOVED], self.position):
            if isinstance(act, RemovedAct):
                yield at, act

    def _done(self, on: date, plan: Plan, removing: Removing, struck: Sequence[Struck], by: str, ground: str) -> dict[str, Any]:
        hidden = []
        for start in range(0, len(plan.hide), _IN_ONE):
            some = tuple(map(_named, plan.hide[start : start + _IN_ONE]))
            hidden.append(self._decide(HIDDEN, HiddenAct(on=on, charges=some, by=by, ground=ground)))
        since = self._hidden_since()
        shown = tuple(_named(one) for one in plan.back if (one.place, one.charge) in since)
        if shown:
            self._decide(SHOWN, ShownAct(on=on, charges=shown, by=by, ground=ground))
        if not plan.remove:
            return {"hidden_at": hidden, "removed_at": None, "erasure": None}
        gone = tuple(map(_named, plan.remove))

        def removed(erased: int) -> tuple[str, RemovedAct]:
            return REMOVED, RemovedAct(on=on, erased=erased, charges=gone, by=by, ground=ground, keys=tuple(removing.keys))

        erasure = self._strike(struck, removing.left, by, ground, removed)
        return {"hidden_at": hidden, "removed_at": self._store.acts(REMOVED, self.position)[-1], "erasure": erasure}

    def _answer(self, on: date, dry: bool, stopped: list[Obstacle], plan: Plan | None = None) -> dict[str, Any]:
        plan = plan or Plan()
        told = {"hide": plan.hide, "remove": plan.remove, "waiting": plan.waiting, "rested_on": plan.rested_on}
        told |= {"together": plan.together, "back": plan.back}
        return {
            "on": on,
            "position": self.position,
            "dry_run": dry,
            "stopped": stopped[:_SHOWN],
            "obstacles": len(stopped),
            "plan": plan.named,
            **{name: _told(of) for name, of in told.items()},
            "left": plan.left[:_SHOWN],
            "too_soon": to_builtins(plan.too_soon),
            "unverified": sorted({name for of in told.values() for one in of for name in one.unverified}),
        }


def _plan(on: date, compared: Compared, since: Mapping[Place, date]) -> Plan:
    def waits(one: Weighed) -> bool:
        return one.hidden_on is not None and (one.place, one.charge) in since

    hidden = [one for one in compared.due if waits(one)]
    over = [one for one in hidden if since[one.place, one.charge] + WAITING <= on]
    return Plan(
        hide=[one for one in compared.due if not waits(one)],
        waiting=[one for one in hidden if one not in over],
        rested_on=[one for one in over if one.is_rested_on],
        remove=[one for one in over if not one.is_rested_on],
        back=list(compared.back),
        too_soon=list(compared.too_soon),
    )


def _named(one: Weighed) -> Named:
    return Named(one.place, one.charge, one.rule, one.day, one.counted_from)


def _told(charges: Sequence[Weighed]) -> dict[str, Any]:
    return {"charges": counted(one.rule for one in charges), "first": [_shown(one) for one in charges[:_SHOWN]]}


def _shown(one: Weighed) -> dict[str, Any]:
    return {"position": one.place, "charge": one.charge, "rule": one.rule, "since": one.day, "why": one.why}


def _differences(due: tuple[Weighed, ...], second: Mapping[Place, Due]) -> tuple[Difference, ...]:
    first = {(one.place, one.charge): Due(one.rule, one.day, one.is_rested_on) for one in due}
    places = sorted(first.keys() | second.keys())
    return tuple(Difference(*at, first.get(at), second.get(at)) for at in places if first.get(at) != second.get(at))
