"""The command `rehearse`."""

import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hervat.doors import words
from hervat.doors.progress import bar
from hervat.doors.streams import say
from hervat.errors import Usage
from hervat.rehearsal import (
    filtering,
    intruder,
    intruder_report,
    justis,
    justis_report,
    purge,
    ruled,
    wrongname,
    wrongname_report,
    wrongorder,
)
from hervat.rehearsal.beside import compare
from hervat.rehearsal.letter import Progress, Where, courses, decided, ended, in_files, run_all, thread
from hervat.rehearsal.report import document, in_words, try_to_break_it
from hervat.rehearsal.world import World
from hervat.stores.baseline import ground_of
from hervat.stores.opening import place_of

_STORES = {
    "letter": ("uncut", "cut", "wrong_order"),
    "filter": ("filter",),
    "purge": ("purge",),
    "justis": ("first_come", "postponed"),
    "wrong-name": ("wrong_name", "right_name"),
    "returning-intruder": ("without_intruder", "with_lane", "without_lane"),
    "interim": ("interim_first", "interim_second"),
    "wrong-order": wrongorder.STORES,
}
_SCALES = {
    "letter": 0.05,
    "filter": 0.05,
    "purge": 0.01,
    "justis": 0.004,
    "wrong-name": 0.1,
    "interim": 0.02,
    "returning-intruder": 0.2,
    "wrong-order": 0.05,
}
_IN_WORDS = {
    "letter": in_words,
    "filter": filtering.in_words,
    "purge": purge.in_words,
    "justis": justis_report.in_words,
    "wrong-name": wrongname_report.in_words,
    "returning-intruder": intruder_report.in_words,
    "interim": ruled.in_words,
    "wrong-order": wrongorder.in_words,
}
_OF_THEIR_OWN = {"purge": purge.run, "justis": justis.run, "wrong-name": wrongname.run, "returning-intruder": intruder.run}
_FILES = (".db", ".db-wal", ".db-shm", ".db.key", ".db.lock", ".key")


def rehearse(arguments: Namespace) -> int:
    """Make a world, rehearse a scenario on it, compare; 1 where worlds or the truth differ."""
    if arguments.scale is None:
        arguments.scale = _SCALES[arguments.scenario]
    if arguments.scenario != "interim" and (arguments.interim or arguments.against):
        raise Usage("--interim and --against go with hervat rehearse interim")
    if not 0 < arguments.scale <= 4:
        raise Usage("--scale is above 0 and at most 4; 1 is national")
    with ExitStack() as stack:
        if arguments.directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hervat-rehearsal-")))
        else:
            directory = Path(arguments.directory)
            _clear(directory, arguments.scenario)
        where = in_files(directory) if arguments.on is None else _on_server(arguments, directory, stack)
        tell = stack.enter_context(bar(f"the {arguments.scenario}", None))
        tell(0, "making the world")
        found = _rehearsed(arguments, where, lambda name, done, total: tell(done, f"{name}: {done:,.0f} of {total:,.0f}"))
    if arguments.json:
        print(words.as_document(found))
    else:
        print("\n".join(_IN_WORDS[arguments.scenario](found)))
        if arguments.directory is None:
            say("The stores were thrown away; --directory PATH keeps them.", sys.stderr)
        elif arguments.on is None and arguments.scenario == "letter":
            print("\n".join(["", *try_to_break_it(arguments.directory)]))
    return 0 if found["ok"] else 1


def _rehearsed(arguments: Namespace, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    """The report; some scenarios make a world of their own."""
    if arguments.scenario == "interim":
        return ruled.run(arguments.seed, arguments.scale, where, progress, rules=_rules(arguments))
    if arguments.scenario in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[arguments.scenario](arguments.seed, arguments.scale, where, progress)
    world = World(arguments.seed, arguments.scale, settles=arguments.scenario == "letter")
    return _IN_THE_WORLD[arguments.scenario](world, where, progress)


def _rules(arguments: Namespace) -> tuple[str, str]:
    """The two rules that are compared."""
    return arguments.interim or "decide", arguments.against or "wait"


def _letter(world: World, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    runs = run_all(world, where, progress)
    cut = runs["cut"]
    told, end = (compare(world, cut), thread(world, cut), decided(world, runs)), ended(world, runs)
    return document(world, runs, *told, courses(world, runs), end)


_IN_THE_WORLD = {"letter": _letter, "filter": filtering.run, "wrong-order": wrongorder.run}


def _on_server(arguments: Namespace, directory: Path, stack: ExitStack) -> Callable[[str], Where]:
    """A schema for each world, made anew; their keys lie in the directory."""
    if place_of(arguments.on).file is not None:
        raise Usage("--on is the address of a database on a server; without it the stores are files, and --directory says where")
    directory.mkdir(parents=True, exist_ok=True)
    purpose = arguments.scenario.replace("-", "_")
    ground = stack.enter_context(ground_of(arguments.on, directory, purpose, keep=arguments.directory is not None))
    return lambda name: Where(ground.store(name), directory / f"{name}.key")


def _clear(directory: Path, scenario: str) -> None:
    """Take away the stores of an earlier rehearsal of this scenario, and nothing else."""
    for name in _STORES[scenario]:
        for suffix in _FILES:
            (directory / f"{name}{suffix}").unlink(missing_ok=True)
