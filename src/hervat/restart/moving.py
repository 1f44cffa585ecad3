"""What a run does next, one act at a time: what must close before what may open, in the order of the plan.

- A link of which a gate was lost, or a step that it waits for, goes back to `held`; those that wait for it follow in the next acts.
- `cut` to `inbound`: all that it waits for is complete.
- `inbound` or `held` to `replay`: every gate of `OPENING` is passed. What is in custody by then is let through, and no more.
- `replay` to `catching-up`: that is let through, and nothing is held for it (`no-held`). What came meanwhile is let through.
- `catching-up` to `live`: `soaked`, and nothing is held. All is let through.
- When every step is complete the run is, and governs nothing more.

Nothing is decided by who asks or when: the same facts give the same act, so whoever was killed goes on where the journal ends.
"""

from collections.abc import Callable

from hervat.chain.parts import GateName
from hervat.intake.ceilings import OPEN, Ceiling
from hervat.intake.switching import HOLD, LinkMoved, LinkState, RestartEnded
from hervat.restart.acts import GateLost, GatePassed
from hervat.restart.facts import Facts
from hervat.restart.gates import WAIVED, Verdict
from hervat.restart.run import BY_GATES, OPENED, OPENING, SETTLING, Run, StepAt

Judge = Callable[[StepAt, GateName, bool], Verdict]
Move = LinkMoved | GatePassed | GateLost | RestartEnded


def next_move(run: Run, facts: Facts, judge: Judge, *, opens: bool = True) -> Move | None:
    """The next act of a run by its gates, or without `opens` the next that closes; None where nothing is to be done."""
    if not run.under_way:
        return None
    links = [one for one in run.steps.values() if one.is_link]
    for one in links:
        if (closing := _closing(run, one, judge)) is not None:
            return closing
    for one in links if opens else ():
        if (opening := _opening(run, one, facts, judge)) is not None:
            return opening
    if opens and all(one.is_complete for one in run.steps.values()):
        return RestartEnded(run=run.name, outcome="completed", frees=run.begun.governs, by=BY_GATES, why="every step is complete")
    return None


def _closing(run: Run, one: StepAt, judge: Judge) -> Move | None:
    """What closes a link, or takes a gate from it."""
    if (changed := _changed(run, one, OPENING, judge)) is not None:
        return changed
    if one.state not in (*OPENED, "inbound"):
        return None
    if waits := run.waits(one):
        return _moved(run, one, "held", HOLD, f"{waits[0]} is not done, or no more")
    lost = [gate for gate in one.asked(OPENING) if gate not in one.passed]
    if one.state in OPENED and (lost or _by_hand(one) is not None):
        return _moved(run, one, "held", HOLD, f"the gate {lost[0]} is passed no more" if lost else _by_hand(one) or "")
    return None


def _opening(run: Run, one: StepAt, facts: Facts, judge: Judge) -> Move | None:
    """What opens a link further, or finds a gate of it passed."""
    if run.waits(one) or one.state == "live":
        return None
    if one.state == "cut":
        return _moved(run, one, "inbound", HOLD, "all that it waits for is done")
    if one.state not in OPENED:
        if (passed := _passed(run, one, OPENING, judge)) is not None:
            return passed
        if _by_hand(one) is not None or any(gate not in one.passed for gate in one.asked(OPENING)):
            return None
        return _moved(run, one, "replay", Ceiling(sequence=_highest(one, facts)), "every gate before it is passed")
    gates = SETTLING if one.state == "catching-up" else SETTLING[:1]
    if (settled := _settled(run, one, gates, judge)) is not None:
        return settled
    if any(gate not in one.passed for gate in one.asked(gates)) or _waits(run, one, facts):
        return None
    if one.state == "replay":
        return _moved(run, one, "catching-up", Ceiling(sequence=_highest(one, facts)), "what had come is let through")
    return _moved(run, one, "live", OPEN, "every gate is passed")


def _by_hand(one: StepAt) -> str | None:
    """What of a link waits for people, beside its gates."""
    if one.stopped is not None:
        return one.stopped.said
    return "nobody says that it is done" if one.source is None and one.done is None else None


def _passed(run: Run, one: StepAt, gates: tuple[GateName, ...], judge: Judge) -> GatePassed | None:
    for gate in one.asked(gates):
        if gate not in one.passed and (verdict := judge(one, gate, False)).met:
            return GatePassed(run=run.name, step=one.step.id, gate=gate, evidence=verdict.evidence)
    return None


def _settled(run: Run, one: StepAt, gates: tuple[GateName, ...], judge: Judge) -> Move | None:
    """Of the gates after it was let through, which is passed or lost now."""
    return _changed(run, one, gates, judge) or _passed(run, one, gates, judge)


def _changed(run: Run, one: StepAt, gates: tuple[GateName, ...], judge: Judge) -> GateLost | GatePassed | None:
    """Of the gates that were passed, which is lost, or is passed by itself now that no waiver lets it be any more."""
    for gate in one.asked(gates):
        if gate not in one.passed:
            continue
        verdict = judge(one, gate, True)
        if not verdict.met:
            return _lost(run, one, gate, verdict)
        if WAIVED in one.passed[gate][1] and WAIVED not in verdict.evidence:
            return GatePassed(run=run.name, step=one.step.id, gate=gate, evidence=verdict.evidence)
    return None


def _lost(run: Run, one: StepAt, gate: GateName, verdict: Verdict) -> GateLost:
    missing, lacks = verdict.missing, verdict.lacks
    return GateLost(run=run.name, step=one.step.id, gate=gate, missing=missing, lacks=lacks, evidence=verdict.evidence)


def _waits(run: Run, one: StepAt, facts: Facts) -> int:
    """How many messages below the ceiling of a link something else still holds back: a ceiling that was set by hand, or quarantine."""
    return facts.waits_below(run, one, one.ceiling.sequence or 0) if one.source is not None else 0


def _highest(one: StepAt, facts: Facts) -> int:
    return 0 if one.source is None else facts.feed(one.source).highest


def _moved(run: Run, one: StepAt, state: LinkState, ceiling: Ceiling, why: str) -> LinkMoved:
    rests_on = tuple(sorted(at.position for at, _ in one.passed.values()))
    return LinkMoved(run=run.name, step=one.step.id, state=state, ceiling=ceiling, by=BY_GATES, why=why, rests_on=rests_on)
