"""The rehearsal `filter`: a filter that silently withholds signals, the reckoning that finds it, and the replay of what was missed.

- At Justid, from 2013 to May 2025, a fault in a filter withheld signals about people in childcare and the taxi trade. What was published
  of it is in `PUBLISHED`. How the filter worked was not published: what is withheld here is invented, and so is every figure counted.
- Every evening the second computation is asked, until it says that something is missing: that must be within a day of the first signal
  that was withheld.
- Every evening what was told is laid beside the world's own book as well, which knows nothing of screening: a change that must be told and
  was not is found there on the day on which nothing about who it concerns can change any more.
- When the fault is repaired everything is looked at again, and what was missed is told, person by person, the worst first by the law.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from hervat.assemble import Node
from hervat.case import Charge
from hervat.clock import SteppedClock
from hervat.consumers.screening.enrolment import Enrolment
from hervat.consumers.screening.signal import Due, Signal
from hervat.consumers.screening.weighing import Weighed, weighed
from hervat.consumers.screening.worklist import WorkList
from hervat.rehearsal import signals
from hervat.rehearsal.days import legal_day
from hervat.rehearsal.enrolments import CANARY
from hervat.rehearsal.letter import Progress, Where, by_day, close_procedures
from hervat.rehearsal.network import uncut
from hervat.rehearsal.screened import Name, Pair
from hervat.rehearsal.world import World
from hervat.screening import screening_of, work_list_of
from hervat.stores.opening import place_of

PUBLISHED: Final = {
    "persons since 2016": 796,
    "of them in childcare": 312,
    "of them in the taxi trade": 258,
    "messages about childcare since 2018": 302,
    "of them misdrijven": 101,
    "of them overtredingen": 201,
}
_SHOWN: Final = 20
_UNSETTLED: Final = frozenset(
    (
        "person-registered",
        "identity-added",
        "persons-merged",
        "persons-split",
        "case-reattributed",
        "message-corrected",
        "message-retracted",
    )
)


@dataclass(slots=True)
class Fault:
    """The filter: it lets through nothing that is an overtreding, or a misdrijf with a maximum in months."""

    world: World
    node: Node
    today: date = date.min
    withheld: dict[Pair, date] = field(default_factory=dict)
    sorts: Counter[str] = field(default_factory=Counter)
    _charges: dict[str, dict[int, Charge]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, charge in _charges_of(self.world):
            self._charges.setdefault(name, {})[charge.charge] = charge

    def __call__(self, due: Due, enrolment: Enrolment) -> bool:
        """Whether a signal is withheld; it is remembered, for the rehearsal and nobody else."""
        pair = signals.named(self.world, self.node, [due.pair])[due.pair]
        pn, numbers = self.world.about.get((pair.source, pair.id), ("", frozenset()))
        charges = [charge for number, charge in self._charges.get(pn, {}).items() if not numbers or number in numbers]
        if not charges or not all(_minor(charge) for charge in charges):
            return False
        if pair not in self.withheld:
            self.withheld[pair] = self.today
            self.sorts[f"{enrolment.sector}, {'misdrijf' if any(one.class_ == 'misdrijf' for one in charges) else 'overtreding'}"] += 1
        return True


def _minor(charge: Charge) -> bool:
    return charge.class_ == "overtreding" or (charge.maximum is not None and charge.maximum.months is not None)


def _charges_of(world: World) -> Iterator[tuple[str, Charge]]:
    for sent in world.messages:
        if sent.kind in ("case-registered", "charges-amended") and (sent.source, sent.id) not in world.refused:
            data = msgspec.json.decode(sent.raw)["data"]
            for charge in data["charges"]:
                yield data["pn"], msgspec.convert(charge, Charge)


@dataclass(slots=True)
class Evenings:
    """The world's own book, evening by evening: what must be told by then, and which of it was found missing when."""

    world: World
    node: Node
    missing: dict[Pair, date] = field(default_factory=dict)
    told: set[Pair] = field(default_factory=set)
    _by_day: dict[date, list[Pair]] = field(default_factory=dict)
    _waiting: list[Pair] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A pair is reckoned with from the day on which it is known, and all that its two lives tell about who it concerns."""
        sent = {(one.source, one.id): legal_day(int(one.event_at.timestamp())) for one in self.world.messages}
        settled: dict[str, date] = {}
        for one in self.world.messages:
            if one.kind in _UNSETTLED:
                settled[_life(one.id)] = max(settled.get(_life(one.id), date.min), sent[one.source, one.id])
        gave: dict[str, Name] = {number: name for name, number in self.world.enrolments.items()}
        for pair, so in self.world.pairs.items():
            if so.due:
                names = (gave[pair.enrolment], (pair.source, pair.id))
                known = max(max(sent[name], settled.get(_life(name[1]), date.min)) for name in names)
                self._by_day.setdefault(known, []).append(pair)

    def evening(self, today: date, told: Iterable[Pair]) -> None:
        """What was told up to an evening, beside what must have been. What is held is not known yet, also where no link was cut."""
        self.told.update(told)
        self._waiting += [pair for day in list(self._by_day) if day <= today for pair in self._by_day.pop(day)]
        waiting = [pair for pair in self._waiting if pair not in self.told]
        held = [pair for pair in waiting if self.node.message(pair.source, pair.id).applied_at is None]
        self.missing |= {pair: today for pair in waiting if pair not in held}
        self._waiting = held


@dataclass(frozen=True, slots=True)
class Alarm:
    """The evening on which the second computation said that something differs, and what it said first."""

    on: date
    difference: str


def _life(id: str) -> str:
    return id.split("-")[1]


def run(world: World, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    """The fault through all days, found every evening; then the repair and the replay."""
    deliveries = list(uncut(world))
    place, clock, done = where("filter"), SteppedClock(deliveries[0].at), 0
    with Node.opened(place.url, writer=True, clock=clock, keys=place.keys) as node:
        fault, book, desk, through = Fault(world, node), Evenings(world, node), screening_of(node, (CANARY,)), 0
        alarm: Alarm | None = None
        for batch in by_day(deliveries):
            clock.set(batch[-1].at)
            node.receive(one.raw for one in batch)
            fault.today = batch[-1].day
            answer = desk.step(fault.today, withheld=fault)
            if alarm is None and not (checked := screening_of(node).check()).ok:
                alarm = Alarm(fault.today, checked.difference or "")
            if answer["position"] is not None:
                news = [pair for pair, at in desk.told().told_at.items() if at > through]
                book.evening(fault.today, signals.named(world, node, news).values())
                through = answer["position"]
            done += len(batch)
            progress("filter", done, len(deliveries))
        close_procedures(node, fault.today)
        fault.today += timedelta(days=1)
        desk.step(fault.today, withheld=fault)
        before = signals.spoken(world, node)
        works: list[Weighed] = []
        order = _worst_first(work_list_of(node), works, fault.today)
        answer = desk.step(fault.today, again=True, order=order)
        differences = signals.differences(world, signals.spoken(world, node))
    told = {"meanwhile": sum(one.stands for one in before.values()), "position": answer["position"]}
    return _document(fault, book, alarm, works, told, differences) | {"store": place_of(place.url).shown}


def _worst_first(works: WorkList, into: list[Weighed], today: date) -> Callable[[Iterable[Signal]], list[Signal]]:
    """The order of the replay: person by person, who has the worst first; what goes to nobody comes last."""

    def order(told: Iterable[Signal]) -> list[Signal]:
        every = list(told)
        delivered = [signal for signal in every if signal.stands]
        found = weighed(works.behind(delivered, dict.fromkeys((signal.pair for signal in delivered), 0)), today)
        # They come worst first, so a person has the place of the first that is met.
        place: dict[str | None, int] = {}
        for one in found:
            place.setdefault(one.work.person, len(place))
        into.extend(sorted(found, key=lambda one: place[one.work.person]))
        return [one.work.signal for one in into] + [signal for signal in every if not signal.stands]

    return order


def _document(
    fault: Fault, book: Evenings, alarm: Alarm | None, works: list[Weighed], told: dict[str, Any], differences: tuple[str, ...]
) -> dict[str, Any]:
    world = fault.world
    first = min(fault.withheld.values(), default=None)
    late = None if alarm is None or first is None else (alarm.on - first).days
    due = {pair for pair in fault.withheld if pair in world.pairs and world.pairs[pair].due}
    delays = [(day - fault.withheld[pair]).days for pair, day in book.missing.items() if pair in fault.withheld]
    found_all = book.missing.keys() == due
    return {
        "scenario": "filter",
        "seed": world.seed,
        "scale": world.scale,
        "synthetic": True,
        "ok": late is not None and 0 <= late <= 1 and found_all and not differences,
        "published": PUBLISHED,
        "told_meanwhile": told["meanwhile"],
        "withheld": {"signals": len(fault.withheld), "due_at_the_end": len(due), "sorts": dict(sorted(fault.sorts.items()))},
        "second_computation": {
            "first_withheld_on": None if first is None else str(first),
            "found_on": None if alarm is None else str(alarm.on),
            "days": late,
            "difference": None if alarm is None else alarm.difference,
        },
        "found": {
            "compared": sum(so.due for so in world.pairs.values()),
            "signals": len(book.missing),
            "within_a_day": sum(days <= 1 for days in delays),
            "all_that_were_withheld": found_all,
        },
        "replay": {
            "on": str(fault.today),
            "position": told["position"],
            "signals": len(works),
            "persons": len({one.work.person for one in works}),
            "longest_unscreened_days": max((one.work.signal.days for one in works), default=0),
            "worst_first": [_shown(one) for one in works[:_SHOWN]],
        },
        "differences": list(differences),
    }


def _shown(one: Weighed) -> dict[str, Any]:
    work = one.work
    return {
        "person": work.person,
        "kind": work.kind,
        "on": str(work.on),
        "articles": [charge.article for charge in work.charges],
        "weights": [None if weight is None else weight.value for weight in one.weights],
        "sector": None if work.enrolment is None else work.enrolment.sector,
        "population": work.signal.case,
        "unscreened_days": work.signal.days,
    }


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report for a person to read, line by line."""
    withheld, caught, replay = found["withheld"], found["found"], found["replay"]
    yield f"The filter, seed {found['seed']}, scale {found['scale']}: every person and number is synthetic, but for what was published:"
    yield "  " + "; ".join(f"{name}: {number}" for name, number in found["published"].items())
    yield ""
    yield f"Told while the filter was at fault: {found['told_meanwhile']}. Withheld, and nobody knew: {withheld['signals']}, of which"
    sorts = "; ".join(f"{sort}: {count}" for sort, count in withheld["sorts"].items())
    yield f"  {withheld['due_at_the_end']} must stand at the end. By trade and gravest charge: {sorts}"
    second = found["second_computation"]
    if second["found_on"] is not None:
        yield f"The second computation found it on {second['found_on']}, {second['days']} days after the first signal was withheld:"
        yield f"  {second['difference']}"
    yield f"The reckoning beside it, every evening, over {caught['compared']} signals that the world's own book knows of:"
    yield f"  found missing {caught['signals']}, within a day of being withheld {caught['within_a_day']};"
    yield "  the others once nothing was to come any more about who they concern."
    yield f"  They are those that were withheld and no other: {'yes' if caught['all_that_were_withheld'] else 'NO'}."
    yield ""
    yield f"Repaired on {replay['on']}, and everything looked at again: {replay['signals']} signals about {replay['persons']} persons,"
    yield f"  told in the act at position {replay['position']}; one went on unscreened for {replay['longest_unscreened_days']} days."
    for one in replay["worst_first"]:
        articles = ", ".join(one["articles"])
        yield (
            f"  {one['person']}  {one['sector'] or '':<10}{one['on']}  {one['kind']:<22}{articles:<24}"
            f"{one['population']:<8}{one['unscreened_days']:>4} days"
        )
    missing = "nothing is missing any more" if not found["differences"] else "NOT EQUAL"
    yield f"Every signal beside the world's own truth: {missing}."
    yield from (f"  {line}" for line in found["differences"])
