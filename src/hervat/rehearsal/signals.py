"""What screening told in a world, day by day, and whether it is what the world itself knows to be true.

A pair is an enrolment and a message that changed the documentation of its person. Which pairs must be told when everything has
arrived the world's own book says; when they are told is what a cut changes. A case that the police reported before is told once: on the
report or on the case, whichever came first.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from hervat.assemble import Node
from hervat.clock import legal_day, parse_rfc3339
from hervat.consumers.screening.following import steps
from hervat.consumers.screening.signal import CASE_CAME_FIRST, TOLD_ON_REPORT, Signal
from hervat.journal.entry import read_meta
from hervat.rehearsal.screened import Pair, PairTruth
from hervat.rehearsal.world import World

_MOST_SHOWN = 20
REPORT = "emergency-report"


@dataclass(slots=True)
class Spoken:
    """All that screening said about one pair, in order: the day, the position of the act, and the signal. The change is of a `kind`,
    and became known here on a day.
    """

    kind: str
    known_on: date
    said: list[tuple[date, int, Signal]] = field(default_factory=list)

    @property
    def told_on(self) -> date | None:
        """The first day on which it was delivered."""
        return next((on for on, _, signal in self.said if signal.stands), None)

    @property
    def last(self) -> Signal:
        """What was said last."""
        return self.said[-1][2]

    @property
    def stands(self) -> bool:
        """Whether Justis holds it for true now."""
        return self.last.stands


def spoken(world: World, node: Node) -> dict[Pair, Spoken]:
    """All that screening said at a node, by pair, in the order in which it was first said."""
    position = node.position
    said = [(at, act.on, signal) for at, act in steps(node.store, node.keys, position) for signal in act.signals]
    pairs = named(world, node, {signal.pair for _, _, signal in said})
    rows = node.store.rows_at({signal.message for _, _, signal in said})
    days = _days(node, {row.applied_at or row.position for row in rows.values()})
    found: dict[Pair, Spoken] = {}
    for at, on, signal in said:
        pair, message = pairs[signal.pair], rows[signal.message]
        found.setdefault(pair, Spoken(message.kind or "", days[message.applied_at or message.position])).said.append((on, at, signal))
    return found


def named(world: World, node: Node, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Pair]:
    """Pairs of positions as the world's book names them."""
    rows = node.store.rows_at({place for pair in pairs for place in pair})
    name = {feed.number: feed.name for feed in node.store.feeds()}
    names = {position: (name[row.source], row.id or "") for position, row in rows.items()}
    return {pair: Pair(world.enrolments[names[pair[0]]], *names[pair[1]]) for pair in pairs}


def _days(node: Node, positions: set[int]) -> dict[int, date]:
    entries = node.store.entries_at(positions)
    return {position: legal_day(parse_rfc3339(read_meta(entry).received_at)) for position, entry in entries.items()}


def counted(world: World, of: dict[Pair, Spoken], undisturbed: dict[Pair, Spoken]) -> dict[str, object]:
    """What was told, and how late, beside a world in which nothing was cut: `late` are pairs told on a later day than there."""
    changes = {pair: one for pair, one in of.items() if one.kind != REPORT}
    told = {pair: one.told_on for pair, one in changes.items() if one.told_on is not None}
    late = [days for pair, on in told.items() if (there := _told_on(undisturbed, pair)) is not None and (days := (on - there).days) > 0]
    first = [next(signal for _, _, signal in one.said if signal.stands) for pair, one in changes.items() if pair in told]
    unscreened = [signal.days for signal in first]
    every = [signal for one in changes.values() for _, _, signal in one.said]
    return {
        "told": len(told),
        "standing": sum(one.stands for one in changes.values()),
        "told_here_alone": sum(_told_on(undisturbed, pair) is None for pair in told),
        "late": len(late),
        "late_days": {"median": median(late) if late else 0, "longest": max(late, default=0)},
        "unscreened_days": {"median": median(unscreened) if unscreened else 0, "longest": max(unscreened, default=0)},
        "told_again": sum(signal.says == "changed" for signal in every),
        "withdrawn": sum(signal.says == "withdrawn" for signal in every),
        "populations": dict(sorted(Counter(signal.case for signal in first).items())),
        "suppressed": dict(sorted(Counter(one.last.reason or "" for one in changes.values() if _suppressed(one)).items())),
        "reports": _reports(world, of),
    }


def _reports(world: World, of: dict[Pair, Spoken]) -> dict[str, object]:
    """What was told on reports of the police, how it ended, and how long before its case came it was told."""
    told = {pair: one for pair, one in of.items() if one.kind == REPORT and one.told_on is not None}
    early = [
        days
        for pair, one in told.items()
        for case in (world.pairs[pair].others if pair in world.pairs else ())
        if case in of and of[case].last.reason == TOLD_ON_REPORT and (days := (of[case].known_on - (one.told_on or date.max)).days) > 0
    ]
    return {
        "told": len(told),
        "early": len(early),
        "early_days": {"median": median(early) if early else 0, "longest": max(early, default=0)},
        "endings": dict(sorted(Counter(one.last.ending[0] if one.stands else "withdrawn" for one in told.values()).items())),
    }


def _told_on(of: dict[Pair, Spoken], pair: Pair) -> date | None:
    return None if pair not in of else of[pair].told_on


def _suppressed(one: Spoken) -> bool:
    return one.last.disposition == "suppressed"


def differences(world: World, of: dict[Pair, Spoken]) -> tuple[str, ...]:
    """Every pair of the world's own book beside what screening says of it at the end, and what it says of pairs that are not there."""
    return tuple(_differences(world.pairs, of))[:_MOST_SHOWN]


def _differences(truth: dict[Pair, PairTruth], of: dict[Pair, Spoken]) -> Iterator[str]:
    for pair, so in truth.items():
        one = of.get(pair)
        named = f"{_named(pair)}: of {so.on}, enrolled {so.since} to {so.until or 'now'}"
        if one is None:
            yield f"{named}, and screening never came to it"
        elif one.stands != must_stand(so, one) and not _told_otherwise(so, one, of):
            yield f"{named}, {'told' if one.stands else 'not told'} at the end"
        elif one.stands and so.ending and any(other in of and of[other].stands for other in so.others):
            yield f"{named}, told, and its case as well"
        elif one.stands and one.last.ending != so.ending:
            yield f"{named}, told to have ended as {one.last.ending}; it is {so.ending}"
    for pair, one in of.items():
        if pair not in truth and one.stands:
            yield f"{_named(pair)}: told, and there is no such pair in the world"


def must_stand(so: PairTruth, one: Spoken) -> bool:
    """Whether Justis must hold a pair for true. Of a change before the enrolment that was known before it, either is right: it is told
    where who it concerns became known only afterwards.
    """
    if so.due or not so.exists or so.over:
        return so.due
    return one.known_on >= so.since or one.stands


def _told_otherwise(so: PairTruth, one: Spoken, of: dict[Pair, Spoken]) -> bool:
    """Whether a case is told on its report, or a report on its case: the other must stand, and this says so."""
    if one.last.reason not in (TOLD_ON_REPORT, CASE_CAME_FIRST):
        return False
    return any(other in of and of[other].stands for other in so.others)


def standing(world: World, of: dict[Pair, Spoken]) -> frozenset[Pair]:
    """The pairs of a day in the enrolment that Justis holds for true at the end; of a case that was reported, the case."""
    held = {pair: world.pairs.get(pair) for pair, one in of.items() if one.stands}
    due = {pair for pair, so in held.items() if so is None or so.due}
    became = {pair: so.others for pair in due if (so := held[pair]) is not None and so.ending and so.others}
    return frozenset((due - became.keys()).union(*became.values()))


def _named(pair: Pair) -> str:
    return f"{pair.enrolment} and {pair.source} {pair.id}"


def compared(world: World, worlds: dict[str, dict[Pair, Spoken]]) -> dict[str, object]:
    """Screening in every world beside the world's own book, and beside each other."""
    found = {name: differences(world, of) for name, of in worlds.items()}
    same = len({standing(world, of) for of in worlds.values()}) == 1
    return {
        "pairs_compared": len(world.pairs),
        "due": sum(so.due for so in world.pairs.values()),
        "equal": not any(found.values()),
        "same_in_all": same,
        "differences": {name: list(some) for name, some in found.items()},
    }


def of_enrolment(world: World, number: str, of: dict[Pair, Spoken]) -> list[dict[str, object]]:
    """What was told about one enrolment, in the order of the changes: their day, the day they were told, and the days between."""
    found = [(world.pairs[pair].on, pair, one) for pair, one in of.items() if pair.enrolment == number and pair in world.pairs]
    return [
        {"kind": one.kind, "id": pair.id, "changed_on": str(on), "told_on": str(day), "unscreened_days": signal.days, "position": at}
        | {"reason": signal.reason, "ending": list(one.last.ending)}
        for on, pair, one in sorted(found, key=lambda item: item[:2])
        for day, at, signal in one.said[:1]
    ]
