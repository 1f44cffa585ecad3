"""What is told of a run: phases, steps, gates with their evidence or what is missing, times planned and actual, and what still waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hervat.clock import rfc3339
from hervat.intake.switching import LINK_STATES
from hervat.restart.facts import Facts
from hervat.restart.governing import next_gate
from hervat.restart.moving import Judge
from hervat.restart.run import OPENING, SETTLING, At, Run, StepAt

Arrivals = Callable[[int], tuple[int, int]]
"""How many messages of a source, by its number, came and how many were applied in the last 24 hours."""


def told_of(run: Run, facts: Facts, judge: Judge, arrivals: Arrivals) -> dict[str, Any]:
    """A run as `hervat restart show` and a page tell it."""
    steps = [_step(run, one, facts, judge, arrivals) for one in run.steps.values()]
    phases = sorted({one["phase"] for one in steps})
    return {
        "run": run.name,
        "plan": {"name": run.plan.name, "hash": run.begun.hash, "begins": rfc3339(run.plan.begins)},
        "exercise": run.begun.exercise,
        "begun": _at(run.at) | {"by": run.begun.by, "why": run.begun.why},
        "ended": None if run.ended is None else _at(run.ended[0]) | {"outcome": run.ended[1].outcome, "by": run.ended[1].by},
        "governs": list(run.begun.governs),
        "phases": [
            {
                "phase": phase,
                "complete": all(one["complete"] for one in steps if one["phase"] == phase),
                "steps": [one["id"] for one in steps if one["phase"] == phase],
            }
            for phase in phases
        ],
        "steps": steps,
        "waivers": [waiver for one in steps for waiver in one["waivers"]],
        "links": {state: sum(one["state"] == state for one in steps) for state in LINK_STATES},
    }


def _at(at: At) -> dict[str, Any]:
    return {"position": at.position, "at": rfc3339(at.moment)}


def _step(run: Run, one: StepAt, facts: Facts, judge: Judge, arrivals: Arrivals) -> dict[str, Any]:
    step = one.step
    waits = set(run.waits(one))
    begins = run.plan.begins
    return {
        "id": step.id,
        "act": step.act,
        "of": step.of,
        "name": step.name,
        "partner": step.partner,
        "crew": step.crew,
        "phase": step.phase,
        "source": one.source,
        "kinds": list(step.kinds),
        "state": one.state if one.is_link else "done" if one.done is not None else "waiting" if waits else "ready",
        "complete": one.is_complete,
        "ceiling": msgspec.to_builtins(one.ceiling) if one.is_link else None,
        "next": None if one.is_complete or not run.under_way else next_gate(run, one),
        "stopped": None if one.stopped is None else _at(one.stopped[0]) | {"why": one.stopped[1]},
        "waits_for": [{"step": wait.step, "why": wait.why, "complete": wait.step not in waits} for wait in step.waits_for],
        "gates": [_gate(one, gate, judge) for gate in one.asked((*OPENING, *SETTLING))] if one.is_link else [],
        "waivers": [_waiver(one, gate, facts.now) for gate in one.waived],
        "approvers": _approvers(run, one),
        "planned": {"start": _moment(begins, step.start), "end": _moment(begins, step.end), "hours": step.end - step.start},
        "actual": _actual(one),
        "evidence": None if one.done_by is None else one.done_by.evidence,
        "counts": None if one.source is None else _counts(one.source, facts, arrivals),
    }


def _gate(one: StepAt, gate: Any, judge: Judge) -> dict[str, Any]:
    passed, lost = one.passed.get(gate), one.lost.get(gate)
    if passed is not None:
        at, evidence = passed
        return {"gate": gate, "passed": _at(at), "evidence": evidence, "missing": None, "lost": None}
    verdict = judge(one, gate, False)
    missing = verdict.missing or "passed by what is known now; hervat restart check says so"
    gone = None if lost is None else _at(lost[0]) | {"why": lost[1]}
    return {"gate": gate, "passed": None, "evidence": verdict.evidence, "missing": missing, "lost": gone}


def _waiver(one: StepAt, gate: str, now: datetime) -> dict[str, Any]:
    at, act = one.waived[gate]
    counts = one.waiver(gate, now) is not None
    told = {"step": one.step.id, "gate": gate, "why": act.why, "until": act.until, "counts": counts}
    return _at(at) | told | {"by": msgspec.to_builtins(act.by), "second": msgspec.to_builtins(act.second)}


def _approvers(run: Run, one: StepAt) -> list[dict[str, Any]]:
    there = {(approval.partner, approval.role): at for at, approval in one.approvals}
    told = []
    for approver in one.step.approvers:
        at = there.get((run.oin(approver.oin) or "", approver.role))
        told.append({"partner": approver.partner, "oin": run.oin(approver.oin), "role": approver.role, "approved": at and _at(at)})
    return told


def _moment(begins: datetime, hours: float) -> str:
    return rfc3339(begins + timedelta(hours=hours))


def _actual(one: StepAt) -> dict[str, Any]:
    if not one.is_link:
        return {"done": None if one.done is None else _at(one.done)}
    return {state: _at(at) for state, at in one.since.items()}


def _counts(source: str, facts: Facts, arrivals: Arrivals) -> dict[str, Any]:
    """The three layers of what waits, apart, and when at the pace of the last day it is worked away: never where more comes than goes."""
    feed = facts.feed(source)
    stock = sum(max(0, line.counted - line.entered) for line in facts.stock(source))
    transit = facts.in_transit(source)
    came, applied = arrivals(feed.number)
    left, pace = stock + transit + feed.held, applied - came
    return {
        "received": feed.received,
        "applied": feed.applied,
        "refused": feed.refused,
        "held": feed.held,
        "in_transit": transit,
        "stock": stock,
        "last_day": {"came": came, "applied": applied},
        "days_left": 0.0 if not left else round(left / pace, 2) if pace > 0 else None,
        "hand_ceiling": feed.ceiling,
    }
