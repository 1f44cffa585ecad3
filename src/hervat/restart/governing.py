"""What stands against opening a source by hand: an isolation, or the run that governs it; and who belongs to an exercise."""

from hervat.errors import NotSo, Usage
from hervat.intake.ceilings import OPEN, Ceiling
from hervat.intake.quarantine import oin_of
from hervat.intake.switching import switch_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.restart.lacking import Lack, lack, sentence
from hervat.restart.run import OPENING, SETTLING, Run, StepAt, is_of_exercise, run_of


def ensure_fits(oin: str, origin: str) -> None:
    """Raises Usage for an organisation of an exercise at a node that is of none."""
    if is_of_exercise(oin) and not is_of_exercise(origin):
        raise Usage(f"{oin} is an organisation of an exercise, and this node is of none; exercises have a store of their own")


def ensure_by_hand(store: Store, keys: NodeKeys, source: str, ceiling: Ceiling) -> None:
    """Raises NotSo for a source that may not be opened by hand, in a sentence that says what opens it; to hold it is never refused."""
    if ceiling == OPEN and (obstacle := _obstacle(store, keys, source, store.head().size)) is not None:
        raise NotSo(obstacle)


def _obstacle(store: Store, keys: NodeKeys, source: str, last: int) -> str | None:
    switch = switch_of(store, keys, last)
    gate = switch.gate(source)
    if gate is None or gate.word == "live":
        return None
    run = run_of(store, keys, last)
    if run is not None and run.under_way and (links := [one for one in run.links_of(source) if one.state != "live"]):
        told = "; ".join(f"its link {one.step.id} is {one.state}, and {next_gate(run, one)}" for one in links)
        return f"{source} is governed by the run {run.name}: {told}; hervat restart show tells what is missing"
    since = switch.isolated_since(oin_of(source))
    if run is not None and run.under_way and not since:
        words = f"{source} is of an organisation that the run {run.name} governs, and no link of its plan opens it"
        return f"{words}; it stays held until that ends"
    words = f"isolated since position {since}" if since else "closed since a restart that was aborted"
    return f"{source} is {words}; it opens by the gates of a restart: hervat restart begin PLAN"


def next_gate(run: Run, one: StepAt) -> str:
    """What a link comes to next, in words."""
    return sentence(comes_next(run, one))


def comes_next(run: Run, one: StepAt) -> Lack:
    """What a link comes to next."""
    if waits := run.waits(one):
        return lack("waits", steps=waits)
    if one.stopped is not None:
        return lack("two-people")
    gates = [gate for gate in one.asked((*OPENING, *SETTLING)) if gate not in one.passed]
    return lack("next-gate", gate=gates[0]) if gates else lack("moves-on")
