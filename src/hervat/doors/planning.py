"""The command `plan`: the order in which what is cut comes back, and why."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any, Final

import msgspec

from hervat.chain.compared import compared
from hervat.chain.doubt import DRAWS, doubted
from hervat.chain.impact import Model
from hervat.chain.overrides import HOUR_0, Overrides, When
from hervat.chain.plan import write_plan
from hervat.chain.planning import Planned, Planning, price_of, told
from hervat.chain.reading import read_chain
from hervat.doors import words
from hervat.doors.plan_in_words import Answer, in_words, pinned_later
from hervat.doors.progress import bar
from hervat.doors.streams import say, show
from hervat.doors.when import days_of, moment_of
from hervat.errors import Usage

_LARGE: Final = 150


def plan(arguments: Namespace) -> int:
    """Plan, explain, and write the plan where that was asked."""
    if (arguments.draws or 0) < 0:
        raise Usage("--draws is 0 or more")
    chain = read_chain(Path(arguments.chain))
    when = When(days_of(arguments.days), moment_of(arguments.begins))
    begins, seed = when.begins(chain), arguments.seed
    if arguments.out is not None and begins == HOUR_0:
        raise Usage("a plan in a file says at which moment it begins, and the map has no [cut]: give --begins MOMENT")
    overrides = Overrides(
        dict(_pinned("--pin", one) for one in arguments.pin),
        dict(_pinned("--not-before", one) for one in arguments.not_before),
        [_ordered(one) for one in arguments.before],
    )
    model = Model(chain)
    planning = Planning(model, model.case(arguments.cut, when.days), overrides)
    listed = planning.found(seed)
    found = told(planning, listed, begins)
    bare, prices = _priced(planning, found, seed)
    doubt, draws = None, DRAWS if arguments.draws is None and len(found.plan.steps) <= _LARGE else arguments.draws
    if draws:
        with bar("how sure the order is", None) as tell:
            doubt = doubted(planning, listed, seed, draws, lambda made, all: tell(made, f"{made} of {all} plans"))
    if arguments.out is not None:
        write_plan(found.plan, Path(arguments.out))
        say(f"The plan {found.plan.hash} is in {arguments.out}.", sys.stderr)
    answer = Answer(chain, found, bare, prices, doubt, overrides, draws is None)
    show(words.as_document(_document(answer)) if arguments.json else words.lines(in_words(answer, arguments.lang)))
    return 0


def _priced(planning: Planning, found: Planned, seed: int) -> tuple[Planned | None, dict[str, float]]:
    """The plan without what was said against it, if anything was, and what each of it costs alone."""
    overrides, begins = planning.overrides, found.plan.begins
    if not overrides.any:
        return None, {}
    bare = Planning(planning.model, planning.case)
    without = told(bare, bare.found(seed), begins)
    each = {said: Planning(planning.model, planning.case, one) for said, one in overrides.each()}
    if len(each) == 1:
        return without, dict.fromkeys(each, price_of(found, without))
    return without, {said: price_of(told(one, one.found(seed), begins), without) for said, one in each.items()}


def _pinned(option: str, said: str) -> tuple[str, float]:
    """A step and an hour, of `STEP=HOUR`."""
    step, _, hour = said.rpartition("=")
    try:
        at = float(hour)
    except ValueError:
        at = -1.0
    if not step or not 0 <= at < float("inf"):
        raise Usage(f"{option} {said!r} is to be STEP=HOUR, with hours after the plan begins, such as open-gps-jds=48")
    return step, at


def _ordered(told: str) -> tuple[str, str]:
    """Two steps, of `FIRST,THEN`."""
    first, _, then = told.partition(",")
    if not first or not then or first == then:
        raise Usage(f"--before {told!r} is to be FIRST,THEN: two steps of the plan, such as open-gps-jds,open-grip-jds")
    return first, then


def _document(answer: Answer) -> dict[str, Any]:
    """All of it, as one document."""
    told: dict[str, Any] = msgspec.to_builtins(answer.found)
    if answer.found.plan.begins == HOUR_0:
        told["plan"]["begins"] = None
    return told | {
        "hash": answer.found.plan.hash,
        "price_of_overrides": None if answer.bare is None else price_of(answer.found, answer.bare),
        "prices": [{"said": said, "price": price} for said, price in answer.prices.items()],
        "pinned_later": [{"step": step, "asked": asked, "start": start} for step, asked, start in pinned_later(answer)],
        "published": msgspec.to_builtins(compared(answer.chain, answer.found.plan)),
        "doubt": None if answer.doubt is None else msgspec.to_builtins(answer.doubt),
    }
