"""One mutant and its tests, in a process of its own; and beforehand, which tests run which lines of the law.

- A process is forked from one that has loaded pytest and Hypothesis, and nothing of the law. It loads the law anew, with one file wrong:
  constants, decorators, caches and dataclasses are all made from what is wrong.
- Hypothesis searches little (`EXAMPLES`), always the same, and shrinks nothing.
- `tests/law/test_pages.py` is left out: it compares the law with what is written about it, and would fall for anything.
"""

import functools
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings

from tools.mutants_made import Mutant, wrong_code, wrong_values

ROOT = Path(__file__).parents[1]
LAW = ROOT / "src" / "hervat" / "law"
TESTS = ROOT / "tests" / "law"
LEFT_OUT = {"test_pages.py"}
EXAMPLES = 10
MEMORY_BYTES = 3 << 30
FAULT = 99
"""What a process ends with that did not come to run its tests."""

_PLUGINS = ("-p", "_hypothesis_pytestplugin", "-p", "no:terminal", "-p", "no:cacheprovider", "--assert=plain", "-x")
_QUIETLY = ("-o", "addopts=--import-mode=importlib", "-W", "ignore", *_PLUGINS)


@dataclass(frozen=True, slots=True)
class Covering:
    """What a test runs of the law: its file, itself as pytest names it, its seconds of work, and lines by the paths of their files.

    `before`: the lines that are run as its file is read, for a table of cases.
    """

    file: str
    test: str
    seconds: float
    lines: dict[str, frozenset[int]]
    before: dict[str, frozenset[int]]


def made_ready() -> None:
    """What every process that is forked from this one has loaded: all that the tests need but the law, and the light search."""
    settings.register_profile(
        "mutants",
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    sys.dont_write_bytecode = False
    os.environ.update(HYPOTHESIS_PROFILE="mutants", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    __import__("hypothesis.strategies")
    __import__("rfc8785")
    __import__("hervat.kinds")
    if loaded := [name for name in sys.modules if name.startswith("hervat.law")]:
        raise SystemExit(f"{loaded[0]} is loaded before it could be made wrong: load nothing here that stands on the law.")
    gc.freeze()


def forked(work: Callable[[], int], seconds: int) -> int:
    """The number of a new process that does this and ends with what it returns; it is killed after some seconds of work."""
    if number := os.fork():
        return number
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    signal.alarm(10 * seconds)
    ended = FAULT
    try:
        ended = work()
    finally:
        os._exit(ended)


class _Wrong(SourceFileLoader):
    """Loads a module of which one place is wrong."""

    number = 0

    def get_code(self, fullname: str) -> CodeType:
        tree = wrong_code(Path(self.path).read_text(encoding="utf-8"), self.number)
        code: CodeType = compile(tree, self.path, "exec")
        return code


class _Finder:
    """Finds the module that is wrong before the right one is found."""

    def __init__(self, mutant: Mutant) -> None:
        self._path, self._number = ROOT / mutant.path, mutant.number
        parts = Path(mutant.path).relative_to("src").with_suffix("").parts
        self._package = parts[-1] == "__init__"
        self._name = ".".join(parts[:-1] if self._package else parts)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        loader = _Wrong(name, str(self._path))
        loader.number = self._number
        inside = [str(self._path.parent)] if self._package else None
        return spec_from_file_location(name, self._path, loader=loader, submodule_search_locations=inside)


def _put_wrong(mutant: Mutant) -> None:
    path = ROOT / mutant.path
    if path.suffix == ".py":
        sys.meta_path.insert(0, _Finder(mutant))
        return
    text, read = wrong_values(path.read_text(encoding="utf-8"), mutant.number), Path.read_text

    def read_wrong(one: Path, *how: Any, **named: Any) -> str:
        return text if one == path else read(one, *how, **named)

    setattr(Path, "read_text", read_wrong)  # noqa: B010 (a method of the library that is another one in this process alone)


class _Chosen:
    """Of what was collected, these tests in this order."""

    def __init__(self, tests: list[str]) -> None:
        self._tests = tests

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """pytest's hook."""
        found = {item.nodeid: item for item in items}
        items[:] = [found[test] for test in self._tests if test in found]


def tried(mutant: Mutant | None, tests: list[Covering]) -> int:
    """The number of a new process that runs these tests, quickest first, on a mutant, or with nothing wrong; it ends as pytest does, at
    the first that falls.
    """
    tests = sorted(tests, key=lambda one: one.seconds)
    files = dict.fromkeys(one.file for one in tests)

    def work() -> int:
        if mutant is not None:
            _put_wrong(mutant)
        return int(pytest.main([*files, *_QUIETLY], plugins=[_Chosen([one.test for one in tests])]))

    return forked(work, 15 + 2 * int(sum(one.seconds for one in tests)))


class _Recorded(functools.cached_property[Any]):
    """A property that is kept, of which it is known where, so that it can be found anew for every test."""

    kept: ClassVar[list[tuple[Any, str]]] = []

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is not None:
            self.kept.append((instance, self.attrname or ""))
        return super().__get__(instance, owner)


class _Lines:
    """Notes the lines of the law that each test runs; what earlier tests left in caches is forgotten before each."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._caches: list[Any] = []
        self._hit: set[tuple[str, int]] = set()
        self.before: dict[str, list[int]] = {}
        self._cache = functools.lru_cache

    def kept(self, maxsize: Any = 128, typed: bool = False) -> Any:
        """`lru_cache`, and what it makes is known here."""

        def made(function: Any) -> Any:
            self._caches.append(found := self._cache(maxsize, typed)(function))
            return found

        return made

    def _call(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(f"{LAW}/") else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        self._hit.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line

    @contextmanager
    def _noted(self, into: dict[str, list[int]]) -> Iterator[None]:
        self._hit = set()
        sys.settrace(self._call)
        try:
            yield
        finally:
            sys.settrace(None)
            for path, line in sorted(self._hit):
                into.setdefault(str(Path(path).relative_to(ROOT)), []).append(line)

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        """pytest's hook."""
        with self._noted(self.before):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """pytest's hook."""
        for instance, name in _Recorded.kept:
            instance.__dict__.pop(name, None)
        _Recorded.kept.clear()
        for cache in self._caches:
            cache.cache_clear()
        lines: dict[str, list[int]] = {}
        began = os.times().user
        with self._noted(lines):
            yield
        self.found[item.nodeid] = {"lines": lines, "seconds": os.times().user - began}


def _measure(file: Path, into: Path) -> int:
    lines = _Lines()
    functools.lru_cache, functools.cached_property = lines.kept, _Recorded  # type: ignore[misc]
    ended = int(pytest.main([str(file), *_QUIETLY], plugins=[lines]))
    into.write_text(json.dumps({"before": lines.before, "tests": lines.found}), encoding="utf-8")
    return ended


def covering(folder: Path, jobs: int) -> list[Covering]:
    """Which tests run which lines; what was measured of the same files before is kept in a folder.

    Raises SystemExit where a test falls that has nothing wrong before it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(path for path in TESTS.glob("test_*.py") if path.name not in LEFT_OUT)
    around = [*sorted(LAW.rglob("*.py")), *sorted(LAW.rglob("*.toml")), *sorted(set(TESTS.iterdir()) - set(TESTS.glob("test_*.py")))]
    law = _digest(path for path in around if path.is_file())
    kept = {file: folder / f"{file.stem}-{law[:16]}-{_digest([file])[:16]}.json" for file in files}
    wanted, going = [file for file in files if not kept[file].exists()], dict[int, Path]()
    while wanted or going:
        while wanted and len(going) < jobs:
            file = wanted.pop()
            print(f"Which lines {file.name} runs", flush=True)
            going[forked(partial(_measure, file, kept[file]), 900)] = file
        number, status = os.waitpid(-1, 0)
        file = going.pop(number)
        if status:
            kept[file].unlink(missing_ok=True)
            raise SystemExit(f"{file.name} falls with nothing wrong in the law; mend that first: .venv/bin/pytest -x {file}")
    return [one for file in files for one in _covering(file, json.loads(kept[file].read_text(encoding="utf-8")))]


def _covering(file: Path, measured: dict[str, Any]) -> Iterator[Covering]:
    def lines(told: dict[str, list[int]]) -> dict[str, frozenset[int]]:
        return {path: frozenset(numbers) for path, numbers in told.items()}

    before = lines(measured["before"])
    for test, one in measured["tests"].items():
        yield Covering(str(file.relative_to(ROOT)), test, one["seconds"], lines(one["lines"]), before)


def _digest(files: Iterable[Path]) -> str:
    found = sha256()
    for path in files:
        found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()
