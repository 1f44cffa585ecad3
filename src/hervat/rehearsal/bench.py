"""The benchmarks, each with its baselines in the same run: what counts is the ratio, for machines differ.

- `receive`: the national file (15 % out of order, 1 % duplicates) and a complete shuffle of it. Baselines: the same lines, each once, put
  into one table with two unique indexes in batches of 1,000 with no logic at all (on a server by COPY); and a consumer that commits
  one message at a time.
- `scale`: the cost of a message while the store grows to the whole file, against that of its first tenth; and then the time that an
  answer about a person takes.
- `screening`: how long screening takes to catch up with everything in one step, at the largest population that is believed to be
  screened, and the next step, with nothing to do; beside receiving the same messages.
- `start`: the command line from nothing to its first word, beside a Python that does nothing.
"""

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from hervat.assemble import MOST, Node
from hervat.clock import Clock
from hervat.rehearsal.days import LAST, on
from hervat.rehearsal.enrolments import CANARY
from hervat.rehearsal.network import cut
from hervat.rehearsal.thread import SKN
from hervat.rehearsal.world import World
from hervat.screening import screening_of
from hervat.stores.baseline import SQLITE_VERSION, Ground, Table

BATCH = 1000
SCREENED = 350_000
_ONE_BY_ONE = 3000
_RUNS = 3


class _Place(msgspec.Struct):
    """The columns of the baseline's indexes."""

    source: str
    id: str
    sequence: str


_place = msgspec.json.Decoder(_Place).decode


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": SQLITE_VERSION,
        "machine": platform.machine(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def national(seed: int, scale: float) -> list[bytes]:
    """The lines of the letter's file, in the order in which they come with the cut."""
    return [delivery.raw for delivery in cut(World(seed, scale))]


def measure_receive(lines: list[bytes], ground: Ground, clock: Clock) -> dict[str, Any]:
    """Rates of receive and its baselines, interleaved, the median of three runs each."""
    shuffled = lines[:]
    Random(1).shuffle(shuffled)
    return {
        "messages": len(lines),
        "national": _beside(lines, ground, clock),
        "shuffled": _beside(shuffled, ground, clock),
    }


def _beside(lines: list[bytes], ground: Ground, clock: Clock) -> dict[str, Any]:
    timed: dict[str, list[float]] = {"receive": [], "table": [], "one_by_one": []}
    few, once = lines[:_ONE_BY_ONE], _each_once(lines)
    for _ in range(_RUNS):
        timed["table"].append(_rate(partial(_into_table, once, ground.table()), len(once), clock))
        timed["receive"].append(_rate(partial(_received, lines, ground, "node"), len(lines), clock))
        timed["one_by_one"].append(_rate(partial(_received, few, ground, "one", batch=1), len(few), clock))
        ground.clear()
    median = {name: statistics.median(rates) for name, rates in timed.items()}
    return {
        "messages_a_second": {name: round(rate) for name, rate in median.items()},
        "all_runs": {name: [round(rate) for rate in rates] for name, rates in timed.items()},
        "of_table": round(median["receive"] / median["table"], 3),
        "of_one_by_one": round(median["receive"] / median["one_by_one"], 1),
    }


def _each_once(lines: list[bytes]) -> list[bytes]:
    """The lines without those that come twice: a bare COPY knows no way around them."""
    places = {(source, id): raw for source, id, _, raw in map(_columns, lines)}
    return list({(source, sequence): raw for source, _, sequence, raw in map(_columns, places.values())}.values())


def _rate(work: Callable[[], object], count: int, clock: Clock) -> float:
    began = clock.monotonic()
    work()
    return count / (clock.monotonic() - began)


def _received(lines: list[bytes], ground: Ground, name: str, batch: int = BATCH) -> None:
    with Node.opened(ground.store(name), writer=True, keys=ground.folder / f"{name}.key") as node:
        node.receive(lines, batch=batch, together=MOST if batch > 1 else 1, helped=batch > 1)


def _into_table(lines: Sequence[bytes], table: Table, batch: int = BATCH) -> None:
    """The baseline: no validation, no hash, no seal, no tree, no register."""
    stream = iter(lines)
    while rows := [_columns(raw) for raw in islice(stream, batch)]:
        table.put(rows)
    table.close()


def _columns(raw: bytes) -> tuple[str, str, int, bytes]:
    place = _place(raw)
    return place.source, place.id, int(place.sequence) if place.sequence.isdigit() else 0, raw


def measure_scale(lines: list[bytes], folder: Path, clock: Clock) -> dict[str, Any]:
    """A store that grows by tenths, each taken by a process of its own: what a message costs, what memory it takes, and how long
    answers about persons take at the end. Then the same without the persons, so that nearly everything is held.
    """
    store = f"sqlite:///{folder / 'scale.db'}"
    tenth = max(1, len(lines) // 10)
    grown = [_received_apart(lines[start : start + tenth], folder, store, clock) for start in range(0, tenth * 10, tenth)]
    rates = [rate for rate, _ in grown]
    with Node.opened(store) as node:
        answers = [_rate(partial(node.person, skn), 1, clock) for skn in _some_skns(lines)]
    orphans = [line for line in lines if b"person-registered" not in line][: 10 * tenth]
    with_held = f"sqlite:///{folder / 'held.db'}"
    held_rate, held_memory = _received_apart(orphans, folder, with_held, clock)
    with Node.opened(with_held) as node:
        held = sum(row["held"] for row in node.horizon())
    return {
        "messages": len(lines),
        "messages_a_second_by_tenth": [round(rate) for rate in rates],
        "last_tenth_costs_of_first": round(rates[0] / rates[-1], 2),
        "largest_memory_mb": max(memory for _, memory in grown),
        "person_ms": {"median": _of(answers, 0.5), "slowest_of_20": _of(answers, 0.05)},
        "held": {"messages": held, "a_second": round(held_rate), "largest_memory_mb": held_memory},
    }


# What the kernel says of a child from outside counts the parent's memory at the fork as the child's: so the child tells itself.
_AND_TELL = (
    "import sys; from hervat.doors.cli import main; main(sys.argv[1:]); "
    "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1], file=sys.stderr)"
)


def _received_apart(lines: list[bytes], folder: Path, store: str, clock: Clock) -> tuple[float, int]:
    """Messages a second of `hervat receive` in a process of its own, its start included, and the most memory it took, in MB."""
    path = folder / "part.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    command = [sys.executable, "-c", _AND_TELL, "receive", str(path), "--store", store, "--json"]
    began = clock.monotonic()
    told = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own command line
    return len(lines) / (clock.monotonic() - began), round(int(told.stderr.split()[-1]) / 1024)


def _some_skns(lines: list[bytes]) -> list[str]:
    registered = [line for line in lines if b"person-registered" in line]
    chosen = Random(1).sample(registered, min(200, len(registered)))
    return [SKN, *(str(msgspec.json.decode(line)["data"].get("skn")) for line in chosen)]


def _of(rates: list[float], share: float) -> float:
    """Milliseconds at a share of the sorted rates."""
    return round(1000 / sorted(rates)[int(share * len(rates))], 2)


def measure_screening(scale: float, seed: int, ground: Ground, clock: Clock) -> dict[str, Any]:
    """Seconds, and processor seconds of this process (a machine that others use tells the first too high), of each part."""
    world = World(seed, scale, screened=SCREENED)
    lines, enrolments = [delivery.raw for delivery in cut(world)], len(set(world.enrolments.values()))
    del world
    with Node.opened(ground.store("screening"), writer=True, keys=ground.folder / "screening.key") as node:
        received, _ = _timed(lambda: node.receive(lines, batch=BATCH, together=MOST), clock)
        desk, today = screening_of(node, (CANARY,)), on(LAST)
        caught_up, told = _timed(lambda: desk.step(today), clock)
        nothing, _ = _timed(lambda: desk.step(today), clock)
        again, checked = _timed(desk.check, clock)
    ground.clear()
    return {
        "messages": len(lines),
        "enrolments": enrolments,
        "receive": received,
        "catch_up_in_one_step": caught_up | {"delivered": told["delivered"], "suppressed": told["suppressed"]},
        "step_with_nothing_to_do": nothing,
        "second_computation": again | {"equal": checked.ok},
    }


def _timed(work: Callable[[], Any], clock: Clock) -> tuple[dict[str, float], Any]:
    began, used = clock.monotonic(), os.times()
    done = work()
    ended = os.times()
    processor = ended.user + ended.system - used.user - used.system
    return {"seconds": round(clock.monotonic() - began, 2), "processor_seconds": round(processor, 2)}, done


def measure_start(clock: Clock) -> dict[str, Any]:
    """Milliseconds from nothing to the end of `hervat --help` and of a command, and of a Python that does nothing."""
    commands = {
        "python_doing_nothing": [sys.executable, "-c", "pass"],
        "hervat_help": [sys.executable, "-m", "hervat", "--help"],
        "hervat_schema": [sys.executable, "-m", "hervat", "schema", "watermark"],
    }
    return {name: round(statistics.median(_milliseconds(command, clock) for _ in range(9))) for name, command in commands.items()}


def _milliseconds(command: list[str], clock: Clock) -> float:
    began = clock.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own command line
    return (clock.monotonic() - began) * 1000


def in_words(found: dict[str, Any]) -> Iterable[str]:
    """Figures a person can read, a line each."""
    yield from _lines("", found)


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _lines(f"{name}.{key}" if name else key, part)
    else:
        yield f"{name.replace('_', ' '):<60} {value}"
