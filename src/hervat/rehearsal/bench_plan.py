"""The bench of plans: the harm of the planner's plans beside that of the rules in use, on synthetic chains that are fixed by seed.

Beside each stands a bound below which no plan comes; the rules are also shown with what the planner alone has (inherited urgency), for
that is the harder comparison. Times are those of the planner and of the bound, on this machine.
"""

from collections.abc import Callable, Iterator
from statistics import fmean
from typing import Any, Final

from hervat.chain.bound import bound_of
from hervat.chain.planning import found_for
from hervat.chain.rules import BASELINES, STRONGER
from hervat.chain.schedule import at_once, harm_of
from hervat.chain.work import Work
from hervat.clock import Clock
from hervat.rehearsal.chains import SEEDS, instance, size_of

LARGE: Final = 500
_SEED: Final = 1
_NEAR: Final = 1.05
_RULES: Final = {**BASELINES, **STRONGER}


def measure_plan(clock: Clock, step: Callable[[str], None], seeds: tuple[int, ...] = SEEDS, large: int | None = LARGE) -> dict[str, Any]:
    """Plan every instance, and one of `large` systems where that is a number."""
    rows = []
    for seed in seeds:
        step(f"the chain of seed {seed}, {size_of(seed)} systems")
        rows.append(_measured(instance(seed), clock) | {"seed": seed, "systems": size_of(seed)})
    means = {name: round(fmean(row[name] for row in rows), 1) for name in (*_RULES, "plan", "bound")}
    best = min(means[name] for name in BASELINES)
    found: dict[str, Any] = {
        "instances": rows,
        "mean": means,
        "best_baseline_to_plan": round(best / means["plan"], 3),
        "best_stronger_to_plan": round(min(means[name] for name in STRONGER) / means["plan"], 3),
        "plan_to_bound": round(means["plan"] / means["bound"], 3),
        "within_5_percent_of_the_bound": sum(row["plan"] <= _NEAR * row["bound"] for row in rows),
        "never_worse": all(row["plan"] <= min(row[name] for name in _RULES) for row in rows),
    }
    if large is not None:
        step(f"a chain of {large} systems")
        found["large"] = _measured(instance(_SEED, large), clock) | {"systems": large}
    return found


def _measured(work: Work, clock: Clock) -> dict[str, Any]:
    began = clock.monotonic()
    found = found_for(work, _SEED)
    planned = clock.monotonic()
    bound = bound_of(work)
    ended = clock.monotonic()
    rules = {name: round(harm_of(work, at_once(work, rule(work))), 1) for name, rule in _RULES.items()}
    seconds = {"plan_seconds": round(planned - began, 2), "bound_seconds": round(ended - planned, 2)}
    return {"steps": len(work.tasks), **rules, "plan": round(found.harm, 1), "bound": round(bound, 1), **seconds}


_HEADS: Final = {
    "tiers": "tiers",
    "topological": "topol.",
    "due": "due",
    "tardiness": "ATC",
    "tiers inherited": "tiers+",
    "due inherited": "due+",
    "tardiness inherited": "ATC+",
    "plan": "plan",
    "bound": "bound",
}


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The table for a person to read, line by line."""
    yield "Harm of plans on synthetic chains (weights and durations invented). ATC: apparent tardiness cost; +: with inherited urgency."
    yield f"{'seed':>4} {'systems':>7} {'steps':>5} " + " ".join(f"{head:>8}" for head in _HEADS.values())
    for row in found["instances"]:
        yield f"{row['seed']:>4} {row['systems']:>7} {row['steps']:>5} " + " ".join(f"{row[name]:>8.0f}" for name in _HEADS)
    yield f"{'mean':>18} " + " ".join(f"{found['mean'][name]:>8.0f}" for name in _HEADS)
    usual, stronger = found["best_baseline_to_plan"], found["best_stronger_to_plan"]
    yield f"The best single rule's mean is {usual} times the plan's; of those with inherited urgency {stronger} times."
    near, count = found["within_5_percent_of_the_bound"], len(found["instances"])
    yield f"The plan's mean is {found['plan_to_bound']} times the bound's; on {near} of {count} chains it is within 5 % of it."
    yield f"Never worse than any rule on any chain: {'yes' if found['never_worse'] else 'NO'}."
    if (large := found.get("large")) is None:
        return
    took = f"{large['plan_seconds']} s, and {large['bound_seconds']} s for the bound"
    yield f"{large['systems']} systems, {large['steps']} steps: planned in {took}; harm {large['plan']:.0f}, bound {large['bound']:.0f}."
