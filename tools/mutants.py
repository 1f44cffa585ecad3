"""Make the law wrong in one place at a time, and see that a test of tests/law falls: `make mutants`.

.venv/bin/python -m tools.mutants [--only PATH] [--sample N] [--seed S] [--jobs N] [--least PERCENT] [--fresh]

- A mutant is killed where a test falls, where the law cannot even be loaded, or where its tests find no end. It survives where all tests
  that run its line pass, or none does.
- What was killed stays in `build/mutants/results.jsonl` and is not tried again as long as the file that it was in is the same; what
  survived is tried again. So a run that was ended goes on where it was.
- Not the usual programs: cosmic-ray begins a new process for every mutant and mutmut leaves decorated functions and constants alone.
"""

import argparse
import json
import os
import random
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tools.mutants_made import Mutant, mutants
from tools.mutants_tried import LAW, ROOT, Covering, covering, made_ready, tried

FOLDER = ROOT / "build" / "mutants"
NONE: frozenset[int] = frozenset()
FELL = {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
NO_END = {-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}


class Tests:
    """The tests of every mutant, in rounds: first those of files that are about a part of the law, then those that are about all of it."""

    def __init__(self, found: list[Covering]) -> None:
        self._found = found
        modules: dict[str, set[str]] = {}
        for one in found:
            modules.setdefault(one.file, set()).update(one.lines)
        whole = set().union(*modules.values())
        self._general = {file for file, touched in modules.items() if 2 * len(touched) > len(whole)}

    def rounds(self, mutant: Mutant) -> list[list[Covering]]:
        """A line in a function is covered by the tests that run it, or whose tables of cases did; any other, and a value, by all that run
        its module.
        """
        path = mutant.path.removesuffix(".toml").removesuffix(".py") + ".py"
        if mutant.runs:
            covered = [one for one in self._found if any(not by.get(path, NONE).isdisjoint(mutant.lines) for by in (one.lines, one.before))]
        else:
            covered = [one for one in self._found if path in one.lines] or self._found
        return self._parts(covered)

    def parts(self) -> list[list[Covering]]:
        """All tests, in rounds."""
        return self._parts(self._found)

    def _parts(self, those: list[Covering]) -> list[list[Covering]]:
        parts = [[one for one in those if (one.file in self._general) is general] for general in (False, True)]
        return [part for part in parts if part]


@dataclass(slots=True)
class Trial:
    """A mutant that is being tried: the rounds that are left, and the seconds of work up to now."""

    mutant: Mutant
    rounds: list[list[Covering]]
    seconds: float = field(default=0.0)


class Results:
    """What became of each mutant, a line in a file for each; the last one about a mutant counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digests: dict[str, str] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._found: dict[tuple[Any, ...], dict[str, Any]] = {tuple(one["key"]): one for one in map(json.loads, lines)}

    def _key(self, mutant: Mutant) -> tuple[str, str, int]:
        if mutant.path not in self._digests:
            self._digests[mutant.path] = sha256((ROOT / mutant.path).read_bytes()).hexdigest()[:16]
        return mutant.path, self._digests[mutant.path], mutant.number

    def of(self, mutant: Mutant) -> str:
        """What became of it; empty where it was not tried."""
        return str(self._found.get(self._key(mutant), {}).get("became", ""))

    def put(self, trial: Trial, became: str) -> None:
        """Keep what became of one."""
        key, mutant = self._key(trial.mutant), trial.mutant
        told = {"key": key, "line": mutant.line, "change": mutant.change, "about": mutant.about, "seconds": round(trial.seconds, 2)}
        self._found[key] = told | {"became": became}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self._found[key], ensure_ascii=False) + "\n")


def _became(status: int, left: bool) -> str:
    """What a round says: killed; survived where no round is left, or where it ended as no test does; empty where there is one."""
    ended = os.waitstatus_to_exitcode(status)
    if ended in FELL or ended in NO_END:
        return "killed" if ended in FELL else "killed, without an end"
    if ended != pytest.ExitCode.OK:
        return f"survived: its process ended with {ended}"
    return "" if left else "survived"


def nothing_falls(tests: Tests) -> None:
    """Every test passes where nothing is wrong, in processes like those of mutants; SystemExit where one does not."""
    for part in tests.parts():
        _, status = os.waitpid(tried(None, part), 0)
        if status:
            raise SystemExit("a test falls with nothing wrong in the law, in the order of these trials; find it with pytest -x tests/law")


def try_all(those: Iterable[Mutant], tests: Tests, results: Results, jobs: int) -> Iterator[tuple[Trial, str]]:
    """Every mutant that was tried, in the order in which they end."""
    waiting = iter(those)
    going: dict[int, Trial] = {}
    while True:
        while len(going) < jobs and (mutant := next(waiting, None)) is not None:
            trial = Trial(mutant, tests.rounds(mutant))
            if trial.rounds:
                going[tried(mutant, trial.rounds.pop(0))] = trial
            else:
                results.put(trial, "survived: no test runs it")
        if not going:
            return
        number, status, used = os.wait4(-1, 0)
        trial = going.pop(number)
        trial.seconds += used.ru_utime + used.ru_stime
        if became := _became(status, bool(trial.rounds)):
            results.put(trial, became)
            yield trial, became
        else:
            going[tried(trial.mutant, trial.rounds.pop(0))] = trial


def report(those: list[Mutant], results: Results, least: float) -> int:
    """Print what became of each file's mutants and who survived; 1 where too few were killed."""
    became = {mutant: results.of(mutant) for mutant in those}
    for sort in (".py", ".toml"):
        count = Counter(said.split(":")[0].split(",")[0] for mutant, said in became.items() if mutant.path.endswith(sort))
        print(f"{sort}: {count.total()} mutants, {count['killed']} killed, {count['survived']} survived, {count['']} not tried")
    for mutant, said in became.items():
        if said.startswith("survived"):
            print(f"{mutant.path}:{mutant.line}: {mutant.change} in {mutant.about[:110]}{said.removeprefix('survived')}")
    tried_ones = [said for said in became.values() if said]
    share = 100 * sum(said.startswith("killed") for said in tried_ones) / max(1, len(tried_ones))
    print(f"{share:.1f} % of {len(tried_ones)} mutants are killed; at least {least:g} % is wanted")
    return 0 if share >= least else 1


def main() -> int:
    """Parse, try, report."""
    asks = argparse.ArgumentParser(prog="tools.mutants", description="Make the law wrong in one place at a time; a test must fall.")
    asks.add_argument("--only", default=str(LAW.relative_to(ROOT)), metavar="PATH", help="a folder or a file of the law")
    asks.add_argument("--sample", type=int, metavar="N", help="so many mutants, chosen by chance")
    asks.add_argument("--seed", type=int, default=1, metavar="S", help="of that chance (1)")
    asks.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="so many processes at once")
    asks.add_argument("--least", type=float, default=90, metavar="PERCENT", help="fail where fewer are killed (90)")
    asks.add_argument("--fresh", action="store_true", help="forget what was killed before")
    given = asks.parse_args()
    if not (ROOT / given.only).exists():
        asks.error(f"there is no {given.only} below {ROOT}; give a path such as src/hervat/law/dated.py")
    made_ready()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if given.fresh:
        (FOLDER / "results.jsonl").unlink(missing_ok=True)
    tests, results, those = Tests(covering(FOLDER, given.jobs)), Results(FOLDER / "results.jsonl"), mutants(ROOT, given.only)
    nothing_falls(tests)
    if given.sample is not None:
        those = random.Random(given.seed).sample(those, min(given.sample, len(those)))
    left = [mutant for mutant in those if not results.of(mutant).startswith("killed")]
    print(f"{len(those)} mutants, {len(those) - len(left)} of them killed before", flush=True)
    random.Random(given.seed).shuffle(left)
    left.sort(key=lambda mutant: bool(results.of(mutant)))
    work = 0.0
    for done, (trial, became) in enumerate(try_all(left, tests, results, given.jobs), 1):
        work += trial.seconds
        if became == "survived" or done % 100 == 0:
            mutant = trial.mutant
            print(f"{done} of {len(left)}, {work:.0f} s of work; {became}: {mutant.path}:{mutant.line} {mutant.change}", flush=True)
    return report(those, results, given.least)


if __name__ == "__main__":
    raise SystemExit(main())
