"""The rehearsal `wrong-name`: judgments that were put on the wrong person, everything that rested on that, and its being opened again.

- While it is wrong, screening tells of it, certificates are refused for it, and granted to whom it truly concerns, and extracts are handed
  out. Then it is put right, in any order, some of it late.
- Every evening all three consumers take their step. What they tell is laid beside the world's own book, which knows nothing of the register
  or the law: all that must be told is, nothing else is, and nothing twice.
- At the end every charge is what the book knows to be true, and what it is in a register that was told rightly from the start.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SteppedClock
from hervat.consumers.certificates.again import OPENED_AGAIN, OpenedAgain
from hervat.consumers.certificates.steps import Hearing, Intending, Outcome
from hervat.consumers.disclosure.comparing import COMPARED, ComparedAct
from hervat.consumers.disclosure.requested import Supplied
from hervat.consumers.screening.signal import SIGNALLED, SignalledAct
from hervat.disclosing import Disclosing
from hervat.errors import ensure
from hervat.journal.acts import acts_at
from hervat.law.certificates import Proposal
from hervat.rehearsal.letter import Progress, Where
from hervat.rehearsal.misnamed import Fact, Telling
from hervat.rehearsal.misnaming import Day, Mistake, World
from hervat.reopening import Reopening
from hervat.screening import screening_of
from hervat.stores.opening import place_of

_BY: Final = {"by": "a rehearsal"}
_GROUND: Final = {**_BY, "ground": "Wjsg 35"}
_MOST: Final = 20
_read_signals = msgspec.json.Decoder(SignalledAct).decode
_read_opened = msgspec.json.Decoder(OpenedAgain).decode
_read_compared = msgspec.json.Decoder(ComparedAct).decode
Act = TypeVar("Act")
Charges = dict[tuple[str, int], tuple[str, Fact]]
Told = list[tuple[date, Telling]]


class Deed(NamedTuple):
    """What was decided or answered: on which day, and how."""

    on: date
    how: str


class Office:
    """Those who live by one register: they decide, answer, and every evening tell what is otherwise than they said."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._certificates, self._reopening, self._disclosing = Certificates(node), Reopening(node), Disclosing(node)
        self._desks = screening_of(node), self._disclosing.desk()
        self.deeds: dict[str, Deed] = {}

    def day(self, day: Day, world: World) -> None:
        """Decide and answer, as the world has it."""
        for id, refuses in day.decided:
            self.deeds[id] = Deed(day.on, self._decide(world.applications[id][0], day.on, refuses=refuses))
        for id in day.answered:
            self._disclosing.give(self._node.message(world.source_of(id), id).position, Supplied(), day.on, by=_BY["by"])
            self.deeds[id] = Deed(day.on, world.requests[id][0])

    def _decide(self, number: str, on: date, *, refuses: bool) -> str:
        """A person grants what is proposed to be granted, and judges what is to be assessed; a view is asked the day before."""
        found, before = self._certificates.proposed(number, on), on - timedelta(days=1)
        refused = refuses and found.proposal is Proposal.ASSESS and found.looked.requested.applied_on <= before
        self._certificates.propose(number, before if refused else on)
        if refused:
            self._certificates.step(number, before, Intending, None, _GROUND)
            self._certificates.step(number, on, Hearing, None, {**_BY, "none_by": on})
        outcome: Outcome = "refused" if refused else "granted"
        self._certificates.decide(number, outcome, on, by=_GROUND["by"], ground=_GROUND["ground"])
        return outcome

    def evening(self, on: date) -> list[Telling]:
        """The three steps of an evening, and all that they told."""
        before, (screening, disclosure) = self._node.position, self._desks
        screening.step(on)
        self._reopening.step(on)
        disclosure.step(on)
        return [*self._signals(before), *self._opened(before), *self._compared(before)]

    def _acts(self, kind: str, before: int, read: Callable[[bytes], Act]) -> Iterator[Act]:
        store = self._node.store
        positions = [at for at in store.acts(kind, self._node.position) if at > before]
        yield from (act for _, act in acts_at(store, self._node.keys, positions, read, f"act {kind}"))

    def _signals(self, before: int) -> Iterator[Telling]:
        signals = [one for act in self._acts(SIGNALLED, before, _read_signals) for one in act.signals]
        ids = self._ids({place for one in signals for place in one.pair})
        for one in signals:
            says = one.says if one.disposition == "delivered" else f"{one.says}, {one.reason}"
            yield Telling("screening", f"{ids[one.enrolment]} {ids[one.message]}", says)

    def _opened(self, before: int) -> Iterator[Telling]:
        found = [one for act in self._acts(OPENED_AGAIN, before, _read_opened) for one in act.differences]
        ids = self._ids({one.application for one in found})
        yield from (Telling("certificate", ids[one.application], one.says) for one in found)

    def _compared(self, before: int) -> Iterator[Telling]:
        found = [one for act in self._acts(COMPARED, before, _read_compared) for one in act.differences]
        ids = self._ids({one.request for one in found})
        yield from (Telling("disclosure", ids[one.request], "told") for one in found)

    def _ids(self, places: set[int]) -> dict[int, str]:
        return {at: row.id or "" for at, row in self._node.store.rows_at(places).items()}


def run(seed: int, scale: float, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    """All days of the world at a node, beside the book; and the same world told rightly at another."""
    world = World(seed, scale)
    clock = SteppedClock(_morning(world.days[0].on))
    told, wrong, right = Told(), where("wrong_name"), where("right_name")
    with Node.opened(wrong.url, writer=True, clock=clock, keys=wrong.keys) as node:
        office = Office(node)
        for number, day in enumerate(world.days):
            progress("wrong-name", number, len(world.days))
            clock.set(_morning(day.on))
            refused = node.receive(day.raws)["refused"]
            ensure(not refused, f"{refused} messages of {day.on} were refused")
            office.day(day, world)
            told += [(day.on, one) for one in office.evening(day.on)]
        again = office.evening(world.days[-1].on)
        charges = _charges(node)
    with Node.opened(right.url, writer=True, clock=clock, keys=right.keys) as node:
        node.receive(world.right)
        rightly = _charges(node)
    stores = {"wrong_name": place_of(wrong.url).shown, "right_name": place_of(right.url).shown}
    found = {"scenario": "wrong-name", "seed": seed, "scale": scale, "synthetic": True}
    compared = _compared(world, told, again) | {"charges": _charges_compared(world, charges, rightly)}
    ok = compared["same"] and compared["charges"]["equal"]
    return found | {"ok": ok} | _happened(world, office.deeds, told) | {"compared": compared, "stores": stores}


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _charges(node: Node) -> Charges:
    """Every charge that is shown, with whose it is and what became of it."""
    return {
        (case.prosecution_number, one.charge): (
            person.skn,
            Fact(case.prosecution_number, one.charge, one.outcome, one.outcome_on, one.final_on),
        )
        for person in node.persons()
        for case in person.cases
        for one in case.charges
    }


def _compared(world: World, told: Told, again: list[Telling]) -> dict[str, Any]:
    """What was told, evening by evening, beside what the book says must be."""
    found, wanted = Counter(told), Counter((day.on, one) for day in world.days for one in day.tellings)
    missing, unasked = (sorted((one - other).elements()) for one, other in ((wanted, found), (found, wanted)))
    return {
        "same": not (missing or unasked or again),
        "must_be_told": wanted.total(),
        "missing": [_line(*one) for one in missing[:_MOST]],
        "not_asked_for": [_line(*one) for one in unasked[:_MOST]],
        "told_once_more": [_line(world.days[-1].on, one) for one in again[:_MOST]],
    }


def _line(on: date, one: Telling) -> str:
    return f"{on}  {one.consumer} {one.of}: {one.says}"


def _charges_compared(world: World, charges: Charges, rightly: Charges) -> dict[str, Any]:
    """The charges of the register at the end beside those of the book, and of the register that was told rightly."""
    truth = world.book.truth()
    every = sorted(truth.keys() | charges.keys() | rightly.keys())
    differing = [one for one in every if not truth.get(one) == charges.get(one) == rightly.get(one)]
    return {"compared": len(every), "equal": not differing, "differences": [f"{pn} charge {number}" for pn, number in differing[:_MOST]]}


def _happened(world: World, deeds: dict[str, Deed], told: Told) -> dict[str, Any]:
    """What went wrong, and what rested on it."""
    persons = [_person(world, one, deeds, told) for one in world.mistakes]
    days = [one["days"] for one in persons]
    rested = {id for id, one in (*world.book.decided.items(), *world.book.answered.items()) if one.wrongly}
    how = Counter(deeds[id].how for id in rested & world.applications.keys())
    said = Counter(f"{one.consumer}: {one.says}" for _, one in told)
    return {
        "world": {
            "pairs": world.pairs,
            "days": len(world.days),
            "messages": sum(len(day.raws) for day in world.days),
            "mistakes": dict(sorted(Counter(one.kind for one in world.mistakes).items())),
        },
        "wrong_days": {"median": median(days), "longest": max(days)},
        "while_wrong": {
            "certificates refused": how["refused"],
            "certificates granted": how["granted"],
            "extracts handed out": len(rested & world.requests.keys()),
        },
        "told": dict(sorted(said.items())),
        "persons": sorted(persons, key=lambda one: (-one["days"], one["skn"])),
    }


def _person(world: World, one: Mistake, deeds: dict[str, Deed], told: Told) -> dict[str, Any]:
    """Under whose name it stood, for how long, and who was told what."""
    signals = Counter(telling.says for _, telling in told if telling.consumer == "screening" and world.enrolled(telling) == one.skn)
    again = {telling.of: str(on) for on, telling in told if telling.consumer != "screening" and on >= one.until}
    of = [(id, skn, "certificate") for id, (_, skn) in world.applications.items()]
    of += [(id, skn, "extract") for id, (_, skn) in world.requests.items()]
    meanwhile = [
        {"of": id, "about": skn, "what": what, "how": deeds[id].how, "on": str(deeds[id].on), "again_on": again.get(id)}
        for id, skn, what in of
        if skn in (one.skn, one.truly) and one.since <= deeds[id].on < one.until
    ]
    return {
        "skn": one.skn,
        "truly": one.truly,
        "how": one.kind,
        "since": str(one.since),
        "until": str(one.until),
        "days": (one.until - one.since).days,
        "signals": dict(sorted(signals.items())),
        "meanwhile": meanwhile,
    }
