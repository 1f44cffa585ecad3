"""Progress on standard error, on a terminal only, and only where something takes longer than two seconds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from hervat.clock import Clock, SystemClock

PATIENCE = 2.0


class Bar(Protocol):
    """How far something is: `done` of `total`, in words."""

    def __call__(self, done: float, words: str) -> None: ...


@contextmanager
def bar(title: str, total: float | None, clock: Clock | None = None) -> Iterator[Bar]:
    """A bar that shows itself after two seconds; silent where standard error is no terminal."""
    clock = clock or SystemClock()
    if not sys.stderr.isatty():
        yield lambda done, words: None
        return
    began = clock.monotonic()
    shown = None

    def tell(done: float, words: str) -> None:
        nonlocal shown
        if shown is None:
            if clock.monotonic() - began < PATIENCE:
                return
            shown = _rich(title, total)
        shown[0].update(shown[1], completed=done, words=words)

    try:
        yield tell
    finally:
        if shown is not None:
            shown[0].stop()


def _rich(title: str, total: float | None):  # type: ignore[no-untyped-def]
    # rich takes a tenth of a second to load: only those pay for it who wait anyway.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = progress.add_task(title, total=total, words="")
    progress.start()
    return progress, task
