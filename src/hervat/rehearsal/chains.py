"""Synthetic chains, each from a seed: what plans are measured on. They were fixed before any plan was tuned on them.

A chain has organisations with a crew or two, systems of which some host others, streams between them with a backlog that drains, checks
that many trust, and processes whose harm spans three orders of magnitude. Every figure is invented.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from hervat.chain.parts import EdgeKind
from hervat.chain.work import Goal, Task, Work

SEEDS: Final = tuple(range(1, 37))
_SIZES: Final = (10, 14, 20, 30, 45, 60, 90, 130, 200)
_HOSTED, _TRUSTED, _BUILDS_ON = 0.35, 0.4, 0.5


def size_of(seed: int) -> int:
    """How many systems the chain of a seed has."""
    return _SIZES[(seed - 1) % len(_SIZES)]


def instance(seed: int, systems: int | None = None) -> Work:
    """The chain of a seed, as work; `systems` makes it of another size than the seed has."""
    rng = Random(f"chain/{seed}")
    count = size_of(seed) if systems is None else systems
    crews = tuple((f"crew-{number}", rng.choice((1, 1, 2, 3))) for number in range(max(2, count // 12 + rng.randint(0, 2))))
    tasks: list[Task] = [_restore(rng, number, len(crews)) for number in range(count)]
    checks = range(count, count + max(1, count // 10))
    tasks += [Task(f"check-{number}", "check", f"check-{number}", rng.randrange(len(crews)), rng.uniform(4, 40), 0.0) for number in checks]
    for number in range(count):
        if rng.random() < _TRUSTED:
            task = tasks[number]
            tasks[number] = replace(task, waits=(*task.waits, (rng.choice(checks), "trust")))
    streams: list[int] = []
    for number in range(count):
        tasks.append(_stream(rng, number, count, streams, len(crews)))
        streams.append(len(tasks) - 1)
    return Work(tuple(tasks), tuple(_goals(rng, count, streams)), crews)


def _restore(rng: Random, number: int, crews: int) -> Task:
    """A system that comes back; often on what another system hosts, of which there are a few that host many."""
    waits: set[int] = set()
    if number and rng.random() < _HOSTED:
        waits = {int(number * rng.random() ** 2) for _ in range(rng.choice((0, 1, 1, 2)))}
    listed: tuple[tuple[int, EdgeKind], ...] = tuple((one, "needs") for one in sorted(waits))
    work = rng.lognormvariate(1.8, 0.8)
    return Task(f"restore-{number}", "restore", f"system-{number}", rng.randrange(crews), work, 0.0, listed)


def _stream(rng: Random, number: int, systems: int, streams: list[int], crews: int) -> Task:
    """A stream between two systems, often built on what an earlier one carried."""
    waits: list[tuple[int, EdgeKind]] = [(one, "needs") for one in sorted({number, rng.randrange(systems)})]
    if streams and rng.random() < _BUILDS_ON:
        waits.append((rng.choice(streams), "data"))
    work, lag = rng.uniform(1, 8), rng.choice((0.0, rng.uniform(4, 72)))
    return Task(f"open-{number}", "open", f"stream-{number}", rng.randrange(crews), work, lag, tuple(waits))


def _goals(rng: Random, systems: int, streams: list[int]) -> Iterator[Goal]:
    """Processes: each needs some streams and systems."""
    for number in range(max(4, systems // 3)):
        needs = {rng.choice(streams) for _ in range(rng.randint(1, 3))} | {rng.randrange(systems) for _ in range(rng.randint(0, 2))}
        weight, due = 10 ** rng.uniform(0, 3) / 24, rng.choice((0.0, 24.0, 72.0, 240.0)) * rng.random()
        yield Goal(f"process-{number}", weight, due, tuple(sorted(needs)))
