"""The command `plan`: the order in which what is cut comes back, and why."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hervat.chain.compared import Compared, compared
from hervat.chain.doubt import DRAWS, FACTORS, Doubt, doubted
from hervat.chain.parts import ChainMap
from hervat.chain.plan import write_plan
from hervat.chain.planning import Overrides, Planned, planned
from hervat.chain.reading import read_chain
from hervat.doors import words
from hervat.doors.progress import bar
from hervat.doors.streams import say, show
from hervat.errors import Usage

_FEW, _LARGE = 12, 150
_INVENTED = "Weights and durations of the map that are marked invented are invented; so is every figure of harm that rests on them."


def plan(arguments: Namespace) -> int:
    """Plan, explain, and write the plan where that was asked."""
    if (arguments.draws or 0) < 0:
        raise Usage("--draws is 0 or more")
    chain = read_chain(Path(arguments.chain))
    overrides = Overrides(dict(map(_pinned, arguments.pin)), [_ordered(one) for one in arguments.before])
    found = planned(chain, arguments.cut, arguments.seed, overrides)
    bare = planned(chain, arguments.cut, arguments.seed, Overrides({}, ())) if overrides.any else None
    doubt, draws = None, DRAWS if arguments.draws is None and len(found.plan.steps) <= _LARGE else arguments.draws
    if draws:
        with bar("how sure the order is", None) as tell:
            doubt = doubted(
                chain, arguments.cut, overrides, arguments.seed, draws, lambda made, all: tell(made, f"{made} of {all} plans")
            )
    if arguments.out is not None:
        write_plan(found.plan, Path(arguments.out))
        say(f"The plan {found.plan.hash} is in {arguments.out}.", sys.stderr)
    show(words.as_document(_document(chain, found, bare, doubt)) if arguments.json else "\n".join(_in_words(chain, found, bare, doubt)))
    return 0


def _pinned(told: str) -> tuple[str, float]:
    """A step and an hour, of `STEP=HOUR`."""
    step, _, hour = told.rpartition("=")
    try:
        at = float(hour)
    except ValueError:
        at = -1.0
    if not step or not 0 <= at < float("inf"):
        raise Usage(f"--pin {told!r} is to be STEP=HOUR, with hours after the plan begins, such as open-gps-jds=48")
    return step, at


def _ordered(told: str) -> tuple[str, str]:
    """Two steps, of `FIRST,THEN`."""
    first, _, then = told.partition(",")
    if not first or not then or first == then:
        raise Usage(f"--before {told!r} is to be FIRST,THEN: two steps of the plan, such as open-gps-jds,open-grip-jds")
    return first, then


def _document(chain: ChainMap, found: Planned, bare: Planned | None, doubt: Doubt | None) -> dict[str, Any]:
    """All of it, as one document."""
    told: dict[str, Any] = msgspec.to_builtins(found)
    return told | {
        "hash": found.plan.hash,
        "price_of_overrides": None if bare is None else round(found.harm - bare.harm, 3),
        "published": msgspec.to_builtins(compared(chain, found.plan)),
        "doubt": None if doubt is None else msgspec.to_builtins(doubt),
    }


def _in_words(chain: ChainMap, found: Planned, bare: Planned | None, doubt: Doubt | None) -> Iterator[str]:
    size = f"{len(found.plan.steps)} steps, {len(found.phases)} phases"
    yield f"{chain.name}: plan {found.plan.hash[:12]}, {size}, begins {found.plan.begins.isoformat()}"
    yield _INVENTED
    yield ""
    yield from _phases(found)
    yield ""
    yield from _steps(found)
    yield ""
    yield from _harm(found, bare)
    yield from _published(compared(chain, found.plan))
    yield from _doubt(doubt)


def _phases(found: Planned) -> Iterator[str]:
    for phase in found.phases:
        whole = ", ".join(phase.whole) or "no process"
        yield f"Phase {phase.number}, hours {phase.begins:.0f} to {phase.ends:.0f}: whole at its end: {whole}"
        if phase.live:
            yield f"  links that go live: {', '.join(phase.live)}"


def _steps(found: Planned) -> Iterator[str]:
    whys = {why.step: why for why in found.why}
    rows = []
    for step in found.plan.steps:
        why = whys[step.id]
        after = "" if why.binding is None else f"{why.binding} ({why.by})"
        slack = "" if why.slack_hours is None else f"{why.slack_hours:.0f}"
        rows.append((step.phase, step.id, step.crew, f"{step.start:.0f}", f"{step.end:.0f}", slack, f"{why.harm_a_day:.1f}", after))
    yield words.table(("phase", "step", "crew", "from", "to", "slack", "harm a day late", "waited last for"), rows)


def _harm(found: Planned, bare: Planned | None) -> Iterator[str]:
    certified = "it meets the bound: optimal for this map" if found.optimal else f"no plan comes below {found.bound:.0f}"
    rules = ", ".join(f"{name} {harm:.0f}" for name, harm in found.baselines.items())
    yield f"Harm {found.harm:.0f}; {certified}. By the rules in use: {rules}."
    if bare is not None:
        yield f"What was said against the plan costs {found.harm - bare.harm:.0f} of harm: {bare.harm:.0f} without it."


def _published(beside: Compared) -> Iterator[str]:
    if not (beside.same or beside.other or beside.together):
        return
    counts = f"{len(beside.same)} pairs in the same order, {len(beside.other)} in another, {len(beside.together)} at one moment"
    yield f"Beside the order that was published, from which nothing was planned: {counts}."
    yield from (f"  published {pair.first} before {pair.then}; here the other way round" for pair in beside.other[:_FEW])
    if beside.absent:
        yield f"  published, and no step here: {', '.join(beside.absent)}"


def _doubt(doubt: Doubt | None) -> Iterator[str]:
    if doubt is None:
        yield "How sure the order is was not looked at; --draws 200 does."
        return
    if not doubt.choices:
        yield f"In {doubt.draws} draws within what is not known the order of phases never flips."
    for one in doubt.choices[:_FEW]:
        yield f"A choice for people: {one.first} before {one.then} flips in {one.flips} of {one.draws} draws within what is not known."
    if len(doubt.choices) > _FEW:
        yield f"  and {len(doubt.choices) - _FEW} more pairs; --json has all of them"
    short = [one for one in doubt.reach if min(one.more, one.less) < FACTORS[-1]]
    for reach in short[:_FEW]:
        yield f"  {reach.what} of {reach.of}: the order holds up to {reach.more:g} times as much, and down to 1/{reach.less:g}"

