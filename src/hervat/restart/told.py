"""What is told of a run: phases, steps, gates with their evidence or what is missing, times planned and actual, and what still waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hervat.clock import rfc3339
from hervat.intake.switching import LINK_STATES, RestartEnded
from hervat.restart.acts import GateLost, StepApproved, StepUndone
from hervat.restart.facts import Facts
from hervat.restart.gates import Verdict
from hervat.restart.governing import comes_next
from hervat.restart.lacking import Lack, lack, sentence
from hervat.restart.moving import Judge
from hervat.restart.run import OPENED, OPENING, SETTLING, At, Run, StepAt, Stop

_FARTHEST = 36500.0
"""Days: farther ahead no moment is named."""
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
        "begun": _at(run.at) | {"by": run.begun.by, "second": run.begun.second, "why": run.begun.why},
        "ended": None if run.ended is None else _ended(*run.ended),
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
        "forecast": _forecast(run, facts, arrivals),
    }


def _ended(at: At, act: RestartEnded) -> dict[str, Any]:
    return _at(at) | {"outcome": act.outcome, "by": act.by, "second": act.second, "why": act.why}


def _forecast(run: Run, facts: Facts, arrivals: Arrivals) -> dict[str, Any]:
    """What waits of all sources of a run together, and when that is worked away at the pace of the last 24 hours; a forecast, and None
    where at that pace it never is.
    """
    counts = [_counts(source, facts, arrivals) for source in sorted({one.source for one in run.steps.values() if one.source is not None})]
    sums = {name: sum(one[name] for one in counts) for name in ("stock", "in_transit", "held")}
    last = {name: sum(one["last_day"][name] for one in counts) for name in ("came", "applied")}
    days = _days_left(sum(sums.values()), last["applied"] - last["came"])
    over = None if days is None else rfc3339(facts.now + timedelta(days=min(days, _FARTHEST)))
    return sums | {"last_day": last, "days_left": days, "drained_at": over, "at": rfc3339(facts.now)}


def _days_left(left: int, pace: int) -> float | None:
    if not left:
        return 0.0
    return round(left / pace, 2) if pace > 0 else None


def _at(at: At) -> dict[str, Any]:
    return {"position": at.position, "at": rfc3339(at.moment)}


def _step(run: Run, one: StepAt, facts: Facts, judge: Judge, arrivals: Arrivals) -> dict[str, Any]:
    step = one.step
    waits = set(run.waits(one))
    begins = run.plan.begins
    after = None if one.is_complete or not run.under_way else comes_next(run, one)
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
        "next": None if after is None else sentence(after),
        "next_is": None if after is None else _lack(after),
        "stopped": None if one.stopped is None else _stopped(one.stopped),
        "last_stop": None if one.last_stop is None else _stopped(one.last_stop),
        "waits_for": [{"step": wait.step, "why": wait.why, "complete": wait.step not in waits} for wait in step.waits_for],
        "gates": [_gate(one, gate, judge) for gate in one.asked((*OPENING, *SETTLING))] if one.is_link else [],
        "waivers": [_waiver(one, gate, facts.now) for gate in one.waived],
        "approvers": _approvers(run, one),
        "planned": {"start": _moment(begins, step.start), "end": _moment(begins, step.end), "hours": step.end - step.start},
        "actual": _actual(one),
        "evidence": None if one.done_by is None else one.done_by.evidence,
        "done": _done(one),
        "undone": None if one.undone is None else _at(one.undone[0]) | _who(one.undone[1]),
        "counts": None if one.source is None else _counts(one.source, facts, arrivals),
    }


def _who(act: Stop | StepUndone) -> dict[str, Any]:
    return {"by": act.by, "second": act.second, "reason": act.why}


def _stopped(stop: Stop) -> dict[str, Any]:
    return _at(stop.at) | {"why": stop.said, "how": stop.how} | _who(stop)


def _done(one: StepAt) -> dict[str, Any] | None:
    """Who did it by hand, or let it go on."""
    if one.done is None or one.done_by is None:
        return None
    return _at(one.done) | {"by": one.done_by.by, "second": one.done_by.second, "evidence": one.done_by.evidence}


def _lack(one: Lack) -> dict[str, Any]:
    return {"code": one.code, "values": one.values}


def _gate(one: StepAt, gate: Any, judge: Judge) -> dict[str, Any]:
    passed, lost = one.passed.get(gate), one.lost.get(gate)
    if passed is not None:
        at, evidence = passed
        return {"gate": gate, "passed": _at(at), "evidence": evidence, "missing": None, "lacks": None, "lost": None}
    # What is held is not read for a gate whose turn has not come: that may be all there is.
    is_later = gate in SETTLING and one.state not in OPENED and gate not in one.waived
    verdict = Verdict(False, {}, lack("nothing-let-through")) if is_later else judge(one, gate, False)
    lacks = verdict.lacks or lack("to-be-looked-at")
    gone = None if lost is None else _lost(*lost)
    told = {"missing": sentence(lacks), "lacks": _lack(lacks), "lost": gone}
    return {"gate": gate, "passed": None, "evidence": verdict.evidence} | told


def _lost(at: At, act: GateLost) -> dict[str, Any]:
    return _at(at) | {"why": act.missing, "lacks": None if act.lacks is None else _lack(act.lacks)}


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
        approved = None if at is None else _at(at) | _handed_in(one.handed_in[at.position])
        told.append({"partner": approver.partner, "oin": run.oin(approver.oin), "role": approver.role, "approved": approved})
    return told


def _handed_in(act: StepApproved) -> dict[str, Any]:
    return {"by": act.by, "second": act.second, "reason": act.why}


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
        "days_left": _days_left(left, pace),
        "hand_ceiling": feed.ceiling,
    }
