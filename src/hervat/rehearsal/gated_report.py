"""What is told of the restart of the letter: planned against actual, what failed, what waited below the ceiling, and what opened when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

import msgspec

from hervat.assemble import Node
from hervat.chain.compared import compared
from hervat.chain.plan import Plan, Step
from hervat.clock import parse_rfc3339, rfc3339
from hervat.intake.switching import Isolated, LinkMoved, RestartBegun, RestartEnded
from hervat.journal.entry import read_meta
from hervat.rehearsal.feeds import GPS, GRIP
from hervat.rehearsal.gated import OM_LINK, Record, the_map
from hervat.rehearsal.gated_kept import Acts, broken, governed
from hervat.restart.acts import AnyOfRun, GatePassed, GateWaived, StepDone
from hervat.restart.run import OPENED, At, acts_of_runs

_DAY: Final = timedelta(days=1)
_SHOWS: Final = {"inbound": "-", "held": "x", "replay": "+", "catching-up": "+", "live": "#"}
_BEFORE: Final = "."


def told(node: Node, record: Record) -> dict[str, Any]:
    """The restart as it went, from the acts of the journal."""
    acts = list(acts_of_runs(node.store, node.keys, node.position))
    ends = _ends(acts)
    plan, steps = record.plan, [_step(one, record.plan, ends) for one in record.plan.steps]
    (cut,) = [at for at, act in acts if isinstance(act, Isolated)]
    begun = next((at for at, act in acts if isinstance(act, RestartBegun)), None)
    ended = next(((at, act.outcome) for at, act in acts if isinstance(act, RestartEnded)), None)
    return {
        "invented": "approvals, keys, people, weights and durations",
        "plan": {"name": plan.name, "hash": plan.hash, "begins": rfc3339(plan.begins)},
        "isolated": _told_at(cut),
        "begun": begun and _told_at(begun),
        "ended": ended and _told_at(ended[0]),
        "outcome": ended and ended[1],
        "exercises": [{"made_at": one.made_at, "seed": one.seed, "passed": one.passed, "faults": one.faults} for one in record.exercises],
        "phases": [_phase(number, steps) for number in sorted({one["phase"] for one in steps})],
        "steps": steps,
        "links": [_link(step, acts) for step in plan.steps if step.feed in (GPS.source, GRIP.source)],
        "failing": _failing(record, acts),
        "broken": broken(node, record, acts),
        "waivers": [_waiver(at, act) for at, act in acts if isinstance(act, GateWaived)],
        "below_the_ceiling": _below(node),
        "published": {"planned": _beside(plan), "actual": _beside(_as_it_went(plan, ends))},
    }


def came_back(found: dict[str, Any] | None) -> bool:
    """Whether every step was done and every link is live, the exercises came through, and nothing went through a closed gate."""
    return (
        found is not None
        and found["outcome"] == "completed"
        and all(one["passed"] for one in found["exercises"])
        and found["failing"] is not None
        and found["failing"]["mended"] is not None
        and not found["broken"]
    )


def _waiver(at: At, act: GateWaived) -> dict[str, Any]:
    told = {"step": act.step, "gate": act.gate, "why": act.why, "until": act.until}
    return _told_at(at) | told | {"by": [act.by.partner, act.second.partner]}


def _told_at(at: At) -> dict[str, Any]:
    return {"position": at.position, "at": rfc3339(at.moment)}


def _ends(acts: Acts) -> dict[str, datetime]:
    """When each step was complete, the last time: a link when it was live, all else when it was done."""
    ends: dict[str, datetime] = {}
    for at, act in acts:
        done = isinstance(act, StepDone) and not act.step.startswith("open-")
        if isinstance(act, LinkMoved | StepDone) and (done or (isinstance(act, LinkMoved) and act.state == "live")):
            ends[act.step] = at.moment
    return ends


def _step(step: Step, plan: Plan, ends: dict[str, datetime]) -> dict[str, Any]:
    planned, actual = plan.begins + timedelta(hours=step.end), ends.get(step.id)
    return {
        "step": step.id,
        "act": step.act,
        "phase": step.phase,
        "crew": step.crew,
        "waits_for": [wait.step for wait in step.waits_for],
        "planned": {"from": rfc3339(plan.begins + timedelta(hours=step.start)), "until": rfc3339(planned)},
        "actual": None if actual is None else rfc3339(actual),
        "later_by_days": None if actual is None else round((actual - planned) / _DAY, 1),
    }


def _phase(number: int, steps: list[dict[str, Any]]) -> dict[str, Any]:
    of = [one for one in steps if one["phase"] == number]
    complete = all(one["actual"] is not None for one in of)
    return {
        "phase": number,
        "steps": [one["step"] for one in of],
        "planned": {"from": min(one["planned"]["from"] for one in of), "until": max(one["planned"]["until"] for one in of)},
        "actual": max(one["actual"] for one in of) if complete else None,
    }


def _link(step: Step, acts: Acts) -> dict[str, Any]:
    moved = [_told_at(at) | {"state": act.state, "why": act.why} for at, act in acts if isinstance(act, LinkMoved) and act.step == step.id]
    return {"step": step.id, "name": step.name, "source": step.feed, "moved": moved}


def _failing(record: Record, acts: Acts) -> dict[str, Any] | None:
    """The gate that did not open, since when, when it was passed, and who waited meanwhile; None where it did not come that far."""
    since, failed = record.failed_on, record.failed_at
    if since is None or failed is None:
        return None
    of = [at for at, act in acts if isinstance(act, GatePassed) and (act.step, act.gate) == (OM_LINK, record.failing.gate)]
    mended = next((at for at in of if at.position > failed), None)
    until = None if mended is None else mended.position
    went = {act.step for at, act in acts if at.position > failed and (until is None or at.position < until) and _goes_on(act)}
    return {
        "step": OM_LINK,
        "gate": record.failing.gate,
        "what": record.failing.what,
        "was_passed": record.failing.after,
        "since": rfc3339(since),
        "mended": mended and _told_at(mended),
        "waited": [step for step in _dependants(record.plan, OM_LINK) if step not in went],
    }


def _goes_on(act: AnyOfRun) -> TypeGuard[StepDone | LinkMoved]:
    """Whether an act lets a step go on: it was done, or let through."""
    return isinstance(act, StepDone) or (isinstance(act, LinkMoved) and act.state in OPENED)


def _dependants(plan: Plan, id: str) -> list[str]:
    """The steps that wait for one, through others too."""
    found = {id}
    while more := {step.id for step in plan.steps if any(wait.step in found for wait in step.waits_for)} - found:
        found |= more
    return sorted(found - {id})


def _below(node: Node) -> dict[str, Any]:
    """How much of the links of the plan waited below a ceiling at most, when, and the longest wait."""
    waits = [(row.position, row.admitted_at) for row in governed(node) if row.admitted_at is not None and row.admitted_at > row.position]
    moments = _moments(node, {position for pair in waits for position in pair})
    turns = sorted([(moments[first], 1) for first, _ in waits] + [(moments[last], -1) for _, last in waits])
    most, now, on = 0, 0, None
    for moment, step in turns:
        now += step
        if now > most:
            most, on = now, moment
    longest = max((moments[last] - moments[first] for first, last in waits), default=timedelta(0))
    return {"messages": len(waits), "most": most, "on": on and rfc3339(on), "longest_days": round(longest / _DAY, 1)}


def _moments(node: Node, positions: set[int]) -> dict[int, datetime]:
    return {position: parse_rfc3339(read_meta(entry).received_at) for position, entry in node.store.entries_at(positions).items()}


def _as_it_went(plan: Plan, ends: dict[str, datetime]) -> Plan:
    """The plan with the hours at which its steps ended."""
    went = (
        msgspec.structs.replace(step, end=(ends[step.id] - plan.begins) / timedelta(hours=1)) for step in plan.steps if step.id in ends
    )
    return msgspec.structs.replace(plan, steps=tuple(went))


def _beside(plan: Plan) -> dict[str, list[list[str]]]:
    found = compared(the_map(), plan)
    return {name: [[one.first, one.then] for one in getattr(found, name)] for name in ("same", "other", "together")}


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The restart for a person to read, line by line."""
    plan, failing, below = found["plan"], found["failing"], found["below_the_ceiling"]
    yield f"The restart of the register, enforced by its node; {found['invented']} are invented:"
    yield f"  OM isolated {_day(found['isolated'])}; plan {plan['hash'][:12]} of the map, exercised {_exercised(found)}"
    yield f"  begun {_day(found['begun'])}, {found['outcome'] or 'NOT completed'} {_day(found['ended'])}"
    for phase in found["phases"]:
        planned, actual = phase["planned"], phase["actual"]
        when = f"planned until {planned['until'][:10]}, in fact {'NEVER' if actual is None else actual[:10]}"
        yield f"  phase {phase['phase']}: {when}: {', '.join(phase['steps'])}"
    yield from _links(found)
    if failing is not None:
        mended = f"mended {_day(failing['mended'])}" if failing["mended"] else "NEVER mended"
        yield f"  the gate {failing['gate']} of {failing['step']} failed on {failing['since'][:10]}, {mended}: {failing['what']};"
        yield f"    meanwhile {', '.join(failing['waited'])} waited"
    yield from (f"  THROUGH A GATE THAT WAS NOT OPEN: {line}" for line in found["broken"])
    for one in found["waivers"]:
        yield f"  the gate {one['gate']} of {one['step']} was let be by two people on {_day(one)}: {one['why']}"
    most, on, longest = below["most"], (below["on"] or "no day")[:10], below["longest_days"]
    yield f"  below the ceiling at most {most} messages at once, on {on}; the longest {longest} days"
    for title, beside in (("as planned", found["published"]["planned"]), ("as it went", found["published"]["actual"])):
        same, other, together = (len(beside[name]) for name in ("same", "other", "together"))
        counts = f"{same} pairs in the same order, {other} in another, {together} at one moment"
        others = "; ".join(f"published {first} before {then}" for first, then in beside["other"])
        yield f"  beside the order that was published, {title}: {counts}{f' ({others})' if others else ''}"


def _exercised(found: dict[str, Any]) -> str:
    return ", ".join(f"{one['made_at'][:10]} ({'came through' if one['passed'] else 'DID NOT COME THROUGH'})" for one in found["exercises"])


def _day(at: dict[str, Any] | None) -> str:
    return "never" if at is None else str(at["at"])[:10]


def _links(found: dict[str, Any]) -> Iterator[str]:
    """Each link whose feed comes here, a column a day from the cut on: cut, custody only, let through in part, live; and the days."""
    first = parse_rfc3339(found["isolated"]["at"]).date()
    last = max([first, *(parse_rfc3339(one["at"]).date() for link in found["links"] for one in link["moved"])])
    yield f"  a column a day from {first} on: {_BEFORE} closed, - custody only, x closed again, + let through as far as it came, # live"
    for link in found["links"]:
        line, state, moved = "", _BEFORE, list(link["moved"])
        for number in range((last - first).days + 1):
            day = (first + timedelta(days=number)).isoformat()
            while moved and moved[0]["at"][:10] <= day:
                state = _SHOWS[moved.pop(0)["state"]]
            line += state
        yield f"  {link['step']:<16}|{line}|"
        states = [f"{one['state']} {one['at'][:10]}" for one in link["moved"]]
        yield f"  {'':<16} {'; '.join(states)}"
