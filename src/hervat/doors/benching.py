"""The command `bench`."""

import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

from hervat.clock import SystemClock
from hervat.doors import words
from hervat.doors.exchange.measuring import measure_exchange
from hervat.doors.http.measuring import measure_http
from hervat.doors.progress import bar
from hervat.errors import Usage
from hervat.rehearsal.bench import in_words, machine, measure_receive, measure_scale, measure_screening, measure_start, national
from hervat.rehearsal.bench_certificates import measure_certificates
from hervat.rehearsal.bench_plan import LARGE, measure_plan
from hervat.rehearsal.bench_plan import in_words as plan_in_words
from hervat.rehearsal.chains import SEEDS
from hervat.stores.baseline import ground_of

_SEED = 2025
_OF_A_WORLD = {"screening": measure_screening, "certificates": measure_certificates}
_ON_A_GROUND = {"receive": measure_receive, "http": measure_http}


def bench(arguments: Namespace) -> int:
    """Measure, and print figures, ratios and the machine."""
    if not 0 < arguments.scale <= 8:
        raise Usage("--scale is above 0 and at most 8; 1 is national")
    if arguments.chains is not None and (arguments.what != "plan" or not 0 < arguments.chains <= len(SEEDS)):
        raise Usage(f"--chains goes with hervat bench plan, and is from 1 to {len(SEEDS)}")
    clock, on = SystemClock(), arguments.on or arguments.store
    found: dict[str, Any] = {"bench": arguments.what, "scale": arguments.scale, "seed": _SEED, "machine": machine()}
    with tempfile.TemporaryDirectory(prefix="hervat-bench-") as folder, bar(f"bench {arguments.what}", None) as tell:
        tell(0, "measuring")
        if arguments.what == "start":
            found["milliseconds"] = measure_start(clock)
        elif arguments.what == "plan":
            found |= measure_plan(clock, lambda words: tell(0, words), *_chains(arguments.chains))
        elif arguments.what == "exchange":
            found |= measure_exchange(national(_SEED, arguments.scale), Path(folder))
        elif arguments.what in _OF_A_WORLD:
            with ground_of(on, Path(folder)) as ground:
                measure_world = _OF_A_WORLD[arguments.what]
                found |= {"engine": ground.engine} | measure_world(arguments.scale, _SEED, ground, clock)
        elif arguments.what in _ON_A_GROUND:
            with ground_of(on, Path(folder)) as ground:
                measure = _ON_A_GROUND[arguments.what]
                found |= {"engine": ground.engine} | measure(national(_SEED, arguments.scale), ground, clock)
        else:
            found |= measure_scale(national(_SEED, arguments.scale), Path(folder), clock)
    told = plan_in_words if arguments.what == "plan" else in_words
    print(words.as_document(found) if arguments.json else "\n".join(told(found)))
    return 0


def _chains(first: int | None) -> tuple[tuple[int, ...], int | None]:
    """The seeds of the chains that are planned, and how many systems the large one has: none where only the first few are asked for."""
    return (SEEDS, LARGE) if first is None else (SEEDS[:first], None)
